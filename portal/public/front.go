package public

import (
	"context"
	"net/http"

	"shanqiao/internal/pg"
	"shanqiao/needs"
	"shanqiao/needs/deid"
	"shanqiao/needs/index"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
)

type frontView struct {
	Figures []html.Figure
	Source  string
}

var frontPage = html.Define[frontView]("public/front")

// front says what this is, opens three doors and shows how things stand.
func (p *Public) front(w http.ResponseWriter, r *http.Request) error {
	f, err := p.standing(r.Context())
	if err != nil {
		return err
	}
	l := html.Locale(r)
	return frontPage.Write(w, r, http.StatusOK, frontView{
		Figures: f.show(l), Source: l.T("public.front.source", "time", l.Time(p.Now()), "least", index.Least[deid.Public]),
	})
}

// standing is how much is asked and given now, counted before it is hidden.
type standing struct {
	Open         map[needs.Group]int
	Claimed      int
	Delivered    int
	Organisation int
}

// standing counts cards, claims and deliveries of the public tier's kind only:
// what only verified organisations may see is in no public figure.
func (p *Public) standing(ctx context.Context) (standing, error) {
	type row struct {
		Group string `db:"need_group"`
		N     int
	}
	s := standing{Open: map[needs.Group]int{}}
	rows, err := pg.Many[row](ctx, p.DB, `
		select need_group, count(*)::int as n
		  from exchange.cards
		 where tier = 'public' and state = 'open'
		 group by need_group`, pg.Args{})
	if err != nil {
		return s, err
	}
	for _, r := range rows {
		s.Open[needs.Group(r.Group)] = r.N
	}
	type sums struct{ Claimed, Delivered, Organisation int }
	all, err := pg.One[sums](ctx, p.DB, nil, `
		select (select count(*)::int from exchange.claims where state in ('accepted','in-progress')) as claimed,
		       (select coalesce(sum(units), 0)::int from exchange.deliveries) as delivered,
		       (select count(*)::int from exchange.organisations where state = 'verified') as organisation`, pg.Args{})
	s.Claimed, s.Delivered, s.Organisation = all.Claimed, all.Delivered, all.Organisation
	return s, err
}

// show writes the figures for anyone: small counts are not told and the others
// are rounded, so that two looks do not differ by one family. Organisations are
// no persons and are counted as they are.
func (s standing) show(l *locale.Locale) []html.Figure {
	var all []html.Figure
	for _, g := range needs.Groups {
		all = append(all, html.Figure{
			Value: shown(l, s.Open[g]),
			Label: l.T("public.front.open." + string(g)), Href: "/needs?group=" + string(g),
		})
	}
	return append(all,
		html.Figure{Value: shown(l, s.Claimed), Label: l.T("public.front.claimed")},
		html.Figure{Value: shown(l, s.Delivered), Label: l.T("public.front.delivered")},
		html.Figure{Value: l.Number(int64(s.Organisation)), Label: l.T("public.front.organisations")},
	)
}

// shown is a count as anyone may see it.
func shown(l *locale.Locale, n int) string {
	f := index.Shown(n, index.Least[deid.Public])
	if f.Few {
		return l.T("public.few", "least", index.Least[deid.Public])
	}
	return l.Number(int64(f.N))
}
