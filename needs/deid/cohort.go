package deid

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
	"strings"

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

// Form groups what waits into cohorts, generalised as little as can be: needs
// that ask for one thing are put together where they keep most of what their
// places say. What fits into none waits on; it is in nobody's cohort and so
// nobody sees it. The register counts households for k-map, by the age of the
// eldest and of the youngest.
//
// A household appears at most once. Two needs that came up together, at one
// place, would make a pair that few other households have, and the pair tells
// more than either: the other need waits for the next tick.
//
// The result depends on the set of needs only, not on their order.
func Form(tier Tier, waiting []Waiting, register *Register, s Settings) []Cohort {
	p := newPool(tier, waiting, register, s)
	var cohorts []Cohort
	for _, kind := range p.kinds {
		for _, c := range p.search(p.free(kind)) {
			cohorts = append(cohorts, p.cohort(c))
		}
	}
	return slices.DeleteFunc(cohorts, s.held)
}

// cohort gives a class its needs and takes their households out of this tick.
func (p *pool) cohort(c class) Cohort {
	made := Cohort{Tuple: p.all[c.members[0]].tuple(p.tier, c.level), Level: c.level, K: c.asked.K,
		Households: len(c.members), Register: p.fits(c.members[0], c.level)}
	for _, i := range c.members {
		made.Needs = append(made.Needs, p.all[i])
		p.taken[p.home[i]] = true
	}
	return made
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
		t.Group, t.Quantity, t.Urgency = item.Group, 1, urgencyAt(w.Urgency, level.Urgency)
		return t
	}
	t := w.Home.place(w.Code).at(level)
	t.Group, t.Code, t.Quantity, t.Urgency = item.Group, w.Code, w.Quantity, urgencyAt(w.Urgency, level.Urgency)
	return t
}

// DirectTuple is the functional request that chosen providers see: what, how
// much, and in which district.
func DirectTuple(district string, item needs.Item, quantity int, u needs.Urgency) Tuple {
	return Tuple{Area: district, Age: Any, Size: Any, Category: Any, Group: item.Group,
		Code: item.Code, Quantity: quantity, Urgency: Band(u)}
}

// String is the tuple as it is kept with a cohort, for ever.
func (t Tuple) String() string {
	return fmt.Sprintf("%s|%s|%s|%s|%s|%s|%d|%s",
		t.Area, t.Age, t.Size, t.Category, t.Group, t.Code, t.Quantity, t.Urgency)
}

// ReadTuple reads what String wrote, and says whether it is that.
func ReadTuple(s string) (Tuple, bool) {
	f := strings.Split(s, "|")
	if len(f) != 8 {
		return Tuple{}, false
	}
	n, err := strconv.Atoi(f[6])
	return Tuple{f[0], f[1], f[2], f[3], needs.Group(f[4]), needs.Code(f[5]), n, UrgencyBand(f[7])}, err == nil
}

// turn is the order in which needs are looked at, whatever order they came in.
// Of the needs of a household the most urgent goes first; ids, which are random,
// decide between equals alone.
func turn(a, b Waiting) int {
	return cmp.Or(cmp.Compare(a.Urgency, b.Urgency), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Quantity, b.Quantity), cmp.Compare(a.Need, b.Need))
}
