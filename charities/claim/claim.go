// Package claim is an organisation taking on a need: asked for, approved by
// staff, introduced to the family, delivered, confirmed, or ended before that.
//
// Two sums must hold at every moment, whatever happens at once. The committed
// units of a card are the units of its open and completed claims and, of ended
// ones, what was delivered; those of an offer likewise. So a claim that ends
// gives back what it did not deliver in the transaction that ends it. Rows are
// locked in one order everywhere: organisation, offer, card, claim.
//
// This half does not know whose need it is. Accept and Decline are for officers,
// and whether the household is theirs is checked on the records side by the
// caller; see there.
package claim

import (
	"context"
	"slices"
	"time"

	"shanqiao/charities"
	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/pg"
	"shanqiao/internal/state"
	"shanqiao/needs"
	"shanqiao/needs/deid"
)

// State is where a claim stands: the ten codes of HL7 SDOHCC ReferralTaskStatus.
type State string

// The states of a claim, as stored and on the wire.
const (
	Draft          State = "draft"
	Requested      State = "requested"
	Accepted       State = "accepted"
	Rejected       State = "rejected"
	OnHold         State = "on-hold"
	InProgress     State = "in-progress"
	Completed      State = "completed"
	Failed         State = "failed"
	Cancelled      State = "cancelled"
	EnteredInError State = "entered-in-error"
)

// Moves is every change of state that is allowed: docs/states-exchange.md draws
// it, the check constraint of exchange.claims lists its states, and a test
// compares the three.
var Moves = state.Moves[State]{
	Draft:          {Requested, EnteredInError},
	Requested:      {Accepted, Rejected, Cancelled, EnteredInError},
	Accepted:       {InProgress, Cancelled, EnteredInError},
	OnHold:         {InProgress, Failed, Cancelled},
	InProgress:     {OnHold, Completed, Failed, Cancelled},
	Rejected:       {},
	Completed:      {},
	Failed:         {},
	Cancelled:      {},
	EnteredInError: {},
}

// Open is the states in which a claim still holds units that it has not delivered.
var Open = []string{string(Requested), string(Accepted), string(OnHold), string(InProgress)}

// From lists the states that may move to s, for the where clause of the change.
func (s State) From() []string { return Moves.From(s) }

// IsOpen says whether a claim in this state still holds units.
func (s State) IsOpen() bool { return slices.Contains(Open, string(s)) }

// DeclinedBy is who ended a claim.
type DeclinedBy string

// Who may end a claim.
const (
	Household DeclinedBy = "household"
	Provider  DeclinedBy = "provider"
	Staff     DeclinedBy = "staff"
	Machine   DeclinedBy = "system"
)

// Claim is one organisation's claim on one card. Delivered counts units that
// were given and not denied; a person who was absent was given nothing. DueAt
// is when whoever acts next should have acted.
type Claim struct {
	ID           string
	Card         deid.CardID
	Organisation string
	Offer        charities.OfferID // "" where no offer is drawn on
	Units        int
	Delivered    int
	State        State
	Worker       string // sign-in account of the one named worker
	WorkerName   string
	MadeBy       string
	Reason       string
	DeclinedBy   DeclinedBy
	IntroducedAt *time.Time
	DueAt        time.Time
	MadeAt       time.Time
	StateAt      time.Time
	// What the card says, kept readable after the card has gone.
	Code       needs.Code
	Group      needs.Group
	Area       string
	Urgency    deid.UrgencyBand
	SentenceZh string
	SentenceEn string
}

// Left is how many units are promised and not delivered.
func (c Claim) Left() int {
	if !c.State.IsOpen() {
		return 0
	}
	return c.Units - c.Delivered
}

// Next says who acts next: "staff", "provider", "household" where all was done and
// only its word is missing, or "" where the claim has ended.
func (c Claim) Next() string {
	switch c.State {
	case Requested, Accepted, OnHold:
		return string(Staff)
	case InProgress:
		if c.Left() == 0 {
			return string(Household)
		}
		return string(Provider)
	}
	return ""
}

// Sentence is the card in words.
func (c Claim) Sentence(language string) string {
	if language == "zh" {
		return c.SentenceZh
	}
	return c.SentenceEn
}

const columns = `c.id, c.card_id as card, c.organisation_id as organisation, coalesce(c.offer_id, '') as offer,
	c.units, c.delivered, c.state, c.worker_id as worker, coalesce(m.name, '') as worker_name, c.made_by,
	c.reason, c.declined_by, c.introduced_at, c.due_at, c.made_at, c.state_at,
	k.code, k.need_group as "group", k.area, k.urgency, k.sentence_zh, k.sentence_en`

const tables = `exchange.claims c
	  join exchange.cards k on k.id = c.card_id
	  left join exchange.members m on m.account_id = c.worker_id`

// standing is the claims of organisations that may see any.
const standing = `
	select ` + columns + `
	  from ` + tables + `
	  join exchange.organisations g on g.id = c.organisation_id and g.state = 'verified'`

// byTurn puts what waits for a visit first, and what has ended last.
const byTurn = `
	 order by c.state <> 'in-progress', c.state not in ('requested','accepted','on-hold'),
	       c.due_at, c.made_at desc, c.id`

var errNone = fault.New(fault.NotFound, "claim.not_found")

// List is the claims of the member's organisation, those that wait for it
// first. An organisation that is not verified sees none. At most 500.
func List(ctx context.Context, db pg.DB, by actor.Member) ([]Claim, error) {
	return pg.Many[Claim](ctx, db, standing+`
		 where c.organisation_id = @organisation`+byTurn+`
		 limit 500`, pg.Args{"organisation": by.Organisation})
}

// For is one claim of the member's organisation.
func For(ctx context.Context, db pg.DB, by actor.Member, id string) (Claim, error) {
	return pg.One[Claim](ctx, db, errNone, standing+`
		 where c.id = @id and c.organisation_id = @organisation`,
		pg.Args{"id": id, "organisation": by.Organisation})
}

// Assigned is the claims in which the volunteer is the named worker.
func Assigned(ctx context.Context, db pg.DB, by actor.Volunteer) ([]Claim, error) {
	return pg.Many[Claim](ctx, db, standing+`
		 where c.worker_id = @account and c.state <> 'draft'`+byTurn+`
		 limit 200`, pg.Args{"account": by.Account})
}

// AssignedFor is one of them.
func AssignedFor(ctx context.Context, db pg.DB, by actor.Volunteer, id string) (Claim, error) {
	return pg.One[Claim](ctx, db, errNone, standing+`
		 where c.id = @id and c.worker_id = @account`,
		pg.Args{"id": id, "account": by.Account})
}

// OfCards is the claims on some cards, for an officer's page that has already
// found out, on the records side, that the cards are of its own households. It
// runs under the login of either half.
func OfCards(ctx context.Context, db pg.DB, cards []string) ([]Claim, error) {
	return pg.Many[Claim](ctx, db, `
		select `+columns+`
		  from `+tables+`
		 where c.card_id = any(@cards)
		 order by c.made_at, c.id`, pg.Args{"cards": cards})
}
