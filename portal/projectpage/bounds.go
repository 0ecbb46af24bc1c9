package projectpage

import (
	"strings"

	"shanqiao/charities"
	"shanqiao/needs"
	"shanqiao/needs/deid"
	"shanqiao/portal/form"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
)

// Bounds asks whom an offer is for. All of it may be left open.
type Bounds struct {
	LeastAge   form.Number
	MostAge    form.Number
	Categories form.Many[string]
}

// NewBounds are the fields of a project and of a contract alike.
func NewBounds() Bounds {
	return Bounds{
		LeastAge:   form.Whole("least_age", 0, 120).OrNone(),
		MostAge:    form.Whole("most_age", 0, 120).OrNone(),
		Categories: form.AnyOf("categories", needs.Categories...),
	}
}

// Bounds are what was typed. No oldest age is no limit.
func (b Bounds) Bounds() charities.Bounds {
	return charities.Bounds{LeastAge: b.LeastAge.Value, MostAge: b.MostAge.Value, Categories: b.Categories.Values}
}

func (b *Bounds) fill(of charities.Bounds) {
	if of.LeastAge > 0 {
		b.LeastAge.Set(of.LeastAge)
	}
	if of.MostAge > 0 && of.MostAge < deid.Oldest {
		b.MostAge.Set(of.MostAge)
	}
	b.Categories.Set(of.Categories...)
}

// BoundsFacts say whom an offer is for. The sentences of categories are those of
// the named form.
func BoundsFacts(l *locale.Locale, form string, of charities.Bounds) []html.Fact {
	people := l.T("terms.any_people")
	if len(of.Categories) > 0 {
		var names []string
		for _, c := range of.Categories {
			names = append(names, l.T(form+".categories."+c))
		}
		people = strings.Join(names, l.T("near.comma"))
	}
	return []html.Fact{{Label: l.T("terms.whom"), Value: people}, {Label: l.T("terms.ages"), Value: ages(l, of.Settled())}}
}

func ages(l *locale.Locale, of charities.Bounds) string {
	switch open := of.MostAge >= deid.Oldest; {
	case open && of.LeastAge == 0:
		return l.T("terms.any_age")
	case open:
		return l.T("terms.age_from", "n", of.LeastAge)
	case of.LeastAge == 0:
		return l.T("terms.age_to", "n", of.MostAge)
	}
	return l.T("terms.age_span", "least", of.LeastAge, "most", of.MostAge)
}

// FundFact says what pays, nothing where that was not said.
func FundFact(l *locale.Locale, form, fund string) []html.Fact {
	if fund == "" {
		return nil
	}
	return []html.Fact{{Label: l.T(form + ".fund"), Value: l.T(form + ".fund." + fund)}}
}
