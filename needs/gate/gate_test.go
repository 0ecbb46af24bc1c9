package gate_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/id"
	"shanqiao/internal/pg"
	"shanqiao/internal/pgtest"
	"shanqiao/needs"
	"shanqiao/needs/deid"
	"shanqiao/needs/gate"
)

var day = time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)

// settle puts n households, each with one approved need of a code, into a
// subdistrict, and as many beside them who need nothing: where all who fit a card
// are listed, no card is shown. The gate has no login that could do this, so the superuser does.
func settle(t *testing.T, db *pgxpool.Pool, place string, code needs.Code, urgency, n int) []needs.ID {
	t.Helper()
	ctx := t.Context()
	r := rand.New(rand.NewPCG(uint64(n), uint64(urgency)))
	conditions := []string{"none", "chronic", "mobility", "sensory"}
	ids := make([]needs.ID, n)
	neighbours(t, db, place, n)
	for i := range n {
		household, assessment := id.New(), id.New()
		ids[i] = needs.ID(id.New())
		_, err := db.Exec(ctx, `
			insert into records.households (id, number, region, category, condition)
			values ($1, $2, $3, 'minimum_living', $4)`, household, household, place, conditions[i%4])
		require.NoError(t, err)
		_, err = db.Exec(ctx, `
			insert into records.members (id, household_id, region, head, relation, name_sealed, born)
			values ($1, $2, $3, true, 'self', 'x', $4)`, id.New(), household, place, day.AddDate(-66-r.IntN(10), 0, 0))
		require.NoError(t, err)
		_, err = db.Exec(ctx, `
			insert into records.assessments (id, household_id, region, request_key, instrument, dimensions, self_care, self_care_level, assessor_id)
			values ($1, $2, $3, $1, 'test', '{}', '{}', 'able', 'first')`, assessment, household, place)
		require.NoError(t, err)
		_, err = db.Exec(ctx, `
			insert into records.needs (id, household_id, region, assessment_id, code, quantity, urgency, window_from, window_to,
			       route, state, assessed_by, approved_by, approved_at)
			values ($1, $2, $3, $4, $5, 4, $6, $7::date, $7::date + 30, $8, 'approved', 'first', 'second', now())`,
			ids[i], household, place, assessment, code, urgency, day, map[bool]string{true: "direct", false: "cohort"}[urgency == 1])
		require.NoError(t, err)
	}
	return ids
}

// neighbours puts n households into a subdistrict, of the ages of those that settle.
func neighbours(t *testing.T, db *pgxpool.Pool, place string, n int) {
	t.Helper()
	for i := range n {
		household := id.New()
		_, err := db.Exec(t.Context(), `
			insert into records.households (id, number, region, category, condition)
			values ($1, $1, $2, 'minimum_living', 'none')`, household, place)
		require.NoError(t, err)
		_, err = db.Exec(t.Context(), `
			insert into records.members (id, household_id, region, head, relation, name_sealed, born)
			values ($1, $2, $3, true, 'self', 'x', $4)`, id.New(), household, place, day.AddDate(-66-i%10, 0, 0))
		require.NoError(t, err)
	}
}

func count(t *testing.T, db pg.DB, sql string) int {
	t.Helper()
	n, err := pg.One[int](t.Context(), db, nil, sql, pg.Args{})
	require.NoError(t, err)
	return n
}

const openCards = `select count(*)::int from exchange.cards where state = 'open'`

func tick(ctx context.Context, p *pgtest.DB, tier deid.Tier) (gate.Report, error) {
	return gate.Tick(ctx, p.Pools.Gate, tier, day, deid.Defaults(tier))
}

