package charity

import (
	"net/http"
	"net/url"
	"time"

	"shanqiao/internal/actor"
	"shanqiao/internal/civil"
	"shanqiao/needs"
	"shanqiao/needs/card"
	"shanqiao/needs/deid"
	"shanqiao/needs/index"
	"shanqiao/portal/claimpage"
	"shanqiao/portal/form"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
	"shanqiao/portal/route"
)

// filterForm is the search of published needs, in the address of the page, so
// that a view can be kept and shared.
type filterForm struct {
	form.Form
	Q       form.Text
	Area    form.Choice[string]
	Group   form.Choice[needs.Group]
	Code    form.Choice[string]
	Urgency form.Choice[deid.UrgencyBand]
}

// pageSize is how many cards a page shows.
const pageSize = 20

func newFilterForm(l *locale.Locale) *filterForm {
	f := &filterForm{
		Form:    form.Named("charity.filter"),
		Q:       form.Line("q").MaxRunes(index.MaxRunes).As("search", "search", "off"),
		Area:    form.From("area", districts(l)...).Menu().OrNone(),
		Group:   form.OneOf("group", needs.Groups...).Menu().OrNone(),
		Code:    form.From("code", kinds(l)...).Menu().OrNone(),
		Urgency: form.OneOf("urgency", deid.Urgent, deid.Soon, deid.Open).Menu().OrNone(),
	}
	for i, g := range needs.Groups {
		f.Group.Options[i].Text = l.T("public.needs.group." + string(g))
	}
	f.Fields(&f.Q, &f.Area, &f.Group, &f.Code, &f.Urgency)
	return f
}

// kinds are the kinds of need to choose from.
func kinds(l *locale.Locale) []form.Option {
	var options []form.Option
	for _, item := range needs.Catalogue() {
		options = append(options, form.Option{Value: string(item.Code), Text: item.Name(string(l.Language))})
	}
	return options
}

// query is the typed search; today hides what has run out.
func (f *filterForm) query(page int, today time.Time) index.Query {
	until := today.Unix() / int64(24*time.Hour/time.Second)
	q := index.Query{
		Text: f.Q.Value, Sort: index.Pressing, Limit: pageSize, Offset: (page - 1) * pageSize,
		Facets: []index.Field{index.Group, index.Urgency},
		Must:   []index.Cond{index.Range{Field: index.Until, Min: &until}},
	}
	if f.Q.Value != "" {
		q.Sort = index.Best
	}
	if f.Area.Value != "" {
		q.Must = append(q.Must, index.Within(f.Area.Value))
	}
	for field, value := range map[index.Field]string{
		index.Group: string(f.Group.Value), index.Code: f.Code.Value, index.Urgency: string(f.Urgency.Value),
	} {
		if value != "" {
			q.Must = append(q.Must, index.In{Field: field, Codes: []string{value}})
		}
	}
	return q
}

// values is the filter as an address, of its first page.
func (f *filterForm) values() url.Values {
	all := url.Values{}
	for name, value := range map[string]string{
		"q": f.Q.Value, "area": f.Area.Value, "group": string(f.Group.Value), "code": f.Code.Value,
		"urgency": string(f.Urgency.Value),
	} {
		if value != "" {
			all.Set(name, value)
		}
	}
	return all
}

// chip is a link that narrows the list, with how many it leads to.
type chip struct {
	Href, Text, Count string
	Current           bool
}

type chips struct {
	Title string
	Chips []chip
}

type needsView struct {
	Form     *filterForm
	Total    string
	Plainer  bool
	Degraded bool
	Narrow   []chips
	Needs    []line
	Empty    html.Empty
	Pager    html.Pager
}

var needsPage = html.Define[needsView]("charity/needs")

