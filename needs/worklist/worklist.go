// Package worklist reads what waits for an officer: what to approve, what waits
// for a cohort, which claims to decide, whom to ask for consent, what to confirm.
//
// It writes nothing and names nobody. Row security keeps each list to the
// officer's region; lists page by key, so that a row decided meanwhile shifts
// nothing. The verbs live with their nouns.
package worklist

import (
	"context"
	"time"

	"shanqiao/internal/actor"
	"shanqiao/internal/pg"
	"shanqiao/needs"
)

// Counts are the numbers of an officer's day. Each is the length of a list.
type Counts struct {
	Declared  int // declarations that nobody has taken up
	ToAssess  int // accepted, not yet assessed
	ToApprove int // drafts of others that this officer may decide
	SentBack  int // drafts that were returned to this officer
	Waiting   int // approved, waiting for a cohort
	Direct    int // approved and urgent, to be sent straight to organisations
	Claims    int // claims that nobody has answered
	Consents  int // accepted claims without living consent
	Introduce int // consent given, contact not yet passed on
	Confirm   int // deliveries that the household has not spoken about
	Disputed  int // deliveries of which the household said that they did not come
	TakenDown int // assessors' words that a nightly reading took down, not looked at yet
	Overdue   int // needs whose first day of help should have been, and those for which nobody came
}

// lateDays is how many 天 after the window opens help must have begun, by urgency.
const lateDays = `(array[2,5,14,30])[n.urgency]`

const today = `(now() at time zone 'Asia/Shanghai')::date`

// Today counts what waits for an officer.
func Today(ctx context.Context, db pg.DB, by actor.Officer) (Counts, error) {
	return pg.OneAs[Counts](ctx, db, by.Reach(), nil, `
		select d.declared, d.to_assess, n.to_approve, n.sent_back, n.waiting, n.direct, n.overdue, x.taken_down,
		       k.claims, k.consents, k.introduce, o.confirm, o.disputed
		  from (select count(*) filter (where state = 'submitted') as declared,
		               count(*) filter (where state = 'accepted')  as to_assess
		          from records.declarations where state in ('submitted','accepted')) d,
		       (select count(*) filter (where state = 'draft' and reason = '' and assessed_by <> @me) as to_approve,
		               count(*) filter (where state = 'draft' and reason <> '' and assessed_by = @me) as sent_back,
		               count(*) filter (where state = 'approved' and route = 'cohort') as waiting,
		               count(*) filter (where state = 'approved' and route = 'direct') as direct,
		               count(*) filter (where `+overdue+`) as overdue
		          from records.needs n
		         where state in ('draft','approved','published','claimed','introduced','expired')) n,
		       (select count(*) as taken_down from records.notes where state = 'taken_down') x,
		       (select count(*) filter (where k.state = 'requested') as claims,
		               count(*) filter (where k.state = 'accepted' and c.id is null) as consents,
		               count(*) filter (where k.state in ('accepted','in-progress') and c.id is not null
		                                  and i.claim_id is null) as introduce
		          from records.listings l
		          join exchange.claims k on k.card_id = l.card_id
		          left join records.consents c on `+livingConsent+`
		          left join records.introductions i on `+livingIntroduction+`
		         where k.state in ('requested','accepted','in-progress')) k,
		       (select count(*) filter (where answer is null and result <> 'person_absent') as confirm,
		               count(*) filter (where answer = 'not_received') as disputed
		          from records.outcomes) o`, pg.Args{"me": by.Account})
}

const (
	overdue = `(n.state in ('draft','approved','published','claimed','introduced')
		and n.window_from + ` + lateDays + ` < ` + today + ` or ` + unanswered + `)`
	// A need that expired waits for its officer until it was assessed anew or withdrawn.
	unanswered = `n.state = 'expired'
		and not exists (select from records.needs again
		                 where again.household_id = n.household_id and again.code = n.code
		                   and again.created_at > n.created_at)`
	livingConsent      = `c.claim_id = k.id and c.withdrawn_at is null and c.until > now()`
	livingIntroduction = `i.claim_id = k.id and i.ended_at is null and i.until > now()`
)

