package indextest

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/id"
	"shanqiao/internal/pgtest"
	"shanqiao/needs/deid"
	"shanqiao/needs/index"
	"shanqiao/needs/index/embedded"
	"shanqiao/needs/index/meili"
)

// engines lists what can be held to the contract here: the embedded index
// always, and the Meilisearch that MEILI_URL and MEILI_KEY name if they are set.
func engines() map[string]Open {
	list := map[string]Open{
		"embedded": func(_ *testing.T, tier deid.Tier) index.Index { return embedded.New(tier) },
	}
	if url := os.Getenv("MEILI_URL"); url != "" {
		list["meilisearch"] = func(t *testing.T, tier deid.Tier) index.Index {
			x, err := meili.Open(soon(t), meili.Config{
				URL: url, Key: os.Getenv("MEILI_KEY"), Name: "test_" + id.New(), Tier: tier,
				DB: pgtest.New(t).Pools.Exchange,
				// The contract is about order; what a slow machine cuts short has none.
				Cutoff: 30 * time.Second,
			})
			require.NoError(t, err)
			t.Cleanup(func() {
				ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), time.Minute)
				defer cancel()
				require.NoError(t, x.Destroy(ctx))
			})
			t.Logf("meilisearch %s", x.Version())
			return x
		}
	}
	return list
}

func TestContract(t *testing.T) {
	t.Parallel()
	list := engines()
	if _, ok := list["meilisearch"]; ok {
		t.Log("ENGINES: embedded and meilisearch")
	} else {
		t.Log("ENGINES: embedded only. Set MEILI_URL and MEILI_KEY to hold a Meilisearch to the same contract")
	}
	for name, open := range list {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			Run(t, open)
		})
	}
}
