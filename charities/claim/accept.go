package claim

import (
	"context"

	"shanqiao/charities/organisation"
	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
)

// Accept approves a requested claim; the family is asked for consent next.
//
// WHO MAY: this half cannot know whose household it is. The caller MUST first
// have found the claim's card among the listings that the officer may see on
// the records side (row security does it). Never call it with a claim id that
// came from a request alone.
//
// A claim that was decided meanwhile is Conflict "claim.moved_on"; so is one
// whose organisation was suspended since, "claim.organisation_suspended", or on
// which, or on whose worker, a ban was laid, "claim.banned".
func Accept(ctx context.Context, db pg.DB, by actor.Officer, claim string) error {
	return pg.InTx(ctx, db, func(tx pg.DB) error {
		type who struct{ Organisation, Worker string }
		w, err := pg.One[who](ctx, tx, errNone, `
			select organisation_id as organisation, worker_id as worker
			  from exchange.claims
			 where id = @id`, pg.Args{"id": claim})
		if err != nil {
			return err
		}
		if _, err := organisation.Standing(ctx, tx, w.Organisation); fault.Of(err) == fault.Forbidden {
			return fault.New(fault.Conflict, "claim.organisation_suspended")
		} else if err != nil {
			return err
		}
		if err := safe(ctx, tx, w.Organisation, w.Worker); err != nil {
			return err
		}
		if err := move(ctx, tx, claim, []string{string(Requested)}, Accepted, by.Account); err != nil {
			return err
		}
		return outbox.Append(ctx, tx, outbox.Exchange, outbox.Fact{Kind: "claim.accepted", Ref: claim})
	})
}

// Resume takes a claim up again that was on hold because help was reported and
// not received. WHO MAY: as for Accept.
func Resume(ctx context.Context, db pg.DB, by actor.Officer, claim string) error {
	return pg.InTx(ctx, db, func(tx pg.DB) error {
		return move(ctx, tx, claim, []string{string(OnHold)}, InProgress, by.Account)
	})
}

// Introduced is the reaction to the family and the worker having been
// introduced: an accepted claim is in progress. It may run again, and leaves a
// claim alone that has ended meanwhile.
func Introduced(ctx context.Context, tx pg.DB, claim string) error {
	err := move(ctx, tx, claim, []string{string(Accepted)}, InProgress, "")
	if fault.Of(err) == fault.Conflict {
		return nil
	}
	return err
}

// move is a change of state that gives no units back. The clock of the new
// state starts; the card's own last day counts where it is later.
func move(ctx context.Context, tx pg.DB, claim string, from []string, to State, decidedBy string) error {
	tag, err := tx.Exec(ctx, `
		update exchange.claims c
		   set state = @to, reason = '', state_at = now(),
		       decided_by = coalesce(nullif(@decided_by, ''), c.decided_by),
		       introduced_at = case when @to = 'in-progress' then coalesce(c.introduced_at, now()) else c.introduced_at end,
		       due_at = greatest(
		         exchange.claim_due(@to, k.urgency),
		         case when @to = 'in-progress' then (k.window_to + time '23:59') at time zone 'Asia/Shanghai' end)
		  from exchange.cards k
		 where c.id = @id and k.id = c.card_id and c.state = any(@from)`,
		pg.Args{"id": claim, "to": string(to), "from": from, "decided_by": decidedBy})
	if err != nil || tag.RowsAffected() > 0 {
		return err
	}
	_, err = pg.One[string](ctx, tx, errNone, `
		select id
		  from exchange.claims
		 where id = @id`, pg.Args{"id": claim})
	if err != nil {
		return err
	}
	return errMoved
}
