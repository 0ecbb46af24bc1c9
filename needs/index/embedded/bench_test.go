package embedded_test

import (
	"context"
	"runtime"
	"sync/atomic"
	"testing"

	"shanqiao/needs/deid"
	"shanqiao/needs/index"
	"shanqiao/needs/index/embedded"
	"shanqiao/needs/index/indextest"
)

const many = indextest.Many

func full(b *testing.B) (*embedded.Index, []index.Change) {
	b.Helper()
	var changes []index.Change
	for _, c := range indextest.Cards(many, 1, deid.Verified) {
		changes = append(changes, index.ChangeOf(c))
	}
	x := embedded.New(deid.Verified)
	if _, err := x.Apply(context.Background(), changes); err != nil {
		b.Fatal(err)
	}
	return x, changes
}

func BenchmarkBuild(b *testing.B) {
	cards := indextest.Cards(many, 1, deid.Verified)
	b.ResetTimer()
	for b.Loop() {
		x := embedded.New(deid.Verified)
		for _, c := range cards {
			if _, err := x.Apply(context.Background(), []index.Change{index.ChangeOf(c)}); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(many)*float64(b.N)/b.Elapsed().Seconds(), "cards/s")
}

func BenchmarkSearch(b *testing.B) {
	x, _ := full(b)
	facets := index.Fields()
	for name, q := range map[string]index.Query{
		"browse all, pressing first":   {Sort: index.Pressing, Facets: facets},
		"browse a district":            {Must: []index.Cond{index.Within("110107")}, Sort: index.Pressing, Facets: facets},
		"a word, best first":           {Text: "洗澡", Facets: facets},
		"a word in a district, urgent": {Text: "轮椅", Must: []index.Cond{index.Within("110107"), index.In{Field: index.Urgency, Codes: []string{"urgent"}}}, Facets: facets},
		"two words":                    {Text: "助餐 老人", Facets: facets},
		"a long run":                   {Text: "家里有80岁以上的老人", Facets: facets},
		"page eleven":                  {Sort: index.Ending, Offset: 200, Facets: facets},
		"nothing":                      {Text: "氢弹", Facets: facets},
	} {
		q.Limit = 20
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := x.Search(context.Background(), index.VerifiedReader(), q); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	indextest.Busy(b, x, 1)
	indextest.Busy(b, x, 8)
	var memory runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&memory)
	b.Logf("%d cards, heap %d MB", many, memory.HeapAlloc>>20)
	runtime.KeepAlive(x)
}

func BenchmarkUpdate(b *testing.B) {
	x, changes := full(b)
	b.ResetTimer()
	n := 0
	for b.Loop() {
		c := changes[n%len(changes)]
		doc := *c.Doc
		doc.Version = int64(2 + n)
		n++
		if _, err := x.Apply(context.Background(), []index.Change{{ID: doc.ID, Version: doc.Version, Doc: &doc}}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSearchWhileWriting(b *testing.B) {
	x, changes := full(b)
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	var version atomic.Int64
	go func() {
		for n := 0; ctx.Err() == nil; n++ {
			doc := *changes[n%len(changes)].Doc
			doc.Version = version.Add(1) + 1
			if _, err := x.Apply(ctx, []index.Change{{ID: doc.ID, Version: doc.Version, Doc: &doc}}); err != nil {
				return
			}
		}
	}()
	q := index.Query{Text: "洗澡", Facets: index.Fields(), Limit: 20}
	for b.Loop() {
		if _, err := x.Search(ctx, index.VerifiedReader(), q); err != nil {
			b.Fatal(err)
		}
	}
}
