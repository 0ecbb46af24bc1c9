package deid

import (
	"slices"

	"shanqiao/needs"
)

// pool is what waits, in numbers: the columns of each need are encoded once,
// since the search looks at every level many times.
type pool struct {
	tier     Tier
	settings Settings
	register *Register
	all      []Waiting // each in its turn
	coded    []coded   // beside all
	home     []int32   // beside all: the household's number
	kinds    [][]int32 // needs that ask for one thing, by their place in all
	taken    []bool    // by household: has a card in this tick already
	out      *out      // what can be seen besides
	// Scratch of groups and safe, empty between two calls.
	count   []int32 // by cell
	touched []int32 // the cells that count
	tally   []int32 // by condition
}

// coded is a need in numbers: its condition, and the value of each column at each step.
type coded struct {
	condition uint16
	area      [areas]uint8
	age       [steps]uint8
	size      [steps]uint8
	category  [steps]uint8
	urgency   [steps]uint8
}

// steps is the most that a ladder may have.
const steps = 6

func newPool(tier Tier, waiting []Waiting, register *Register, s Settings) *pool {
	p := &pool{tier: tier, settings: s, register: register, all: slices.Clone(waiting), count: make([]int32, looks)}
	slices.SortFunc(p.all, turn)
	p.coded, p.home = make([]coded, len(p.all)), make([]int32, len(p.all))
	type asked struct {
		code     needs.Code
		group    needs.Group
		quantity int
	}
	kinds, households, conditions := map[asked]int{}, map[string]int32{}, map[string]uint16{}
	for i := range p.all {
		w := &p.all[i]
		p.home[i] = numberOf(households, w.Household)
		item, _ := needs.ItemOf(w.Code)
		a, code := asked{"", item.Group, 1}, needs.Code("")
		if tier != Public {
			a.code, a.quantity, code = w.Code, w.Quantity, w.Code
		}
		kind, seen := kinds[a]
		if !seen {
			kind = len(p.kinds)
			kinds[a] = kind
			p.kinds = append(p.kinds, nil)
		}
		p.kinds[kind] = append(p.kinds[kind], int32(i))
		p.coded[i] = encode(w.Home.place(code))
		p.coded[i].condition = numberOf(conditions, w.Condition)
		for l := range ladder.Urgency {
			p.coded[i].urgency[l] = urgencyNumber[string(urgencyAt(w.Urgency, l))]
		}
	}
	p.out = newOut(register, households)
	p.taken, p.tally = make([]bool, len(households)), make([]int32, len(conditions))
	return p
}

func numberOf[N int32 | uint16](of map[string]N, s string) N {
	n, seen := of[s]
	if !seen {
		n = N(len(of))
		of[s] = n
	}
	return n
}

// cells is how many places the ladders can tell apart, over all their steps.
var cells = len(areaNumber) * len(ageNumber) * len(sizeNumber) * len(categoryNumber)

// looks is how many different things the ladders can show of a need.
var looks = cells * len(urgencyNumber)

// shows is the number of everything that a need shows at a level.
func (c *coded) shows(l Level) int {
	return c.cell(l)*len(urgencyNumber) + int(c.urgency[l.Urgency])
}

// cell is the number of what a place shows at a level.
func (c *coded) cell(l Level) int {
	return cellOf(c.area[l.Area], c.age[l.Age], c.size[l.Size], c.category[l.Category])
}

func cellOf(area, age, size, category uint8) int {
	return ((int(area)*len(ageNumber)+int(age))*len(sizeNumber)+int(size))*len(categoryNumber) + int(category)
}

// free leaves one need of each household that has no card in this tick.
func (p *pool) free(kind []int32) []int32 {
	seen := make(map[int32]bool, len(kind))
	return slices.DeleteFunc(slices.Clone(kind), func(i int32) bool {
		h := p.home[i]
		if p.taken[h] || seen[h] {
			return true
		}
		seen[h] = true
		return false
	})
}

// groups puts together what shows one tuple at a level and gives what is large
// enough, in the order of the first need of each.
func (p *pool) groups(rest []int32, l Level) [][]int32 {
	p.touched = p.touched[:0]
	for _, i := range rest {
		cell := p.coded[i].shows(l)
		if p.count[cell] == 0 {
			p.touched = append(p.touched, int32(cell))
		}
		p.count[cell]++
	}
	large, members := 0, 0
	for _, cell := range p.touched {
		if n := int(p.count[cell]); n < p.settings.K {
			p.count[cell] = 0
		} else {
			large, members = large+1, members+n
		}
	}
	if large == 0 {
		return nil
	}
	groups, room := make([][]int32, 0, large), make([]int32, members)
	for _, i := range rest {
		cell := p.coded[i].shows(l)
		switch n := p.count[cell]; {
		case n > 0: // the first of its group; from here on the count is where the group stands, negative
			groups = append(groups, append(room[:0:n], i))
			room = room[n:]
			p.count[cell] = -int32(len(groups))
		case n < 0:
			groups[-n-1] = append(groups[-n-1], i)
		}
	}
	for _, cell := range p.touched {
		p.count[cell] = 0
	}
	return groups
}

// safe says whether the members may be shown together at a level; where some
// come from a district that asks for more, what they ask counts.
func (p *pool) safe(members []int32, l Level) (Settings, bool) {
	s := p.settings
	if len(s.Districts) > 0 {
		for _, i := range members {
			s = s.And(s.Of(p.all[i].Home.Region))
		}
	}
	if len(members) < s.K {
		return s, false
	}
	different, most := 0, int32(0)
	for _, i := range members {
		c := p.coded[i].condition
		if p.tally[c]++; p.tally[c] == 1 {
			different++
		}
		most = max(most, p.tally[c])
	}
	for _, i := range members {
		p.tally[p.coded[i].condition] = 0
	}
	if different < s.L || int(most)*100 > s.MostShare*len(members) {
		return s, false
	}
	return s, p.fits(members[0], l) >= s.KMap && p.out.fresh(p, members) <= p.out.room(p, members[0], l, s)
}

// shown gives those of a group that may be shown at a level: all of them, or
// without those of a stricter district, or no more than may be listed of the
// households that fit, the most urgent first. The others wait.
func (p *pool) shown(members []int32, l Level) ([]int32, Settings, bool) {
	asked, ok := p.safe(members, l)
	if ok {
		return members, asked, true
	}
	if plain := p.plain(members); len(plain) > 0 && len(plain) < len(members) {
		members = plain
		if asked, ok = p.safe(members, l); ok {
			return members, asked, true
		}
	}
	if room := p.out.room(p, members[0], l, asked); room >= asked.K && room < len(members) {
		members = members[:room]
		asked, ok = p.safe(members, l)
	}
	return members, asked, ok
}

// fits is how many households of the register could be the one that is shown.
func (p *pool) fits(i int32, l Level) int {
	return p.register.fits(p.coded[i].cell(l), l, p.youngest(i))
}

// youngest says whether the age on the card of a need is that of the youngest.
func (p *pool) youngest(i int32) bool {
	return p.tier != Public && ForYoungest(p.all[i].Code)
}

// plain leaves out what comes from a district that asks for more than the city.
func (p *pool) plain(members []int32) []int32 {
	if len(p.settings.Districts) == 0 {
		return members
	}
	return slices.DeleteFunc(slices.Clone(members), func(i int32) bool {
		return p.settings.Of(p.all[i].Home.Region).harder(p.settings)
	})
}
