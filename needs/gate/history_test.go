package gate_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/pgtest"
	"shanqiao/needs/deid"
	"shanqiao/needs/gate"
)

// published is a city with one tick behind it.
func published(t *testing.T) *pgtest.DB {
	t.Helper()
	p := pgtest.New(t)
	settle(t, p.Admin, "110107001", "bathing", 3, 24)
	_, err := tick(t.Context(), p, deid.Verified)
	require.NoError(t, err)
	return p
}

func exec(t *testing.T, p *pgtest.DB, sql string) {
	t.Helper()
	tag, err := p.Admin.Exec(t.Context(), sql)
	require.NoError(t, err)
	require.Positive(t, tag.RowsAffected(), "nothing was changed by %s", sql)
}

// refused ticks once more, and gives the reasons why it did not happen.
func refused(t *testing.T, p *pgtest.DB, kind string) *gate.Refused {
	t.Helper()
	before := count(t, p.Admin, `select count(*)::int from gate.ticks`)
	_, err := tick(t.Context(), p, deid.Verified)
	var r *gate.Refused
	require.ErrorAs(t, err, &r)
	require.Equal(t, kind, r.Reasons[0].Kind, "%v", r)
	require.Equal(t, before, count(t, p.Admin, `select count(*)::int from gate.ticks`), "nothing of it happened")
	return r
}

func TestATickIsRefused(t *testing.T) {
	t.Parallel()

	t.Run("when a card went alone", func(t *testing.T) {
		t.Parallel()
		p := published(t)
		exec(t, p, `update exchange.cards set state = 'closed' where id = (select min(id) from exchange.cards)`)
		r := refused(t, p, gate.Trajectory)
		require.Equal(t, 1, r.Reasons[0].Households)
		require.Equal(t, 5, r.Reasons[0].Least)
		require.Len(t, r.Reasons[0].Cards, 1)
	})

	t.Run("when fewer than k went together, though as many as k stayed", func(t *testing.T) {
		t.Parallel()
		p := published(t)
		exec(t, p, `
			update exchange.cards set state = 'withdrawn'
			 where id in (select id from exchange.cards
			               where age = (select age from exchange.cards group by age order by count(*) desc limit 1)
			               order by id limit 4)`)
		require.Equal(t, 4, refused(t, p, gate.Trajectory).Reasons[0].Households)
	})

	t.Run("when a card says something finer than it did", func(t *testing.T) {
		t.Parallel()
		p := published(t)
		exec(t, p, `update exchange.cards set age = '66-69'`)
		refused(t, p, gate.Changed)
	})

	t.Run("when a card is there that the gate did not put there", func(t *testing.T) {
		t.Parallel()
		p := published(t)
		exec(t, p, `
			insert into exchange.cards (id, tier, area, age, size, category, need_group, code, quantity, urgency,
			       window_from, window_to, sentence_zh, sentence_en, tick)
			select 'dddddddddddddddddddddddddd', tier, area, age, size, category, need_group, code, quantity, urgency,
			       window_from, window_to, sentence_zh, sentence_en, 2
			  from exchange.cards limit 1`)
		require.Zero(t, refused(t, p, gate.Trajectory).Reasons[0].Households, "it is nobody's, so it hides nobody")
	})

	t.Run("when the cards of a cohort are all of one household", func(t *testing.T) {
		t.Parallel()
		p := published(t)
		exec(t, p, `update records.listings set household_id = (select min(household_id) from records.listings)`)
		require.Equal(t, 1, refused(t, p, gate.Trajectory).Reasons[0].Households)
	})

	t.Run("when a past tick would show it, however long ago it was", func(t *testing.T) {
		t.Parallel()
		p := published(t)
		for range 3 {
			_, err := tick(t.Context(), p, deid.Verified)
			require.NoError(t, err)
		}
		exec(t, p, `update gate.appearances set from_tick = 2 where card_id = (select min(card_id) from gate.appearances)`)
		refused(t, p, gate.Trajectory)
	})
}