// Need is one row of a list of needs.
type Need struct {
	ID          needs.ID
	HouseholdID string
	Number      string // of the household, as said on the phone
	Region      string
	Code        needs.Code
	Quantity    int
	Delivered   int
	Urgency     needs.Urgency
	WindowFrom  time.Time
	WindowTo    time.Time
	Route       string
	State       needs.State
	AssessedBy  string
	ApprovedBy  string
	Reason      string
	StateAt     time.Time
	CreatedAt   time.Time
}

const needColumns = `
	n.id, n.household_id, h.number, n.region, n.code, n.quantity, n.delivered, n.urgency, n.window_from,
	n.window_to, n.route, n.state, n.assessed_by, coalesce(n.approved_by, '') as approved_by, n.reason,
	n.state_at, n.created_at`

// View is which needs are listed.
type View string

// The views.
const (
	ToApprove View = "approve" // drafts assessed by others
	Mine      View = "mine"    // own drafts, those sent back among them
	Waiting   View = "waiting" // approved, for a cohort
	Direct    View = "direct"  // approved, to be sent straight
	Published View = "published"
	InHand    View = "in_hand" // claimed, introduced, in service
	Overdue   View = "overdue"
	TakenDown View = "taken_down" // with words that were taken down, not looked at yet
	Done      View = "done"
)

// Views in the order of the tabs.
var Views = []View{ToApprove, Mine, Waiting, Direct, Published, InHand, Overdue, TakenDown, Done}

var where = map[View]string{
	ToApprove: `n.state = 'draft' and n.reason = '' and n.assessed_by <> @me`,
	Mine:      `n.state = 'draft' and n.assessed_by = @me`,
	Waiting:   `n.state = 'approved' and n.route = 'cohort' and @me <> ''`,
	Direct:    `n.state = 'approved' and n.route = 'direct' and @me <> ''`,
	Published: `n.state = 'published' and @me <> ''`,
	InHand:    `n.state in ('claimed','introduced','in_service') and @me <> ''`,
	Overdue:   overdue + ` and @me <> ''`,
	TakenDown: `exists (select from records.notes x where x.need_id = n.id and x.state = 'taken_down') and @me <> ''`,
	Done:      `n.state in ('fulfilled','closed','withdrawn','expired') and @me <> ''`,
}

// PageSize is how many rows a list shows at once.
const PageSize = 30

// page cuts off the one row too many that was asked for to learn whether there are more.
func page[T any](rows []T) (shown []T, more bool) {
	if len(rows) > PageSize {
		return rows[:PageSize], true
	}
	return rows, false
}

// After is the last row seen; the zero After starts at the top.
type After struct {
	Urgency   int
	CreatedAt time.Time
	ID        string
}

// Needs lists one view, the most urgent and then the oldest first. more says
// that there are rows after the last one.
func Needs(ctx context.Context, db pg.DB, by actor.Officer, v View, after After) (rows []Need, more bool, err error) {
	cond, known := where[v]
	if !known {
		return nil, false, nil
	}
	rows, err = pg.ManyAs[Need](ctx, db, by.Reach(), `
		select `+needColumns+`
		  from records.needs n
		  join records.households h on h.id = n.household_id
		 where `+cond+`
		   and (n.urgency, n.created_at, n.id) > (@urgency, @created, @id)
		 order by n.urgency, n.created_at, n.id
		 limit @limit`, pg.Args{"me": by.Account, "urgency": after.Urgency, "created": after.CreatedAt,
		"id": after.ID, "limit": PageSize + 1})
	shown, more := page(rows)
	return shown, more, err
}

// OfHousehold lists every need of a household, the living ones first.
func OfHousehold(ctx context.Context, db pg.DB, by actor.Actor, household string) ([]Need, error) {
	return pg.ManyAs[Need](ctx, db, by.Reach(), `
		select `+needColumns+`
		  from records.needs n
		  join records.households h on h.id = n.household_id
		 where n.household_id = @household
		 order by n.state in ('fulfilled','closed','withdrawn','expired'), n.urgency, n.created_at, n.id
		 limit 200`, pg.Args{"household": household})
}

// OpenDeclaration is the declaration of a household that waits for a visit, or "".
func OpenDeclaration(ctx context.Context, db pg.DB, by actor.Officer, household string) (string, error) {
	open, err := pg.ManyAs[string](ctx, db, by.Reach(), `
		select id
		  from records.declarations
		 where household_id = @household
		   and state in ('submitted','accepted')`, pg.Args{"household": household})
	if err != nil || len(open) == 0 {
		return "", err
	}
	return open[0], nil
}
