package office

import (
	"net/http"

	"shanqiao/internal/actor"
	"shanqiao/needs/household"
	"shanqiao/portal/form"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
)

type searchForm struct {
	form.Form
	Query    form.Text
	Category form.Choice[string]
}

func newSearchForm() *searchForm {
	f := &searchForm{
		Form:     form.Named("office.search"),
		Query:    form.Line("query").MaxRunes(40).As("search", "", "off"),
		Category: form.OneOf("category", household.Categories...).Menu().OrAll(),
	}
	f.Fields(&f.Query, &f.Category)
	return f
}

type householdsView struct {
	Form  *searchForm
	Table *table
	Empty html.Empty
	Pager html.Pager
}

var householdsPage = html.Define[householdsView]("office/households")

// households lists and finds records. A phone or an identity number is sent by
// POST, so that it stands in no address and no log.
func (o *Office) households(w http.ResponseWriter, r *http.Request, by actor.Officer) error {
	l, f := html.Locale(r), newSearchForm()
	filter := household.Filter{Limit: pageSize + 1}
	ok := true
	if r.Method == http.MethodPost {
		ok = f.Sent(r)
	} else {
		filter.After = r.URL.Query().Get("after")
	}
	v := householdsView{Form: f, Empty: html.Empty{Text: l.T("office.households.empty"), Href: "/s/households", Link: l.T("office.households.all")}}
	if ok {
		filter.Query, filter.Category = f.Query.Value, f.Category.Value
		rows, err := household.List(r.Context(), o.Records, o.Keys, by, filter)
		if err != nil {
			return err
		}
		more := len(rows) > pageSize
		if more {
			rows = rows[:pageSize]
		}
		v.Table = householdTable(l, by, rows)
		// A search shows its first page only: what was typed is in no address to go on from.
		if r.Method == http.MethodGet && len(rows) > 0 {
			v.Pager = keyPager(r, more, rows[len(rows)-1].Key())
		}
	}
	return householdsPage.Write(w, r, f.Status(), v)
}

const pageSize = 30

// keyPager is pager for lists whose place is one word.
func keyPager(r *http.Request, more bool, last string) html.Pager {
	q := r.URL.Query()
	var p html.Pager
	if q.Has("after") {
		q.Del("after")
		p.First = r.URL.Path + "?" + q.Encode()
	}
	if more {
		q.Set("after", last)
		p.Next = r.URL.Path + "?" + q.Encode()
	}
	return p
}

func householdTable(l *locale.Locale, by actor.Officer, rows []household.Row) *table {
	t := newTable(l, "office.households.caption", "number", "head", "place", "category", "people", "needs").alone()
	for _, h := range rows {
		t.add(code(h.Number, "/s/households/"+h.ID), chinese(h.Head.Reveal()), text(place(l, by, h.Region)),
			text(l.T("office.category."+h.Category)), text(l.Number(int64(h.People))), text(l.Number(int64(h.Needs))))
	}
	return t
}