// TestTwoNeedsOfAHousehold makes needs whose pair is rare and shows that they do
// not come up together, and that the gate's own look at what came up would stop it.
func TestTwoNeedsOfAHousehold(t *testing.T) {
	t.Parallel()
	p := pgtest.New(t)
	settle(t, p.Admin, "110107001", "bathing", 3, 24)
	settle(t, p.Admin, "110107001", "meals", 3, 24)
	settle(t, p.Admin, "110107001", "cleaning", 3, 24)
	// Three who need bathing need cleaning as well; nobody else has this pair.
	exec(t, p, `
		update records.needs n set household_id = o.household_id
		  from records.needs o
		 where n.id in (select id from records.needs where code = 'cleaning' order by id limit 3)
		   and o.id = (select b.id from (select id, row_number() over (order by id) as i from records.needs where code = 'bathing') b
		                where b.i = (select count(*) from records.needs m where m.code = 'cleaning' and m.id <= n.id))`)
	report, err := tick(t.Context(), p, deid.Verified)
	require.NoError(t, err)
	require.Equal(t, 69, report.Published)
	require.Zero(t, count(t, p.Admin, `
		select count(*)::int from (select 1 from records.listings group by household_id having count(*) > 1) twice`))
	again, err := tick(t.Context(), p, deid.Verified)
	require.NoError(t, err)
	require.Equal(t, 3, again.Withheld, "three alone are no cohort")

	// Had they come up together after all:
	q := pgtest.New(t)
	settle(t, q.Admin, "110107001", "bathing", 3, 24)
	settle(t, q.Admin, "110107001", "cleaning", 3, 24)
	exec(t, q, `
		create function records.join_households() returns trigger language plpgsql as $$
		begin
		  update records.listings set household_id = (select min(l.household_id) from records.listings l join records.needs n on n.id = l.need_id where n.code = 'bathing')
		   where card_id = (select min(l.card_id) from records.listings l join records.needs n on n.id = l.need_id where n.code = 'cleaning');
		  return null;
		end $$;
		grant update (household_id) on records.listings to shanqiao_gate;
		create trigger join_households after insert on gate.appearances execute function records.join_households();
		select 1`)
	r := refused(t, q, gate.Pair)
	require.Equal(t, 1, r.Reasons[0].Households)
}

func TestARefusalIsKeptAndExcused(t *testing.T) {
	t.Parallel()
	p := published(t)
	exec(t, p, `update exchange.cards set state = 'closed' where id = (select min(id) from exchange.cards)`)
	r := refused(t, p, gate.Trajectory)
	require.NoError(t, gate.Note(t.Context(), p.Pools.Gate, r))

	city := actor.Officer{Account: "city", Level: actor.CityRole, Region: "110000"}
	district := actor.Officer{Account: "district", Level: actor.DistrictRole, Region: "110107"}
	_, err := gate.Refusals(t.Context(), p.Pools.Gate, district)
	require.Equal(t, fault.Forbidden, fault.Of(err))
	require.Equal(t, fault.Forbidden, fault.Of(gate.Excuse(t.Context(), p.Pools.Gate, district, r.Reasons[0].Cards, "seen")))
	require.Equal(t, fault.Invalid, fault.Of(gate.Excuse(t.Context(), p.Pools.Gate, city, r.Reasons[0].Cards, " ")))

	require.Equal(t, fault.Conflict, fault.Of(gate.Excuse(t.Context(), p.Pools.Gate, city, []string{"never there"}, "seen")))

	kept, err := gate.Refusals(t.Context(), p.Pools.Gate, city)
	require.NoError(t, err)
	require.Len(t, kept, 1)
	require.Equal(t, *r, kept[0].Refused)
	require.Contains(t, kept[0].Cards(), r.Reasons[0].Cards[0])
	require.NoError(t, gate.Excuse(t.Context(), p.Pools.Gate, city, r.Reasons[0].Cards, "closed by hand after a complaint"))
	require.NoError(t, gate.Excuse(t.Context(), p.Pools.Gate, city, r.Reasons[0].Cards, "again"), "excused twice is excused once")
	kept, err = gate.Refusals(t.Context(), p.Pools.Gate, city)
	require.NoError(t, err)
	require.Empty(t, kept)
	_, err = tick(t.Context(), p, deid.Verified)
	require.NoError(t, err, "and the city goes on")
}

