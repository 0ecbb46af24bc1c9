package district

import (
	"net/http"
	"strings"
	"time"

	"shanqiao/charities"
	"shanqiao/internal/actor"
	"shanqiao/internal/civil"
	"shanqiao/internal/fault"
	"shanqiao/matcher"
	"shanqiao/matcher/score"
	"shanqiao/portal/form"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
	"shanqiao/portal/route"
)

// parts are the weights in the order of the page, each with its place.
var parts = []struct {
	name string
	of   func(*score.Weights) *int
}{
	{"duty", func(w *score.Weights) *int { return &w.Duty }},
	{"area", func(w *score.Weights) *int { return &w.Area }},
	{"kind", func(w *score.Weights) *int { return &w.Kind }},
	{"waiting", func(w *score.Weights) *int { return &w.Waiting }},
	{"load", func(w *score.Weights) *int { return &w.Load }},
	{"reliability", func(w *score.Weights) *int { return &w.Reliability }},
	{"newcomer", func(w *score.Weights) *int { return &w.Newcomer }},
	{"exposure", func(w *score.Weights) *int { return &w.Exposure }},
	{"keep", func(w *score.Weights) *int { return &w.Keep }},
}

type weightRow struct{ Name, Does, Now, Then string }

type weighingRow struct {
	Since, What, Source, Lang, By string
	State                         html.Badge
}

type weightsView struct {
	Facts []html.Fact
	Rows  []weightRow
	Past  []weighingRow
	City  bool
}

var weightsPage = html.Define[weightsView]("district/weights")

// weights shows what counts how much when suggestions are ranked, now, before and
// from when on.
func (d *District) weights(w http.ResponseWriter, r *http.Request, by actor.Officer) error {
	all, err := matcher.Weighings(r.Context(), d.DB, by)
	if err != nil {
		return err
	}
	return weightsPage.Write(w, r, http.StatusOK, weightsOf(html.Locale(r), by, all, civil.Day(d.Now())))
}

// weightsOf takes the newest first: the first that has begun holds.
func weightsOf(l *locale.Locale, by actor.Officer, all []matcher.Weighing, today time.Time) weightsView {
	v := weightsView{City: by.Level == actor.CityRole}
	begun := false
	for _, one := range all {
		row := weighingRow{Since: l.Day(one.From), What: inWords(l, one.Weights), Source: one.Source, Lang: "zh-CN", By: one.Name,
			State: html.Badge{Tone: html.Ended, Text: l.T("cohort.replaced")}}
		if one.SetAt == nil { // came with the program
			row.Source, row.Lang, row.By = l.T("cohort.shipped_source"), "", "–"
		}
		switch {
		case one.From.After(today):
			row.State = html.Badge{Tone: html.Waiting, Text: l.T("cohort.ahead")}
		case !begun:
			begun = true
			row.State = html.Badge{Tone: html.Good, Text: l.T("cohort.holds")}
			v.Facts = []html.Fact{{Label: l.T("weights.form.since"), Value: row.Since},
				{Label: l.T("weights.form.source"), Value: row.Source, Lang: row.Lang}, {Label: l.T("weights.by"), Value: row.By, Lang: row.Lang}}
			v.Rows = weightRows(l, one.Weights, one.Weights)
		}
		v.Past = append(v.Past, row)
	}
	return v
}

func weightRows(l *locale.Locale, now, then score.Weights) []weightRow {
	var rows []weightRow
	for _, p := range parts {
		rows = append(rows, weightRow{l.T("weights.form." + p.name), l.T("weights.form." + p.name + ".hint"),
			score.Points(*p.of(&now)), score.Points(*p.of(&then))})
	}
	return rows
}

func inWords(l *locale.Locale, w score.Weights) string {
	var all []string
	for _, p := range parts {
		all = append(all, l.T("weights.one", "name", l.T("weights.form."+p.name), "points", score.Points(*p.of(&w))))
	}
	return strings.Join(all, l.T("weights.comma"))
}

type weightsForm struct {
	form.Form
	Numbers []*form.Number
	Source  form.Text
	Since   form.Date
}

// mostPoints is more than any sum that a solver can count allows one part.
const mostPoints = 1000

func newWeightsForm(now score.Weights, today time.Time) *weightsForm {
	f := &weightsForm{Form: form.Named("weights.form"), Source: form.Line("source").Required().MaxRunes(200), Since: form.Day("since")}
	for _, p := range parts {
		n := form.Whole(p.name, 0, mostPoints)
		n.Set(*p.of(&now) / 1000)
		f.Numbers = append(f.Numbers, &n)
		f.Fields(&n)
	}
	f.Fields(&f.Source, &f.Since)
	f.Since.Set(today)
	return f
}

