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
	counts     map[countKey]map[uint64]int
}

type countKey struct {
	level    Level
	youngest bool
}

// NewRegister takes every open household of the register.
func NewRegister(households []Registered) *Register {
	return &Register{households: households, counts: map[countKey]map[uint64]int{}}
}

// compatible counts the households that the place columns of t fit.
func (r *Register) compatible(t Tuple, l Level) int {
	youngest := ForYoungest(t.Code)
	key := countKey{l, youngest}
	counts, counted := r.counts[key]
	if !counted {
		counts = map[uint64]int{}
		all := r.of(t.Code, youngest)
		for i := range all {
			counts[all[i].place(l)]++
		}
		r.counts[key] = counts
	}
	return counts[placeKey(t)]
}

// of encodes the register for needs that are meant for the eldest or the youngest.
func (r *Register) of(code needs.Code, youngest bool) []coded {
	which := 0
	if youngest {
		which = 1
	}
	if r.coded[which] == nil {
		all := make([]coded, len(r.households))
		for i, h := range r.households {
			all[i] = encode(h.place(code))
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
