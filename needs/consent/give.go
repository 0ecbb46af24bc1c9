package consent

import (
	"context"
	"slices"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/id"
	"shanqiao/internal/pg"
	"shanqiao/needs"
	"shanqiao/needs/chain"
	"shanqiao/needs/outcome"
)

// MostDays is how long consent may last, in 天; whoever needs longer asks again.
const MostDays = 90

// Consent is what a household agreed to. Organisation and Worker must be those
// of the claim: the officer repeats what was read out, and a claim that changed
// meanwhile is a conflict.
type Consent struct {
	Need         needs.ID
	Claim        string
	Organisation string
	Worker       string
	Fields       []Field
	Purpose      string
	GivenBy      string // a member of the household, 14 or older
	Channel      Channel
	TextVersion  string
	Days         int
}

var (
	errClaim    = fault.New(fault.NotFound, "claim.not_found")
	errChanged  = fault.New(fault.Conflict, "consent.claim_changed")
	errStanding = fault.New(fault.Conflict, "consent.organisation_not_verified")
	errNotFound = fault.New(fault.NotFound, "consent.not_found")
	errOver     = fault.New(fault.Conflict, "consent.over")
)

var constraints = pg.Constraints{
	"consents_one_live": fault.New(fault.Conflict, "consent.already"),
}

func (c Consent) check() error {
	bad := map[string]string{}
	if len(c.Fields) == 0 || len(slices.Compact(slices.Sorted(slices.Values(c.Fields)))) != len(c.Fields) {
		bad["fields"] = "consent.fields"
	}
	for _, f := range c.Fields {
		if !slices.Contains(Fields, f) {
			bad["fields"] = "consent.fields"
		}
	}
	if !slices.Contains(Purposes, c.Purpose) {
		bad["purpose"] = "consent.purpose"
	}
	if !slices.Contains(Channels, c.Channel) {
		bad["channel"] = "consent.channel"
	}
	if _, known := TextOf(c.TextVersion); !known {
		bad["text_version"] = "consent.stale"
	}
	if c.Days < 1 || c.Days > MostDays {
		bad["days"] = "consent.days"
	}
	return fault.InvalidFields(bad)
}

type asked struct {
	HouseholdID    string
	Region         string
	OrganisationID string
	WorkerID       string
	State          string
	Standing       string
}

// Give records consent for one accepted claim on a card of the need, and enters
// it in the chain. It returns the id of the consent.
func Give(ctx context.Context, db pg.DB, by actor.Officer, c Consent) (string, error) {
	if err := c.check(); err != nil {
		return "", err
	}
	consent := id.New()
	err := pg.As(ctx, db, by.Reach(), func(tx pg.DB) error {
		// What led here stands on the chain first, whether or not its message has come.
		if err := outcome.Answered(ctx, tx, c.Claim); err != nil {
			return notClaim(err)
		}
		on, err := c.claim(ctx, tx)
		if err != nil {
			return err
		}
		if err := c.giver(ctx, tx, on.HouseholdID); err != nil {
			return err
		}
		if err := c.insert(ctx, tx, by, consent, on); err != nil {
			return err
		}
		return chain.Append(ctx, tx, on.HouseholdID, by, chain.Consented, "", c.said(consent))
	})
	return consent, constraints.Explain(err)
}

// notClaim tells of a card or need out of reach as of the claim that was asked for.
func notClaim(err error) error {
	if err != nil && fault.Of(err) == fault.NotFound {
		return errClaim
	}
	return err
}

func (c Consent) claim(ctx context.Context, tx pg.DB) (asked, error) {
	on, err := pg.One[asked](ctx, tx, errClaim, `
		select l.household_id, l.region, c.organisation_id, c.worker_id, c.state, o.state as standing
		  from exchange.claims c
		  join exchange.organisations o on o.id = c.organisation_id
		  join records.listings l on l.card_id = c.card_id
		 where c.id = @claim
		   and l.need_id = @need`, pg.Args{"claim": c.Claim, "need": c.Need})
	switch {
	case err != nil:
		return on, err
	case on.OrganisationID != c.Organisation || on.WorkerID != c.Worker || on.State != "accepted" && on.State != "in-progress":
		return on, errChanged
	case on.Standing != "verified":
		return on, errStanding
	}
	return on, nil
}

// giver checks that who agreed belongs to the household and is old enough to
// agree; for a child under 14 an adult of the household does.
func (c Consent) giver(ctx context.Context, tx pg.DB, household string) error {
	young, err := pg.Many[bool](ctx, tx, `
		select coalesce(born > (now() at time zone 'Asia/Shanghai')::date - interval '14 years', false)
		  from records.members
		 where id = @member
		   and household_id = @household
		   and left_on is null`, pg.Args{"member": c.GivenBy, "household": household})
	switch {
	case err != nil:
		return err
	case len(young) == 0:
		return fault.InvalidFields(map[string]string{"given_by": "consent.given_by"})
	case young[0]:
		return fault.InvalidFields(map[string]string{"given_by": "consent.given_by_child"})
	}
	return nil
}

func (c Consent) insert(ctx context.Context, tx pg.DB, by actor.Officer, consent string, on asked) error {
	// One that ran out is not living: it makes room for what was agreed anew.
	_, err := tx.Exec(ctx, `
		update records.consents
		   set withdrawn_at = until, withdrawn_by = 'expired'
		 where claim_id = @claim
		   and withdrawn_at is null
		   and until <= now()`, pg.Args{"claim": c.Claim})
	if err != nil {
		return err
	}
	text, _ := TextOf(c.TextVersion)
	_, err = tx.Exec(ctx, `
		insert into records.consents (id, household_id, region, need_id, claim_id, organisation_id, worker_id,
		                              fields, purpose, given_by, channel, text_version, text_hash, recorded_by, until)
		values (@id, @household, @region, @need, @claim, @organisation, @worker,
		        @fields, @purpose, @given, @channel, @version, @hash, @by, now() + make_interval(days => @days))`,
		pg.Args{"id": consent, "household": on.HouseholdID, "region": on.Region, "need": c.Need, "claim": c.Claim,
			"organisation": c.Organisation, "worker": c.Worker, "fields": c.Fields, "purpose": c.Purpose,
			"given": c.GivenBy, "channel": c.Channel, "version": c.TextVersion, "hash": text.Hash(),
			"by": by.Account, "days": c.Days})
	return err
}

type said struct {
	Consent      string   `json:"consent"`
	Need         needs.ID `json:"need"`
	Claim        string   `json:"claim"`
	Organisation string   `json:"organisation"`
	Worker       string   `json:"worker"`
	Fields       []Field  `json:"fields"`
	Purpose      string   `json:"purpose"`
	GivenBy      string   `json:"given_by"`
	Channel      Channel  `json:"channel"`
	Text         string   `json:"text"`
	Days         int      `json:"days"`
}

func (c Consent) said(consent string) said {
	return said{consent, c.Need, c.Claim, c.Organisation, c.Worker, c.Fields, c.Purpose, c.GivenBy, c.Channel, c.TextVersion, c.Days}
}