// needs is what a verified organisation may browse.
func (c *Charity) needs(w http.ResponseWriter, r *http.Request, by actor.Member) error {
	l := html.Locale(r)
	scope, err := card.Scope(r.Context(), c.DB, by)
	if err != nil {
		return err
	}
	f := newFilterForm(l)
	v := needsView{Form: f, Empty: html.Empty{Text: l.T("charity.needs.not_searched"), Href: "/c/needs", Link: l.T("charity.needs.all")}}
	page, ok := form.PageOf(r.URL.Query(), index.MaxDepth/pageSize)
	if !ok {
		f.Fail("", form.NoPage)
	}
	if !f.Asked(r) {
		return needsPage.Write(w, r, http.StatusUnprocessableEntity, v)
	}
	found, err := c.Index.Find(r.Context(), scope, f.query(page, civil.Day(c.Now())))
	if err != nil {
		if !f.Explain(err) {
			return err
		}
		return needsPage.Write(w, r, f.Status(), v)
	}
	cards, err := card.Many(r.Context(), c.DB, by, found.IDs)
	if err != nil {
		return err
	}
	for _, k := range cards {
		v.Needs = append(v.Needs, needLine(l, k))
	}
	v.Total, v.Plainer, v.Degraded = total(l, found.Total), found.Plainer, found.Degraded
	v.Narrow = f.narrow(l, found)
	v.Pager = html.PagerAt(r.URL, page, found.More)
	v.Empty.Text = l.T("charity.needs.empty")
	if found.Total.Few && len(found.IDs) == 0 {
		v.Empty.Text = l.T("charity.needs.widen", "least", index.Least(deid.Verified))
	}
	return needsPage.Write(w, r, http.StatusOK, v)
}

func total(l *locale.Locale, n index.Figure) string {
	switch {
	case n.Few:
		return l.T("charity.needs.few")
	case n.N == 0:
		return ""
	}
	return l.T("charity.needs.about", "n", n.N)
}

// narrow is the facets as links. What is too small to count is offered without
// a figure. Areas are no facet: a card of a wider area is among those of each
// district in it, and a count of the rest would mislead.
func (f *filterForm) narrow(l *locale.Locale, found index.Result) []chips {
	named := map[index.Field]func(string) string{
		index.Group:   func(c string) string { return l.T("public.needs.group." + c) },
		index.Urgency: func(c string) string { return l.T("charity.urgency." + c) },
	}
	param := map[index.Field]string{index.Group: "group", index.Urgency: "urgency"}
	var all []chips
	for _, field := range []index.Field{index.Group, index.Urgency} {
		one := chips{Title: l.T("charity.narrow." + param[field])}
		for _, tally := range found.Facets[field] {
			if tally.Code == deid.Any { // nobody looks for what is not said
				continue
			}
			values := f.values()
			current := values.Get(param[field]) == tally.Code
			values.Set(param[field], tally.Code)
			if current {
				values.Del(param[field])
			}
			count := ""
			if !tally.Few {
				count = l.Number(int64(tally.N))
			}
			one.Chips = append(one.Chips, chip{Href: "/c/needs?" + values.Encode(), Text: named[field](tally.Code), Count: count, Current: current})
		}
		if len(one.Chips) > 0 {
			all = append(all, one)
		}
	}
	return all
}

// needLine is a card in a list.
func needLine(l *locale.Locale, k deid.Card) line {
	return line{
		ID: k.ID.String(), Href: "/c/needs/" + string(k.ID), Title: l.Sentence(k), Badge: urgency(l, k.Urgency),
		Note: l.T("charity.needs.left", "left", claimpage.Units(l, k.Code, k.Left()), "until", l.WholeDay(k.WindowTo)),
	}
}

func urgency(l *locale.Locale, u deid.UrgencyBand) html.Badge {
	tones := map[deid.UrgencyBand]html.Tone{deid.Urgent: html.Urgent, deid.Soon: html.Waiting, deid.Open: html.Plain}
	tone, ok := tones[u]
	if !ok {
		tone = html.Urgent
	}
	if u == deid.Unsaid {
		return html.Badge{Tone: html.Plain, Text: l.T("charity.urgency.unsaid")}
	}
	return html.Badge{Tone: tone, Text: l.T("charity.urgency." + string(u))}
}

// needsStill tells an open page which of its cards are gone.
func (c *Charity) needsStill(w http.ResponseWriter, r *http.Request, by actor.Member) error {
	return route.Still(w, r, func(ids []string) ([]string, error) {
		cards, err := card.Many(r.Context(), c.DB, by, ids)
		var there []string
		for _, k := range cards {
			there = append(there, k.ID.String())
		}
		return there, err
	})
}
