package district

import (
	"net/http"
	"strings"
	"time"

	"shanqiao/charities"
	"shanqiao/internal/actor"
	"shanqiao/internal/civil"
	"shanqiao/internal/region"
	"shanqiao/matcher"
	"shanqiao/portal/form"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
	"shanqiao/portal/route"
)

type dutyRow struct {
	Place, Order, Strict, Since string
	Source, Lang                string
	State                       html.Badge
}

type dutiesView struct{ Rows []dutyRow }

var dutiesPage = html.Define[dutiesView]("district/duties")

// duties shows who is asked first, in the city and in each district that has an
// order of its own, now, before and from when on.
func (d *District) duties(w http.ResponseWriter, r *http.Request, by actor.Officer) error {
	all, err := matcher.Duties(r.Context(), d.DB, by)
	if err != nil {
		return err
	}
	return dutiesPage.Write(w, r, http.StatusOK, dutiesView{dutyRows(html.Locale(r), by, all, civil.Day(d.Now()))})
}

// dutyRows are what concerns the reader: the city's orders and the own district's,
// for the city those of every district.
func dutyRows(l *locale.Locale, by actor.Officer, all []matcher.Duty, today time.Time) []dutyRow {
	var rows []dutyRow
	begun := map[string]bool{}
	for _, duty := range all {
		if by.Level != actor.CityRole && duty.Area != region.City && duty.Area != by.Region {
			continue
		}
		row := dutyRow{Place: l.Region(duty.Area), Order: steps(l, duty.Steps), Strict: l.T("duty.weighs"), Since: l.Day(duty.From),
			Source: duty.Source, Lang: "zh-CN", State: html.Badge{Tone: html.Good, Text: l.T("cohort.holds")}}
		if duty.Strict {
			row.Strict = l.T("duty.strict")
		}
		if duty.Source == "" { // came with the program
			row.Source, row.Lang, row.Since = l.T("cohort.shipped_source"), "", "–"
		}
		switch {
		case duty.From.After(today):
			row.State = html.Badge{Tone: html.Waiting, Text: l.T("cohort.ahead")}
		case begun[duty.Area]:
			row.State = html.Badge{Tone: html.Ended, Text: l.T("cohort.replaced")}
		default:
			begun[duty.Area] = true
		}
		rows = append(rows, row)
	}
	return rows
}

func steps(l *locale.Locale, all []charities.Step) string {
	names := make([]string, len(all))
	for i, s := range all {
		names[i] = l.T("duty.step." + string(s))
	}
	return strings.Join(names, " → ")
}

type dutyForm struct {
	form.Form
	First  form.Choice[string]
	Second form.Choice[string]
	Third  form.Choice[string]
	Fourth form.Choice[string]
	How    form.Choice[string]
	Source form.Text
	Since  form.Date
}

func newDutyForm(l *locale.Locale, today time.Time) *dutyForm {
	var options []form.Option
	for _, s := range charities.Steps {
		options = append(options, form.Option{Value: string(s), Text: l.T("duty.step." + string(s))})
	}
	place := func(name string) form.Choice[string] { return form.From(name, options...).Menu() }
	f := &dutyForm{
		Form: form.Named("duty.form"), First: place("first"), Second: place("second"), Third: place("third"), Fourth: place("fourth"),
		How: form.From("how", form.Option{Value: "strict", Text: l.T("duty.strict")}, form.Option{Value: "weighs", Text: l.T("duty.weighs")}), Source: form.Line("source").Required().MaxRunes(200), Since: form.Day("since"),
	}
	f.Fields(&f.First, &f.Second, &f.Third, &f.Fourth, &f.How, &f.Source, &f.Since)
	f.First.Set(string(charities.Steps[0]))
	f.Second.Set(string(charities.Steps[1]))
	f.Third.Set(string(charities.Steps[2]))
	f.Fourth.Set(string(charities.Steps[3]))
	f.Since.Set(today)
	return f
}

func (f *dutyForm) duty() matcher.Duty {
	var order []charities.Step
	for _, s := range []string{f.First.Value, f.Second.Value, f.Third.Value, f.Fourth.Value} {
		order = append(order, charities.Step(s))
	}
	return matcher.Duty{Steps: order, Strict: f.How.Value == "strict", Source: f.Source.Value, From: f.Since.Value}
}

type dutyView struct {
	Form  *dutyForm
	Place string
}

var dutyPage = html.Define[dutyView]("district/duty")

// duty takes a new order for the officer's own region.
func (d *District) duty(w http.ResponseWriter, r *http.Request, by actor.Officer) error {
	l, today := html.Locale(r), civil.Day(d.Now())
	f, place := newDutyForm(l, today), by.Region
	if by.Level == actor.CityRole {
		place = region.City
	}
	if f.Sent(r) {
		err := matcher.SetDuty(r.Context(), d.DB, by, f.duty(), today)
		if err == nil {
			return route.SeeOther(w, r, "/p/duty", "duty.done")
		}
		if !f.Explain(err) {
			return err
		}
	}
	return dutyPage.Write(w, r, f.Status(), dutyView{f, l.Region(place)})
}
