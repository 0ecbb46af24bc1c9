package deid

import "shanqiao/needs"

// Registered is one household of the register, as k-map needs it.
type Registered struct {
	Region   string
	Size     int
	Category string
	Eldest   int // years
	Youngest int
}

// Register counts how many households fit a generalised tuple. A card that fits
// few households points at them, however many cards look alike.
type Register struct {
	households []Registered
	coded      [2][]coded // by the eldest, by the youngest; made when first asked for
	counts     map[countKey][]int32
}

type countKey struct {
	level    Level
	youngest bool
}

// NewRegister takes every open household of the register.
func NewRegister(households []Registered) *Register {
	return &Register{households: households, counts: map[countKey][]int32{}}
}

// fits counts the households that show a cell at a level.
func (r *Register) fits(cell int, l Level, youngest bool) int {
	key := countKey{l, youngest}
	counts, counted := r.counts[key]
	if !counted {
		counts = make([]int32, cells)
		all := r.of(youngest)
		for i := range all {
			counts[all[i].cell(l)]++
		}
		r.counts[key] = counts
	}
	return int(counts[cell])
}

// of encodes the register for needs that are meant for the eldest or the youngest.
func (r *Register) of(youngest bool) []coded {
	which := 0
	if youngest {
		which = 1
	}
	if r.coded[which] == nil {
		all := make([]coded, len(r.households))
		for i, h := range r.households {
			p := h.place("")
			if youngest {
				p.Age = h.Youngest
			}
			all[i] = encode(p)
		}
		r.coded[which] = all
	}
	return r.coded[which]
}

// ForYoungest says whether a kind of need is meant for the youngest member.
func ForYoungest(c needs.Code) bool {
	item, _ := needs.ItemOf(c)
	return item.For == "youngest"
}

// place is what can be recognised of a household in need of c.
func (h Registered) place(c needs.Code) place {
	p := place{Region: h.Region, Age: h.Eldest, Size: h.Size, Category: h.Category}
	if ForYoungest(c) {
		p.Age = h.Youngest
	}
	return p
}
