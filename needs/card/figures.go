package card

import (
	"context"

	"shanqiao/internal/pg"
	"shanqiao/needs/deid"
	"shanqiao/needs/index"
)

// Figures are what the front page may say: of needs and help small counts are
// not told and the others are rounded, because two of them must not differ by
// one household.
type Figures struct {
	Open          index.Figure // cards that anyone may read
	Promised      index.Figure // units that somebody has promised
	Delivered     index.Figure // units that were delivered
	Organisations index.Figure // verified organisations, exactly: who they are is public
}

// Count counts for the front page.
func Count(ctx context.Context, db pg.DB) (Figures, error) {
	n, err := pg.One[struct{ Open, Promised, Delivered, Organisations int }](ctx, db, nil, `
		select (select count(*) from exchange.cards
		         where tier = 'public' and state = 'open')                             as open,
		       (select coalesce(sum(committed), 0) from exchange.cards)::int             as promised,
		       (select coalesce(sum(delivered), 0) from exchange.cards)::int             as delivered,
		       (select count(*) from exchange.organisations where state = 'verified')    as organisations`,
		pg.Args{})
	if err != nil {
		return Figures{}, err
	}
	k := index.Least(deid.Public)
	return Figures{
		Open: index.Shown(n.Open, k), Promised: index.Shown(n.Promised, k),
		Delivered: index.Shown(n.Delivered, k), Organisations: index.Figure{N: n.Organisations},
	}, nil
}
