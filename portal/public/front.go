package public

import (
	"context"
	"net/http"

	"shanqiao/internal/pg"
	"shanqiao/needs"
	"shanqiao/needs/card"
	"shanqiao/needs/deid"
	"shanqiao/needs/index"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
)

type frontView struct {
	Figures []html.Figure
	Source  string
	Inside  bool // the reader has signed in
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
		Inside: html.Of(r).SignedIn, Figures: f.show(l), Source: l.T("public.front.source", "time", l.Time(p.Now()), "least", index.Least(deid.Public)),
	})
}

// standing is how things stand, small numbers hidden already.
type standing struct {
	card.Figures
	Waiting map[needs.Group]index.Figure
}

// standing counts the public tier's cards and what became of all of them: what
// only verified organisations may browse is in no public figure by itself.
func (p *Public) standing(ctx context.Context) (standing, error) {
	type row struct {
		Group string `db:"need_group"`
		N     int
	}
	s := standing{Waiting: map[needs.Group]index.Figure{}}
	rows, err := pg.Many[row](ctx, p.DB, `
		select need_group, count(*)::int as n
		  from exchange.cards
		 where tier = 'public' and state = 'open' and committed < quantity
		 group by need_group`, pg.Args{})
	if err != nil {
		return s, err
	}
	for _, r := range rows {
		s.Waiting[needs.Group(r.Group)] = index.Shown(r.N, index.Least(deid.Public))
	}
	s.Figures, err = card.Count(ctx, p.DB)
	return s, err
}

// show writes the figures for anyone.
func (s standing) show(l *locale.Locale) []html.Figure {
	var all []html.Figure
	for _, g := range needs.Groups {
		all = append(all, html.Figure{
			Value: figure(l, s.Waiting[g]), Label: l.T("public.front.open." + string(g)), Href: "/needs?group=" + string(g),
		})
	}
	return append(all,
		html.Figure{Value: figure(l, s.Promised), Label: l.T("public.front.claimed")},
		html.Figure{Value: figure(l, s.Delivered), Label: l.T("public.front.delivered")},
		html.Figure{Value: figure(l, s.Organisations), Label: l.T("public.front.organisations")},
	)
}
