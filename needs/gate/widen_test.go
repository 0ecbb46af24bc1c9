package gate_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/pg"
	"shanqiao/internal/pgtest"
	"shanqiao/needs"
	"shanqiao/needs/deid"
	"shanqiao/needs/gate"
)

// took writes steps as needs/unclaimed does.
func took(t *testing.T, p *pgtest.DB, need needs.ID, steps ...needs.Step) {
	t.Helper()
	_, err := p.Admin.Exec(t.Context(), `
		insert into records.need_steps (need_id, step, household_id, region, waited, unit, taken_on)
		select n.id, s.step, n.household_id, n.region, 4, 'day', current_date
		  from records.needs n cross join unnest($2::text[]) s (step)
		 where n.id = $1`, string(need), steps)
	require.NoError(t, err)
}

// pairOf is two needs of one cohort.
func pairOf(t *testing.T, p *pgtest.DB) (one, other needs.ID) {
	t.Helper()
	two, err := pg.Many[needs.ID](t.Context(), p.Admin, `
		select l.need_id
		  from records.listings l
		  join gate.snapshots s on s.card_id = l.card_id
		 where s.cohort_id = (select min(cohort_id) from gate.snapshots join exchange.cards c on c.id = card_id where c.code = 'bathing')
		 order by l.need_id
		 limit 2`, pg.Args{})
	require.NoError(t, err)
	require.Len(t, two, 2)
	return two[0], two[1]
}

// uneven counts cohorts whose cards do not all have the same steps.
const uneven = `
	select count(*)::int from (
	  select cohort_id
	    from (select s.cohort_id, s.card_id, coalesce(string_agg(x.step, ' ' order by x.step), '') as steps
	            from gate.snapshots s left join exchange.card_steps x on x.card_id = s.card_id
	           group by s.cohort_id, s.card_id) c
	   group by cohort_id having count(distinct steps) > 1) u`

