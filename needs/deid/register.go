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
	coded      [2][]coded            // by the eldest, by the youngest; made when first asked for
	counts     [2][][]int32          // by the place of a level among places, by cell
	listed     map[string]Registered // by household: who is behind cards that are out
	shows      []Shown
}

// NewRegister takes every open household of the register.
func NewRegister(households []Registered) *Register {
	return &Register{households: households, counts: [2][][]int32{make([][]int32, len(places)), make([][]int32, len(places))}}
}

// fits counts the households that show a cell at a level.
func (r *Register) fits(cell int, l Level, youngest bool) int {
	counts := r.counts[which(youngest)][l.number()]
	if counts == nil {
		counts = make([]int32, cells)
		all := r.of(youngest)
		for i := range all {
			counts[all[i].cell(l)]++
		}
		r.counts[which(youngest)][l.number()] = counts
	}
	return int(counts[cell])
}

// of encodes the register for needs that are meant for the eldest or the youngest.
func (r *Register) of(youngest bool) []coded {
	if r.coded[which(youngest)] == nil {
		all := make([]coded, len(r.households))
		for i, h := range r.households {
			all[i] = encode(h.by(youngest))
		}
		r.coded[which(youngest)] = all
	}
	return r.coded[which(youngest)]
}

// which is the place of a table by the eldest or by the youngest.
func which(youngest bool) int {
	if youngest {
		return 1
	}
	return 0
}

// ForYoungest says whether a kind of need is meant for the youngest member.
func ForYoungest(c needs.Code) bool {
	item, _ := needs.ItemOf(c)
	return item.For == "youngest"
}

// place is what can be recognised of a household in need of c.
func (h Registered) place(c needs.Code) place { return h.by(ForYoungest(c)) }

func (h Registered) by(youngest bool) place {
	p := place{Region: h.Region, Age: h.Eldest, Size: h.Size, Category: h.Category}
	if youngest {
		p.Age = h.Youngest
	}
	return p
}
