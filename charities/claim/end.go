package claim

import (
	"context"
	"regexp"
	"slices"
	"time"

	"shanqiao/charities/offer"
	"shanqiao/charities/organisation"
	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
)

// Reasons why a provider withdraws, and why staff decline. Each has a sentence
// "claim.reason.…" in the catalogue.
var (
	WithdrawReasons = []string{"no_capacity", "worker_unavailable", "cannot_reach", "made_by_mistake"}
	DeclineReasons  = []string{"household_declined", "not_suitable", "help_already_given", "conflict_of_interest", "need_changed"}
)

var reasonShape = regexp.MustCompile(`^[a-z_]{1,40}$`)

// ending is how a claim is to end: where to, who wants it, and why.
type ending struct {
	to         func(State) State
	declinedBy DeclinedBy
	reason     string
	decidedBy  string
}

// Decline refuses a claim, or ends one that was accepted: requested becomes
// rejected, accepted becomes cancelled, and one under way has failed. Units not
// delivered are free again at once.
//
// WHO MAY: this half cannot know whose household it is. The caller MUST first
// have found the claim's card among the listings that the officer may see on
// the records side (row security does it), exactly as for Accept. Never call
// it with a claim id that came from a request alone.
func Decline(ctx context.Context, db pg.DB, by actor.Officer, claim, reason string) error {
	if !slices.Contains(DeclineReasons, reason) {
		return fault.InvalidFields(map[string]string{"reason": "claim.reason_missing"})
	}
	who := Staff
	if reason == "household_declined" {
		who = Household
	}
	return pg.InTx(ctx, db, func(tx pg.DB) error {
		return end(ctx, tx, claim, "", ending{declinedBy: who, reason: reason, decidedBy: by.Account,
			to: func(s State) State {
				switch s {
				case Requested:
					return Rejected
				case Accepted:
					return Cancelled
				}
				return Failed
			}})
	})
}

// Withdraw is the organisation giving a claim back, with a reason; what it has
// not delivered is free again at once. A family that could not be reached after
// the introduction makes it a failure, which staff follow up.
func Withdraw(ctx context.Context, db pg.DB, by actor.Member, claim, reason string) error {
	if !slices.Contains(WithdrawReasons, reason) {
		return fault.InvalidFields(map[string]string{"reason": "claim.reason_missing"})
	}
	return pg.InTx(ctx, db, func(tx pg.DB) error {
		if _, err := organisation.Standing(ctx, tx, by.Organisation); err != nil {
			return err
		}
		return end(ctx, tx, claim, by.Organisation, ending{declinedBy: Provider, reason: reason,
			to: func(s State) State {
				if reason == "cannot_reach" && (s == InProgress || s == OnHold) {
					return Failed
				}
				return Cancelled
			}})
	})
}

// End is the reaction to what happened elsewhere: consent was withdrawn, or the
// need itself. It may run again; a claim that has ended is left as it is.
func End(ctx context.Context, tx pg.DB, claim string, declinedBy DeclinedBy, reason string) error {
	if !reasonShape.MatchString(reason) {
		return fault.New(fault.Invalid, "claim.reason_missing")
	}
	err := end(ctx, tx, claim, "", ending{declinedBy: declinedBy, reason: reason,
		to: func(State) State { return Cancelled }})
	if fault.Of(err) == fault.Conflict { // from a look under the lock: nothing was written
		return nil
	}
	return err
}

// EndAll is End for every open claim on some cards.
func EndAll(ctx context.Context, tx pg.DB, cards []string, declinedBy DeclinedBy, reason string) error {
	claims, err := pg.Many[string](ctx, tx, `
		select id
		  from exchange.claims
		 where card_id = any(@cards) and state = any(@open)
		 order by offer_id, card_id, id`, pg.Args{"cards": cards, "open": Open})
	if err != nil {
		return err
	}
	for _, c := range claims {
		if err := End(ctx, tx, c, declinedBy, reason); err != nil {
			return err
		}
	}
	return nil
}

// Lapse ends requested claims that nobody decided in time, and those of
// organisations that are not verified any more, and says how many. What is
// urgent is due sooner and lapses no sooner: staff being late is no reason to
// send the help away. Each in a transaction of its own, so that one that is
// being decided holds up no other.
func Lapse(ctx context.Context, db pg.DB, at time.Time) (int, error) {
	due, err := pg.Many[string](ctx, db, `
		select c.id
		  from exchange.claims c
		  join exchange.organisations g on g.id = c.organisation_id
		 where c.state = 'requested'
		   and (g.state <> 'verified'
		     or c.due_at <= @at and c.made_at + (exchange.claim_due('requested', '*') - now()) <= @at)
		 order by c.due_at, c.id
		 limit 1000`, pg.Args{"at": at})
	if err != nil {
		return 0, err
	}
	lapsed := 0
	for _, c := range due {
		err := pg.InTx(ctx, db, func(tx pg.DB) error {
			return end(ctx, tx, c, "", ending{declinedBy: Machine, reason: "not_decided",
				to: func(s State) State {
					if s == Requested {
						return Cancelled
					}
					return s // decided meanwhile: no move leads from a state to itself
				}})
		})
		switch {
		case err == nil:
			lapsed++
		case fault.Of(err) != fault.Conflict:
			return lapsed, err
		}
	}
	return lapsed, nil
}

var factOf = map[State]string{
	Rejected: "claim.rejected", Cancelled: "claim.cancelled", Failed: "claim.failed", Completed: "claim.completed",
}

// end moves a claim to its end and gives back what it did not deliver.
func end(ctx context.Context, tx pg.DB, claim, organisation string, e ending) error {
	l, err := lock(ctx, tx, claim, organisation, "")
	if err != nil {
		return err
	}
	to := e.to(l.State)
	if !slices.Contains(Moves[l.State], to) {
		return errMoved
	}
	_, err = tx.Exec(ctx, `
		update exchange.claims
		   set state = @to, reason = @reason, declined_by = @declined_by,
		       decided_by = coalesce(nullif(@decided_by, ''), decided_by), state_at = now()
		 where id = @id and state = @from`,
		pg.Args{"id": claim, "from": string(l.State), "to": string(to), "reason": e.reason,
			"declined_by": string(e.declinedBy), "decided_by": e.decidedBy})
	if err != nil {
		return err
	}
	if err := release(ctx, tx, l, l.Units-l.Delivered); err != nil {
		return err
	}
	if l.Offer != "" {
		if err := proposal(ctx, tx, l.Card, l.Offer, "taken", "lapsed"); err != nil {
			return err
		}
	}
	return outbox.Append(ctx, tx, outbox.Exchange, outbox.Fact{Kind: factOf[to], Ref: claim})
}

// release gives units back to the card and to the offer.
func release(ctx context.Context, tx pg.DB, l locked, units int) error {
	if units == 0 {
		return nil
	}
	facts := []outbox.Fact{cardChanged(l.Card)}
	if l.Offer != "" {
		_, err := tx.Exec(ctx, `
			update exchange.offers
			   set committed = committed - @units
			 where id = @offer`, pg.Args{"offer": l.Offer, "units": units})
		if err != nil {
			return err
		}
		facts = append(facts, offer.Changed(l.Offer))
	}
	_, err := tx.Exec(ctx, `
		update exchange.cards
		   set committed = committed - @units, version = version + 1, changed_at = now()
		 where id = @card`, pg.Args{"card": l.Card, "units": units})
	if err != nil {
		return err
	}
	return outbox.Append(ctx, tx, outbox.Exchange, facts...)
}
