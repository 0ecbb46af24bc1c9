package unclaimed_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/actor"
	"shanqiao/internal/civil"
	"shanqiao/internal/fault"
	"shanqiao/internal/id"
	"shanqiao/internal/pg"
	"shanqiao/internal/secret"
	"shanqiao/needs"
	"shanqiao/needs/chain"
	"shanqiao/needs/needstest"
	"shanqiao/needs/unclaimed"
)

// street is a need of urgency 3 listed at ten in the morning of a Monday.
type street struct {
	*needstest.World
	need needs.ID
	card string
}

func on(day, hour int) time.Time { return time.Date(2026, 11, day, hour, 0, 0, 0, civil.Beijing) }

func open(t *testing.T) *street {
	t.Helper()
	s := &street{World: needstest.New(t)}
	s.need = s.Need("bathing", 4, needs.Published)
	s.card = s.Card(s.need)
	s.Exec(`update records.listings set listed_at = @at`, pg.Args{"at": on(2, 10)})
	return s
}

func (s *street) climb(at time.Time) int {
	s.T.Helper()
	n, err := unclaimed.Climb(s.T.Context(), s.Pools.Records, at)
	require.NoError(s.T, err)
	return n
}

func (s *street) claim(units int, state string, from time.Time) string {
	s.T.Helper()
	claim := s.Claim(s.card, s.Org, units, state)
	s.Exec(`update exchange.claims set made_at = @at, state_at = @at where id = @claim`, pg.Args{"at": from, "claim": claim})
	return claim
}

func (s *street) end(claim string, at time.Time) {
	s.T.Helper()
	s.Exec(`update exchange.claims set state = 'failed', state_at = @at, declined_by = 'system' where id = @claim`, pg.Args{"at": at, "claim": claim})
}

func (s *street) steps() string {
	s.T.Helper()
	all, err := pg.Many[string](s.T.Context(), s.Admin, `
		select step from records.need_steps where need_id = @need order by taken_on, array_position(@order::text[], step)`,
		pg.Args{"need": s.need, "order": needs.Steps})
	require.NoError(s.T, err)
	return strings.Join(all, " ")
}

func (s *street) standing(at time.Time) unclaimed.Standing {
	s.T.Helper()
	found, err := unclaimed.Of(s.T.Context(), s.Pools.Records, s.Assessor, s.need, at)
	require.NoError(s.T, err)
	require.NotNil(s.T, found)
	return *found
}