func TestSettings(t *testing.T) {
	t.Parallel()
	p := pgtest.New(t)
	db := p.Pools.Gate
	city := actor.Officer{Account: "city", Level: actor.CityRole, Region: "110000"}
	district := actor.Officer{Account: "district", Level: actor.DistrictRole, Region: "110107"}
	street := actor.Officer{Account: "street", Level: actor.SubdistrictRole, Region: "110107001"}
	twelve := gate.Setting{Tier: deid.Verified, Region: "110107", K: 25, KMap: 20, L: 3, MostShare: 60, MostListed: 50, Source: "石民发〔2026〕9号", Since: day}

	t.Run("only the region's own officer sets them, and none below what is shipped", func(t *testing.T) {
		for _, by := range []actor.Officer{street, city, {Account: "other", Level: actor.DistrictRole, Region: "110105"}} {
			require.Equal(t, fault.Forbidden, fault.Of(gate.Set(t.Context(), db, by, twelve)), by.Account)
		}
		for name, spoil := range map[string]func(*gate.Setting){
			"k": func(s *gate.Setting) { s.K = 4 }, "k-map": func(s *gate.Setting) { s.KMap = 19 },
			"l": func(s *gate.Setting) { s.L = 2 }, "share": func(s *gate.Setting) { s.MostShare = 61 }, "listed": func(s *gate.Setting) { s.MostListed = 51 },
			"tier": func(s *gate.Setting) { s.Tier = deid.Direct }, "source": func(s *gate.Setting) { s.Source = " " },
			"public k": func(s *gate.Setting) { s.Tier, s.K = deid.Public, 10 },
		} {
			bad := twelve
			spoil(&bad)
			require.Equal(t, fault.Invalid, fault.Of(gate.Set(t.Context(), db, district, bad)), name)
		}
		_, err := p.Admin.Exec(t.Context(), `
			insert into gate.settings (tier, region, k, k_map, l, most_share, source, since, set_by)
			values ('public', '110107', 10, 20, 3, 60, 'x', now(), 'x')`)
		require.ErrorContains(t, err, "settings_check", "nor by hand")
	})

	t.Run("a district's own number holds for every cohort with one of its homes, from its day on", func(t *testing.T) {
		settle(t, p.Admin, "110107001", "bathing", 3, 24)
		later := twelve
		later.Since, later.K = day.AddDate(0, 0, 1), 5
		require.NoError(t, gate.Set(t.Context(), db, district, twelve))
		require.NoError(t, gate.Set(t.Context(), db, district, later))
		report, err := tick(t.Context(), p, deid.Verified)
		require.NoError(t, err)
		require.Zero(t, report.Published, "24 are fewer than 25")
		report, err = gate.Tick(t.Context(), db, deid.Verified, day.AddDate(0, 0, 1), deid.Defaults(deid.Verified))
		require.NoError(t, err)
		require.Equal(t, 24, report.Published)
		require.Equal(t, 5, count(t, p.Admin, `select max(k) from gate.cohorts`))
	})

	t.Run("they are listed with their source", func(t *testing.T) {
		all, err := gate.Settings(t.Context(), db, street)
		require.NoError(t, err)
		require.Len(t, all, 2)
		again := twelve
		again.Since, again.K = day.AddDate(0, 0, 1), 5
		require.NoError(t, gate.Set(t.Context(), db, district, again))
		once, err := gate.Settings(t.Context(), db, street)
		require.NoError(t, err)
		require.Equal(t, all, once, "sent twice is set once")
		require.Equal(t, "石民发〔2026〕9号", all[1].Source)
		require.Equal(t, "district", all[1].SetBy)
	})
}

func TestALeftCohortDoesNotComeBackAsItWas(t *testing.T) {
	t.Parallel()
	p := pgtest.New(t)
	all := settle(t, p.Admin, "110107001", "bathing", 3, 60)
	_, err := tick(t.Context(), p, deid.Verified)
	require.NoError(t, err)
	// The need that is withdrawn takes its cohort down at once.
	exec(t, p, `update records.needs set state = 'withdrawn' where id = '`+string(all[0])+`'`)
	require.NoError(t, gate.Withdraw(t.Context(), p.Pools.Gate, all[0]))
	gone := count(t, p.Admin, `select count(*)::int from exchange.cards where state = 'withdrawn'`)
	require.Greater(t, gone, 5)
	first, err := tick(t.Context(), p, deid.Verified)
	require.NoError(t, err)
	require.Less(t, first.Published, gone-1, "not all at once")
	for range 3 {
		_, err = tick(t.Context(), p, deid.Verified)
		require.NoError(t, err)
	}
	require.Zero(t, count(t, p.Admin, `
		select count(*)::int from records.listings where need_id = '`+string(all[0])+`' and closed_at is null`))
	require.Zero(t, count(t, p.Admin, `
		select count(*)::int
		  from (select array_agg(distinct l.need_id order by l.need_id) as needs
		          from gate.snapshots s join records.listings l on l.card_id = s.card_id
		         where s.tick = 1 group by s.cohort_id) old
		  join (select array_agg(distinct l.need_id order by l.need_id) as needs
		          from gate.snapshots s join records.listings l on l.card_id = s.card_id
		         where s.tick > 1 group by s.cohort_id) new
		    on new.needs <@ old.needs and cardinality(new.needs) >= cardinality(old.needs) - 1`))
}
