// Package needstest puts the rows that tests of the records half start from:
// a household, a need in a given state, an organisation, a card and claims on it.
//
// It writes as the superuser, past every rule, so that a test can begin in the
// middle of a story. Only tests import it.
package needstest

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/actor"
	"shanqiao/internal/id"
	"shanqiao/internal/pg"
	"shanqiao/internal/pgtest"
	"shanqiao/needs"
	"shanqiao/needs/chain"
)

// Region is the subdistrict that everything is put in.
const Region = "110105015"

// World is one test's database with a household and what surrounds it.
type World struct {
	*pgtest.DB
	T         testing.TB
	Household string
	Member    string        // its head, an adult
	Child     string        // under 14
	Assessor  actor.Officer // of the subdistrict
	Approver  actor.Officer // of the subdistrict
	Stranger  actor.Officer // of another subdistrict
	Citizen   actor.Citizen // of the household
	Worker    actor.Member  // of the organisation
	Org       string        // verified
}

// New starts a world.
func New(t testing.TB) *World {
	t.Helper()
	w := Around(t, pgtest.New(t), id.New())
	w.Member, w.Child = id.New(), id.New()
	w.Citizen = actor.Citizen{Account: id.New(), Household: w.Household}
	w.Exec(`insert into records.households (id, number, region, account_id)
	        values (@id, @number, @region, @account)`,
		pg.Args{"id": w.Household, "number": Region + "-" + w.Household[:5], "region": Region, "account": w.Citizen.Account})
	require.NoError(t, chain.Start(t.Context(), w.Admin, w.Household))
	w.Exec(`insert into records.members (id, household_id, region, head, relation, name_sealed, born)
	        values (@id, @household, @region, true, 'self', '\x01', '1950-03-01'),
	               (@child, @household, @region, false, 'grandchild', '\x01', current_date - 3000)`,
		pg.Args{"id": w.Member, "child": w.Child, "household": w.Household, "region": Region})
	return w
}

// Around puts officers and a verified organisation around a household that
// stands in the database already.
func Around(t testing.TB, db *pgtest.DB, household string) *World {
	t.Helper()
	w := &World{DB: db, T: t, Household: household}
	w.Assessor = officer("assessor", Region)
	w.Approver = officer("approver", Region)
	w.Stranger = officer("stranger", "110101001")
	w.Org = w.Organisation("verified")
	w.Worker = actor.Member{Account: id.New(), Organisation: w.Org, Name: "小林"}
	return w
}

func officer(name, region string) actor.Officer {
	return actor.Officer{Account: id.New(), Level: actor.SubdistrictRole, Region: region, Name: name}
}

// Exec runs a statement as the superuser.
func (w *World) Exec(sql string, args pg.Args) {
	w.T.Helper()
	_, err := w.Admin.Exec(context.WithoutCancel(w.T.Context()), sql, args)
	require.NoError(w.T, err)
}

// Organisation adds one in a state.
func (w *World) Organisation(state string) string {
	w.T.Helper()
	org := id.New()
	w.Exec(`insert into exchange.organisations (id, name, credit_code, kind, district, state, decided_by)
	        values (@id, '邻里助老社', upper(left(translate(@id, 'iosvz', '12345'), 18)), 'charity', '110105', @state, 'district')`,
		pg.Args{"id": org, "state": state})
	return org
}

// Need adds a need of the household in a state.
func (w *World) Need(code needs.Code, quantity int, state needs.State) needs.ID {
	w.T.Helper()
	assessment, need := id.New(), needs.ID(id.New())
	w.Exec(`insert into records.assessments (id, household_id, region, request_key, instrument, dimensions,
	                                         self_care, self_care_level, assessor_id)
	        values (@id, @household, @region, @id, 'seven-dimensions/1', '{}', '{}', 'not_assessed', @by)`,
		pg.Args{"id": assessment, "household": w.Household, "region": Region, "by": w.Assessor.Account})
	w.Exec(`insert into records.needs (id, household_id, region, assessment_id, code, quantity, urgency,
	                                   window_from, window_to, state, assessed_by, approved_by, approved_at)
	        values (@id, @household, @region, @assessment, @code, @quantity, 3, current_date, current_date + 44,
	                @state::text, @by, case when @state::text = 'draft' then null else @approver end, now())`,
		pg.Args{"id": need, "household": w.Household, "region": Region, "assessment": assessment, "code": code,
			"quantity": quantity, "state": state, "by": w.Assessor.Account, "approver": w.Approver.Account})
	return need
}

