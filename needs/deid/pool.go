package deid

import (
	"cmp"
	"slices"

	"shanqiao/needs"
)

// pool is what has not found a cohort yet. The columns of each need are turned
// into numbers once, since every level of the lattice groups all that is left.
type pool struct {
	all   []Waiting
	rest  []int32  // of all, in their order
	coded []coded  // beside all
	home  []int32  // beside all: the household's number
	taken []bool   // by household: has a card in this tick already
	keys  []uint64 // beside rest, while a level is looked at
}

// coded is a need in numbers: what it asks for, and the value of each column at each step.
type coded struct {
	kind     uint16
	area     [3]uint8
	age      [steps]uint8
	size     [steps]uint8
	category [steps]uint8
}

// steps is the most that a ladder may have.
const steps = 6

func newPool(tier Tier, waiting []Waiting) *pool {
	p := &pool{all: slices.Clone(waiting)}
	slices.SortFunc(p.all, byNeed)
	p.rest, p.home = make([]int32, len(p.all)), make([]int32, len(p.all))
	p.coded, p.keys = make([]coded, len(p.all)), make([]uint64, 0, len(p.all))
	type asked struct {
		code     needs.Code
		group    needs.Group
		quantity int
		urgency  UrgencyBand
	}
	kinds, households := map[asked]uint16{}, map[string]int32{}
	for i := range p.all {
		w := &p.all[i]
		p.rest[i] = int32(i)
		number, seen := households[w.Household]
		if !seen {
			number = int32(len(households))
			households[w.Household] = number
		}
		p.home[i] = number
		item, _ := needs.ItemOf(w.Code)
		a, code := asked{"", item.Group, 1, urgencyBand(w.Urgency)}, needs.Code("")
		if tier != Public {
			a.code, a.quantity, code = w.Code, w.Quantity, w.Code
		}
		kind, seen := kinds[a]
		if !seen {
			kind = uint16(len(kinds))
			kinds[a] = kind
		}
		p.coded[i] = encode(w.Home.place(code))
		p.coded[i].kind = kind
	}
	p.taken = make([]bool, len(households))
	return p
}

// key says what a need shows at a level; needs with one key show one tuple.
func (c *coded) key(l Level) uint64 {
	return uint64(c.kind)<<32 | c.place(l)
}

// place is the part of the key that is about the household.
func (c *coded) place(l Level) uint64 {
	return uint64(c.area[l.Area])<<24 | uint64(c.age[l.Age])<<16 | uint64(c.size[l.Size])<<8 | uint64(c.category[l.Category])
}

// groups puts together what shows one tuple at a level and gives the groups that
// might be large enough, those of the most urgent needs first.
func (p *pool) groups(l Level, least int) [][]int32 {
	p.keys = p.keys[:0]
	count := make(map[uint64]int32, 1024)
	for _, i := range p.rest {
		k := p.coded[i].key(l)
		p.keys = append(p.keys, k)
		count[k]++
	}
	at := map[uint64]int{}
	var groups [][]int32
	for j, i := range p.rest {
		n := count[p.keys[j]]
		if int(n) < least {
			continue
		}
		g, seen := at[p.keys[j]]
		if !seen {
			g = len(groups)
			at[p.keys[j]] = g
			groups = append(groups, make([]int32, 0, n))
		}
		groups[g] = append(groups[g], i)
	}
	slices.SortStableFunc(groups, func(a, b []int32) int {
		return cmp.Compare(p.all[a[0]].Urgency, p.all[b[0]].Urgency)
	})
	return groups
}

// households takes from a group one need of each household that has no card in
// this tick.
func (p *pool) households(group []int32) []Waiting {
	seen := make(map[int32]bool, len(group))
	members := make([]Waiting, 0, len(group))
	for _, i := range group {
		if h := p.home[i]; !p.taken[h] && !seen[h] {
			seen[h] = true
			members = append(members, p.all[i])
		}
	}
	return members
}

// take marks the households of what was put into a cohort.
func (p *pool) take(members []Waiting) {
	for _, w := range members {
		i, _ := slices.BinarySearchFunc(p.all, w, byNeed)
		p.taken[p.home[i]] = true
	}
}

// compact forgets what belongs to households that have their card.
func (p *pool) compact() {
	p.rest = slices.DeleteFunc(p.rest, func(i int32) bool { return p.taken[p.home[i]] })
}
