package matcher_test

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shanqiao/charities"
	"shanqiao/matcher"
	"shanqiao/needs/deid"
)

// BenchmarkOnline asks who could help with a card in a city of 20,000 offers:
// from Postgres, from memory, and from memory with the writing of the proposals;
// one client and eight at once. Each row says what half of the answers took, and
// all but one in a hundred; memory is what the offers take.
func BenchmarkOnline(b *testing.B) {
	w := newTown(b)
	w.many(20000, 300)
	cards := w.asks(400)
	before := heap()
	memory := w.process().Online
	held := float64(heap()-before) / (1 << 20)

	var postgres *matcher.Online
	ask := func(o *matcher.Online) func(deid.Card) error {
		return func(k deid.Card) error {
			_, err := o.Candidates(b.Context(), w.Pools.Exchange, k.ID, at)
			return err
		}
	}
	propose := func(o *matcher.Online) func(deid.Card) error {
		return func(k deid.Card) error { return o.Propose(b.Context(), w.Pools.Exchange, k.ID, at) }
	}
	for _, c := range []struct {
		name    string
		clients int
		do      func(deid.Card) error
	}{
		{"candidates/from Postgres, 1 client", 1, ask(postgres)},
		{"candidates/from memory, 1 client", 1, ask(memory)},
		{"candidates/from memory, 8 clients", 8, ask(memory)},
		{"propose/from Postgres, 1 client", 1, propose(postgres)},
		{"propose/from memory, 1 client", 1, propose(memory)},
		{"propose/from memory, 8 clients", 8, propose(memory)},
	} {
		b.Run(c.name, func(b *testing.B) {
			took := clients(b, c.clients, func(i int) error { return c.do(cards[i%len(cards)]) })
			b.ReportMetric(float64(took[len(took)/2])/1e6, "p50-ms")
			b.ReportMetric(float64(took[len(took)*99/100])/1e6, "p99-ms")
			b.ReportMetric(held, "MB-held")
		})
	}
	given := w.oneOffer()
	for name, o := range map[string]*matcher.Online{"from Postgres": postgres, "from memory": memory} {
		b.Run("propose for an offer/"+name, func(b *testing.B) {
			for range b.N {
				require.NoError(b, o.ProposeForOffer(b.Context(), w.Pools.Exchange, given, at))
			}
		})
	}
	b.Run("looking for what changed", func(b *testing.B) {
		f := w.process()
		w.look(f)
		for range b.N {
			w.look(f)
		}
	})
	b.Run("comparing all with Postgres", func(b *testing.B) {
		f := w.process()
		for range b.N {
			drift, err := f.Check(b.Context())
			require.NoError(b, err)
			require.False(b, drift.Any())
		}
	})
	runtime.KeepAlive(memory)
}

// clients do b.N things, so many at a time, and say how long each took, sorted.
func clients(b *testing.B, n int, do func(i int) error) []time.Duration {
	took := make([]time.Duration, b.N)
	var next atomic.Int64
	var all sync.WaitGroup
	b.ResetTimer()
	for range n {
		all.Go(func() {
			for i := int(next.Add(1)) - 1; i < b.N; i = int(next.Add(1)) - 1 {
				start := time.Now()
				if err := do(i); err != nil {
					b.Error(err)
					return
				}
				took[i] = time.Since(start)
			}
		})
	}
	all.Wait()
	b.StopTimer()
	slices.Sort(took)
	return took
}

func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func (w *town) oneOffer() charities.OfferID {
	w.t.Helper()
	var o charities.OfferID
	require.NoError(w.t, w.Admin.QueryRow(w.t.Context(), `
		select id from exchange.offers order by cardinality(codes) desc, id limit 1`).Scan(&o))
	return o
}
