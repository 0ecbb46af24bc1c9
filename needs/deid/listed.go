package deid

import "slices"

// Shown is a place and people as a card shows them. Youngest: the age is that of
// the youngest member.
type Shown struct {
	Area, Age, Size, Category string
	Youngest                  bool
}

// With tells the register what can be seen already: which households are behind
// cards, by any key that needs have as well, and what these cards show.
func (r *Register) With(listed map[string]Registered, shows []Shown) *Register {
	with := *r
	with.listed, with.shows = listed, shows
	return &with
}

// out is what can be seen while cohorts are formed. Of the households that fit a
// place and people, as some card shows them, only so many may be behind cards,
// whatever these show: a card that says more, or less, lists its household as well.
type out struct {
	listed  []bool       // by household
	count   [2][][]int32 // households behind cards: by the eldest or youngest, by level, by cell
	shown   [2][][]bool  // some card shows it
	besides [2][]int32   // by cell: what is weighed at one level together with a class
	tally   []int32      // scratch of takes, empty between two calls
	dropped map[int32]bool
}

func newOut(r *Register, households map[string]int32) *out {
	o := &out{listed: make([]bool, len(households)), tally: make([]int32, cells), dropped: map[int32]bool{}}
	for w := range o.count {
		o.besides[w] = make([]int32, cells)
		o.count[w], o.shown[w] = make([][]int32, len(places)), make([][]bool, len(places))
		for l := range places {
			o.count[w][l], o.shown[w][l] = make([]int32, cells), make([]bool, cells)
		}
	}
	for key, h := range r.listed {
		if i, waits := households[key]; waits {
			o.listed[i] = true
		}
		o.add(h)
	}
	for _, s := range r.shows {
		o.show(s)
	}
	return o
}

// add counts a household at every level.
func (o *out) add(h Registered) {
	for _, youngest := range []bool{false, true} {
		c := encode(h.by(youngest))
		for l, level := range places {
			o.count[which(youngest)][l][c.cell(level)]++
		}
	}
}

// show remembers what a card shows, at every level at which it could have been
// made. A card that the ladders do not know any more shows what they never will.
func (o *out) show(s Shown) {
	area, a := areaNumber[s.Area]
	age, b := ageNumber[s.Age]
	size, c := sizeNumber[s.Size]
	category, d := categoryNumber[s.Category]
	if !(a && b && c && d) {
		return
	}
	for l := range places {
		o.shown[which(s.Youngest)][l][cellOf(area, age, size, category)] = true
	}
}

// fresh counts the members of whose households there is no card yet.
func (o *out) fresh(p *pool, members []int32) (n int) {
	for _, i := range members {
		if !o.listed[p.home[i]] {
			n++
		}
	}
	return n
}

// beside is the count of what would be shown of the same place and people in the
// same go, by needs of another urgency.
func (o *out) beside(p *pool, i int32, l Level) *int32 {
	return &o.besides[which(p.youngest(i))][p.coded[i].cell(l)]
}

// room is how many more households may be behind cards that show what a need
// shows at a level, so that everything coarser that is shown keeps its share.
func (o *out) room(p *pool, i int32, l Level, s Settings) int {
	youngest, room := p.youngest(i), len(p.register.households)
	w, c := which(youngest), &p.coded[i]
	for n, m := range places {
		if m.Area < l.Area || m.Age < l.Age || m.Size < l.Size || m.Category < l.Category {
			continue
		}
		if cell := c.cell(m); n == l.number() || o.shown[w][n][cell] {
			room = min(room, s.MostListed*p.register.fits(cell, m, youngest)/100-int(o.count[w][n][cell]))
		}
	}
	return room - int(*o.beside(p, i, l))
}

// takes counts a class as shown, unless too many of those who fit something that
// is shown already would then be listed.
func (o *out) takes(p *pool, c class) bool {
	fresh := slices.DeleteFunc(slices.Clone(c.members), func(i int32) bool { return o.listed[p.home[i]] })
	for _, youngest := range []bool{false, true} {
		codes := make([]coded, len(fresh))
		for j, i := range fresh {
			codes[j] = encode(p.all[i].Home.by(youngest))
		}
		for n, m := range places {
			if !o.holds(p, codes, n, m, youngest, c.asked) {
				for _, i := range c.members {
					o.dropped[i] = true
				}
				return false
			}
		}
	}
	for _, i := range fresh {
		o.listed[p.home[i]] = true
		o.add(p.all[i].Home)
	}
	t := p.all[c.members[0]].tuple(p.tier, c.level)
	o.show(Shown{t.Area, t.Age, t.Size, t.Category, p.youngest(c.members[0])})
	return true
}

// holds says whether what is shown at a level keeps its share with more listed.
func (o *out) holds(p *pool, more []coded, n int, m Level, youngest bool, s Settings) bool {
	w, ok := which(youngest), true
	for i := range more {
		if cell := more[i].cell(m); o.shown[w][n][cell] {
			o.tally[cell]++
			ok = ok && 100*int(o.count[w][n][cell]+o.tally[cell]) <= s.MostListed*p.register.fits(cell, m, youngest)
		}
	}
	for i := range more {
		o.tally[more[i].cell(m)] = 0
	}
	return ok
}
