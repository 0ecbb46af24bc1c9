package district

import (
	"cmp"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"
	"time"

	"shanqiao/internal/actor"
	"shanqiao/internal/region"
	"shanqiao/matcher"
	"shanqiao/matcher/rule"
	"shanqiao/needs"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
	"shanqiao/portal/route"
)

type bandRow struct {
	Name, Wanted, Served, Share string
	Bar                         int
	Other                       string // the share that it would have the other way, "" where nobody counted
	OtherBar                    int
}

type shortRow struct {
	What, Where, Units, Why, Do string
}

type roundView struct {
	Title, Lead string
	Notices     []html.Notice
	City        bool
	Tiers       []bandRow
	Areas       []bandRow
	Short       []shortRow
	Rest        string // how many kinds of lack the table leaves out
	More        []string
	Even        string // whether districts are served evenly and what it costs, "" where it was not compared
	Other       string // the head of the column that compares
	Full        string // places where nothing is lacking
	Wider       string // what cards of wider areas mean to a district
	Change      string
	Facts       []html.Fact
}

var roundPage = html.Define[roundView]("district/round")

// round is the account of one round, in words for those who act on it.
func (d *District) round(w http.ResponseWriter, r *http.Request, by actor.Officer) error {
	id, err := route.ID(r, "round")
	if err != nil {
		return err
	}
	a, err := matcher.RoundFor(r.Context(), d.DB, by, id)
	if err != nil {
		return err
	}
	return roundPage.Write(w, r, http.StatusOK, roundOf(html.Locale(r), by, a))
}

func roundOf(l *locale.Locale, by actor.Officer, a matcher.Account) roundView {
	r, all := a.Report, total(a.Report)
	v := roundView{Title: l.T("round.of", "at", l.Time(a.StartedAt)), City: by.Level == actor.CityRole}
	place := by.Region
	if v.City {
		place = region.City
	}
	if a.FinishedAt.Year() <= 1 {
		v.Lead = l.T("round.broken")
		return v
	}
	lead, full := "round.sum", "round.sum_full"
	if !v.City {
		lead, full = "round.sum_district", "round.sum_district_full"
	}
	if all.Served == all.Wanted {
		lead = full
	}
	v.Lead = l.T(lead, "place", l.Region(place), "wanted", all.Wanted, "served", all.Served, "short", all.Wanted-all.Served)
	if all.Wanted == 0 {
		v.Lead = l.T("round.sum_none", "place", l.Region(place))
	}
	for _, f := range r.Failed {
		v.Notices = append(v.Notices, html.Notice{Tone: html.Urgent, Title: l.T("round.failed", "place", areaOf(l, f.Area)),
			Text: l.T("round.failed_text", "code", f.Code)})
	}
	if r.Proof != nil && all.Wanted > 0 {
		v.Notices = append(v.Notices, proven(l, *r.Proof, r.Joined))
	}
	for _, b := range r.ByUrgency {
		if b.Wanted > 0 {
			v.Tiers = append(v.Tiers, bandOf(l, l.T("round.tier."+tierKey(b.Name)), b))
		}
	}
	v.places(l, r)
	if !v.City {
		v.Wider = l.T("round.wider", "place", l.Region(place))
	} else {
		v.Change = l.T("round.change", "opened", r.Opened, "kept", r.Kept, "lapsed", r.Lapsed)
	}
	v.lacks(l, r)
	v.Facts = []html.Fact{
		{Label: l.T("round.at"), Value: l.Time(a.StartedAt)},
		{Label: l.T("round.needs"), Value: l.Number(int64(r.Needs))},
		{Label: l.T("round.versions"), Value: l.T("round.versions_of", "rules", r.Rules, "weights", since(l, r.Weights))},
	}
	if r.Proof != nil && r.Proof.Start != "" {
		v.Facts = append(v.Facts, html.Fact{Label: l.T("round.start"), Value: l.T("round.start." + string(r.Proof.Start))})
	}
	if r.Joined != nil {
		v.joined(l, *r.Joined)
	}
	return v
}

// joined says in how many parts a round was calculated, and how that came together.
func (v *roundView) joined(l *locale.Locale, j matcher.Joined) {
	proven := l.T("round.parts_unproven")
	if j.Proven {
		proven = l.T("round.parts_proven")
	}
	v.Facts = append(v.Facts, html.Fact{Label: l.T("round.parts"),
		Value: l.T("round.parts."+string(j.Division), "parts", j.Parts, "shared", j.Shared, "proven", proven)})
	if j.Broke != "" {
		v.Notices = append(v.Notices, html.Notice{Tone: html.Waiting, Title: l.T("round.parts"), Text: l.T("round.parts_broke", "code", j.Broke)})
	}
}

// since is a day as a report stores it, in words.
func since(l *locale.Locale, day string) string {
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return l.Day(at)
}

// areaOf is the place that a card names: of those that name none, the whole city.
func areaOf(l *locale.Locale, area string) string {
	if area == region.City {
		return l.T("round.anywhere")
	}
	return l.Region(area)
}

// tierKey is the word of a band in the catalogue, where "*" cannot stand.
func tierKey(band string) string {
	if band == "*" {
		return "unsaid"
	}
	return band
}

