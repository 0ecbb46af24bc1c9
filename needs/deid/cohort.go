package deid

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"

	"shanqiao/needs"
)

// Waiting is an approved need as the gate knows it: nothing that names anyone.
// Condition is the sensitive value. It is never shown, but a cohort in which
// everybody has the same one would tell it all the same. New says that no tick
// of the tier has seen the need before.
type Waiting struct {
	Need      needs.ID
	Household string
	Home      Registered
	Condition string
	Code      needs.Code
	Quantity  int
	Urgency   needs.Urgency
	New       bool
}

// Cohort is a group of needs of different households that appear together, show
// one tuple, and leave together.
type Cohort struct {
	Tuple      Tuple
	Level      Level
	Needs      []Waiting // one of each household
	Households int       // as many as needs
	Register   int       // households of the register compatible with the tuple
	K          int       // the most that the city or a district of its homes asks
}

// Form groups what waits into cohorts, least generalised first. What fits into
// none waits on; it is in nobody's cohort and so nobody sees it. The register
// counts households for k-map, by the age of the eldest and of the youngest.
//
// A household appears at most once. Two needs that came up together, at one
// place, would make a pair that few other households have, and the pair tells
// more than either: the other need waits for the next tick.
//
// The result depends on the set of needs only, not on their order.
func Form(tier Tier, waiting []Waiting, register *Register, s Settings) []Cohort {
	p := newPool(tier, waiting)
	var cohorts []Cohort
	for _, level := range lattice {
		if len(p.rest) < s.K {
			break
		}
		for _, group := range p.groups(level, s.K) {
			members := p.households(group)
			if len(members) < s.K {
				continue
			}
			first := members[0]
			c := Cohort{Tuple: first.tuple(tier, level), Level: level}
			c.Register = register.compatible(c.Tuple, level)
			if s.fill(&c, members) {
				p.take(c.Needs)
				cohorts = append(cohorts, c)
			}
		}
		p.compact()
	}
	return slices.DeleteFunc(cohorts, s.held)
}

// fill puts into c as many of the members as are safe together. Where a district
// asks for more than the others, its needs must not keep those of the others
// from being shown, so what asks most is left out first.
func (s Settings) fill(c *Cohort, members []Waiting) bool {
	for {
		asked := s.of(members)
		if len(members) >= asked.K && c.Register >= asked.KMap && asked.diverse(members) {
			c.Needs, c.Households, c.K = members, len(members), asked.K
			return true
		}
		if len(s.Districts) == 0 {
			return false
		}
		plain := slices.DeleteFunc(slices.Clone(members), func(w Waiting) bool { return s.Of(w.Home.Region).harder(s) })
		if len(plain) == len(members) || len(plain) < s.K {
			return false
		}
		members = plain
	}
}

// diverse expects one need of each household, which counts its condition once.
func (s Settings) diverse(members []Waiting) bool {
	count := map[string]int{}
	for _, w := range members {
		count[w.Condition]++
	}
	for _, n := range count {
		if n*100 > s.MostShare*len(members) {
			return false
		}
	}
	return len(count) >= s.L
}

// held draws the cohorts that appear a tick later, so that the day on which
// somebody was visited does not tell the tick in which the need appears. What
// has waited already is not held again. The draw follows from ids that nobody
// outside knows.
func (s Settings) held(c Cohort) bool {
	if s.Hold == 0 || slices.ContainsFunc(c.Needs, func(w Waiting) bool { return !w.New }) {
		return false
	}
	h := sha256.New()
	for _, w := range c.Needs {
		h.Write([]byte(w.Need))
	}
	return int(binary.BigEndian.Uint32(h.Sum(nil))%100) < s.Hold
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

// byNeed is the order in which needs are looked at, whatever order they came in.
func byNeed(a, b Waiting) int { return cmp.Compare(a.Need, b.Need) }