func TestWiden(t *testing.T) {
	t.Parallel()

	t.Run("a step that two needs took is given to their whole cohort, and to no other", func(t *testing.T) {
		t.Parallel()
		p := pgtest.New(t)
		settle(t, p.Admin, "110107001", "bathing", 3, 24)
		settle(t, p.Admin, "110107001", "meals", 3, 24)
		_, err := tick(t.Context(), p, deid.Verified)
		require.NoError(t, err)
		one, other := pairOf(t, p)
		before, err := pg.Many[string](t.Context(), p.Admin, `select c::text from exchange.cards c order by id`, pg.Args{})
		require.NoError(t, err)
		all := []needs.Step{needs.WiderArea, needs.NextDistrict, needs.Push, needs.Purchase, needs.Meeting}
		took(t, p, one, all...)
		require.NoError(t, gate.Widen(t.Context(), p.Pools.Gate, one))
		require.Zero(t, count(t, p.Admin, `select count(*)::int from exchange.card_steps`), "one alone could be told")
		took(t, p, other, all...)
		for range 2 { // sent twice
			require.NoError(t, gate.Widen(t.Context(), p.Pools.Gate, other))
		}
		cohort := count(t, p.Admin, `select count(*)::int from gate.snapshots where cohort_id = (
			select s.cohort_id from gate.snapshots s join records.listings l on l.card_id = s.card_id where l.need_id = '`+string(one)+`')`)
		require.GreaterOrEqual(t, cohort, 5)
		require.Equal(t, 3*cohort, count(t, p.Admin, `select count(*)::int from exchange.card_steps`))
		require.Zero(t, count(t, p.Admin, uneven))
		require.Zero(t, count(t, p.Admin, `select count(*)::int from exchange.card_steps x join exchange.cards c on c.id = x.card_id where c.code = 'meals'`))
		require.Equal(t, cohort, count(t, p.Admin, `select count(*)::int from exchange.outbox where kind = 'card.widened'`))
		require.Equal(t, cohort, count(t, p.Admin, `select count(*)::int from exchange.outbox where kind = 'card.pushed'`))
		after, err := pg.Many[string](t.Context(), p.Admin, `select c::text from exchange.cards c order by id`, pg.Args{})
		require.NoError(t, err)
		require.Equal(t, before, after, "not a bit of any card changed")
	})

	t.Run("a step taken days after another sets the search in motion again", func(t *testing.T) {
		t.Parallel()
		p := pgtest.New(t)
		settle(t, p.Admin, "110107001", "bathing", 3, 24)
		_, err := tick(t.Context(), p, deid.Verified)
		require.NoError(t, err)
		one, other := pairOf(t, p)
		const widened = `select count(*)::int from exchange.outbox where kind = 'card.widened'`
		took(t, p, one, needs.WiderArea)
		took(t, p, other, needs.WiderArea)
		require.NoError(t, gate.Widen(t.Context(), p.Pools.Gate, one))
		once := count(t, p.Admin, widened)
		require.Positive(t, once)
		took(t, p, one, needs.NextDistrict)
		took(t, p, other, needs.NextDistrict)
		require.NoError(t, gate.Widen(t.Context(), p.Pools.Gate, one))
		require.Equal(t, 2*once, count(t, p.Admin, widened))
	})

	t.Run("closed cards of the cohort get it too and set nothing in motion", func(t *testing.T) {
		t.Parallel()
		p := pgtest.New(t)
		settle(t, p.Admin, "110107001", "bathing", 3, 24)
		_, err := tick(t.Context(), p, deid.Verified)
		require.NoError(t, err)
		one, other := pairOf(t, p)
		_, err = p.Admin.Exec(t.Context(), `
			update exchange.cards set state = 'closed'
			 where id not in (select card_id from records.listings where need_id = $1)`, string(one))
		require.NoError(t, err)
		took(t, p, one, needs.WiderArea)
		took(t, p, other, needs.WiderArea)
		require.NoError(t, gate.Widen(t.Context(), p.Pools.Gate, one))
		require.Zero(t, count(t, p.Admin, uneven))
		require.Equal(t, 1, count(t, p.Admin, `select count(*)::int from exchange.outbox where kind = 'card.widened'`))
	})

	t.Run("a need that comes back under a new card has its steps behind it", func(t *testing.T) {
		t.Parallel()
		p := pgtest.New(t)
		ids := settle(t, p.Admin, "110107001", "bathing", 3, 24)
		for _, n := range ids {
			took(t, p, n, needs.WiderArea, needs.NextDistrict)
		}
		require.NoError(t, gate.Widen(t.Context(), p.Pools.Gate, ids[0]), "not listed just now")
		require.Zero(t, count(t, p.Admin, `select count(*)::int from exchange.card_steps`))
		_, err := tick(t.Context(), p, deid.Verified)
		require.NoError(t, err)
		cards, err := pg.Many[string](t.Context(), p.Admin, `select card_id from records.listings order by card_id`, pg.Args{})
		require.NoError(t, err)
		for _, c := range append(cards, "never-there") {
			require.NoError(t, gate.WidenListed(t.Context(), p.Pools.Gate, c))
		}
		require.GreaterOrEqual(t, count(t, p.Admin, `select count(distinct card_id)::int from exchange.card_steps`), 5)
		require.Zero(t, count(t, p.Admin, uneven))
	})

	t.Run("the gate learns which steps were taken and not when or how long the family waited", func(t *testing.T) {
		t.Parallel()
		p := pgtest.New(t)
		for _, column := range []string{"waited", "taken_on", "household_id", "region"} {
			_, err := p.Pools.Gate.Exec(t.Context(), `select `+column+` from records.need_steps`)
			require.ErrorContains(t, err, "permission denied")
		}
		_, err := p.Pools.Exchange.Exec(t.Context(), `insert into exchange.card_steps (card_id, step) values ('x', 'push')`)
		require.ErrorContains(t, err, "permission denied")
	})
}
