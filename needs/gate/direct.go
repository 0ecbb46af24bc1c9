package gate

import (
	"context"
	"time"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/id"
	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
	"shanqiao/needs"
	"shanqiao/needs/deid"
)

var (
	errNotHere    = fault.New(fault.NotFound, "need.not_found")
	errNotWaiting = fault.New(fault.Conflict, "need.not_waiting")
	errSent       = fault.New(fault.Conflict, "direct.already_sent")
	errRuledOut   = fault.New(fault.Invalid, "direct.ruled_out")
	errRecipients = fault.New(fault.Invalid, "direct.recipients")
)

var constraints = pg.Constraints{
	"listings_one_open":                    errSent,
	"card_recipients_organisation_id_fkey": errRecipients,
}

// SendDirect sends what is too urgent or too rare for a cohort straight to
// verified organisations that an officer chose, at most ten. They see what is
// needed, how much and in which district, and nothing more before consent.
func SendDirect(ctx context.Context, db pg.DB, by actor.Officer, need needs.ID, organisations []string, day time.Time) (deid.CardID, error) {
	if len(organisations) == 0 || len(organisations) > 10 {
		return "", errRecipients
	}
	card := deid.CardID(id.New())
	err := pg.InTx(ctx, db, func(tx pg.DB) error {
		if err := alone(ctx, tx, allTiers...); err != nil {
			return err
		}
		type row struct {
			Region, Code, State         string
			Quantity, Delivered, Urgent int
		}
		// The gate's login sees the whole city, so the officer's reach stands here.
		n, err := pg.One[row](ctx, tx, errNotHere, `
			select region, code, state, quantity, delivered, urgency as urgent
			  from records.needs
			 where id = @need
			   and region between @from and @to`,
			pg.Args{"need": need, "from": by.Reach().From, "to": by.Reach().To})
		if err != nil {
			return err
		}
		if n.State != string(needs.Approved) && n.State != string(needs.Published) {
			return errNotWaiting
		}
		if err := clear(ctx, tx, need); err != nil {
			return err
		}
		verified, err := pg.One[int](ctx, tx, nil, `
			select count(*)::int
			  from exchange.organisations
			 where id = any(@ids)
			   and state = 'verified'`, pg.Args{"ids": organisations})
		if err != nil {
			return err
		}
		if verified != len(organisations) {
			return errRecipients
		}
		item, _ := needs.ItemOf(needs.Code(n.Code))
		tuple := deid.DirectTuple(n.Region[:6], item, n.Quantity-n.Delivered, needs.Urgency(n.Urgent))
		if err := insertCards(ctx, tx, []deid.Card{deid.NewCard(card, deid.Direct, tuple, 0, day)}); err != nil {
			return err
		}
		if err := list(ctx, tx, deid.Direct, []string{string(card)}, []string{string(need)}); err != nil {
			return err
		}
		if err := allowed(ctx, tx, card, organisations); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `
			insert into exchange.card_recipients (card_id, organisation_id)
			select @card, organisation from unnest(@organisations::text[]) organisation`,
			pg.Args{"card": card, "organisations": organisations})
		if err != nil {
			return err
		}
		fact := published(card, deid.Direct)
		fact.Queue = outbox.Critical
		return outbox.Append(ctx, tx, outbox.Exchange, fact)
	})
	return card, constraints.Explain(err)
}

// allowed refuses recipients who were ruled out for the need under an earlier card:
// being sent it and refused would tell them whose it is.
func allowed(ctx context.Context, tx pg.DB, card deid.CardID, organisations []string) error {
	if err := carry(ctx, tx, []string{string(card)}); err != nil {
		return err
	}
	out, err := pg.One[bool](ctx, tx, nil, `
		select exists (select
		                 from exchange.card_exclusions
		                where card_id = @card
		                  and offer_id = ''
		                  and organisation_id = any(@organisations))`, pg.Args{"card": card, "organisations": organisations})
	if err == nil && out {
		return errRuledOut
	}
	return err
}

// clear takes a listed need out of its cohorts first, so that nobody can claim
// the same units in two places. Where somebody just did, it is a conflict.
func clear(ctx context.Context, tx pg.DB, need needs.ID) error {
	sent, err := pg.One[bool](ctx, tx, nil, `
		select exists (select
		                 from records.listings
		                where need_id = @need
		                  and tier = 'direct'
		                  and closed_at is null)`, pg.Args{"need": need})
	if err != nil {
		return err
	}
	if sent {
		return errSent
	}
	if err := Withdraw(ctx, tx, need); err != nil {
		return err
	}
	promised, err := pg.One[bool](ctx, tx, nil, `
		select exists (select
		                 from records.listings l
		                 join exchange.cards c on c.id = l.card_id
		                where l.need_id = @need
		                  and c.committed > c.delivered)`, pg.Args{"need": need})
	if err == nil && promised {
		return errNotWaiting
	}
	return err
}
