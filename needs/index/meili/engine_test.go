package meili_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/id"
	"shanqiao/internal/pgtest"
	"shanqiao/needs/card"
	"shanqiao/needs/deid"
	"shanqiao/needs/index"
	"shanqiao/needs/index/indextest"
	"shanqiao/needs/index/meili"
)

// TestEngine checks on a real engine what only one can show. Which engine ran is
// logged; without MEILI_URL there is none, and the log says so.
func TestEngine(t *testing.T) {
	t.Parallel()
	url, master := os.Getenv("MEILI_URL"), os.Getenv("MEILI_KEY")
	if url == "" {
		t.Log("ENGINES: none. Set MEILI_URL and MEILI_KEY to run this on a Meilisearch")
		return
	}
	p := pgtest.New(t)
	c := meili.Config{URL: url, Key: master, Name: "test_" + id.New(), Tier: deid.Verified, DB: p.Pools.Exchange, Cutoff: time.Minute}
	x, err := meili.Open(t.Context(), c)
	require.NoError(t, err)
	t.Logf("ENGINES: meilisearch %s", x.Version())
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), time.Minute)
		defer cancel()
		require.NoError(t, x.Destroy(ctx))
	})
	uid := c.Name + "_cards_verified"
	ask := func(t *testing.T, key, method, path string, body any) (int, map[string]any) {
		t.Helper()
		raw, err := json.Marshal(body)
		require.NoError(t, err)
		req, err := http.NewRequestWithContext(t.Context(), method, url+path, bytes.NewReader(raw))
		require.NoError(t, err)
		req.Header.Set("Authorization", "Bearer "+key)
		req.Header.Set("Content-Type", "application/json")
		resp, err := http.DefaultClient.Do(req)
		require.NoError(t, err)
		defer resp.Body.Close()
		raw, err = io.ReadAll(resp.Body)
		require.NoError(t, err)
		var out map[string]any
		if len(raw) > 0 {
			require.NoError(t, json.Unmarshal(raw, &out))
		}
		return resp.StatusCode, out
	}

	cards := indextest.Cards(30, 1, deid.Verified)
	var changes []index.Change
	for _, c := range cards {
		changes = append(changes, index.ChangeOf(c))
	}
	r, err := x.Apply(t.Context(), changes)
	require.NoError(t, err)
	require.NoError(t, x.WaitVisible(t.Context(), r))

	t.Run("S5 the attributes of a document are those that are displayed, and each can be asked for", func(t *testing.T) {
		_, docs := ask(t, master, "POST", "/indexes/"+uid+"/documents/fetch", map[string]any{"limit": 1})
		_, settings := ask(t, master, "GET", "/indexes/"+uid+"/settings", nil)
		var keys []any
		for k := range docs["results"].([]any)[0].(map[string]any) {
			keys = append(keys, k)
		}
		require.ElementsMatch(t, settings["displayedAttributes"], keys)
		asked := map[any]bool{}
		for _, list := range []string{"searchableAttributes", "sortableAttributes"} {
			for _, name := range settings[list].([]any) {
				asked[name] = true
			}
		}
		for _, rule := range settings["filterableAttributes"].([]any) {
			for _, name := range rule.(map[string]any)["attributePatterns"].([]any) {
				asked[name] = true
			}
		}
		require.ElementsMatch(t, settings["displayedAttributes"], slices.Collect(maps.Keys(asked)))
	})
	t.Run("S7 no key of ours reads what it need not", func(t *testing.T) {
		_, all := ask(t, master, "GET", "/keys?limit=1000", nil)
		seen := 0
		for _, k := range all["results"].([]any) {
			k := k.(map[string]any)
			if name, ok := k["name"].(string); !ok || name != "shanqiao search "+uid {
				continue
			}
			seen++
			key := k["key"].(string)
			code, _ := ask(t, key, "POST", "/indexes/"+uid+"/search", map[string]any{})
			require.Equal(t, 200, code)
			for _, path := range []string{"/indexes/" + uid + "/documents/fetch", "/keys", "/dumps", "/indexes/" + c.Name + "_cards_public/search"} {
				code, _ := ask(t, key, "POST", path, map[string]any{})
				require.Equal(t, 403, code, path)
			}
		}
		require.Equal(t, 1, seen)
	})
	t.Run("L7 health tells of settings that drifted", func(t *testing.T) {
		code, _ := ask(t, master, "PUT", "/indexes/"+uid+"/settings/prefix-search", "indexingTime")
		require.Equal(t, 202, code)
		require.Eventually(t, func() bool { return x.Health(t.Context()).Reason == "settings" }, time.Minute, 50*time.Millisecond)
	})
	t.Run("L12 opening mends settings that drifted", func(t *testing.T) {
		y, err := meili.Open(t.Context(), c)
		require.NoError(t, err)
		h := y.Health(t.Context())
		require.True(t, h.Ready, h.Reason)
	})
	t.Run("a crash between noting and sending is made good by coming again", func(t *testing.T) {
		late := indextest.Cards(31, 1, deid.Verified)[30]
		_, err := p.Admin.Exec(t.Context(), `
			insert into exchange.index_versions (index_name, id, version, deleted) values ($1, $2, 1, false)`, uid, string(late.ID))
		require.NoError(t, err)
		r, err := x.Apply(t.Context(), []index.Change{index.ChangeOf(late)})
		require.NoError(t, err)
		require.Equal(t, []index.ItemResult{index.Applied}, r.Items)
		require.NoError(t, x.WaitVisible(t.Context(), r))
		require.Equal(t, 31, x.Health(t.Context()).Docs)
	})
	t.Run("L15 a second process rebuilding at the same time is refused", func(t *testing.T) {
		y, err := meili.Open(t.Context(), c)
		require.NoError(t, err)
		first, err := x.BeginRebuild(t.Context())
		require.NoError(t, err)
		_, err = y.BeginRebuild(t.Context())
		require.ErrorIs(t, err, index.ErrRebuilding)
		require.NoError(t, first.Abort(t.Context()))
	})
	t.Run("L6 reconciling takes out what Postgres never had", func(t *testing.T) {
		d, err := card.Reconcile(t.Context(), p.Pools.Exchange, x)
		require.NoError(t, err)
		require.Equal(t, 31, d.Orphans)
		require.Zero(t, d.Missing+d.Stale)
		page, err := x.Search(t.Context(), index.VerifiedReader(), index.Query{Limit: 1})
		require.NoError(t, err)
		require.Zero(t, page.Total)
	})
}
