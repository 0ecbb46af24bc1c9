package worklist

import (
	"context"
	"time"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/pg"
	"shanqiao/needs"
)

// NeedFor is one need of the officer's region, or not found.
func NeedFor(ctx context.Context, db pg.DB, by actor.Officer, need needs.ID) (Need, error) {
	return pg.OneAs[Need](ctx, db, by.Reach(), fault.New(fault.NotFound, "need.not_found"), `
		select `+needColumns+`
		  from records.needs n
		  join records.households h on h.id = n.household_id
		 where n.id = @need`, pg.Args{"need": need})
}

// Card is a listing of a need with what its card says.
type Card struct {
	ID         string
	Tier       string
	ListedAt   time.Time
	ClosedAt   *time.Time
	State      string
	Quantity   int
	Committed  int
	Delivered  int
	SentenceZh string
	SentenceEn string
}

// Sentence is what the card says, in one language.
func (c Card) Sentence(language string) string {
	if language == "zh" {
		return c.SentenceZh
	}
	return c.SentenceEn
}

// Cards lists the listings of a need, the latest first.
func Cards(ctx context.Context, db pg.DB, by actor.Officer, need needs.ID) ([]Card, error) {
	return pg.ManyAs[Card](ctx, db, by.Reach(), `
		select l.card_id as id, l.tier, l.listed_at, l.closed_at, c.state, c.quantity, c.committed, c.delivered,
		       c.sentence_zh, c.sentence_en
		  from records.listings l
		  join exchange.cards c on c.id = l.card_id
		 where l.need_id = @need
		 order by l.listed_at desc, l.card_id
		 limit 20`, pg.Args{"need": need})
}

// Claim is an organisation's wish to take units of a need, beside the need.
// ConsentID and IntroducedUntil are empty where there is no living one.
type Claim struct {
	ID              string
	NeedID          needs.ID
	HouseholdID     string
	Number          string
	Region          string
	Code            needs.Code
	Urgency         needs.Urgency
	CardID          string
	OrganisationID  string
	Organisation    string
	OrganisationEn  string // '' where it has no English name
	Standing        string
	OfferKind       string // '' where no offer was named
	Units           int
	Delivered       int
	State           string
	Reason          string
	DeclinedBy      string
	WorkerID        string
	MadeAt          time.Time
	DueAt           time.Time
	ConsentID       string
	ConsentUntil    *time.Time
	IntroducedUntil *time.Time
}

const claims = `
	select k.id, l.need_id, l.household_id, h.number, l.region, n.code, n.urgency, k.card_id, k.organisation_id,
	       o.name as organisation, o.name_en as organisation_en, o.state as standing, coalesce(f.kind, '') as offer_kind, k.units, k.delivered,
	       k.state, k.reason, k.declined_by, k.worker_id, k.made_at, k.due_at,
	       coalesce(c.id, '') as consent_id, c.until as consent_until, i.until as introduced_until
	  from records.listings l
	  join records.needs n on n.id = l.need_id
	  join records.households h on h.id = l.household_id
	  join exchange.claims k on k.card_id = l.card_id
	  join exchange.organisations o on o.id = k.organisation_id
	  left join exchange.offers f on f.id = k.offer_id
	  left join records.consents c on ` + livingConsent + `
	  left join records.introductions i on ` + livingIntroduction

// Step is what a claim waits for.
type Step string

// The steps in their order.
const (
	Decide    Step = "decide"
	Consent   Step = "consent"
	Introduce Step = "introduce"
)

// Steps lists them in the order of the tabs.
var Steps = []Step{Decide, Consent, Introduce}

var waitsFor = map[Step]string{
	Decide:    `k.state = 'requested'`,
	Consent:   `k.state = 'accepted' and c.id is null`,
	Introduce: `k.state in ('accepted','in-progress') and c.id is not null and i.claim_id is null`,
}