func TestTick(t *testing.T) {
	t.Parallel()

	t.Run("a cohort of alike needs appears, with a listing, a snapshot and a fact for each card", func(t *testing.T) {
		t.Parallel()
		p := pgtest.New(t)
		settle(t, p.Admin, "110107001", "bathing", 3, 24)
		report, err := tick(t.Context(), p, deid.Verified)
		require.NoError(t, err)
		require.Equal(t, 24, report.Published)
		require.Equal(t, 24, count(t, p.Admin, openCards))
		require.Equal(t, 24, count(t, p.Admin, `select count(*)::int from records.listings where closed_at is null`))
		require.Equal(t, 24, count(t, p.Admin, `select count(*)::int from gate.snapshots`))
		require.Equal(t, 24, count(t, p.Admin, `select count(*)::int from exchange.outbox where kind = 'card.published'`))
		require.Equal(t, report.Cohorts, count(t, p.Admin, `
			select count(distinct (area, age, size, category, code, quantity, urgency))::int from exchange.cards`))
	})

	t.Run("too few needs, or too few such households in the register, stay unseen", func(t *testing.T) {
		t.Parallel()
		p := pgtest.New(t)
		settle(t, p.Admin, "110107001", "bathing", 3, 4)
		settle(t, p.Admin, "110107001", "meals", 3, 5)
		report, err := tick(t.Context(), p, deid.Verified)
		require.NoError(t, err)
		require.Equal(t, gate.Report{Tick: 1, Waiting: 9, Withheld: 9}, report, "18 households are fewer than a k-map of 20")
		require.Zero(t, count(t, p.Admin, openCards))
	})

	t.Run("no more than half of those who fit are listed, now or later, until others were helped", func(t *testing.T) {
		t.Parallel()
		p := pgtest.New(t)
		settle(t, p.Admin, "110107001", "bathing", 3, 24)
		settle(t, p.Admin, "110107001", "meals", 3, 24)
		exec(t, p, `update records.households set closed_at = now() where not exists (select from records.needs n where n.household_id = households.id)`)
		for range 3 {
			_, err := tick(t.Context(), p, deid.Verified)
			require.NoError(t, err)
			require.Equal(t, 24, count(t, p.Admin, `select count(distinct household_id)::int from records.listings where closed_at is null`), "of 48 households")
		}
		exec(t, p, `update exchange.cards set committed = quantity`)
		for range 3 {
			_, err := tick(t.Context(), p, deid.Verified)
			require.NoError(t, err)
		}
		require.Equal(t, 24, count(t, p.Admin, `select count(distinct household_id)::int from records.listings where closed_at is null`))
		require.Greater(t, count(t, p.Admin, `select count(distinct household_id)::int from records.listings`), 24, "others come when cohorts leave")
	})

	t.Run("a second tick lists nothing twice", func(t *testing.T) {
		t.Parallel()
		p := pgtest.New(t)
		settle(t, p.Admin, "110107001", "bathing", 3, 24)
		_, err := tick(t.Context(), p, deid.Verified)
		require.NoError(t, err)
		again, err := tick(t.Context(), p, deid.Verified)
		require.NoError(t, err)
		require.Zero(t, again.Waiting)
		require.Equal(t, 24, count(t, p.Admin, openCards))
	})

	t.Run("two ticks at once publish each need once", func(t *testing.T) {
		t.Parallel()
		p := pgtest.New(t)
		settle(t, p.Admin, "110107001", "bathing", 3, 24)
		done := make(chan error, 2)
		for range 2 {
			go func() {
				_, err := tick(t.Context(), p, deid.Verified)
				done <- err
			}()
		}
		require.NoError(t, <-done)
		require.NoError(t, <-done)
		require.Equal(t, 24, count(t, p.Admin, openCards))
	})

	t.Run("both tiers list a need under ids that have nothing in common", func(t *testing.T) {
		t.Parallel()
		p := pgtest.New(t)
		settle(t, p.Admin, "110107001", "bathing", 3, 24)
		for _, tier := range []deid.Tier{deid.Verified, deid.Public} {
			_, err := tick(t.Context(), p, tier)
			require.NoError(t, err)
		}
		require.Equal(t, 24, count(t, p.Admin, `select count(*)::int from exchange.cards where tier = 'public' and code = '' and quantity = 1`))
		require.Equal(t, 48, count(t, p.Admin, `select count(distinct id)::int from exchange.cards`))
	})

	t.Run("what cannot wait is never put into a cohort", func(t *testing.T) {
		t.Parallel()
		p := pgtest.New(t)
		settle(t, p.Admin, "110107001", "bathing", 1, 24)
		report, err := tick(t.Context(), p, deid.Verified)
		require.NoError(t, err)
		require.Zero(t, report.Waiting)
	})

	t.Run("when fewer than half still look for help the cohort leaves whole, and the rest waits again", func(t *testing.T) {
		t.Parallel()
		p := pgtest.New(t)
		settle(t, p.Admin, "110107001", "bathing", 3, 24)
		_, err := tick(t.Context(), p, deid.Verified)
		require.NoError(t, err)
		before := count(t, p.Admin, `select count(*)::int from exchange.cards`)
		_, err = p.Admin.Exec(t.Context(), `
			update exchange.cards set committed = quantity
			 where id in (select id from exchange.cards order by id limit 20)`)
		require.NoError(t, err)
		report, err := tick(t.Context(), p, deid.Verified)
		require.NoError(t, err)
		require.Positive(t, report.Retired)
		require.Equal(t, 20, count(t, p.Admin, `select count(*)::int from exchange.cards where state = 'closed' and committed = quantity`))
		require.Zero(t, count(t, p.Admin, fmt.Sprintf(`
			select count(*)::int from exchange.cards c join gate.snapshots s on s.card_id = c.id
			 where s.tick = 1 and c.state = 'open' and %d > 0`, before)))
	})
}