func TestClimb(t *testing.T) {
	t.Parallel()

	t.Run("each step is taken once, on its day, with its entry and its fact", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		require.Zero(t, s.climb(on(5, 9)), "three days old")
		require.Equal(t, 1, s.climb(on(6, 1)))
		require.Zero(t, s.climb(on(6, 9)), "the same again")
		require.Equal(t, []string{"need_climbed"}, s.Kinds())
		require.Equal(t, []string{"need.climbed"}, s.Facts())
		at := s.standing(on(6, 9))
		require.Equal(t, needs.WiderArea, at.At())
		require.Equal(t, 4, at.Waited)
		require.Equal(t, needs.NextDistrict, at.Next)
		require.Equal(t, civil.Day(on(8, 0)), at.NextOn)
		for day := 7; day <= 30; day++ {
			s.climb(on(day, 9))
		}
		require.Equal(t, "wider_area neighbouring_district push purchase meeting", s.steps())
		require.Len(t, s.Kinds(), 5)
		require.Len(t, s.Facts(), 3, "a purchase and a meeting are no business of the other half")
		at = s.standing(on(30, 9))
		require.True(t, at.ToBuy())
		require.True(t, at.Meeting.Waits())
		require.Equal(t, civil.Day(on(19, 0)), at.Meeting.DueOn, "three days after the sixteenth")
	})

	t.Run("what stood still for weeks makes up for all of it, in order", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		require.Equal(t, 5, s.climb(on(30, 9)))
		require.Equal(t, "wider_area neighbouring_district push purchase meeting", s.steps())
	})

	t.Run("two machines at once take it once", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		var group sync.WaitGroup
		errs := make([]error, 4)
		for i := range errs {
			group.Go(func() { _, errs[i] = unclaimed.Climb(t.Context(), s.Pools.Records, on(30, 9)) })
		}
		group.Wait()
		for _, err := range errs {
			require.NoError(t, err)
		}
		require.Len(t, s.Kinds(), 5)
		require.Len(t, s.Facts(), 3)
	})

	t.Run("a claim stops the clock, and one that falls through lets it run on from where it stood", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		claim := s.claim(4, "accepted", on(5, 12))
		require.Zero(t, s.climb(on(20, 9)))
		require.False(t, s.standing(on(20, 9)).Running)
		s.end(claim, on(20, 12))
		require.Zero(t, s.climb(on(20, 13)), "three days until the claim, none since")
		require.Equal(t, 3, s.standing(on(20, 13)).Waited)
		require.Equal(t, 1, s.climb(on(21, 9)))
		require.Equal(t, "wider_area", s.steps())
	})

	t.Run("a claim of a part leaves the rest waiting", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		s.claim(3, "in-progress", on(3, 12))
		s.Exec(`update records.needs set state = 'in_service'`, pg.Args{})
		require.Equal(t, 1, s.climb(on(6, 9)))
		require.Equal(t, 1, s.standing(on(6, 9)).Left)
	})

	t.Run("between two cohorts the clock runs on", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		s.Exec(`update records.listings set closed_at = @at`, pg.Args{"at": on(4, 0)})
		s.Exec(`update records.needs set state = 'approved'`, pg.Args{})
		require.Equal(t, 1, s.climb(on(6, 9)))
	})

	t.Run("what was never listed, or only for the public to read, has no clock", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		s.Exec(`update records.listings set tier = 'public'`, pg.Args{})
		require.Zero(t, s.climb(on(30, 9)))
		found, err := unclaimed.Of(t.Context(), s.Pools.Records, s.Assessor, s.need, on(30, 9))
		require.NoError(t, err)
		require.Nil(t, found)
	})

	t.Run("withdrawal ends it, in the middle too", func(t *testing.T) {
		t.Parallel()
		for _, state := range []string{"withdrawn", "expired", "fulfilled", "closed"} {
			s := open(t)
			require.Equal(t, 2, s.climb(on(8, 9)))
			s.Exec(`update records.needs set state = @state`, pg.Args{"state": state})
			require.Zero(t, s.climb(on(30, 9)), state)
			require.Len(t, s.Kinds(), 2)
			left, err := unclaimed.Waiting(t.Context(), s.Pools.Records, s.Assessor, on(30, 9))
			require.NoError(t, err)
			require.Empty(t, left)
		}
	})

	t.Run("a failure half-way leaves nothing of the step, and holds up no other need", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		other := s.Need("meals", 2, needs.Published)
		s.Card(other)
		s.Exec(`update records.listings set listed_at = @at`, pg.Args{"at": on(2, 10)})
		s.Exec(`create function records.broken() returns trigger language plpgsql as $$
		        begin if new.ref = '`+string(s.need)+`' then raise exception 'broken'; end if; return new; end $$`, pg.Args{})
		s.Exec(`create trigger broken before insert on records.outbox for each row execute function records.broken()`, pg.Args{})
		taken, err := unclaimed.Climb(t.Context(), s.Pools.Records, on(6, 9))
		require.ErrorContains(t, err, "broken")
		require.Equal(t, 1, taken)
		require.Empty(t, s.steps())
		require.Len(t, s.Kinds(), 1, "of the other need")
		s.Exec(`drop trigger broken on records.outbox`, pg.Args{})
		require.Equal(t, 1, s.climb(on(6, 10)))
		require.Len(t, s.Kinds(), 2)
		require.Len(t, s.Facts(), 2)
	})
}

