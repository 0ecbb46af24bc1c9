package public

import (
	"net/http"

	"github.com/go-chi/chi/v5/middleware"

	"shanqiao/internal/region"
	"shanqiao/needs"
	"shanqiao/needs/card"
	"shanqiao/needs/deid"
	"shanqiao/needs/index"
	"shanqiao/portal/form"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
	"shanqiao/portal/route"
)

// perPage is how many cards a page shows.
const perPage = 20

type needsForm struct {
	form.Form
	Words form.Text
	Group form.Choice[needs.Group]
	Area  form.Choice[string]
}

func newNeedsForm(l *locale.Locale) *needsForm {
	f := &needsForm{
		Form:  form.Named("public.needs"),
		Words: form.Line("q").MaxRunes(index.MaxRunes),
		Group: form.OneOf("group", needs.Groups...).Menu().OrNone(),
		Area:  form.From("area", areas(l)...).Menu().OrNone(),
	}
	f.Fields(&f.Words, &f.Group, &f.Area)
	return f
}

// areas are the places that a card may name: districts first, then the wider ones.
func areas(l *locale.Locale) []form.Option {
	var all []form.Option
	for _, d := range region.Districts() {
		all = append(all, form.Option{Value: d.Code, Text: l.Region(d.Code)})
	}
	for _, z := range region.Zones {
		all = append(all, form.Option{Value: z.Code, Text: l.Region(z.Code)})
	}
	return append(all, form.Option{Value: region.City, Text: l.Region(region.City)})
}

type needsView struct {
	Form     *needsForm
	Found    string
	Cards    []cardView
	Empty    html.Empty
	Pager    html.Pager
	Plainer  bool
	Degraded bool
}

// cardView is a card as a list and its own page show it. How much is needed and
// how soon is for verified organisations to read: a public card does not know.
type cardView struct {
	ID       string
	Href     string
	Sentence string
	Facts    []html.Fact
}

var needsPage = html.Define[needsView]("public/needs")

// needs lets anyone look through the public cards.
func (p *Public) needs(w http.ResponseWriter, r *http.Request) error {
	l := html.Locale(r)
	f := newNeedsForm(l)
	page, ok := form.PageOf(r.URL.Query(), index.MaxDepth/perPage)
	if !ok {
		f.Fail("", form.NoPage)
	}
	if !f.Asked(r) {
		return needsPage.Write(w, r, http.StatusUnprocessableEntity, needsView{Form: f, Empty: nothing(l, true)})
	}
	found, err := p.Index.Find(r.Context(), index.Anyone().As(middleware.GetClientIP(r.Context())), f.query(page))
	if err != nil {
		if !f.Explain(err) {
			return err
		}
		return needsPage.Write(w, r, f.Status(), needsView{Form: f, Empty: nothing(l, true)})
	}
	cards, err := card.PublicMany(r.Context(), p.DB, found.IDs)
	if err != nil {
		return err
	}
	v := needsView{
		Form: f, Found: l.T("public.needs.found", "n", figure(l, found.Total)), Empty: nothing(l, r.URL.RawQuery != ""),
		Pager: html.PagerAt(r.URL, page, found.More), Plainer: found.Plainer, Degraded: found.Degraded,
	}
	if found.Total.Few && len(found.IDs) == 0 {
		v.Empty = html.Empty{Text: l.T("public.needs.widen", "least", index.Least(deid.Public)), Href: "/needs", Link: l.T("public.needs.all")}
	}
	for _, c := range cards {
		v.Cards = append(v.Cards, show(l, c))
	}
	return needsPage.Write(w, r, http.StatusOK, v)
}

func (f *needsForm) query(page int) index.Query {
	q := index.Query{Text: f.Words.Value, Sort: index.Pressing, Limit: perPage, Offset: (page - 1) * perPage}
	if q.Text != "" {
		q.Sort = index.Best
	}
	for field, code := range map[index.Field]string{
		index.Group: string(f.Group.Value), index.Area: f.Area.Value,
	} {
		if code != "" {
			q.Must = append(q.Must, index.In{Field: field, Codes: []string{code}})
		}
	}
	return q
}

// nothing says why the list is empty and what to do: with conditions, that they
// may be too many; without, that there is nothing to see today.
func nothing(l *locale.Locale, narrowed bool) html.Empty {
	if !narrowed {
		return html.Empty{Text: l.T("public.needs.nothing"), Href: "/projects", Link: l.T("public.projects.title")}
	}
	return html.Empty{Text: l.T("public.needs.none"), Href: "/needs", Link: l.T("public.needs.all")}
}

func figure(l *locale.Locale, f index.Figure) string {
	if f.Few {
		return l.T("public.few", "least", index.Least(deid.Public))
	}
	return l.Number(int64(f.N))
}

func show(l *locale.Locale, c deid.Card) cardView {
	return cardView{
		ID:       c.ID.String(),
		Href:     "/needs/" + c.ID.String(),
		Sentence: l.Sentence(c),
		Facts: []html.Fact{
			{Label: l.T("public.needs.area"), Value: l.Region(c.Area)},
			{Label: l.T("public.needs.group"), Value: l.T("public.needs.group." + string(c.Group))},
			{Label: l.T("public.need.window"), Value: l.Days(c.WindowFrom, c.WindowTo)},
		},
	}
}

var needPage = html.Define[cardView]("public/need")

// need shows one public card, and how an organisation takes it on.
func (p *Public) need(w http.ResponseWriter, r *http.Request) error {
	id, err := route.ID(r, "card")
	if err != nil {
		return err
	}
	c, err := card.Public(r.Context(), p.DB, id)
	if err != nil {
		return err
	}
	return needPage.Write(w, r, http.StatusOK, show(html.Locale(r), c))
}

// still tells an open page which of its cards are gone.
func (p *Public) still(w http.ResponseWriter, r *http.Request) error {
	return route.Still(w, r, func(ids []string) ([]string, error) {
		cards, err := card.PublicMany(r.Context(), p.DB, ids)
		return names(cards), err
	})
}

func names(cards []deid.Card) []string {
	out := make([]string, len(cards))
	for i, c := range cards {
		out[i] = c.ID.String()
	}
	return out
}
