package gate

import (
	"context"
	"fmt"
	"time"

	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
	"shanqiao/needs"
	"shanqiao/needs/deid"
)

// retire takes down every cohort of a tier in which fewer than k needs, or
// fewer than half, are still looking for help: the few that remain would stand
// out by remaining. It takes down as well what nobody took before its window
// ended, so that the need comes back to the queue, and a need that was sent
// directly back to its officer.
func retire(ctx context.Context, tx pg.DB, tier deid.Tier, day time.Time) (int, error) {
	cohorts, err := pg.Many[string](ctx, tx, `
		with looking as (
		  select s.cohort_id, c.state, c.window_to, o.k,
		         c.state = 'open' and case c.tier
		           when 'public' then n.state in ('approved', 'published') -- nobody claims a public card
		           else c.committed < c.quantity end as still
		    from gate.snapshots s
		    join gate.cohorts o on o.id = s.cohort_id
		    join exchange.cards c on c.id = s.card_id
		    join records.listings l on l.card_id = c.id
		    join records.needs n on n.id = l.need_id
		   where c.tier = @tier
		)
		select cohort_id
		  from looking
		 group by cohort_id
		having bool_or(state = 'open')
		   and (count(*) filter (where still) < max(k)
		     or count(*) filter (where still) * 2 < count(*)
		     or min(window_to) < @day)`,
		pg.Args{"tier": tier, "day": day})
	if err != nil {
		return 0, err
	}
	if tier == deid.Verified {
		if err := returnDirect(ctx, tx, day); err != nil {
			return 0, err
		}
	}
	for _, c := range cohorts {
		if err := leave(ctx, tx, c); err != nil {
			return 0, err
		}
	}
	return len(cohorts), nil
}

// returnDirect takes down cards sent directly that no recipient took in time.
func returnDirect(ctx context.Context, tx pg.DB, day time.Time) error {
	cards, err := pg.Many[string](ctx, tx, `
		select id
		  from exchange.cards
		 where tier = 'direct'
		   and state = 'open'
		   and committed = 0
		   and window_to < @day
		 order by id
		   for update`, pg.Args{"day": day})
	if err != nil {
		return err
	}
	return takeDown(ctx, tx, cards)
}

// leave takes a cohort down whole. A card that somebody has promised to serve is
// closed and its claim goes on; any other is withdrawn, and its need waits
// again for a new cohort under a new id.
func leave(ctx context.Context, tx pg.DB, cohort string) error {
	cards, err := pg.Many[string](ctx, tx, `
		select c.id
		  from exchange.cards c
		  join gate.snapshots s on s.card_id = c.id
		 where s.cohort_id = @cohort
		   and c.state = 'open'
		 order by c.id
		   for update of c`, pg.Args{"cohort": cohort})
	if err != nil {
		return err
	}
	return takeDown(ctx, tx, cards)
}

// takeDown closes open cards and their listings, with one fact for each.
func takeDown(ctx context.Context, tx pg.DB, cards []string) error {
	if len(cards) == 0 {
		return nil
	}
	_, err := tx.Exec(ctx, `
		update exchange.cards
		   set state = case when committed > 0 then 'closed' else 'withdrawn' end,
		       version = version + 1, changed_at = clock_timestamp()
		 where id = any(@cards)
		   and state = 'open'`, pg.Args{"cards": cards})
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
		update records.listings
		   set closed_at = now()
		 where card_id = any(@cards)
		   and closed_at is null`, pg.Args{"cards": cards})
	if err != nil {
		return err
	}
	facts := make([]outbox.Fact, len(cards))
	for i, c := range cards {
		facts[i] = outbox.Fact{Kind: "card.withdrawn", Ref: c, Queue: outbox.Index}
	}
	return outbox.Append(ctx, tx, outbox.Exchange, facts...)
}

// Withdraw takes down every card of a need that must not be seen any more, and
// with each the whole cohort it came in: going alone would point at it.
func Withdraw(ctx context.Context, db pg.DB, need needs.ID) error {
	return pg.InTx(ctx, db, func(tx pg.DB) error {
		if err := alone(ctx, tx, allTiers...); err != nil {
			return err
		}
		type listed struct {
			CardID, CohortID string
		}
		open, err := pg.Many[listed](ctx, tx, `
			select l.card_id, coalesce(s.cohort_id, '') as cohort_id
			  from records.listings l
			  left join gate.snapshots s on s.card_id = l.card_id
			 where l.need_id = @need
			   and l.closed_at is null`, pg.Args{"need": need})
		if err != nil {
			return fmt.Errorf("listings of the need: %w", err)
		}
		for _, l := range open {
			if l.CohortID == "" {
				err = takeDown(ctx, tx, []string{l.CardID})
			} else {
				err = leave(ctx, tx, l.CohortID)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}
