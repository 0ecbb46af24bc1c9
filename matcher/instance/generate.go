package instance

import (
	"bufio"
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
)

// Invented says what problem to invent: the same says the same problem.
type Invented struct {
	Profile  string // a name in Profiles
	Needs    int
	Seed     uint64
	Multi    bool // needs of several units
	Regions  int  // parts of a country, each with its own districts and resources; 1: a city
	National int  // of a thousand resources, so many give to every region
}

// profile is what kinds of problem differ by.
type profile struct {
	tight  float64 // units given to a unit wanted
	skew   int     // how much more the first district wants than the last
	small  int     // of ten resources, so many are volunteers with a few units
	spread float64 // how far from its district's middle one lives
}

// Profiles are the kinds of problem. In city some districts want much and some
// codes are scarce; hot crowds them on few; flat is the easy one; in chain all that
// give are small, so that one change moves many.
var Profiles = map[string]profile{
	"city":  {tight: 0.9, skew: 8, small: 6, spread: 1},
	"hot":   {tight: 0.75, skew: 25, small: 6, spread: 0.5},
	"flat":  {tight: 1.1, skew: 1, small: 6, spread: 1.5},
	"chain": {tight: 0.92, skew: 8, small: 10, spread: 0.6},
}

// wide is how many resources a need looks at, and suiting how many suit it at most.
const wide, suiting = 90, 30

type person struct {
	region, district, tier, code, units int
	x, y                                float64
}

type provider struct {
	id, region, district, capacity int
	kind                           string
	codes                          []int
	x, y                           float64
}

// maker invents a problem.
type maker struct {
	Invented
	profile
	rand             *rand.Rand
	districts, codes int // districts of each region
	middle           [][2]float64
	wanting, giving  []int // weights of districts
	wanted, given    []int // weights of codes
	people           []person
	providers        []provider
}

// Write invents a problem and writes it to a folder.
func (v Invented) Write(dir string) error {
	p, known := Profiles[v.Profile]
	if !known || v.Needs < 1 || v.Regions < 1 || v.National < 0 || v.National > 1000 {
		return fmt.Errorf("cannot invent %+v", v)
	}
	m := &maker{Invented: v, profile: p, rand: rand.New(rand.NewPCG(v.Seed, 1))}
	m.land()
	m.inhabit()
	m.provide()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, f := range []struct {
		name string
		rows func(w *bufio.Writer)
	}{{"needs.csv", m.needs}, {"resources.csv", m.resources}, {"edges.csv", m.edges}} {
		if err := file(filepath.Join(dir, f.name), f.rows); err != nil {
			return err
		}
	}
	return nil
}

// land lays out districts and codes. What is wanted falls off slowly from code to
// code; of one code in five much less is given than wanted.
func (m *maker) land() {
	each := m.Needs / m.Regions
	m.districts = min(60, max(5, each/200))
	m.codes = min(60, max(4, each/250))
	for i := range m.districts * m.Regions {
		m.middle = append(m.middle, [2]float64{m.rand.Float64(), m.rand.Float64()})
		m.wanting = append(m.wanting, 1000+1000*m.skew/(1+i%m.districts))
		m.giving = append(m.giving, 1000+500*m.skew/(1+m.rand.IntN(m.districts)))
	}
	for i := range m.codes {
		weight := 100_000 / (3 + i)
		percent := 60 + m.rand.IntN(140)
		if m.rand.IntN(5) == 0 || i == m.codes/2 {
			percent = 3 + m.rand.IntN(27)
		}
		m.wanted = append(m.wanted, weight)
		m.given = append(m.given, max(1, weight*percent/100))
	}
}

func (m *maker) inhabit() {
	for range m.Needs {
		region := m.rand.IntN(m.Regions)
		p := person{region: region, tier: 1 + m.pick([]int{4, 13, 33, 50}), code: m.pick(m.wanted), units: 1}
		p.district, p.x, p.y = m.place(region, m.wanting)
		if m.Multi {
			p.units = 1 + m.pick([]int{700, 150, 70, 40, 20, 10, 5, 5})
		}
		m.people = append(m.people, p)
	}
}

