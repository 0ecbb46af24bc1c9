package gate

import (
	"context"

	"shanqiao/internal/pg"
	"shanqiao/needs/deid"
)

// Seen gives the cards of some tiers that could be seen after a tick, in the
// order of their random ids; tick 0 is the newest. What a card says is what was
// written down of it then. Committed, delivered and the words are left out.
func Seen(ctx context.Context, db pg.DB, tiers []deid.Tier, tick int) ([]deid.Card, error) {
	return pg.Many[deid.Card](ctx, db, `
		select a.card_id as id, a.tier, p[1] as area, p[2] as age, p[3] as size, p[4] as category, p[5] as "group",
		       p[6] as code, p[7]::int as quantity, 0 as committed, 0 as delivered, p[8] as urgency,
		       c.window_from, c.window_to, '' as sentence_zh, '' as sentence_en, c.tick, 'open' as state, 1::bigint as version
		  from gate.appearances a
		  join exchange.cards c on c.id = a.card_id,
		       string_to_array(a.tuple, '|') p
		 where a.tier = any(@tiers)
		   and case when @tick = 0 then a.to_tick is null
		            else a.from_tick <= @tick and (a.to_tick is null or a.to_tick > @tick) end
		 order by a.card_id`,
		pg.Args{"tiers": tiers, "tick": tick})
}
