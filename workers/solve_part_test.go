package workers

import (
	"context"
	"strconv"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"shanqiao/internal/actor"
	"shanqiao/internal/id"
	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
	"shanqiao/internal/redistest"
	"shanqiao/matcher"
	"shanqiao/matcher/assign"
	"shanqiao/needs/needstest"
	"shanqiao/workers/relay"
)

// brisk is production's patience, shortened.
var brisk = relay.Timing{
	Poll: 100 * time.Millisecond, Stale: time.Second, Lost: 3 * time.Second, Sweep: 300 * time.Millisecond,
	Pull: time.Second, Probe: 200 * time.Millisecond, Backoff: 20 * time.Millisecond, Longest: 400 * time.Millisecond,
}

// parted is a city of five districts, each with cards and offers of its own, and
// offers for all of it.
func parted(t *testing.T, w *needstest.World, shared int) {
	t.Helper()
	gives := func(area string, units int) {
		name := id.New()
		w.Exec(`
			insert into exchange.contracts (id, organisation_id, district, number, code, unit_price_fen, units, starts_on, ends_on, created_by)
			values (@id, @org, '110105', @id, 'meal_delivery', 1000, @units, current_date - 1, current_date + 90, 'officer')`,
			pg.Args{"id": name, "org": w.Organisation("verified"), "units": units})
		w.Exec(`
			insert into exchange.offers (id, kind, organisation_id, contract_id, codes, areas, capacity, starts_on, ends_on)
			select id, 'purchased', organisation_id, id, array[code], array[@area], units, starts_on, ends_on
			  from exchange.contracts
			 where id = @id`, pg.Args{"id": name, "area": area})
	}
	for i, area := range []string{"110101", "110102", "110105", "110106", "110108"} {
		for j := range 5 {
			gives(area, 2+(i*j)%4)
			w.Exec(`
				insert into exchange.cards (id, tier, area, age, size, category, need_group, code, quantity, urgency,
				       window_from, window_to, sentence_zh, sentence_en, tick, state)
				values (@id, 'verified', @area, '*', '*', '*', 'meals', 'meal_delivery', @units, @urgency,
				       current_date, current_date + 20, '需要帮助', 'help is needed', 1, 'open')`,
				pg.Args{"id": id.New(), "area": area, "units": 1 + (i+j)%5, "urgency": []string{"urgent", "soon", "open"}[j%3]})
		}
	}
	for i := range shared {
		gives("110000", 3+i)
	}
}

func TestTwoWorkersTakeThePartsOfARound(t *testing.T) {
	t.Parallel()
	for _, shared := range []int{0, 2} {
		t.Run(strconv.Itoa(shared)+" offers are shared, one worker stops and one part is never finished", func(t *testing.T) {
			t.Parallel()
			w := needstest.New(t)
			parted(t, w, shared)
			// Whoever takes this part first dies before it can write what it found.
			w.Exec(`
				create function exchange.dies() returns trigger language plpgsql as $$
				begin
				  if new.part = 3 and new.turn = 1 and new.found is not null and new.done_by <> 'round' then
				    new.found := null;
				  end if;
				  return new;
				end $$`, pg.Args{})
			w.Exec(`create trigger dies before update on exchange.round_parts for each row execute function exchange.dies()`, pg.Args{})

			server := redistest.New(t)
			options, err := redis.ParseURL(server.URL())
			require.NoError(t, err)
			run := func() (stop func()) {
				worker := newWorkers(t, w)
				worker.Redis, worker.Timing, worker.Now = options, brisk, time.Now
				worker.Solver = matcher.InParts{Division: matcher.ByDistrict, Help: time.Hour, Lease: time.Second, Deadline: patience}
				ctx, cancel := context.WithCancel(t.Context())
				stopped := make(chan error, 1)
				go func() { stopped <- worker.Run(ctx) }()
				var once bool
				return func() {
					if cancel(); !once {
						once = true
						require.NoError(t, <-stopped)
					}
				}
			}
			stopOne, stopTwo := run(), run()
			fact(t, w, outbox.Exchange, "match-round", "asked", map[string]string{"slot": "2026-03-01T02:00:00+08:00"})
			require.Eventually(t, func() bool {
				return count(t, w, `select count(*)::int from exchange.round_parts where found is not null`) > 1
			}, patience, 5*time.Millisecond, "parts are worked on")
			stopTwo()
			const finished = `select count(*)::int from exchange.rounds where report ? 'joined'`
			require.Eventually(t, func() bool { return count(t, w, finished) > 0 }, patience, 50*time.Millisecond, "the round ends")
			stopOne()
			// The tick refuses cards that came past the gate, as these did.
			require.Zero(t, count(t, w, `select count(*)::int from exchange.outbox where state = 3 and kind <> 'publish-tick'`))
			require.Zero(t, count(t, w, `select count(*)::int from exchange.round_parts`), "no row stays")

			accounts, err := matcher.Rounds(t.Context(), w.Pools.Exchange, actor.Officer{Level: actor.CityRole, Region: "110000"}, time.Now().AddDate(1, 0, 0), 9)
			require.NoError(t, err)
			var parts matcher.Report
			for _, a := range accounts {
				if a.Report.Joined != nil {
					parts = a.Report
				}
			}
			require.Empty(t, parts.Joined.Broke)
			require.Equal(t, []int{5, shared}, []int{parts.Joined.Parts, parts.Joined.Shared})
			require.Greater(t, parts.Joined.Elsewhere, 5, "workers did it")
			require.True(t, parts.Joined.Proven)

			w.Exec(`delete from exchange.proposals`, pg.Args{})
			whole, err := matcher.Round(t.Context(), w.Pools.Exchange, parts.At, assign.Optimal{})
			require.NoError(t, err)
			require.Equal(t, whole.ByUrgency, parts.ByUrgency)
			require.LessOrEqual(t, parts.Proof.Utility, whole.Proof.Utility)
			require.GreaterOrEqual(t, float64(parts.Proof.Utility)/(1-parts.Proof.Gap)+1e-3, float64(whole.Proof.Utility), "the bound holds")
			if shared == 0 {
				require.Equal(t, whole.ByArea, parts.ByArea)
				require.Equal(t, whole.Proof.Utility, parts.Proof.Utility)
			}
		})
	}
}
