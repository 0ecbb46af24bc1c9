// Package introduction gives one named worker the contact that a household
// agreed to show, and writes down each look.
//
// The contact is copied in by the officer, sealed, for as long as the consent
// lasts, and destroyed when the introduction ends. The package cannot look up a
// household: it knows no table that holds a name, so that nothing on the
// worker's side can reach further than the one row.
package introduction

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
	"shanqiao/internal/secret"
	"shanqiao/needs"
	"shanqiao/needs/chain"
	"shanqiao/needs/move"
)

// Contact is what a worker may need to know of a household.
type Contact struct {
	CallName       secret.String
	Phone          secret.String
	Address        secret.String
	PracticalNotes secret.String
	AgeBand        secret.String
}

// by the names under which consent speaks of them.
func (c *Contact) fields() map[string]*secret.String {
	return map[string]*secret.String{
		"call_name": &c.CallName, "phone": &c.Phone, "address": &c.Address,
		"practical_notes": &c.PracticalNotes, "member_age_band": &c.AgeBand,
	}
}

// sealed is the plain text under the seal. The purpose travels with the contact,
// so that a look can be logged without reading anything else.
type sealed struct {
	Purpose string            `json:"purpose"`
	Contact map[string]string `json:"contact"`
}

// ErrNoConsent is the answer where the household has not agreed, or not any more.
var ErrNoConsent = fault.New(fault.Conflict, "introduction.no_consent")

var (
	errNotFound = fault.New(fault.NotFound, "introduction.not_found")
	errState    = fault.New(fault.Conflict, "introduction.claim_not_accepted")
	errAlready  = fault.New(fault.Conflict, "introduction.already")
	errStanding = fault.New(fault.Conflict, "consent.organisation_not_verified")
	errPaused   = fault.New(fault.Conflict, "introduction.organisation_paused")
	errBanned   = fault.New(fault.Conflict, "introduction.banned")
	errEmpty    = fault.InvalidFields(map[string]string{"contact": "introduction.empty"})
	errLong     = fault.InvalidFields(map[string]string{"contact": "introduction.long"})
)

// verified is the standing in which an organisation may know of a household.
const verified = "verified"

func place(claim string) secret.Place {
	return secret.Place{Table: "introductions", Column: "contact_sealed", Row: claim}
}

type consented struct {
	ID          string
	HouseholdID string
	Region      string
	NeedID      needs.ID
	ClaimID     string
	WorkerID    string
	Fields      []string
	Purpose     string
	Until       time.Time
	State       string // of the claim
	Standing    string // of the organisation
	Banned      bool   // it, or the worker, is kept from families
}

// Introduce seals a contact for the worker whom the household's living consent
// names, for as long as it lasts; after a new consent it may be done anew.
// Whatever the consent does not name is left out, whatever the caller sent.
func Introduce(ctx context.Context, db pg.DB, keys *secret.Keys, by actor.Officer, claim string, contact Contact) error {
	return pg.As(ctx, db, by.Reach(), func(tx pg.DB) error {
		c, err := agreed(ctx, tx, claim)
		if err != nil {
			return err
		}
		plain, fields, err := limit(contact, c)
		if err != nil {
			return err
		}
		if err := c.seal(ctx, tx, keys, by, plain); err != nil {
			return err
		}
		if _, err := move.Settle(ctx, tx, c.NeedID); err != nil {
			return err
		}
		err = chain.Append(ctx, tx, c.HouseholdID, by, chain.Introduced, "", struct {
			Need    needs.ID `json:"need"`
			Claim   string   `json:"claim"`
			Consent string   `json:"consent"`
			Worker  string   `json:"worker"`
			Fields  []string `json:"fields"`
		}{c.NeedID, claim, c.ID, c.WorkerID, fields})
		if err != nil {
			return err
		}
		return outbox.Append(ctx, tx, outbox.Records,
			outbox.Fact{Kind: "introduction.made", Ref: claim, Key: "introduction.made:" + c.ID, Queue: outbox.Critical})
	})
}

