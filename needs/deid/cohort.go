package deid

import (
	"cmp"
	"fmt"
	"slices"

	"shanqiao/needs"
)

// Waiting is an approved need as the gate knows it: nothing that names anyone.
// Condition is the sensitive value. It is never shown, but a cohort in which
// everybody has the same one would tell it all the same.
type Waiting struct {
	Need      needs.ID
	Household string
	Home      Registered
	Condition string
	Code      needs.Code
	Quantity  int
	Urgency   needs.Urgency
}

// Settings are the numbers that make a cohort safe enough to be shown.
type Settings struct {
	K         int // distinct households in a cohort, at least
	KMap      int // households of the register that fit the shown tuple, at least
	L         int // different conditions in a cohort, at least
	MostShare int // of one condition in a cohort, in percent, at most
}

// Defaults are the shipped settings of a tier; reference: k of 11 for what
// anyone can read, 5 for verified organisations.
func Defaults(t Tier) Settings {
	s := Settings{K: 5, KMap: 20, L: 3, MostShare: 60}
	if t == Public {
		s.K = 11
	}
	return s
}

// Cohort is a group of needs that appear together, show one tuple, and leave together.
type Cohort struct {
	Tuple      Tuple
	Level      Level
	Needs      []Waiting
	Households int // distinct
	Register   int // households of the register compatible with the tuple
}

// Form groups what waits into cohorts, least generalised first. What fits into
// none waits on; it is in nobody's cohort and so nobody sees it. The register
// counts households for k-map, by the age of the eldest and of the youngest.
// The result depends on the set of needs only, not on their order.
func Form(tier Tier, waiting []Waiting, register *Register, s Settings) []Cohort {
	rest := slices.Clone(waiting)
	slices.SortFunc(rest, func(a, b Waiting) int { return cmp.Compare(a.Need, b.Need) })
	var cohorts []Cohort
	for _, level := range lattice {
		if len(rest) < s.K {
			break
		}
		groups, order := group(tier, rest, level)
		gone := map[Tuple]bool{}
		for _, t := range order {
			c := Cohort{Tuple: t, Level: level, Needs: groups[t], Households: households(groups[t]),
				Register: register.compatible(t, level)}
			if s.safe(c) {
				cohorts = append(cohorts, c)
				gone[t] = true
			}
		}
		rest = slices.DeleteFunc(rest, func(w Waiting) bool { return gone[w.tuple(tier, level)] })
	}
	return cohorts
}

// group puts together what shows the same tuple at a level; order is that of the needs.
func group(tier Tier, waiting []Waiting, level Level) (groups map[Tuple][]Waiting, order []Tuple) {
	groups = map[Tuple][]Waiting{}
	for _, w := range waiting {
		t := w.tuple(tier, level)
		if _, seen := groups[t]; !seen {
			order = append(order, t)
		}
		groups[t] = append(groups[t], w)
	}
	return groups, order
}

// safe is the whole test of a cohort.
func (s Settings) safe(c Cohort) bool {
	return c.Households >= s.K && c.Register >= s.KMap && s.diverse(c.Needs)
}

func (s Settings) diverse(group []Waiting) bool {
	of := map[string]string{} // one condition a household, however many needs it has
	for _, w := range group {
		of[w.Household] = w.Condition
	}
	count := map[string]int{}
	for _, condition := range of {
		count[condition]++
	}
	for _, n := range count {
		if n*100 > s.MostShare*len(of) {
			return false
		}
	}
	return len(count) >= s.L
}

func households(group []Waiting) int {
	seen := map[string]bool{}
	for _, w := range group {
		seen[w.Household] = true
	}
	return len(seen)
}

func (w Waiting) tuple(tier Tier, level Level) Tuple {
	item, _ := needs.ItemOf(w.Code)
	if tier == Public { // says neither what exactly nor how much
		t := w.Home.place("").at(level)
		t.Group, t.Quantity, t.Urgency = item.Group, 1, urgencyBand(w.Urgency)
		return t
	}
	t := w.Home.place(w.Code).at(level)
	t.Group, t.Code, t.Quantity, t.Urgency = item.Group, w.Code, w.Quantity, urgencyBand(w.Urgency)
	return t
}

// DirectTuple is the functional request that chosen providers see: what, how
// much, and in which district.
func DirectTuple(district string, item needs.Item, quantity int, u needs.Urgency) Tuple {
	return Tuple{Area: district, Age: Any, Size: Any, Category: Any, Group: item.Group,
		Code: item.Code, Quantity: quantity, Urgency: urgencyBand(u)}
}

// String is the tuple as it is kept with a cohort, for ever.
func (t Tuple) String() string {
	return fmt.Sprintf("%s|%s|%s|%s|%s|%s|%d|%s",
		t.Area, t.Age, t.Size, t.Category, t.Group, t.Code, t.Quantity, t.Urgency)
}
