package introduction

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"shanqiao/internal/actor"
	"shanqiao/internal/id"
	"shanqiao/internal/pg"
	"shanqiao/internal/secret"
	"shanqiao/needs"
)

// Seen is what a worker is shown, and until when.
type Seen struct {
	Contact Contact
	Fields  []string // those that were agreed to
	Purpose string
	Until   time.Time
}

// Look shows a contact to the one worker it was meant for, and writes the look
// down in the same transaction: no row, no look. For anybody else, and once the
// introduction has ended or run out, there is nothing there. While the worker's
// organisation is not in good standing the contact stays closed, and comes back
// with its standing if the introduction still lives then.
func Look(ctx context.Context, db pg.DB, keys *secret.Keys, by actor.Actor, claim string) (Seen, error) {
	switch by.(type) {
	case actor.Member, actor.Volunteer:
	default:
		return Seen{}, errNotFound
	}
	_, account := by.Signature()
	if account == "" || !id.Valid(claim) {
		return Seen{}, errNotFound
	}
	var seen Seen
	err := pg.As(ctx, db, actor.Reach{Worker: account}, func(tx pg.DB) error {
		i, err := introduced(ctx, tx, claim, account)
		if err != nil {
			return err
		}
		if seen, err = open(keys, claim, i.ContactSealed); err != nil {
			return err
		}
		seen.Until = i.Until
		_, err = tx.Exec(ctx, `
			insert into records.disclosures (id, household_id, region, claim_id, account_id, fields, purpose)
			values (@id, @household, @region, @claim, @account, @fields, @purpose)`,
			pg.Args{"id": id.New(), "household": i.HouseholdID, "region": i.Region, "claim": claim,
				"account": account, "fields": seen.Fields, "purpose": seen.Purpose})
		return err
	})
	if err != nil {
		return Seen{}, err // a look that could not be written down shows nothing
	}
	return seen, nil
}

type living struct {
	HouseholdID   string
	Region        string
	ContactSealed []byte
	Until         time.Time
	Standing      string // of the organisation
	Banned        bool   // it, or the worker, is kept from families
}

// introduced finds the living introduction of a worker, who is told of no other.
func introduced(ctx context.Context, tx pg.DB, claim, worker string) (living, error) {
	i, err := pg.One[living](ctx, tx, errNotFound, `
		select i.household_id, i.region, i.contact_sealed, i.until, o.state as standing, `+banned("i.worker_id")+` as banned
		  from records.introductions i
		  join exchange.claims k on k.id = i.claim_id
		  join exchange.organisations o on o.id = k.organisation_id
		 where i.claim_id = @claim
		   and i.worker_id = @worker
		   and i.ended_at is null
		   and i.until > now()
		   and i.contact_sealed is not null`, pg.Args{"claim": claim, "worker": worker})
	switch {
	case err != nil:
		return living{}, err
	case i.Standing != verified:
		return living{}, errPaused
	case i.Banned:
		return living{}, errBanned
	}
	return i, nil
}

func open(keys *secret.Keys, claim string, contact []byte) (Seen, error) {
	plain, err := keys.Open(place(claim), contact)
	if err != nil {
		return Seen{}, err
	}
	var s sealed
	if err := json.Unmarshal([]byte(plain.Reveal()), &s); err != nil {
		return Seen{}, secret.ErrSealed // the cause would quote what is under the seal
	}
	seen := Seen{Purpose: s.Purpose, Fields: slices.Sorted(maps.Keys(s.Contact))}
	for name, to := range seen.Contact.fields() {
		*to = secret.String(s.Contact[name])
	}
	return seen, nil
}

// Disclosure is one look, as the household and the office see it.
type Disclosure struct {
	ID             string
	ClaimID        string
	Code           needs.Code
	Organisation   string // its name
	OrganisationEn string // '' where it has none in English
	AccountID      string
	Worker         string // the person's name, as the organisation gave it
	Fields         []string
	Purpose        string
	At             time.Time
}

// Looks lists who looked at a household's contact, the latest first. Out of the
// reader's reach the list is empty.
func Looks(ctx context.Context, db pg.DB, by actor.Actor, household string) ([]Disclosure, error) {
	return pg.ManyAs[Disclosure](ctx, db, by.Reach(), `
		select d.id, d.claim_id, n.code, o.name as organisation, o.name_en as organisation_en, d.account_id, coalesce(m.name, '') as worker,
		       d.fields, d.purpose, d.at
		  from records.disclosures d
		  join exchange.claims k on k.id = d.claim_id
		  join exchange.organisations o on o.id = k.organisation_id
		  left join exchange.members m on m.account_id = d.account_id
		  join records.listings l on l.card_id = k.card_id
		  join records.needs n on n.id = l.need_id
		 where d.household_id = @household
		 order by d.at desc, d.id
		 limit 200`, pg.Args{"household": household})
}