func setting(change ...func(*unclaimed.Setting)) unclaimed.Setting {
	s := unclaimed.Setting{District: "110105", Source: "朝民发〔2026〕9号", Since: civil.Day(on(1, 0)),
		Ladder: unclaimed.Ladder{Urgency: needs.WithinTwoWeeks, Unit: unclaimed.Workday, WiderArea: 2, Push: 3, Meeting: 10, Within: 2}}
	for _, c := range change {
		c(&s)
	}
	return s
}

var chaoyang = actor.Officer{Account: "district", Level: actor.DistrictRole, Region: "110105"}

func TestSettings(t *testing.T) {
	t.Parallel()

	t.Run("a district's own ladder holds from its day on, in the days it says", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		require.NoError(t, unclaimed.Set(t.Context(), s.Pools.Records, chaoyang, setting()))
		require.Zero(t, s.climb(on(3, 9)))
		require.Equal(t, 1, s.climb(on(4, 9)))
		require.Equal(t, 1, s.climb(on(8, 9)), "the third working day was the fifth")
		require.Equal(t, "wider_area push", s.steps())
		require.Equal(t, civil.Day(on(16, 0)), s.standing(on(8, 9)).NextOn)
	})

	t.Run("changed in the middle, it moves what is not taken yet and nothing that is", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		require.Equal(t, 1, s.climb(on(6, 9)))
		require.NoError(t, unclaimed.Set(t.Context(), s.Pools.Records, chaoyang, setting(func(x *unclaimed.Setting) {
			x.Since = civil.Day(on(9, 0))
			x.Unit, x.WiderArea, x.NeighbouringDistrict, x.Push, x.Purchase, x.Meeting = unclaimed.Day, 20, 20, 20, 0, 21
		})))
		require.Equal(t, 1, s.climb(on(8, 9)), "what was shipped, until the new one begins")
		require.Zero(t, s.climb(on(19, 9)))
		require.Equal(t, 1, s.climb(on(22, 9)))
		require.Equal(t, 1, s.climb(on(23, 9)))
		require.Equal(t, "wider_area neighbouring_district push meeting", s.steps(), "no step a second time")
	})

	t.Run("a step that is turned on later is taken later", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		require.NoError(t, unclaimed.Set(t.Context(), s.Pools.Records, chaoyang, setting(func(x *unclaimed.Setting) { x.WiderArea = 0 })))
		require.Equal(t, 1, s.climb(on(6, 9)))
		require.NoError(t, unclaimed.Set(t.Context(), s.Pools.Records, chaoyang, setting()))
		require.Equal(t, 1, s.climb(on(6, 10)))
	})

	t.Run("only the district itself may say so", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		for _, by := range []actor.Officer{
			{Account: "x", Level: actor.DistrictRole, Region: "110101"},
			{Account: "x", Level: actor.CityRole, Region: "110000"},
			{Account: "x", Level: actor.SubdistrictRole, Region: "110105015"},
			{Account: "x", Level: actor.SubdistrictRole, Region: "110105"},
		} {
			require.Equal(t, fault.Forbidden, fault.Of(unclaimed.Set(t.Context(), s.Pools.Records, by, setting())))
		}
		require.Equal(t, fault.Forbidden, fault.Of(unclaimed.Set(t.Context(), s.Pools.Records, chaoyang, setting(func(x *unclaimed.Setting) { x.District = "110101" }))))
	})

	t.Run("what makes no ladder is told beside its field", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		for field, change := range map[string]func(*unclaimed.Setting){
			"urgency":    func(x *unclaimed.Setting) { x.Urgency = 5 },
			"unit":       func(x *unclaimed.Setting) { x.Unit = "month" },
			"push":       func(x *unclaimed.Setting) { x.Push = 1 },
			"meeting":    func(x *unclaimed.Setting) { x.Meeting = 366 },
			"purchase":   func(x *unclaimed.Setting) { x.Purchase = -1 },
			"wider_area": func(x *unclaimed.Setting) { x.WiderArea, x.Push, x.Meeting = 0, 0, 0 },
			"within":     func(x *unclaimed.Setting) { x.Within = 0 },
			"source":     func(x *unclaimed.Setting) { x.Source = "  " },
			"since":      func(x *unclaimed.Setting) { x.Since = time.Time{} },
		} {
			err := unclaimed.Set(t.Context(), s.Pools.Records, chaoyang, setting(change))
			require.Contains(t, fault.As(err).Fields, field)
		}
	})

	t.Run("every one is kept, and the same again stands once", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		for _, within := range []int{2, 2, 3} {
			require.NoError(t, unclaimed.Set(t.Context(), s.Pools.Records, chaoyang, setting(func(x *unclaimed.Setting) { x.Within = within })))
		}
		all, err := unclaimed.Settings(t.Context(), s.Pools.Records, s.Stranger, "110105")
		require.NoError(t, err)
		require.Len(t, all, 2)
		require.Equal(t, 3, all[0].Within)
		require.Zero(t, all[0].Purchase)
		_, err = s.Pools.Records.Exec(t.Context(), `update records.unclaimed_ladders set within = 9`)
		require.Error(t, err)
	})
}

