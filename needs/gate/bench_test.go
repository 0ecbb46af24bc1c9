package gate_test

import (
	"fmt"
	"runtime"
	"runtime/metrics"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/actor"
	"shanqiao/internal/pgtest"
	"shanqiao/needs/deid"
	"shanqiao/needs/gate"
)

// crowd is n households all over the city, each with a need that waits, among as
// many again and half as many who need nothing.
const crowd = `
	with places as (
	  select array_agg(code) as codes
	    from unnest(array['110101001','110102001','110105015','110106001','110107001','110108001','110111001','110112005',
	                      '110113001','110114001','110115001','110116001','110117001','110118001','110119001','110109001']) code
	), homes as (
	  select 'h' || i as id, codes[1 + i * 7 %% 16] as region, i
	    from places, generate_series(1, %[1]d * 5 / 2) i
	), households as (
	  insert into records.households (id, number, region, category, condition)
	  select id, id, region, (array['minimum_living','extreme_poverty','marginal','other'])[1 + i / 3 %% 4],
	         (array['none','chronic','mobility','sensory'])[1 + i / 5 %% 4]
	    from homes
	), members as (
	  insert into records.members (id, household_id, region, head, relation, name_sealed, born)
	  select 'm' || i, id, region, true, 'self', 'x', current_date - (30 + i * 13 %% 60) * 365
	    from homes
	), assessments as (
	  insert into records.assessments (id, household_id, region, request_key, instrument, dimensions, self_care, self_care_level, assessor_id)
	  select 'a' || i, id, region, 'a' || i, 'test', '{}', '{}', 'able', 'first'
	    from homes
	   where i <= %[1]d
	)
	insert into records.needs (id, household_id, region, assessment_id, code, quantity, urgency, window_from, window_to,
	       route, state, assessed_by, approved_by, approved_at)
	select 'n' || i, id, region, 'a' || i, (array['bathing','meals','cleaning','visiting','nursing','tutoring'])[1 + i / 11 %% 6],
	       4, 3 + i / 2 %% 2, current_date, current_date, 'cohort', 'approved', 'first', 'second', now()
	  from homes
	 where i <= %[1]d`

// BenchmarkTick measures one whole tick in Postgres: reading what waits, the
// search, writing cards, listings and facts, and the look at what can be seen.
func BenchmarkTick(b *testing.B) {
	for _, n := range []int{12500, 25000, 50000} {
		for _, tier := range []deid.Tier{deid.Public, deid.Verified} {
			b.Run(fmt.Sprintf("%s/%d", tier, n), func(b *testing.B) {
				b.ReportAllocs()
				published, most := 0, uint64(0)
				for b.Loop() {
					b.StopTimer()
					p := pgtest.New(b)
					_, err := p.Admin.Exec(b.Context(), "set session_replication_role = replica;"+fmt.Sprintf(crowd, n))
					require.NoError(b, err)
					_, err = p.Admin.Exec(b.Context(), "analyze")
					require.NoError(b, err)
					runtime.GC()
					done := watchHeap(&most)
					b.StartTimer()
					report, err := gate.Tick(b.Context(), p.Pools.Gate, tier, day, deid.Defaults(tier))
					require.NoError(b, err)
					published = report.Published
					done()
				}
				b.ReportMetric(float64(most)/(1<<20), "MiB-at-most")
				b.ReportMetric(100*float64(published)/float64(n), "%published")
			})
		}
	}
}

// watchHeap notes the largest heap that it sees until done is called.
func watchHeap(most *uint64) (done func()) {
	stop, stopped := make(chan struct{}), make(chan struct{})
	heap := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	look := time.NewTicker(2 * time.Millisecond)
	go func() {
		defer close(stopped)
		for {
			metrics.Read(heap)
			*most = max(*most, heap[0].Value.Uint64())
			select {
			case <-stop:
				return
			case <-look.C:
			}
		}
	}()
	return func() {
		look.Stop()
		close(stop)
		<-stopped
	}
}

// BenchmarkForesee measures what an officer waits for before a decision while a
// city's needs wait for the next tick.
func BenchmarkForesee(b *testing.B) {
	for _, n := range []int{12500, 50000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			p := pgtest.New(b)
			_, err := p.Admin.Exec(b.Context(), "set session_replication_role = replica;"+fmt.Sprintf(crowd, n))
			require.NoError(b, err)
			_, err = p.Admin.Exec(b.Context(), "analyze")
			require.NoError(b, err)
			city := actor.Officer{Account: "city", Level: actor.CityRole, Region: "110000"}
			b.ReportAllocs()
			for b.Loop() {
				_, err := gate.Foresee(b.Context(), p.Pools.Gate, city, "n1", day)
				require.NoError(b, err)
			}
		})
	}
}