func (f *weightsForm) weighing() matcher.Weighing {
	w := matcher.Weighing{Source: f.Source.Value}
	for i, p := range parts {
		*p.of(&w.Weights) = f.Numbers[i].Value * 1000
	}
	w.From = f.Since.Value
	return w
}

type newWeightsView struct{ Form *weightsForm }

var newWeightsPage = html.Define[newWeightsView]("district/new_weights")

// newWeights takes new weights and tries them; nothing is set by it.
func (d *District) newWeights(w http.ResponseWriter, r *http.Request, by actor.Officer) error {
	now, err := matcher.WeightsOn(r.Context(), d.DB, d.Now())
	if err != nil {
		return err
	}
	f := newWeightsForm(now, civil.Day(d.Now()))
	if f.Sent(r) {
		trial, err := matcher.TryWeights(r.Context(), d.DB, by, f.weighing(), d.Now())
		if err == nil {
			return route.SeeOther(w, r, "/p/weights/trials/"+trial, "")
		}
		if !f.Explain(err, fault.Conflict) {
			return err
		}
	}
	return newWeightsPage.Write(w, r, f.Status(), newWeightsView{f})
}

type trialRow struct{ Name, Wanted, Now, Then string }

type trialView struct {
	Lead    string
	Notice  *html.Notice
	Facts   []html.Fact
	Figures []html.Figure
	Weights []weightRow
	Tiers   []trialRow
	Kinds   []trialRow
	Order   string
	Form    *form.Form // nil where it cannot be set
}

var trialPage = html.Define[trialView]("district/trial")

// trial shows what tried weights would change, and sets them.
func (d *District) trial(w http.ResponseWriter, r *http.Request, by actor.Officer) error {
	t, err := matcher.TriedWeights(r.Context(), d.DB, by, r.PathValue("trial"), d.Now())
	if err != nil {
		return err
	}
	f := form.Named("weights.set")
	if f.Sent(r) {
		err := matcher.SetWeights(r.Context(), d.DB, by, t.ID, d.Now())
		if err == nil {
			return route.SeeOther(w, r, "/p/weights", "weights.done")
		}
		if !f.Explain(err, fault.Conflict) {
			return err
		}
	}
	return trialPage.Write(w, r, f.Status(), trialOf(html.Locale(r), t, &f))
}

func trialOf(l *locale.Locale, t matcher.Tried, f *form.Form) trialView {
	found, n := t.Found, func(n int) string { return l.Number(int64(n)) }
	v := trialView{
		Lead: l.T("weights.trial.lead", "at", l.Time(t.At), "cards", found.Cards, "wanted", found.Wanted, "offers", found.Offers),
		Facts: []html.Fact{{Label: l.T("weights.form.since"), Value: l.Day(t.Asked.From)},
			{Label: l.T("weights.form.source"), Value: t.Asked.Source, Lang: "zh-CN"}},
		Figures: []html.Figure{{Value: n(found.Others), Label: l.T("weights.trial.others")}, {Value: n(found.Firsts), Label: l.T("weights.trial.firsts")},
			{Value: n(found.Moved), Label: l.T("weights.trial.moved")}},
		Weights: weightRows(l, t.Now, t.Asked.Weights),
		Form:    f,
	}
	for _, tier := range found.Tiers {
		v.Tiers = append(v.Tiers, trialRow{l.T("round.tier." + tierKey(tier.Name)), n(tier.Wanted), n(tier.Now), n(tier.Then)})
	}
	for _, k := range charities.Kinds {
		v.Kinds = append(v.Kinds, trialRow{l.T("offer.kind." + string(k)), "", n(found.Now.ByKind[k]), n(found.Then.ByKind[k])})
	}
	v.Order = l.T("weights.trial.order_none", "days", matcher.LookBack, "taken", found.Taken, "declined", found.Declined)
	if found.Taken > 0 && found.Declined > 0 {
		v.Order = l.T("weights.trial.order", "days", matcher.LookBack, "taken", found.Taken, "declined", found.Declined,
			"now", inHundred(found.Now.Order), "then", inHundred(found.Then.Order))
	}
	switch {
	case t.Set:
		v.Form, v.Notice = nil, &html.Notice{Tone: html.Good, Title: l.T("weights.trial.set"), Text: l.T("weights.trial.set_text", "day", l.Day(t.Asked.From))}
	case t.Passed || t.Stale:
		v.Form, v.Notice = nil, &html.Notice{Tone: html.Waiting, Title: l.T("weights.trial.again"), Text: l.T("match.trial_stale")}
		if t.Passed {
			v.Notice.Text = l.T("match.trial_passed")
		}
	}
	return v
}

// inHundred rounds so many pairs of a hundred to a whole number.
func inHundred(of float64) int { return int(of + 0.5) }
