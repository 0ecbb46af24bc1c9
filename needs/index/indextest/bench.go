package indextest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"shanqiao/needs/index"
)

// Many is how many cards the benchmarks of searching are about.
const Many = 200_000

// Mix is the questions of a busy day, of eight classes in equal parts: a short
// word in a district put in order, a word by relevance, two words in a category, a
// district, everything, days and urgency, page eleven, and a word that is rare or
// everywhere. All count six fields over everything that matches.
func Mix(r *rand.Rand) index.Query {
	district := index.Within(pick(r, "110101", "110105", "110107", "110108", "110119"))
	q := index.Query{Limit: 20, Sort: index.Pressing, Facets: []index.Field{index.Area, index.Age, index.Category, index.Group, index.Code, index.Urgency}}
	word := pick(r, "洗澡", "轮椅", "送餐", "陪诊", "康复", "打扫", "扶手", "聊天", "被子", "读报")
	switch r.IntN(8) {
	case 0:
		q.Text, q.Must = word, []index.Cond{district}
	case 1:
		q.Text, q.Sort = word, index.Best
	case 2:
		q.Text, q.Sort = word+" 家庭", index.Best
		q.Must = []index.Cond{index.In{Field: index.Category, Codes: []string{"near"}}}
	case 3:
		q.Must = []index.Cond{district}
	case 5:
		day := int64(20_790 + r.IntN(20))
		q.Must = []index.Cond{index.Range{Field: index.Until, Max: &day}, index.In{Field: index.Urgency, Codes: []string{"urgent"}}}
	case 6:
		q.Offset, q.Sort = 200, index.Ending
	case 7:
		q.Text, q.Sort = pick(r, "氢弹", "家庭", "护"), index.Best
	}
	return q
}

// Busy has clients ask the mix of an index, each the next question as soon as the
// last is answered, and reports how long half of the answers took at most, and 99
// in a hundred.
func Busy(b *testing.B, x index.Index, clients int) {
	b.Run(fmt.Sprintf("clients=%d", clients), func(b *testing.B) {
		var (
			left atomic.Int64
			mu   sync.Mutex
			took []time.Duration
			wg   sync.WaitGroup
		)
		left.Store(int64(b.N))
		b.ResetTimer()
		for client := range clients {
			wg.Go(func() {
				r := rand.New(rand.NewPCG(uint64(client), 99))
				var own []time.Duration
				for left.Add(-1) >= 0 {
					q := Mix(r)
					from := time.Now()
					if _, err := x.Search(context.Background(), reader(x), q); err != nil {
						b.Error(err)
						return
					}
					own = append(own, time.Since(from))
				}
				mu.Lock()
				took = append(took, own...)
				mu.Unlock()
			})
		}
		wg.Wait()
		b.StopTimer()
		slices.Sort(took)
		if len(took) == 0 {
			return
		}
		ms := func(share float64) float64 {
			return float64(took[int(share*float64(len(took)-1))].Microseconds()) / 1000
		}
		b.ReportMetric(ms(0.5), "p50-ms")
		b.ReportMetric(ms(0.99), "p99-ms")
		b.ReportMetric(float64(len(took))/b.Elapsed().Seconds(), "queries/s")
	})
}
