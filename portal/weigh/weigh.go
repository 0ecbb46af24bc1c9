// Package weigh puts into plain words how an offer suits a need: no points, no
// places behind a decimal, for readers who never heard of a score. Officers and
// members of organisations read the same words.
package weigh

import (
	"cmp"
	"slices"

	"shanqiao/matcher"
	"shanqiao/matcher/score"
	"shanqiao/portal/locale"
)

// Part is one thing that was weighed: what it is, how it looks here, and how far
// a bar of a hundred reaches.
type Part struct {
	Name, Words string
	Bar         int
}

// Parts lists what was weighed, what counts most first.
func Parts(l *locale.Locale, ps score.Parts) []Part {
	ps = slices.Clone(ps)
	slices.SortStableFunc(ps, func(a, b score.Part) int { return cmp.Compare(b.Most, a.Most) })
	var all []Part
	for _, p := range ps {
		if p.Most == 0 {
			continue
		}
		all = append(all, Part{Name: name(l, p), Words: words(l, p), Bar: max(0, min(100, 100*p.Points/p.Most))})
	}
	return all
}

func name(l *locale.Locale, p score.Part) string {
	if key := "fit.part." + string(p.Name); l.Has(key) {
		return l.T(key)
	}
	return l.T("fit.part_other")
}

// words say how much of a part there is. A part that has none yet is told in points.
func words(l *locale.Locale, p score.Part) string {
	much := "low"
	switch {
	case 3*p.Points >= 2*p.Most:
		much = "high"
	case 3*p.Points >= p.Most:
		much = "some"
	}
	if key := "fit.part." + string(p.Name) + "." + much; l.Has(key) {
		return l.T(key)
	}
	return l.Fill(p.Key(), p.Words())
}

// Other says in a sentence how another offer compares.
func Other(l *locale.Locale, o matcher.Other) string {
	switch {
	case o.Failed != nil:
		return l.Fill(o.Failed.Key(), o.Failed.Words(string(l.Language)))
	case o.Units > 0:
		return l.T("fit.other.given")
	case o.Ahead && o.Elsewhere:
		return l.T("fit.other.elsewhere")
	case o.Ahead:
		return l.T("fit.other.ahead")
	}
	if key := "fit.less." + string(o.Less); o.Less != "" && l.Has(key) {
		return l.T(key)
	}
	return l.T("fit.other.behind")
}