// agreed holds the need and then the consent to a claim until the transaction
// ends, in the order that everyone uses, and refuses where nobody may be
// introduced: no consent, no accepted claim, no organisation in good standing.
func agreed(ctx context.Context, tx pg.DB, claim string) (consented, error) {
	need, err := pg.One[needs.ID](ctx, tx, ErrNoConsent, `
		select need_id from records.consents where claim_id = @claim and withdrawn_at is null`,
		pg.Args{"claim": claim})
	if err != nil {
		return consented{}, err
	}
	if err := move.Hold(ctx, tx, need); err != nil {
		return consented{}, err
	}
	c, err := pg.One[consented](ctx, tx, ErrNoConsent, `
		select c.id, c.household_id, c.region, c.need_id, c.claim_id, c.worker_id, c.fields, c.purpose, c.until,
		       k.state, o.state as standing, `+banned("c.worker_id")+` as banned
		  from records.consents c
		  join exchange.claims k on k.id = c.claim_id
		  join exchange.organisations o on o.id = k.organisation_id
		 where c.claim_id = @claim
		   and c.withdrawn_at is null
		   and c.until > now()
		   for update of c`, pg.Args{"claim": claim})
	switch {
	case err != nil:
		return consented{}, err
	case c.State != "accepted" && c.State != "in-progress":
		return consented{}, errState
	case c.Standing != verified:
		return consented{}, errStanding
	case c.Banned:
		return consented{}, errBanned
	}
	return c, nil
}

// banned is whether a safety ban lies today on the organisation of a claim k, or
// on the worker, with whichever organisation it was laid.
func banned(worker string) string {
	return `exists (select from exchange.bans b
		                 left join exchange.volunteers v on v.id = b.volunteer_id
		                where b.lifted_at is null
		                  and b.until >= (now() at time zone 'Asia/Shanghai')::date
		                  and (b.volunteer_id is null and b.organisation_id = k.organisation_id or v.account_id = ` + worker + `))`
}

// seal keeps the contact under seal for the worker, in place of one that has
// ended. While one lives there is no second.
func (c consented) seal(ctx context.Context, tx pg.DB, keys *secret.Keys, by actor.Officer, plain secret.String) error {
	tag, err := tx.Exec(ctx, `
		insert into records.introductions (claim_id, consent_id, household_id, region, worker_id,
		                                   contact_sealed, until, introduced_by)
		values (@claim, @consent, @household, @region, @worker, @contact, @until, @by)
		on conflict (claim_id) do update
		   set consent_id = excluded.consent_id, worker_id = excluded.worker_id,
		       contact_sealed = excluded.contact_sealed, until = excluded.until,
		       introduced_by = excluded.introduced_by, introduced_at = now(), ended_at = null
		 where introductions.ended_at is not null or introductions.until <= now()`,
		pg.Args{"claim": c.ClaimID, "consent": c.ID, "household": c.HouseholdID, "region": c.Region,
			"worker": c.WorkerID, "contact": keys.Seal(place(c.ClaimID), plain), "until": c.Until, "by": by.Account})
	if err == nil && tag.RowsAffected() == 0 {
		return errAlready
	}
	return err
}

// limit keeps what was agreed to, in the order agreed.
func limit(contact Contact, c consented) (secret.String, []string, error) {
	values := contact.fields()
	s := sealed{Purpose: c.Purpose, Contact: map[string]string{}}
	var kept []string
	for _, f := range c.Fields {
		v, known := values[f]
		if !known || strings.TrimSpace(v.Reveal()) == "" {
			continue
		}
		if !utf8.ValidString(v.Reveal()) || utf8.RuneCountInString(v.Reveal()) > 200 {
			return "", nil, errLong
		}
		s.Contact[f] = strings.TrimSpace(v.Reveal())
		kept = append(kept, f)
	}
	if len(kept) == 0 {
		return "", nil, errEmpty
	}
	plain, err := json.Marshal(s)
	if err != nil {
		return "", nil, errors.New("introduction: contact cannot be written")
	}
	slices.Sort(kept)
	return secret.String(plain), kept, nil
}
