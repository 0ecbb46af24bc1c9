package deid

import "slices"

// Why says why something is not shown as finely as the ladders allow.
type Why string

// The reasons. Finest: nobody is ever shown finer. Few: fewer than k households
// look alike. Scarce: too few households of the register fit. Listed: too many of
// those that fit would be listed. Alike: too few different conditions, or too many of one. Others: it could be shown finer, but
// what is left of its group could not be shown at all. Sibling: another need of
// the household goes first.
const (
	Finest  Why = "finest"
	Few     Why = "few"
	Scarce  Why = "register"
	Listed  Why = "listed"
	Alike   Why = "alike"
	Others  Why = "others"
	Sibling Why = "sibling"
)

// Reason is a why, with the least that is asked where that is a number; of Listed
// it is the most in percent.
type Reason struct {
	Why   Why
	Least int
}

// Outlook is what one need would show if a tick were held with what waits now.
type Outlook struct {
	Tier    Tier
	Asked   Settings // of the cohort, or of the need's district while there is none
	Placed  bool     // a cohort fits
	Waits   Reason   // otherwise: why none does
	Another bool     // the household has more that waits; one need of it appears at a time

	// The rest is of the cohort.
	Tuple                              Tuple
	Households, Fits                   int // in the cohort; in the register
	Area, Age, Size, Category, Urgency Reason
}

// Preview forms the cohorts of what asks for the same as one need, and says
// where that need stands among them. Only what asks for the same can share its
// cohort, so others may leave out everything else. A tick that finds another need
// of some household first may form other cohorts; nothing is held back here.
func Preview(tier Tier, need Waiting, others []Waiting, register *Register, s Settings) Outlook {
	o := Outlook{Tier: tier, Asked: s.Of(need.Home.Region)}
	all := []Waiting{need}
	for _, w := range others {
		if w.Need != need.Need {
			all = append(all, w)
			o.Another = o.Another || w.Household == need.Household
		}
	}
	p := newPool(tier, all, register, s)
	i := int32(slices.IndexFunc(p.all, func(w Waiting) bool { return w.Need == need.Need }))
	at := slices.IndexFunc(p.kinds, func(kind []int32) bool { return slices.Contains(kind, i) })
	rest := p.free(p.kinds[at])
	if !slices.Contains(rest, i) {
		o.Waits = Reason{Why: Sibling}
		return o
	}
	found := p.search(rest)
	in := slices.IndexFunc(found, func(c class) bool { return slices.Contains(c.members, i) })
	if p.out.dropped[i] {
		o.Waits = Reason{Listed, o.Asked.MostListed}
		return o
	}
	if in < 0 {
		left := slices.DeleteFunc(slices.Clone(rest), func(j int32) bool {
			return slices.ContainsFunc(found, func(c class) bool { return slices.Contains(c.members, j) })
		})
		o.Waits = p.against(i, left, lattice[tier][len(lattice[tier])-1])
		return o
	}
	c := found[in]
	o.Placed, o.Asked, o.Tuple = true, c.asked, need.tuple(tier, c.level)
	o.Households, o.Fits = len(c.members), p.fits(i, c.level)
	least := finest(tier)
	finer := func(step func(*Level) *int) Reason {
		l := c.level
		if *step(&l) == *step(&least) {
			return Reason{Why: Finest}
		}
		*step(&l)--
		return p.against(i, rest, l)
	}
	o.Area = finer(func(l *Level) *int { return &l.Area })
	o.Age = finer(func(l *Level) *int { return &l.Age })
	o.Size = finer(func(l *Level) *int { return &l.Size })
	o.Category = finer(func(l *Level) *int { return &l.Category })
	o.Urgency = finer(func(l *Level) *int { return &l.Urgency })
	return o
}

// against says what keeps a need from being shown at a level with those of the
// rest that look the same there; Others where nothing does.
func (p *pool) against(i int32, rest []int32, l Level) Reason {
	cell := p.coded[i].shows(l)
	alike := slices.DeleteFunc(slices.Clone(rest), func(j int32) bool { return p.coded[j].shows(l) != cell })
	some, _, ok := p.shown(alike, l)
	ok = ok && slices.Contains(some, i)
	if plain := p.plain(alike); slices.Contains(plain, i) {
		alike = plain
	}
	asked, _ := p.safe(alike, l)
	switch {
	case ok:
		return Reason{Why: Others}
	case len(alike) < asked.K:
		return Reason{Few, asked.K}
	case p.fits(i, l) < asked.KMap:
		return Reason{Scarce, asked.KMap}
	case p.out.fresh(p, alike) > p.out.room(p, i, l, asked):
		return Reason{Listed, asked.MostListed}
	default:
		return Reason{Alike, asked.L}
	}
}
