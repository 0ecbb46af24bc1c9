package meili_test

import (
	"context"
	"os"
	"testing"
	"time"

	"shanqiao/internal/id"
	"shanqiao/internal/pgtest"
	"shanqiao/needs/deid"
	"shanqiao/needs/index"
	"shanqiao/needs/index/indextest"
	"shanqiao/needs/index/meili"
)

// BenchmarkMeilisearch measures the engine that MEILI_URL names: how long a
// rebuild of all cards takes, and the mix of questions from one client and eight.
// Without one it measures nothing and says so.
func BenchmarkMeilisearch(b *testing.B) {
	url := os.Getenv("MEILI_URL")
	if url == "" {
		b.Log("ENGINES: none. Set MEILI_URL and MEILI_KEY to measure a Meilisearch")
		return
	}
	ctx := context.Background()
	x, err := meili.Open(ctx, meili.Config{URL: url, Key: os.Getenv("MEILI_KEY"), Name: "bench_" + id.New(), Tier: deid.Verified,
		DB: pgtest.New(b).Pools.Exchange, Cutoff: 10 * time.Second})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := x.Destroy(ctx); err != nil {
			b.Error(err)
		}
	})
	b.Logf("meilisearch %s", x.Version())
	var docs []index.Doc
	for _, c := range indextest.Cards(indextest.Many, 1, deid.Verified) {
		docs = append(docs, index.Document(c))
	}
	from := time.Now()
	next, err := x.BeginRebuild(ctx)
	if err != nil {
		b.Fatal(err)
	}
	if err := next.Add(ctx, docs); err != nil {
		b.Fatal(err)
	}
	if _, err := next.Commit(ctx, nil); err != nil {
		b.Fatal(err)
	}
	seconds := time.Since(from).Seconds()
	b.Run("version="+x.Version()+"/build", func(b *testing.B) {
		b.ReportMetric(seconds, "s-for-all")
		b.ReportMetric(float64(len(docs))/seconds, "cards/s")
	})
	indextest.Busy(b, x, 1)
	indextest.Busy(b, x, 8)
}
