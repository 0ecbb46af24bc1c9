package organisation

import (
	"context"
	"slices"

	"shanqiao/charities/offer"
	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/id"
	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
)

// Reasons that may be given for a decision; verifying needs none.
var Reasons = map[State][]string{
	Verified:  {""},
	Rejected:  {"not_registered", "papers_missing", "out_of_scope", "details_differ"},
	Suspended: {"complaint", "licence_expired", "rules_broken", "inactive"},
}

// Decision is what an officer finds: To is Verified, Rejected or Suspended.
type Decision struct {
	Organisation string
	To           State
	Reason       string
}

// Decide verifies, rejects or suspends an organisation of the officer's
// district. From the next statement on, members of one that is not verified see
// no need. A decision that no longer fits its state is Conflict
// "organisation.moved_on".
func Decide(ctx context.Context, db pg.DB, by actor.Officer, d Decision) error {
	prefix, err := reach(by)
	if err != nil {
		return err
	}
	reasons, known := Reasons[d.To]
	if !known {
		return fault.InvalidFields(map[string]string{"to": "organisation.decision_unknown"})
	}
	if !slices.Contains(reasons, d.Reason) {
		return fault.InvalidFields(map[string]string{"reason": "organisation.reason_missing"})
	}
	return pg.InTx(ctx, db, func(tx pg.DB) error {
		tag, err := tx.Exec(ctx, `
			update exchange.organisations
			   set state = @to, reason = @reason, decided_by = @officer, state_at = now()
			 where id = @id and starts_with(district, @prefix) and state = any(@from)`,
			pg.Args{"id": d.Organisation, "prefix": prefix, "to": string(d.To), "reason": d.Reason,
				"officer": by.Account, "from": d.To.From()})
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			if _, err := For(ctx, tx, by, d.Organisation); err != nil {
				return err
			}
			return fault.New(fault.Conflict, "organisation.moved_on")
		}
		if err := offersChanged(ctx, tx, d.Organisation); err != nil {
			return err
		}
		if d.To != Verified {
			return nil
		}
		// An organisation can be verified again after a suspension: each is a fact of its own.
		return outbox.Append(ctx, tx, outbox.Exchange, outbox.Fact{
			Kind: "organisation.verified", Ref: d.Organisation,
			Key: "organisation.verified:" + d.Organisation + ":" + id.New(),
		})
	})
}

// offersChanged tells the matcher of every open offer of an organisation whose
// standing changed: what was proposed lapses, or comes back, at once and not
// with the night's round.
func offersChanged(ctx context.Context, tx pg.DB, organisation string) error {
	open, err := pg.Many[string](ctx, tx, `
		select id
		  from exchange.offers
		 where organisation_id = @organisation and state = 'open'
		 order by id`, pg.Args{"organisation": organisation})
	if err != nil {
		return err
	}
	facts := make([]outbox.Fact, len(open))
	for i, o := range open {
		facts[i] = offer.Changed(o)
	}
	return outbox.Append(ctx, tx, outbox.Exchange, facts...)
}