// Card lists a need, as the gate does.
func (w *World) Card(need needs.ID) string {
	w.T.Helper()
	card := id.New()
	w.Exec(`insert into exchange.cards (id, tier, area, age, size, category, need_group, code, quantity, urgency,
	                                    window_from, window_to, sentence_zh, sentence_en, tick)
	        select @card, 'verified', '110105', '*', '*', '*', 'care', code, quantity - delivered, 'soon',
	               window_from, window_to, '一句话', 'a sentence', 1
	          from records.needs where id = @need`, pg.Args{"card": card, "need": need})
	w.Exec(`insert into records.listings (card_id, need_id, household_id, region, tier)
	        values (@card, @need, @household, @region, 'verified')`,
		pg.Args{"card": card, "need": need, "household": w.Household, "region": Region})
	return card
}

// Claim adds a claim of the organisation on a card.
func (w *World) Claim(card, org string, units int, state string) string {
	w.T.Helper()
	claim := id.New()
	w.Exec(`insert into exchange.claims (id, card_id, organisation_id, units, state, worker_id, made_by, due_at, decided_by)
	        values (@id, @card, @org, @units, @state::text, @worker, @worker, now() + interval '3 days',
	                case when @state::text = 'requested' then null else 'officer' end)`,
		pg.Args{"id": claim, "card": card, "org": org, "units": units, "state": state, "worker": w.Worker.Account})
	return claim
}

// ClaimState moves a claim, as the exchange half does.
func (w *World) ClaimState(claim, state string) {
	w.T.Helper()
	w.Exec(`update exchange.claims set state = @state where id = @claim`, pg.Args{"state": state, "claim": claim})
}

// Delivery records a delivery, as the exchange half does.
func (w *World) Delivery(claim string, units int, result string) string {
	w.T.Helper()
	delivery := id.New()
	w.Exec(`insert into exchange.deliveries (id, claim_id, units, delivered_on, result, recorded_by)
	        values (@id, @claim, @units, current_date, @result, 'worker')`,
		pg.Args{"id": delivery, "claim": claim, "units": units, "result": result})
	return delivery
}

// System runs do as a job does: in a transaction of the records half that sees the city.
func (w *World) System(do func(ctx context.Context, tx pg.DB) error) error {
	ctx := w.T.Context()
	return pg.As(ctx, w.Pools.Records, actor.Whole, func(tx pg.DB) error { return do(ctx, tx) })
}

// State is where a need stands.
func (w *World) State(need needs.ID) needs.State {
	w.T.Helper()
	s, err := pg.One[needs.State](w.T.Context(), w.Admin, nil,
		`select state from records.needs where id = @id`, pg.Args{"id": need})
	require.NoError(w.T, err)
	return s
}

// Kinds are the kinds of the household's chain, in order.
func (w *World) Kinds() []string {
	w.T.Helper()
	kinds, err := pg.Many[string](w.T.Context(), w.Admin, `
		select kind from records.chain_entries where household_id = @id order by seq`, pg.Args{"id": w.Household})
	require.NoError(w.T, err)
	return kinds
}

// Facts are the kinds of the facts of the records half, in order.
func (w *World) Facts() []string {
	w.T.Helper()
	kinds, err := pg.Many[string](w.T.Context(), w.Admin, `select kind from records.outbox order by msg_id`, pg.Args{})
	require.NoError(w.T, err)
	return kinds
}

// Today is the civil date where the city is, as the database knows it.
func (w *World) Today() time.Time {
	w.T.Helper()
	day, err := pg.One[time.Time](w.T.Context(), w.Admin, nil,
		`select (now() at time zone 'Asia/Shanghai')::date`, pg.Args{})
	require.NoError(w.T, err)
	return day
}
