package district

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/needs/deid"
	"shanqiao/needs/gate"
	"shanqiao/portal/form"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
	"shanqiao/portal/route"
)

type refusalRow struct{ Href, At, Tier, Reasons, First string }

type refusalsView struct {
	Rows  []refusalRow
	Empty html.Empty
}

var refusalsPage = html.Define[refusalsView]("district/refusals")

// refusals lists the rounds that did not happen and still stop the next.
func (d *District) refusals(w http.ResponseWriter, r *http.Request, by actor.Officer) error {
	l := html.Locale(r)
	all, err := gate.Refusals(r.Context(), d.Gate, by)
	if err != nil {
		return err
	}
	v := refusalsView{Empty: html.Empty{Text: l.T("refusal.none_text"), Href: "/p/cohorts", Link: l.T("cohort.title")}}
	for _, x := range all {
		row := refusalRow{Href: refusalPath(x), At: l.Time(x.At), Tier: l.T("cohort.form.tier." + string(x.Tier)),
			Reasons: l.Number(int64(len(x.Reasons)))}
		if len(x.Reasons) > 0 {
			row.First = reasonWord(l, x.Reasons[0])
		}
		v.Rows = append(v.Rows, row)
	}
	return refusalsPage.Write(w, r, http.StatusOK, v)
}

func refusalPath(r gate.Refusal) string { return "/p/refusals/" + strconv.FormatInt(r.ID, 10) }

func reasonWord(l *locale.Locale, r gate.Reason) string {
	return l.T("refusal.kind."+r.Kind, "n", r.Households, "least", r.Least)
}

// sightWords says the cards of a reason as whoever kept the pages has read them.
func sightWords(l *locale.Locale, tier deid.Tier, r gate.Reason) []string {
	var all []string
	for _, s := range r.Sights() {
		card := l.Sentence(deid.NewCard("", tier, s.Tuple, 0, time.Time{}))
		switch {
		case s.From == 0:
			all = append(all, card)
		case s.To == 0:
			all = append(all, l.T("refusal.seen_from", "from", s.From, "card", card))
		default:
			all = append(all, l.T("refusal.seen_until", "from", s.From, "to", s.To, "card", card))
		}
	}
	return all
}

type settleForm struct {
	form.Form
	Reason form.Text
}

func newSettleForm() *settleForm {
	f := &settleForm{Form: form.Named("refusal.form"), Reason: form.Lines("reason").Required().MaxRunes(500)}
	f.Fields(&f.Reason)
	return f
}

type reasonRow struct {
	Text  string
	What  []string
	Cards string
}

type settleView struct {
	Form  *settleForm
	Facts []html.Fact
	Rows  []reasonRow
}

var settlePage = html.Define[settleView]("district/refusal")

// settle shows what a round would have told, and lets the city say that what is
// out is out. Nothing is published by it: the next round is looked at anew.
func (d *District) settle(w http.ResponseWriter, r *http.Request, by actor.Officer) error {
	all, err := gate.Refusals(r.Context(), d.Gate, by)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(all, func(x gate.Refusal) bool { return strconv.FormatInt(x.ID, 10) == r.PathValue("refusal") })
	if at < 0 {
		return route.NotHere
	}
	x, l, f := all[at], html.Locale(r), newSettleForm()
	if f.Sent(r) {
		err := gate.Excuse(r.Context(), d.Gate, by, x.Cards(), f.Reason.Value)
		if err == nil {
			return route.SeeOther(w, r, "/p/refusals", "refusal.done")
		}
		if !f.Explain(err, fault.Conflict) {
			return err
		}
	}
	v := settleView{Form: f, Facts: []html.Fact{
		{Label: l.T("refusal.at"), Value: l.Time(x.At)},
		{Label: l.T("cohort.form.tier"), Value: l.T("cohort.form.tier." + string(x.Tier))},
	}}
	for _, reason := range x.Reasons {
		v.Rows = append(v.Rows, reasonRow{reasonWord(l, reason), sightWords(l, x.Tier, reason), l.Number(int64(len(reason.Cards)))})
	}
	return settlePage.Write(w, r, f.Status(), v)
}