func TestPublicCardsFollowTheirNeeds(t *testing.T) {
	t.Parallel()
	p := pgtest.New(t)
	all := settle(t, p.Admin, "110107001", "bathing", 3, 24)
	_, err := tick(t.Context(), p, deid.Public)
	require.NoError(t, err)
	_, err = p.Admin.Exec(t.Context(), `update records.needs set state = 'in_service' where id = any($1)`, all[:16])
	require.NoError(t, err)
	report, err := tick(t.Context(), p, deid.Public)
	require.NoError(t, err)
	require.Positive(t, report.Retired, "most found help on the other tier")
	require.Zero(t, count(t, p.Admin, openCards), "eight are too few for a cohort of eleven")
}

func TestWindowsEnd(t *testing.T) {
	t.Parallel()
	p := pgtest.New(t)
	settle(t, p.Admin, "110107001", "bathing", 3, 24)
	_, err := tick(t.Context(), p, deid.Verified)
	require.NoError(t, err)
	_, err = p.Admin.Exec(t.Context(), `
		insert into exchange.cards (id, tier, area, age, size, category, need_group, code, quantity, urgency,
		       window_from, window_to, sentence_zh, sentence_en, tick)
		values ('dddddddddddddddddddddddddd', 'direct', '110107', '*', '*', '*', 'living', 'meals', 4, 'now', $1, $1, 'x', 'x', 0)`, day)
	require.NoError(t, err)

	within, err := gate.Tick(t.Context(), p.Pools.Gate, deid.Verified, day, deid.Defaults(deid.Verified))
	require.NoError(t, err)
	require.Zero(t, within.Retired, "a window holds to the end of its last day")

	later := day.AddDate(0, 3, 0)
	_, err = p.Admin.Exec(t.Context(), `update records.needs set window_to = $1`, later)
	require.NoError(t, err)
	after, err := gate.Tick(t.Context(), p.Pools.Gate, deid.Verified, later, deid.Defaults(deid.Verified))
	require.NoError(t, err)
	require.Positive(t, after.Retired)
	require.Equal(t, 24, count(t, p.Admin, `select count(*)::int from exchange.cards where state = 'withdrawn' and tick = 1`))
	require.Zero(t, after.Published, "not in the tick in which it left")
	require.Zero(t, count(t, p.Admin, openCards), "and the direct card went back to its officer")
	for range 2 {
		_, err = gate.Tick(t.Context(), p.Pools.Gate, deid.Verified, later, deid.Defaults(deid.Verified))
		require.NoError(t, err)
	}
	require.Equal(t, 24, count(t, p.Admin, openCards), "what nobody took is published anew, under new ids and a new window")

	last, err := gate.Tick(t.Context(), p.Pools.Gate, deid.Verified, later.AddDate(0, 3, 0), deid.Defaults(deid.Verified))
	require.NoError(t, err)
	require.Positive(t, last.Retired)
	require.Zero(t, last.Waiting, "a need whose own window is over is not listed again")
	require.Zero(t, count(t, p.Admin, openCards))
}

