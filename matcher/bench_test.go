package matcher_test

import (
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shanqiao/charities"
	"shanqiao/internal/actor"
	"shanqiao/matcher"
	"shanqiao/matcher/assign"
	"shanqiao/needs"
	"shanqiao/needs/deid"
)

// BenchmarkRound matches 3,000 cards with 400 offers, the first time (every
// proposal is written) and again (nothing changes).
func BenchmarkRound(b *testing.B) {
	w := newTown(b)
	seedCity(w, 3000, 400)
	for _, name := range []string{"first", "again"} {
		b.Run(name, func(b *testing.B) {
			for range b.N {
				if name == "first" {
					b.StopTimer()
					w.exec(`truncate exchange.proposals, exchange.rounds cascade`, map[string]any{})
					w.exec(`delete from exchange.outbox`, map[string]any{})
					b.StartTimer()
				}
				report, err := matcher.Round(b.Context(), w.Pools.Exchange, at, assign.Optimal{})
				require.NoError(b, err)
				b.ReportMetric(float64(report.Edges), "edges")
				b.ReportMetric(float64(report.Served()), "served")
				b.ReportMetric(float64(report.Kept+report.Opened), "proposals")
			}
		})
	}
	b.Run("propose", func(b *testing.B) {
		var ids []string
		rows, err := w.Admin.Query(b.Context(), `select string_agg(id, ' ') from exchange.cards`)
		require.NoError(b, err)
		for rows.Next() {
			var all string
			require.NoError(b, rows.Scan(&all))
			ids = strings.Fields(all)
		}
		require.NoError(b, rows.Err())
		b.ResetTimer()
		for i := range b.N {
			require.NoError(b, matcher.Propose(b.Context(), w.Pools.Exchange, deid.CardID(ids[i%len(ids)]), at))
		}
	})
}

// seedCity spreads cards and offers over districts and codes by fixed strides.
func seedCity(w *town, cards, given int) {
	w.t.Helper()
	items := needs.Catalogue()
	areas := []string{"110101", "110102", "110105", "110106", "110108", "110112", "110114", "zone:core", "zone:hills", "110000"}
	urgencies := []deid.UrgencyBand{deid.Urgent, deid.Soon, deid.Soon, deid.Open, deid.Open, deid.Open}
	var orgs []actor.Member
	for range 60 {
		orgs = append(orgs, w.organisation("verified"))
	}
	for i := range given {
		w.offer(orgs[i%len(orgs)], func(o *charities.Offer) {
			o.Kind = charities.Kinds[i%3]
			o.Capacity = 5 + i%30
			o.Areas = []string{areas[i%len(areas)], areas[(i*7+3)%len(areas)]}
			o.Codes = nil
			for j := range 1 + i%4 {
				o.Codes = append(o.Codes, items[(i+j*5)%len(items)].Code)
			}
		})
	}
	for i := range cards {
		w.card(func(k *deid.Card) {
			item := items[(i*13)%len(items)]
			k.Code, k.Group = item.Code, item.Group
			k.Quantity = item.Packages[i%len(item.Packages)]
			k.Area = areas[(i*3)%len(areas)]
			k.Urgency = urgencies[i%len(urgencies)]
			k.Tick = 1 + i%9
			k.Age = fmt.Sprint(i % 5)
		})
	}
}

// BenchmarkRoundNextNight matches the same city the night after, when some needs
// have gone: from nothing, and with what the round before left. Each is taken back.
func BenchmarkRoundNextNight(b *testing.B) {
	w := newTown(b)
	seedCity(w, 3000, 400)
	w.round(assign.Optimal{})
	for _, gone := range []int{1, 30} {
		for _, from := range []string{"nothing", "memory"} {
			b.Run(fmt.Sprintf("%d went/from %s", gone, from), func(b *testing.B) {
				var used time.Duration
				for range b.N {
					tx, err := w.Admin.Begin(b.Context())
					require.NoError(b, err)
					_, err = tx.Exec(b.Context(), `
						update exchange.cards set state = 'withdrawn'
						 where id in (select id from exchange.cards where state = 'open' order by md5(id) limit $1)`, gone)
					require.NoError(b, err)
					if from == "nothing" {
						_, err = tx.Exec(b.Context(), `update exchange.rounds set memory = null`)
						require.NoError(b, err)
					}
					before := processor(b)
					report, err := matcher.Round(b.Context(), tx, at, assign.Optimal{})
					require.NoError(b, err)
					used += processor(b) - before
					require.NoError(b, tx.Rollback(b.Context()))
					b.ReportMetric(float64(report.Served()), "served")
					b.ReportMetric(map[bool]float64{true: 1}[report.Proof.Start == matcher.Remembered], "memory-was-enough")
				}
				b.ReportMetric(used.Seconds()/float64(b.N), "cpu-s")
			})
		}
	}
}

// processor is the time that this process has had; Postgres' is not among it.
func processor(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