func TestReading(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.climb(on(14, 9))
	for by, n := range map[actor.Officer]int{s.Assessor: 1, chaoyang: 1, s.Stranger: 0,
		{Level: actor.DistrictRole, Region: "110101"}: 0, {Level: actor.CityRole, Region: "110000"}: 1} {
		all, err := unclaimed.Waiting(t.Context(), s.Pools.Records, by, on(14, 9))
		require.NoError(t, err)
		require.Len(t, all, n, by)
		c, err := unclaimed.Count(t.Context(), s.Pools.Records, by, on(14, 9))
		require.NoError(t, err)
		require.Equal(t, unclaimed.Counts{Purchase: n}, c)
	}
	own, err := unclaimed.OfHousehold(t.Context(), s.Pools.Records, s.Citizen, s.Household, on(14, 9))
	require.NoError(t, err)
	require.Len(t, own, 1)
	require.Equal(t, needs.Purchase, own[0].At())
	other, err := unclaimed.OfHousehold(t.Context(), s.Pools.Records, actor.Citizen{Account: "x", Household: id.New()}, s.Household, on(14, 9))
	require.NoError(t, err)
	require.Empty(t, other)
}

func TestMeeting(t *testing.T) {
	t.Parallel()
	found := func(change ...func(*unclaimed.Found)) unclaimed.Found {
		f := unclaimed.Found{Decided: "请民政科和残联一起想办法，王桂英家先由社区照看", Next: unclaimed.Department, By: civil.Day(on(20, 0))}
		for _, c := range change {
			c(&f)
		}
		return f
	}
	day := civil.Day(on(17, 0))
	record := func(s *street, by actor.Officer, f unclaimed.Found) error {
		return unclaimed.Record(s.T.Context(), s.Pools.Records, s.Keys, by, s.need, f, day)
	}

	t.Run("its outcome is recorded once, sealed, and the chain has the next step and no words", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		require.ErrorIs(t, record(s, s.Assessor, found()), unclaimed.ErrNoMeeting)
		s.climb(on(16, 9))
		require.Equal(t, 1, must(unclaimed.Count(t.Context(), s.Pools.Records, s.Assessor, on(17, 9))).Meetings)
		require.NoError(t, record(s, s.Assessor, found()))
		require.ErrorIs(t, record(s, chaoyang, found()), unclaimed.ErrNoMeeting)
		require.Zero(t, must(unclaimed.Count(t.Context(), s.Pools.Records, s.Assessor, on(17, 9))).Meetings)
		minutes := must(unclaimed.MinutesOf(t.Context(), s.Pools.Records, s.Keys, s.Assessor, s.need))
		require.Len(t, minutes, 1)
		require.Contains(t, minutes[0].Decided.Reveal(), "王桂英")
		require.Empty(t, must(unclaimed.MinutesOf(t.Context(), s.Pools.Records, s.Keys, s.Stranger, s.need)))
		looked := must(unclaimed.MinutesOf(t.Context(), s.Pools.Records, s.Keys, actor.Officer{Level: actor.CityRole}, s.need))
		require.Len(t, looked, 1)
		require.Empty(t, looked[0].Decided.Reveal(), "the city reads the next step and not the words")
		stored := must(pg.One[string](t.Context(), s.Admin, nil, `
			select concat((select string_agg(payload, '') from records.chain_entries), (select string_agg(m::text, '') from records.need_meetings m))`, pg.Args{}))
		require.NotContains(t, stored, "王桂英")
		require.Contains(t, stored, `"next":"department","by":"2026-11-20"`)
		require.Equal(t, string(chain.MeetingHeld), s.Kinds()[5])
	})

	t.Run("two at once are one", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		s.climb(on(16, 9))
		var group sync.WaitGroup
		errs := make([]error, 4)
		for i := range errs {
			group.Go(func() { errs[i] = record(s, s.Assessor, found()) })
		}
		group.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
			} else {
				require.ErrorIs(t, err, unclaimed.ErrNoMeeting)
			}
		}
		require.Equal(t, 1, won)
		require.Len(t, s.Kinds(), 6)
	})

	t.Run("where what was agreed brought nobody by its day, the next turn begins, once", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		s.climb(on(16, 9))
		require.NoError(t, record(s, s.Assessor, found()))
		s.climb(on(20, 9))
		require.False(t, s.standing(on(20, 9)).Meeting.Waits())
		for range 2 {
			s.climb(on(21, 9))
		}
		at := s.standing(on(21, 9))
		require.True(t, at.Meeting.Waits())
		require.Equal(t, 2, at.Meeting.Turn)
		require.Equal(t, civil.Day(on(24, 0)), at.Meeting.DueOn)
		require.Len(t, s.Kinds(), 6, "the family reads of what is found, not of a turn")
	})

	t.Run("others have no meeting here, nor has a need that ended", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		s.climb(on(16, 9))
		for _, by := range []actor.Officer{s.Stranger, {Level: actor.DistrictRole, Region: "110101"}, {Level: actor.CityRole, Region: "110000"}} {
			require.Equal(t, fault.NotFound, fault.Of(record(s, by, found())))
		}
		s.Exec(`update records.needs set state = 'withdrawn'`, pg.Args{})
		require.ErrorIs(t, record(s, s.Assessor, found()), unclaimed.ErrNoMeeting)
	})

	t.Run("what is missing is told beside its field", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		s.climb(on(16, 9))
		for field, change := range map[string]func(*unclaimed.Found){
			"decided": func(f *unclaimed.Found) { f.Decided = secret.String(strings.Repeat("长", 501)) },
			"next":    func(f *unclaimed.Found) { f.Next = "later" },
			"by":      func(f *unclaimed.Found) { f.By = civil.Day(on(16, 0)) },
		} {
			require.Contains(t, fault.As(record(s, s.Assessor, found(change))).Fields, field)
		}
		require.Contains(t, fault.As(record(s, s.Assessor, unclaimed.Found{})).Fields, "decided")
		require.Contains(t, fault.As(record(s, s.Assessor, found(func(f *unclaimed.Found) { f.By = day.AddDate(0, 0, 91) }))).Fields, "by")
	})
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// TestStopped ends the job before it began: nothing of it is left, and it may come again.
func TestStopped(t *testing.T) {
	t.Parallel()
	s := open(t)
	ctx, stop := context.WithCancel(t.Context())
	stop()
	_, err := unclaimed.Climb(ctx, s.Pools.Records, on(6, 9))
	require.Error(t, err)
	require.Empty(t, s.steps())
	require.Equal(t, 1, s.climb(on(6, 9)))
}
