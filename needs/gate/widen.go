package gate

import (
	"context"

	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
	"shanqiao/needs"
)

// Widen gives the steps that were taken for a need to the cards that it is
// listed under, and with each to its whole cohort: a card that alone was looked
// for further off would say which of them waited longest. A cohort waits until
// two of its needs have taken the step: if one could make it, a family that comes
// back among new ones would be known as one that was there before. The cards stay
// what they are. Steps that a card has already are left, so it may be repeated,
// and a need that is not listed just now is looked at again when it is.
func Widen(ctx context.Context, db pg.DB, need needs.ID) error {
	return pg.InTx(ctx, db, func(tx pg.DB) error {
		type given struct {
			CardID string
			Step   needs.Step
			Open   bool
		}
		// In the order of the random ids, as everything that the gate writes.
		rows, err := pg.Many[given](ctx, tx, `
			with mine as (
			  select l.card_id, s.cohort_id
			    from records.listings l
			    left join gate.snapshots s on s.card_id = l.card_id
			   where l.need_id = @need
			     and l.tier <> 'public'
			     and l.closed_at is null
			), alike as (
			  select card_id, cohort_id from mine
			   union
			  select s.card_id, s.cohort_id from gate.snapshots s join mine m on m.cohort_id = s.cohort_id
			), given as (
			  insert into exchange.card_steps (card_id, step)
			  select a.card_id, t.step
			    from alike a
			   cross join records.need_steps t
			   where t.need_id = @need
			     and t.step in ('wider_area','neighbouring_district','push')
			     and (a.cohort_id is null
			          or 2 <= (select count(distinct l.need_id)
			                     from gate.snapshots s
			                     join records.listings l on l.card_id = s.card_id
			                     join records.need_steps n on n.need_id = l.need_id and n.step = t.step
			                    where s.cohort_id = a.cohort_id))
			   order by a.card_id, t.step
			      on conflict (card_id, step) do nothing
			  returning card_id, step
			)
			select g.card_id, g.step, c.state = 'open' as open
			  from given g
			  join exchange.cards c on c.id = g.card_id
			 order by g.card_id, g.step`, pg.Args{"need": need})
		if err != nil {
			return err
		}
		var facts []outbox.Fact
		widened := map[string]bool{}
		for _, r := range rows {
			switch {
			case !r.Open:
			case r.Step == needs.Push:
				facts = append(facts, outbox.Fact{Kind: "card.pushed", Ref: r.CardID, Queue: outbox.Bulk})
			case !widened[r.CardID]: // one look at the offers for both
				widened[r.CardID] = true
				facts = append(facts, outbox.Fact{Kind: "card.widened", Ref: r.CardID, Queue: outbox.Bulk,
					Key: "card.widened:" + r.CardID + ":" + string(r.Step)}) // a later step is another fact
			}
		}
		return outbox.Append(ctx, tx, outbox.Exchange, facts...)
	})
}

// WidenListed is Widen for the need behind a card that has just been listed: what
// was done for it under an earlier card is done for this one.
func WidenListed(ctx context.Context, db pg.DB, card string) error {
	return pg.InTx(ctx, db, func(tx pg.DB) error {
		listed, err := pg.Many[needs.ID](ctx, tx, `
			select need_id from records.listings where card_id = @card`, pg.Args{"card": card})
		if err != nil || len(listed) == 0 {
			return err
		}
		return Widen(ctx, tx, listed[0])
	})
}
