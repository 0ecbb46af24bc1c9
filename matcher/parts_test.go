package matcher_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shanqiao/matcher"
	"shanqiao/matcher/assign"
)

// apart is a city whose districts share nothing: what each has serves it alone.
func (w *town) apart() {
	for i, area := range []string{"110101", "110102", "110105", "110106"} {
		for j := range 6 {
			w.in(area, 1+(i+j)%4)
			w.gives([]string{area}, 2+(i*j)%3)
		}
	}
}

func (w *town) left(table string) (n int) {
	w.t.Helper()
	require.NoError(w.t, w.Admin.QueryRow(w.t.Context(), `select count(*) from exchange.`+table).Scan(&n))
	return n
}

func TestARoundInParts(t *testing.T) {
	t.Parallel()

	t.Run("of districts that share nothing is as good as of one piece, with no worker anywhere", func(t *testing.T) {
		t.Parallel()
		for _, by := range []matcher.Division{matcher.ByDistrict, matcher.ByZone} {
			w := newTown(t)
			w.apart()
			parts := w.round(matcher.InParts{Division: by})
			require.Equal(t, map[matcher.Division]int{matcher.ByDistrict: 4, matcher.ByZone: 2}[by], parts.Joined.Parts)
			require.Zero(t, parts.Joined.Shared)
			require.True(t, parts.Joined.Proven)
			require.Empty(t, parts.Joined.Broke)
			require.Zero(t, parts.Joined.Elsewhere)
			require.Zero(t, w.left("round_parts"), "nothing stays")
			require.Contains(t, parts.Text("en"), "no way serves more people")
			require.Contains(t, parts.Text("zh"), "块来算")

			w.exec(`delete from exchange.proposals`, nil)
			whole := w.round(assign.Optimal{})
			require.Nil(t, whole.Joined)
			require.Equal(t, whole.ByUrgency, parts.ByUrgency)
			require.Equal(t, whole.ByArea, parts.ByArea)
			require.Equal(t, whole.Proof.Utility, parts.Proof.Utility)
			require.Equal(t, whole.Evenness, parts.Evenness)
		}
	})

	t.Run("of districts that share a little serves as many, proven, and its bound holds", func(t *testing.T) {
		t.Parallel()
		w := newTown(t)
		w.apart()
		w.gives([]string{"110000"}, 7)
		w.gives([]string{"110101", "110105"}, 4)
		parts := w.round(matcher.InParts{Division: matcher.ByDistrict})
		require.Equal(t, 2, parts.Joined.Shared)
		w.exec(`delete from exchange.proposals`, nil)
		whole := w.round(assign.Optimal{})
		require.Equal(t, whole.ByUrgency, parts.ByUrgency)
		require.True(t, parts.Joined.Proven)
		require.LessOrEqual(t, parts.Proof.Utility, whole.Proof.Utility)
		require.GreaterOrEqual(t, float64(parts.Proof.Utility)/(1-parts.Proof.Gap)+1e-3, float64(whole.Proof.Utility))
	})

	t.Run("where nearly everything is shared claims no more than is true", func(t *testing.T) {
		t.Parallel()
		w := newTown(t)
		seedCity(w, 200, 40)
		parts := w.round(matcher.InParts{Division: matcher.ByDistrict})
		w.exec(`delete from exchange.proposals`, nil)
		whole := w.round(assign.Optimal{})
		t.Logf("in parts %d, whole %d, proven %t", parts.Served(), whole.Served(), parts.Joined.Proven)
		require.LessOrEqual(t, parts.Served(), whole.Served())
		require.Greater(t, 100*parts.Served(), 95*whole.Served())
		if parts.Joined.Proven {
			require.Equal(t, whole.ByUrgency, parts.ByUrgency)
		} else {
			require.Contains(t, parts.Text("en"), "is not proven")
			for _, d := range parts.Districts {
				require.Empty(t, d.More, "of less than the most nothing can be said about more")
			}
		}
	})

	t.Run("that does not come to an end in time is done in one place, says so, and is as good", func(t *testing.T) {
		t.Parallel()
		w := newTown(t)
		w.apart()
		late := w.round(matcher.InParts{Division: matcher.ByDistrict, Help: time.Hour, Deadline: 300 * time.Millisecond})
		require.Equal(t, "late", late.Joined.Broke)
		require.Equal(t, []string{"110101", "110102", "110105", "110106"}, late.Joined.Failed)
		require.Contains(t, late.Text("en"), "Not all parts answered in time (Dongcheng")
		require.Zero(t, w.left("round_parts"))
		require.Positive(t, late.Opened, "and all of it is written")
		w.exec(`delete from exchange.proposals`, nil)
		whole := w.round(assign.Optimal{})
		require.Equal(t, whole.ByUrgency, late.ByUrgency)
		require.Equal(t, whole.Proof.Utility, late.Proof.Utility)
	})

	t.Run("takes again what somebody took and never finished", func(t *testing.T) {
		t.Parallel()
		w := newTown(t)
		w.apart()
		w.exec(`
			create function exchange.dead() returns trigger language plpgsql as $$
			begin
			  if new.turn = 1 and new.part = 2 and new.taken_at is null then
			    new.taken_at := clock_timestamp() - interval '2 seconds';
			  end if;
			  return new;
			end $$`, nil)
		w.exec(`create trigger dead before update on exchange.round_parts for each row execute function exchange.dead()`, nil)
		again := w.round(matcher.InParts{Division: matcher.ByDistrict, Lease: time.Second})
		require.Empty(t, again.Joined.Broke)
		require.True(t, again.Joined.Proven)
	})
}

func TestWorkOnAPartTwice(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	require.NoError(t, matcher.SolvePart(t.Context(), w.Pools.Exchange, "a round that is over", 0, 1, "somebody"))
	w.apart()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done := make(chan matcher.Report, 1)
	go func() {
		report, err := matcher.Round(ctx, w.Pools.Exchange, at, matcher.InParts{Division: matcher.ByDistrict, Help: time.Hour, Deadline: time.Hour})
		if err == nil {
			done <- report
		}
	}()
	type row struct {
		round string
		part  int
		turn  int
	}
	finished := func() (matcher.Report, bool) {
		select {
		case r := <-done:
			return r, true
		default:
			return matcher.Report{}, false
		}
	}
	var report matcher.Report
	require.Eventually(t, func() bool {
		rows, err := w.Admin.Query(t.Context(), `select round_id, part, turn from exchange.round_parts where turn > 0 and found is null`)
		require.NoError(t, err)
		var asked []row
		for rows.Next() {
			var r row
			require.NoError(t, rows.Scan(&r.round, &r.part, &r.turn))
			asked = append(asked, r)
		}
		require.NoError(t, rows.Err())
		for _, r := range asked {
			for range 2 {
				require.NoError(t, matcher.SolvePart(t.Context(), w.Pools.Exchange, r.round, r.part, r.turn, "somebody"))
				require.NoError(t, matcher.SolvePart(t.Context(), w.Pools.Exchange, r.round, r.part, r.turn-1, "late"))
			}
		}
		var over bool
		report, over = finished()
		return over
	}, time.Minute, 10*time.Millisecond)
	require.True(t, report.Joined.Proven)
	require.GreaterOrEqual(t, report.Joined.Elsewhere, 8, "all parts, each to solve and to answer")
}
