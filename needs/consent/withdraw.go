package consent

import (
	"context"
	"time"

	"shanqiao/internal/actor"
	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
	"shanqiao/needs"
	"shanqiao/needs/chain"
	"shanqiao/needs/move"
)

// Withdraw takes consent back, by the household from its own account or through
// an officer. The contact is destroyed in the same transaction; the fact
// consent.withdrawn ends the claim. What was seen before stays on record.
func Withdraw(ctx context.Context, db pg.DB, by actor.Actor, consent string) error {
	switch by.(type) {
	case actor.Citizen, actor.Officer:
	default:
		return errNotFound
	}
	return pg.As(ctx, db, by.Reach(), func(tx pg.DB) error {
		c, err := living(ctx, tx, consent)
		if err != nil {
			return err
		}
		if err := c.end(ctx, tx, by); err != nil {
			return err
		}
		err = chain.Append(ctx, tx, c.HouseholdID, by, chain.ConsentWithdrawn, "", struct {
			Consent string   `json:"consent"`
			Need    needs.ID `json:"need"`
			Claim   string   `json:"claim"`
		}{c.ID, c.NeedID, c.ClaimID})
		if err != nil {
			return err
		}
		// The key names the consent: a claim may lose a second one given later.
		return outbox.Append(ctx, tx, outbox.Records, outbox.Fact{Kind: "consent.withdrawn", Ref: c.ClaimID,
			Key: "consent.withdrawn:" + c.ID, Queue: outbox.Critical})
	})
}

type held struct {
	ID          string
	HouseholdID string
	NeedID      needs.ID
	ClaimID     string
	Over        bool
}

// living holds the need and then its consent until the transaction ends, in the
// order that everyone uses, and refuses a consent that is over.
func living(ctx context.Context, tx pg.DB, consent string) (held, error) {
	need, err := pg.One[needs.ID](ctx, tx, errNotFound, `
		select need_id from records.consents where id = @consent`, pg.Args{"consent": consent})
	if err != nil {
		return held{}, err
	}
	if err := move.Hold(ctx, tx, need); err != nil {
		return held{}, err
	}
	c, err := pg.One[held](ctx, tx, errNotFound, `
		select id, household_id, need_id, claim_id, withdrawn_at is not null or until <= now() as over
		  from records.consents
		 where id = @consent
		   for update`, pg.Args{"consent": consent})
	if err == nil && c.Over {
		return held{}, errOver
	}
	return c, err
}

// end takes back the consent, and destroys the contact that rested on it.
func (c held) end(ctx context.Context, tx pg.DB, by actor.Actor) error {
	_, account := by.Signature()
	_, err := tx.Exec(ctx, `
		update records.consents
		   set withdrawn_at = now(), withdrawn_by = @by
		 where id = @consent and withdrawn_at is null`,
		pg.Args{"by": account, "consent": c.ID})
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
		update records.introductions
		   set ended_at = now(), contact_sealed = null
		 where claim_id = @claim and ended_at is null`, pg.Args{"claim": c.ClaimID})
	return err
}

// Given is a consent as the household and the office see it. Live says that it
// neither ended nor was taken back and that its claim still runs.
type Given struct {
	ID             string
	HouseholdID    string
	NeedID         needs.ID
	Code           needs.Code
	ClaimID        string
	Organisation   string // its name
	OrganisationEn string // '' where it has none in English
	WorkerID       string
	Worker         string // the person's name, as the organisation gave it
	Fields         []Field
	Purpose        string
	Channel        Channel
	GivenAt        time.Time
	Until          time.Time
	WithdrawnAt    *time.Time
	Live           bool
}

const given = `
	select c.id, c.household_id, c.need_id, n.code, c.claim_id, o.name as organisation,
	       o.name_en as organisation_en, c.worker_id,
	       coalesce(m.name, '') as worker, c.fields, c.purpose, c.channel, c.given_at, c.until, c.withdrawn_at,
	       c.withdrawn_at is null and c.until > now()
	         and k.state in ('accepted','on-hold','in-progress') as live
	  from records.consents c
	  join records.needs n on n.id = c.need_id
	  join exchange.organisations o on o.id = c.organisation_id
	  join exchange.claims k on k.id = c.claim_id
	  left join exchange.members m on m.account_id = c.worker_id`

// Of lists the consents of a household, the newest first. Out of the reader's
// reach the list is empty.
func Of(ctx context.Context, db pg.DB, by actor.Actor, household string) ([]Given, error) {
	return pg.ManyAs[Given](ctx, db, by.Reach(), given+`
		 where c.household_id = @household
		 order by c.given_at desc, c.id
		 limit 200`, pg.Args{"household": household})
}

// For is one consent within the reader's reach.
func For(ctx context.Context, db pg.DB, by actor.Actor, consent string) (Given, error) {
	return pg.OneAs[Given](ctx, db, by.Reach(), errNotFound, given+`
		 where c.id = @consent`, pg.Args{"consent": consent})
}
