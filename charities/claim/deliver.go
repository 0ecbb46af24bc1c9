package claim

import (
	"context"
	"slices"

	"shanqiao/charities/offer"
	"shanqiao/charities/organisation"
	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
)

// AddDelivered counts units as given on the claim and its card, for
// charities/delivery, which keeps the account of each visit. by is a member of
// the claim's organisation or the volunteer it names. Zero units only lock and
// check. More than is left is Invalid; a claim that is not under way is Conflict.
func AddDelivered(ctx context.Context, tx pg.DB, by actor.Actor, claim string, units int) error {
	l, err := lockFor(ctx, tx, by, claim)
	if err != nil {
		return err
	}
	if l.State != InProgress {
		return fault.New(fault.Conflict, "delivery.not_under_way")
	}
	if l.Delivered+units > l.Units {
		e := fault.New(fault.Invalid, "delivery.too_many").With("left", l.Units-l.Delivered)
		e.Fields = map[string]string{"units": "delivery.too_many"}
		return e
	}
	return count(ctx, tx, l, claim, units)
}

func lockFor(ctx context.Context, tx pg.DB, by actor.Actor, claim string) (locked, error) {
	org, worker := "", ""
	switch by := by.(type) {
	case actor.Member:
		org = by.Organisation
	case actor.Volunteer:
		worker = by.Account
		var err error
		org, err = pg.One[string](ctx, tx, errNone, `
			select organisation_id
			  from exchange.volunteers
			 where account_id = @account and state = 'active'`, pg.Args{"account": by.Account})
		if err != nil {
			return locked{}, err
		}
	}
	if org == "" {
		return locked{}, errNone
	}
	if _, err := organisation.Standing(ctx, tx, org); err != nil {
		return locked{}, err
	}
	return lock(ctx, tx, claim, org, worker)
}

// count adds units, or with a negative number takes them back.
func count(ctx context.Context, tx pg.DB, l locked, claim string, units int) error {
	if units == 0 {
		return nil
	}
	_, err := tx.Exec(ctx, `
		update exchange.claims
		   set delivered = delivered + @units
		 where id = @id`, pg.Args{"id": claim, "units": units})
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
		update exchange.cards
		   set delivered = delivered + @units, version = version + 1, changed_at = now()
		 where id = @card`, pg.Args{"card": l.Card, "units": units})
	if err != nil {
		return err
	}
	return outbox.Append(ctx, tx, outbox.Exchange, cardChanged(l.Card))
}

// Denied takes units back that were reported and, as the household says, not
// received. A claim under way goes on hold until staff have looked; one that
// ended has nothing more to deliver, so those units become free.
func Denied(ctx context.Context, tx pg.DB, claim string, units int) error {
	l, err := lock(ctx, tx, claim, "", "")
	if err != nil {
		return err
	}
	if err := count(ctx, tx, l, claim, -units); err != nil {
		return err
	}
	if !l.State.IsOpen() {
		return release(ctx, tx, l, units)
	}
	if !slices.Contains(Moves[l.State], OnHold) {
		return nil
	}
	_, err = tx.Exec(ctx, `
		update exchange.claims
		   set state = 'on-hold', reason = 'not_received', state_at = now(),
		       due_at = exchange.claim_due('on-hold', '*')
		 where id = @id and state = @from`, pg.Args{"id": claim, "from": string(l.State)})
	return err
}

// Finish completes a claim whose units are all given and all confirmed, and
// closes a direct card when nothing of it is left to give. A card of a cohort
// stays, with nothing left to take, until its cohort leaves whole: going alone it
// would tell which of them was helped. Anything else Finish leaves as it is, so
// that it may be called after every confirmation.
func Finish(ctx context.Context, tx pg.DB, claim string) error {
	l, err := lock(ctx, tx, claim, "", "")
	if err != nil {
		return err
	}
	if l.State != InProgress || l.Delivered < l.Units {
		return nil
	}
	tag, err := tx.Exec(ctx, `
		update exchange.claims c
		   set state = 'completed', state_at = now()
		 where c.id = @id and c.state = 'in-progress'
		   and not exists (select from exchange.deliveries d
		                    where d.claim_id = c.id and d.answer is null and d.result <> 'person_absent')`,
		pg.Args{"id": claim})
	if err != nil || tag.RowsAffected() == 0 {
		return err
	}
	facts := []outbox.Fact{{Kind: "claim.completed", Ref: claim}}
	if l.Offer != "" {
		facts = append(facts, offer.Changed(l.Offer))
	}
	tag, err = tx.Exec(ctx, `
		update exchange.cards k
		   set state = 'closed', version = k.version + 1, changed_at = now()
		 where k.id = @card and k.tier = 'direct' and k.state = 'open' and k.delivered = k.quantity
		   and not exists (select from exchange.claims c where c.card_id = k.id and c.state = any(@open))`,
		pg.Args{"card": l.Card, "open": Open})
	if err != nil {
		return err
	}
	if tag.RowsAffected() > 0 {
		facts = append(facts, cardChanged(l.Card))
	}
	return outbox.Append(ctx, tx, outbox.Exchange, facts...)
}