// Claims lists the claims that wait for one step, the first due first.
func Claims(ctx context.Context, db pg.DB, by actor.Officer, s Step, after After) (rows []Claim, more bool, err error) {
	cond, known := waitsFor[s]
	if !known {
		return nil, false, nil
	}
	rows, err = pg.ManyAs[Claim](ctx, db, by.Reach(), claims+`
		 where `+cond+`
		   and (k.made_at, k.id) > (@made, @id)
		 order by k.made_at, k.id
		 limit @limit`, pg.Args{"made": after.CreatedAt, "id": after.ID, "limit": PageSize + 1})
	shown, more := page(rows)
	return shown, more, err
}

// ClaimsOf lists every claim on the cards of a need, the latest first.
func ClaimsOf(ctx context.Context, db pg.DB, by actor.Officer, need needs.ID) ([]Claim, error) {
	return pg.ManyAs[Claim](ctx, db, by.Reach(), claims+`
		 where l.need_id = @need
		 order by k.made_at desc, k.id
		 limit 100`, pg.Args{"need": need})
}

// ClaimFor is one claim on a need of the officer's region, or not found. It is
// how a page knows that an officer may decide on a claim of the other half.
func ClaimFor(ctx context.Context, db pg.DB, by actor.Officer, claim string) (Claim, error) {
	return pg.OneAs[Claim](ctx, db, by.Reach(), fault.New(fault.NotFound, "claim.not_found"), claims+`
		 where k.id = @claim`, pg.Args{"claim": claim})
}

// Delivery is one delivery that reached the chain, beside its need.
type Delivery struct {
	ID             string
	NeedID         needs.ID
	HouseholdID    string
	Number         string
	Code           needs.Code
	ClaimID        string
	Organisation   string
	OrganisationEn string // '' where it has no English name
	Units          int
	Result         string
	DeliveredOn    time.Time
	ReceivedAt     time.Time
	Answer         string // '' while nobody was asked
	ConfirmedAt    *time.Time
}

const deliveries = `
	select o.delivery_id as id, o.need_id, o.household_id, h.number, n.code, o.claim_id, g.name as organisation,
	       g.name_en as organisation_en, o.units, o.result, o.delivered_on, o.received_at, coalesce(o.answer, '') as answer, o.confirmed_at
	  from records.outcomes o
	  join records.needs n on n.id = o.need_id
	  join records.households h on h.id = o.household_id
	  join exchange.claims k on k.id = o.claim_id
	  join exchange.organisations g on g.id = k.organisation_id`

// Deliveries lists what the household has not confirmed, or with disputed, what
// it said did not come; the oldest first.
func Deliveries(ctx context.Context, db pg.DB, by actor.Officer, disputed bool, after After) (rows []Delivery, more bool, err error) {
	cond := `o.answer is null and o.result <> 'person_absent'`
	if disputed {
		cond = `o.answer = 'not_received'`
	}
	rows, err = pg.ManyAs[Delivery](ctx, db, by.Reach(), deliveries+`
		 where `+cond+`
		   and (o.received_at, o.delivery_id) > (@at, @id)
		 order by o.received_at, o.delivery_id
		 limit @limit`, pg.Args{"at": after.CreatedAt, "id": after.ID, "limit": PageSize + 1})
	shown, more := page(rows)
	return shown, more, err
}

// DeliveriesOf lists the deliveries of a household, the latest first; for its
// own citizen or an officer of its region.
func DeliveriesOf(ctx context.Context, db pg.DB, by actor.Actor, household string) ([]Delivery, error) {
	return pg.ManyAs[Delivery](ctx, db, by.Reach(), deliveries+`
		 where o.household_id = @household
		 order by o.delivered_on desc, o.delivery_id
		 limit 200`, pg.Args{"household": household})
}

// DeliveryFor is one delivery of the officer's region, or not found.
func DeliveryFor(ctx context.Context, db pg.DB, by actor.Officer, delivery string) (Delivery, error) {
	return pg.OneAs[Delivery](ctx, db, by.Reach(), fault.New(fault.NotFound, "delivery.not_found"), deliveries+`
		 where o.delivery_id = @delivery`, pg.Args{"delivery": delivery})
}
