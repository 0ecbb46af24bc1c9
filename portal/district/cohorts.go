package district

import (
	"net/http"
	"time"

	"shanqiao/internal/actor"
	"shanqiao/internal/civil"
	"shanqiao/internal/region"
	"shanqiao/needs/deid"
	"shanqiao/needs/gate"
	"shanqiao/portal/form"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
	"shanqiao/portal/route"
)

type askedRow struct {
	Place, Since string
	Asks         []string // in words, with their numbers
	Source, Lang string
	State        html.Badge
}

type tierRows struct {
	Title string
	Rows  []askedRow
}

type cohortsView struct {
	Tiers   []tierRows
	Refused *html.Notice // for the city alone
	Stopped bool         // a round waits for the city to look at it
}

var cohortsPage = html.Define[cohortsView]("district/cohorts")

var tiers = []deid.Tier{deid.Verified, deid.Public}

// cohorts lists what is asked of a group of needs before it may appear: what is
// shipped first, then what the city and the districts ask beyond it.
func (d *District) cohorts(w http.ResponseWriter, r *http.Request, by actor.Officer) error {
	l := html.Locale(r)
	all, err := gate.Settings(r.Context(), d.Gate, by)
	if err != nil {
		return err
	}
	var v cohortsView
	for _, tier := range tiers {
		v.Tiers = append(v.Tiers, tierRows{l.T("cohort.form.tier." + string(tier)), askedRows(l, tier, all, civil.Day(d.Now()))})
	}
	if by.Level == actor.CityRole {
		refused, err := gate.Refusals(r.Context(), d.Gate, by)
		if err != nil {
			return err
		}
		v.Refused = &html.Notice{Tone: html.Good, Title: l.T("refusal.none"), Text: l.T("refusal.none_text")}
		if len(refused) > 0 {
			v.Stopped = true
			v.Refused = &html.Notice{Tone: html.Urgent, Title: l.T("refusal.some", "n", len(refused)), Text: l.T("refusal.lead")}
		}
	}
	return cohortsPage.Write(w, r, http.StatusOK, v)
}

// askedRows takes all settings as gate.Settings orders them: of one place the
// newest first, so the first that has begun is the one in force.
func askedRows(l *locale.Locale, tier deid.Tier, all []gate.Setting, today time.Time) []askedRow {
	holds := html.Badge{Tone: html.Good, Text: l.T("cohort.holds")}
	shipped := deid.Defaults(tier)
	first := askedRow{Place: l.T("cohort.shipped"), Asks: asks(l, shipped), Source: l.T("cohort.shipped_source"), Since: "–", State: holds}
	rows, begun := []askedRow{first}, map[string]bool{}
	for _, s := range all {
		if s.Tier != tier {
			continue
		}
		row := askedRow{Place: l.Region(s.Region), Asks: asks(l, s.Settings()), Since: l.Day(s.Since), Source: s.Source, Lang: "zh-CN", State: holds}
		switch {
		case s.Since.After(today):
			row.State = html.Badge{Tone: html.Waiting, Text: l.T("cohort.ahead")}
		case begun[s.Region]:
			row.State = html.Badge{Tone: html.Ended, Text: l.T("cohort.replaced")}
		default:
			begun[s.Region] = true
		}
		rows = append(rows, row)
	}
	return rows
}

func asks(l *locale.Locale, s deid.Settings) []string {
	return []string{
		l.T("cohort.asks.group", "k", l.Number(int64(s.K)), "register", l.Number(int64(s.KMap))),
		l.T("cohort.asks.conditions", "l", l.Number(int64(s.L)), "share", l.Number(int64(s.MostShare))),
		l.T("cohort.asks.listed", "share", l.Number(int64(s.MostListed))),
	}
}

type askForm struct {
	form.Form
	Tier       form.Choice[deid.Tier]
	K          form.Number
	KMap       form.Number
	L          form.Number
	MostShare  form.Number
	MostListed form.Number
	Source     form.Text
	Since      form.Date
}

// newAskForm begins with what is shipped, below which nobody may go.
func newAskForm(today time.Time) *askForm {
	f := &askForm{
		Form:       form.Named("cohort.form"),
		Tier:       form.OneOf("tier", tiers...),
		K:          form.Whole("k", 5, 200),
		KMap:       form.Whole("k_map", 20, 10_000),
		L:          form.Whole("l", 3, 6),
		MostShare:  form.Whole("most_share", 20, 60),
		MostListed: form.Whole("most_listed", 5, 50),
		Source:     form.Line("source").Required().MaxRunes(200),
		Since:      form.Day("since"),
	}
	f.Fields(&f.Tier, &f.K, &f.KMap, &f.L, &f.MostShare, &f.MostListed, &f.Source, &f.Since)
	least := deid.Defaults(deid.Public)
	f.KMap.Set(least.KMap)
	f.L.Set(least.L)
	f.MostShare.Set(least.MostShare)
	f.MostListed.Set(least.MostListed)
	f.Since.Set(today)
	return f
}

// least holds the figures against what is shipped for the chosen list.
func (f *askForm) least() error {
	if f.Tier.Value == "" {
		return nil
	}
	return deid.Settings{K: f.K.Value, KMap: f.KMap.Value, L: f.L.Value, MostShare: f.MostShare.Value, MostListed: f.MostListed.Value}.Check(f.Tier.Value)
}

type askView struct {
	Form  *askForm
	Place string
}

var askPage = html.Define[askView]("district/ask")

// ask writes down what the officer's own region asks of cohorts from a day on.
func (d *District) ask(w http.ResponseWriter, r *http.Request, by actor.Officer) error {
	place, f := by.Region, newAskForm(civil.Day(d.Now()))
	if by.Level == actor.CityRole {
		place = region.City
	}
	f.Sent(r)
	if f.Also(f.least()) {
		err := gate.Set(r.Context(), d.Gate, by, gate.Setting{Tier: f.Tier.Value, Region: place, K: f.K.Value, KMap: f.KMap.Value,
			L: f.L.Value, MostShare: f.MostShare.Value, MostListed: f.MostListed.Value, Source: f.Source.Value, Since: f.Since.Value})
		if err == nil {
			return route.SeeOther(w, r, "/p/cohorts", "cohort.done")
		}
		if !f.Explain(err) {
			return err
		}
	}
	return askPage.Write(w, r, f.Status(), askView{f, html.Locale(r).Region(place)})
}