func bandOf(l *locale.Locale, name string, b matcher.Band) bandRow {
	return bandRow{Name: name, Wanted: l.Number(int64(b.Wanted)), Served: l.Number(int64(b.Served)), Share: share(b.Served, b.Wanted), Bar: bar(b.Served, b.Wanted)}
}

// proven says how near the best a round came. Of one in parts it may not be known
// whether more could be served.
func proven(l *locale.Locale, p matcher.Proof, joined *matcher.Joined) html.Notice {
	n := html.Notice{Tone: html.Good, Title: l.T("round.proof"), Text: l.T("round.proof_exact")}
	if joined != nil && !joined.Proven {
		n.Tone, n.Text = html.Waiting, l.T("round.proof_parts", "share", small(p.Gap))
	} else if !p.Exact {
		n.Text = l.T("round.proof_gap", "share", small(p.Gap))
	}
	return n
}

// small is a share so small that it needs digits, rounded up so that it is no
// less than the truth.
func small(share float64) string {
	return fmt.Sprintf("%.3f%%", math.Ceil(share*1e5)/1e3)
}

// most rows that the page shows of what is lacking, and sentences of what one
// more provider would change.
const mostShort, mostMore = 8, 5

type lack struct {
	matcher.Short
	area string
}

type moreAt struct {
	matcher.More
	area string
}

func (v *roundView) lacks(l *locale.Locale, r matcher.Report) {
	var lacking []lack
	var more []moreAt
	for _, d := range r.Districts {
		for _, s := range d.Short {
			lacking = append(lacking, lack{s, d.Name})
		}
		for _, m := range d.More {
			more = append(more, moreAt{m, d.Name})
		}
	}
	slices.SortStableFunc(lacking, func(a, b lack) int { return cmp.Compare(b.Units, a.Units) })
	slices.SortStableFunc(more, func(a, b moreAt) int { return cmp.Compare(b.Units, a.Units) })
	for i, s := range lacking {
		if i == mostShort {
			v.Rest = l.T("round.rest", "n", len(lacking)-mostShort)
			break
		}
		v.Short = append(v.Short, shortRow{What: kindName(l, s.Code), Where: areaOf(l, s.area), Units: amountOf(l, s.Code, s.Units), Why: cause(l, s.Rule), Do: todo(l, s.Rule)})
	}
	for _, m := range more[:min(mostMore, len(more))] {
		v.More = append(v.More, l.T("round.more", "place", areaOf(l, m.area), "code", kindName(l, m.Code),
			"capacity", amountOf(l, m.Code, m.Capacity), "units", m.Units))
	}
}

func kindName(l *locale.Locale, code needs.Code) string {
	item, _ := needs.ItemOf(code)
	return cmp.Or(item.Name(string(l.Language)), string(code))
}

func amountOf(l *locale.Locale, code needs.Code, n int) string {
	item, _ := needs.ItemOf(code)
	return l.Amount(n, item.Unit(string(l.Language), n))
}

// cause is what stood in the way of most; a rule without a sentence of its own
// is told by its name.
func cause(l *locale.Locale, code rule.Code) string {
	if key := "round.cause." + string(code); l.Has(key) {
		return l.T(key)
	}
	return l.T("round.other_cause", "name", l.T("rule."+string(code)+".name"))
}

func todo(l *locale.Locale, code rule.Code) string {
	if key := "round.do." + string(code); l.Has(key) {
		return l.T(key)
	}
	return l.T("round.other_do")
}

// places tells how each area fared, and how it would have fared the other way.
// Those that lack nothing either way are named in one sentence.
func (v *roundView) places(l *locale.Locale, r matcher.Report) {
	other := map[string]int{}
	if e := r.Evenness; e != nil {
		on, price := "off", "round.even_free"
		if e.Evenness.Even {
			on = "on"
		}
		if e.Price() > 0 {
			price = "round.even_cost"
		}
		holds, tiers := l.T("round.even_"+on, "since", l.WholeDay(e.Since)), ""
		v.Other = l.T("round.other_" + on)
		if e.Source == matcher.Shipped {
			holds = l.T("round.even_shipped")
		}
		if e.Evenness.Even {
			tiers = l.T("round.even_tiers")
		}
		v.Even = l.T("round.even_all", "on", holds, "tiers", tiers, "cost", l.T(price, "share", small(e.Price())))
		for _, s := range e.Areas {
			other[s.Name] = s.With
			if e.Evenness.Even {
				other[s.Name] = s.Without
			}
		}
	}
	var full []string
	for _, b := range r.ByArea {
		row := bandOf(l, areaOf(l, b.Name), b)
		if n, compared := other[b.Name]; compared {
			row.Other, row.OtherBar = share(n, b.Wanted), bar(n, b.Wanted)
		}
		if b.Served == b.Wanted && (row.Other == "" || row.Other == row.Share) {
			full = append(full, row.Name)
			continue
		}
		v.Areas = append(v.Areas, row)
	}
	if len(full) > 0 {
		v.Full = l.T("round.full", "places", strings.Join(full, l.T("round.comma")))
	}
}