// provide invents who gives: one for ten who need, sizes from a few to very many.
func (m *maker) provide() {
	size, all, wanted := make([]float64, max(20, m.Needs/10)), 0.0, 0
	for i := range size {
		p := provider{id: i, region: m.rand.IntN(m.Regions), kind: "volunteer"}
		p.district, p.x, p.y = m.place(p.region, m.giving)
		size[i] = 1 + 3*m.rand.Float64()
		if m.rand.IntN(10) >= m.small {
			p.kind = "charity"
			size[i] *= 3 / (0.1 + m.rand.Float64())
		}
		if m.rand.IntN(1000) < m.National {
			p.region, p.kind = -1, "national"
		}
		for range 1 + m.rand.IntN(4) {
			p.codes = append(p.codes, m.pick(m.given))
		}
		slices.Sort(p.codes)
		p.codes = slices.Compact(p.codes)
		all += size[i]
		m.providers = append(m.providers, p)
	}
	for _, p := range m.people {
		wanted += p.units
	}
	for i := range m.providers {
		m.providers[i].capacity = max(1, int(math.Round(size[i]/all*m.tight*float64(wanted))))
	}
}

// place is somewhere around the middle of a district.
func (m *maker) place(region int, weights []int) (district int, x, y float64) {
	first := region * m.districts
	district = first + m.pick(weights[first:first+m.districts])
	far := m.spread / math.Sqrt(float64(m.districts))
	around := func(middle float64) float64 {
		return min(1, max(0, middle+far*(m.rand.Float64()+m.rand.Float64()-1)))
	}
	return district, around(m.middle[district][0]), around(m.middle[district][1])
}

// pick is an index, by weight.
func (m *maker) pick(weights []int) int {
	sum := 0
	for _, w := range weights {
		sum += w
	}
	at := m.rand.IntN(sum)
	for i, w := range weights {
		if at -= w; at < 0 {
			return i
		}
	}
	return len(weights) - 1
}

func (m *maker) needs(w *bufio.Writer) {
	fmt.Fprintln(w, "id,urgency,district,x,y,code,qty")
	for i, p := range m.people {
		fmt.Fprintf(w, "%d,%d,%d,%d,%d,C%02d,%d\n", i, p.tier, p.district, int(p.x*1e5), int(p.y*1e5), p.code, p.units)
	}
}

func (m *maker) resources(w *bufio.Writer) {
	fmt.Fprintln(w, "id,kind,district,x,y,codes,capacity")
	for _, p := range m.providers {
		fmt.Fprintf(w, "%d,%s,%d,%d,%d,", p.id, p.kind, p.district, int(p.x*1e5), int(p.y*1e5))
		for i, c := range p.codes {
			if i > 0 {
				w.WriteByte(';')
			}
			fmt.Fprintf(w, "C%02d", c)
		}
		fmt.Fprintf(w, ",%d\n", p.capacity)
	}
}

// edges finds what suits each need: of those of its code that are near, the ones
// with the highest utility, and what is given to the whole country.
func (m *maker) edges(w *bufio.Writer) {
	type shelf struct{ region, code int }
	shelves := map[shelf][]provider{}
	for _, p := range m.providers {
		for _, c := range p.codes {
			shelves[shelf{p.region, c}] = append(shelves[shelf{p.region, c}], p)
		}
	}
	for _, s := range shelves {
		slices.SortFunc(s, func(a, b provider) int { return cmp.Or(cmp.Compare(a.x, b.x), cmp.Compare(a.id, b.id)) })
	}
	type suits struct{ id, utility int }
	fmt.Fprintln(w, "need_id,resource_id,utility")
	for i, p := range m.people {
		near := shelves[shelf{p.region, p.code}]
		at, _ := slices.BinarySearchFunc(near, p.x, func(a provider, x float64) int { return cmp.Compare(a.x, x) })
		near = near[max(0, at-wide/2):min(len(near), at+wide/2)]
		var found []suits
		for _, r := range near {
			if far := math.Hypot(p.x-r.x, p.y-r.y); m.rand.IntN(4) > 0 {
				found = append(found, suits{r.id, 60 + int(800*max(0, 1-far)) + m.rand.IntN(400)})
			}
		}
		for _, r := range shelves[shelf{-1, p.code}] {
			if m.rand.IntN(4) > 0 {
				found = append(found, suits{r.id, 200 + m.rand.IntN(400)})
			}
		}
		slices.SortFunc(found, func(a, b suits) int { return cmp.Or(cmp.Compare(b.utility, a.utility), cmp.Compare(a.id, b.id)) })
		found = found[:min(len(found), suiting)]
		slices.SortFunc(found, func(a, b suits) int { return cmp.Compare(a.id, b.id) })
		for _, s := range found {
			fmt.Fprintf(w, "%d,%d,%d\n", i, s.id, s.utility)
		}
	}
}

func file(path string, rows func(w *bufio.Writer)) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	rows(w)
	if err := w.Flush(); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}