func TestWithdraw(t *testing.T) {
	t.Parallel()
	p := pgtest.New(t)
	all := settle(t, p.Admin, "110107001", "bathing", 3, 24)
	_, err := tick(t.Context(), p, deid.Verified)
	require.NoError(t, err)
	cohort, err := pg.One[int](t.Context(), p.Admin, nil, `
		select count(*)::int from gate.snapshots
		 where cohort_id = (select s.cohort_id from gate.snapshots s join records.listings l on l.card_id = s.card_id
		                     where l.need_id = @need)`, pg.Args{"need": all[0]})
	require.NoError(t, err)

	require.NoError(t, gate.Withdraw(t.Context(), p.Pools.Gate, all[0]))
	require.Equal(t, 24-cohort, count(t, p.Admin, openCards), "it leaves with its whole cohort")
	require.Equal(t, cohort, count(t, p.Admin, `select count(*)::int from exchange.outbox where kind = 'card.withdrawn'`))

	require.NoError(t, gate.Withdraw(t.Context(), p.Pools.Gate, all[0]), "withdrawn twice is withdrawn once")
	require.Equal(t, cohort, count(t, p.Admin, `select count(*)::int from exchange.outbox where kind = 'card.withdrawn'`))
}

func TestNothingIsTakenDownBesideATick(t *testing.T) {
	t.Parallel()
	p := pgtest.New(t)
	all := settle(t, p.Admin, "110107001", "bathing", 3, 24)
	tx, err := p.Admin.Begin(t.Context()) // a tick that is under way
	require.NoError(t, err)
	_, err = tx.Exec(t.Context(), `select pg_advisory_xact_lock(hashtextextended('gate.tick:verified', 0))`)
	require.NoError(t, err)
	done := make(chan error, 1)
	go func() { done <- gate.Withdraw(t.Context(), p.Pools.Gate, all[0]) }()
	require.Eventually(t, func() bool {
		return count(t, p.Admin, `
			select count(*)::int from pg_locks l join pg_database d on d.oid = l.database
			 where d.datname = current_database() and l.locktype = 'advisory' and not l.granted`) == 1
	}, time.Minute, time.Millisecond, "it waits for what the tick lists")
	require.Empty(t, done)
	require.NoError(t, tx.Commit(t.Context()))
	require.NoError(t, <-done)
}

func TestSendDirect(t *testing.T) {
	t.Parallel()
	p := pgtest.New(t)
	urgent := settle(t, p.Admin, "110107001", "meals", 1, 1)[0]
	here := actor.Officer{Account: "officer", Level: actor.SubdistrictRole, Region: "110107001"}
	there := actor.Officer{Account: "stranger", Level: actor.SubdistrictRole, Region: "110107002"}
	verified, applied := id.New(), id.New()
	for organisation, state := range map[string]string{verified: "verified", applied: "applied"} {
		_, err := p.Admin.Exec(t.Context(), `
			insert into exchange.organisations (id, name, credit_code, kind, district, state, decided_by)
			values ($1, $2, $3, 'charity', '110107', $4, 'district')`,
			organisation, organisation, "5311000000000000"+organisationSuffix(state), state)
		require.NoError(t, err)
	}

	_, err := gate.SendDirect(t.Context(), p.Pools.Gate, there, urgent, []string{verified}, day)
	require.Equal(t, fault.NotFound, fault.Of(err), "another subdistrict's need is not there")
	_, err = gate.SendDirect(t.Context(), p.Pools.Gate, here, urgent, []string{verified, applied}, day)
	require.Equal(t, fault.Invalid, fault.Of(err), "only verified organisations")
	_, err = gate.SendDirect(t.Context(), p.Pools.Gate, here, urgent, nil, day)
	require.Equal(t, fault.Invalid, fault.Of(err))
	require.Zero(t, count(t, p.Admin, `select count(*)::int from exchange.cards`))

	card, err := gate.SendDirect(t.Context(), p.Pools.Gate, here, urgent, []string{verified}, day)
	require.NoError(t, err)
	sentence, err := pg.One[string](t.Context(), p.Admin, nil, `
		select sentence_zh from exchange.cards where id = @id and tier = 'direct' and area = '110107'`, pg.Args{"id": card})
	require.NoError(t, err)
	require.Equal(t, "石景山区的一户困难家庭，需要送餐上门，共4餐，两天内就要。", sentence)

	_, err = gate.SendDirect(t.Context(), p.Pools.Gate, here, urgent, []string{verified}, day)
	require.Equal(t, fault.Conflict, fault.Of(err), "sent twice is sent once")
	require.Equal(t, 1, count(t, p.Admin, openCards))
}

func organisationSuffix(state string) string {
	return map[string]string{"verified": "AA", "applied": "BB"}[state]
}
