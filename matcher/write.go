package matcher

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"

	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
	"shanqiao/needs/deid"
)

// changes counts what writing did to the proposals of the city's cards.
type changes struct {
	opened, kept, lapsed int
}

// write makes the open proposals of the city's cards exactly these rows, and
// says that a card is matched when it never had any. Proposals that were taken
// or declined are never touched, whatever the rows say.
func (c *city) write(ctx context.Context, tx pg.DB, rows []row) (changes, error) {
	// In one order everywhere, so that two at once wait and do not deadlock.
	slices.SortFunc(rows, func(a, b row) int {
		return cmp.Or(cmp.Compare(a.card, b.card), cmp.Compare(a.offer, b.offer))
	})
	did := changes{}
	wanted := make(map[pair]bool, len(rows))
	for _, r := range rows {
		wanted[r.pair] = true
		if c.standing[r.pair].State == Open {
			did.kept++
		} else {
			did.opened++
		}
	}
	var gone []pair
	for p, s := range c.standing {
		if s.State == Open && !wanted[p] {
			gone = append(gone, p)
		}
	}
	if err := upsert(ctx, tx, rows); err != nil {
		return did, err
	}
	var err error
	if did.lapsed, err = lapse(ctx, tx, gone); err != nil {
		return did, err
	}
	return did, outbox.Append(ctx, tx, outbox.Exchange, c.matched(rows)...)
}

// matched lists the fact for each card whose first proposals these are.
func (c *city) matched(rows []row) []outbox.Fact {
	before := map[deid.CardID]bool{}
	for p := range c.standing {
		before[p.card] = true
	}
	var facts []outbox.Fact
	for _, r := range rows {
		if !before[r.card] {
			before[r.card] = true
			facts = append(facts, outbox.Fact{Kind: CardMatched, Ref: r.card.String()})
		}
	}
	return facts
}

// sheet is how many proposals one statement writes. With its trace each is some
// thousand bytes, and the login's statements may take just so long.
const sheet = 5000

// upsert writes proposals, a sheet at a time. A row that would not change is not
// written again: a round over an unchanged city costs no disk. A round thinks for
// minutes, so what an officer ruled out meanwhile is asked about once more here.
func upsert(ctx context.Context, tx pg.DB, rows []row) error {
	for part := range slices.Chunk(rows, sheet) {
		if err := put(ctx, tx, part); err != nil {
			return err
		}
	}
	return nil
}

func put(ctx context.Context, tx pg.DB, rows []row) error {
	n := len(rows)
	cards, offers, rounds := make([]string, n), make([]string, n), make([]string, n)
	units, scores := make([]int32, n), make([]int32, n)
	parts, traces := make([]string, n), make([]string, n)
	for i, r := range rows {
		p, err := json.Marshal(r.parts)
		if err != nil {
			return err
		}
		t, err := json.Marshal(r.trace)
		if err != nil {
			return err
		}
		cards[i], offers[i], rounds[i] = r.card.String(), r.offer.String(), r.round
		units[i], scores[i], parts[i], traces[i] = int32(r.units), int32(r.score), string(p), string(t)
	}
	_, err := tx.Exec(ctx, `
		insert into exchange.proposals as p
		       (card_id, offer_id, units, score, parts, trace, round_id)
		select n.card_id, n.offer_id, n.units, n.score, n.parts::jsonb, n.trace::jsonb, nullif(n.round_id, '')
		  from unnest(@cards::text[], @offers::text[], @units::int[], @scores::int[],
		              @parts::text[], @traces::text[], @rounds::text[])
		       as n (card_id, offer_id, units, score, parts, trace, round_id)
		  join exchange.cards k on k.id = n.card_id and k.state = 'open'
		  join exchange.offers o on o.id = n.offer_id and o.state = 'open' and o.committed < o.capacity
		 where not exists (
		       select
		         from exchange.overrulings v
		         join exchange.overrule_reasons w on w.code = v.reason
		         join exchange.offers x on x.id = v.offer_id
		        where v.card_id = n.card_id and v.lifted_at is null and w.way = 'out'
		          and (v.offer_id = n.offer_id or w.scope = 'organisation' and x.organisation_id = o.organisation_id))
		 order by n.card_id, n.offer_id
		    on conflict (card_id, offer_id) do update
		   set units = excluded.units, score = excluded.score, parts = excluded.parts,
		       trace = excluded.trace, round_id = excluded.round_id, state = 'open', reason = '',
		       made_at  = case when p.state = 'open' then p.made_at else now() end,
		       state_at = case when p.state = 'open' then p.state_at else now() end
		 where p.state in ('open', 'lapsed')
		   and (p.state, p.units, p.score, p.round_id, p.parts, p.trace) is distinct from
		       ('open', excluded.units, excluded.score, excluded.round_id, excluded.parts, excluded.trace)`,
		pg.Args{"cards": cards, "offers": offers, "units": units, "scores": scores,
			"parts": parts, "traces": traces, "rounds": rounds})
	return err
}

// lapse ends open proposals that no longer stand.
func lapse(ctx context.Context, tx pg.DB, gone []pair) (int, error) {
	if len(gone) == 0 {
		return 0, nil
	}
	slices.SortFunc(gone, func(a, b pair) int {
		return cmp.Or(cmp.Compare(a.card, b.card), cmp.Compare(a.offer, b.offer))
	})
	cards, offers := make([]string, len(gone)), make([]string, len(gone))
	for i, p := range gone {
		cards[i], offers[i] = p.card.String(), p.offer.String()
	}
	tag, err := tx.Exec(ctx, `
		update exchange.proposals p
		   set state = 'lapsed', state_at = now(), round_id = null
		  from unnest(@cards::text[], @offers::text[]) as g (card_id, offer_id)
		 where p.card_id = g.card_id and p.offer_id = g.offer_id and p.state = 'open'`,
		pg.Args{"cards": cards, "offers": offers})
	return int(tag.RowsAffected()), err
}
