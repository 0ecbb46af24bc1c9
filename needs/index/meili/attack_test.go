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
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/id"
	"shanqiao/internal/pgtest"
	"shanqiao/needs/deid"
	"shanqiao/needs/index"
	"shanqiao/needs/index/indextest"
	"shanqiao/needs/index/meili"
)

// TestAttack is attack 3 of docs/attacks.md on the engine itself, by somebody who
// stole the key with which the portal searches. What an engine refuses only an
// engine can show: without MEILI_URL only what we ask of it is looked at here.
func TestAttack(t *testing.T) {
	t.Parallel()
	t.Run("3 what the engine is told to keep, to show and to allow", asked)
	t.Run("3 the key of the portal at the engine itself", func(t *testing.T) {
		t.Parallel()
		url, master := os.Getenv("MEILI_URL"), os.Getenv("MEILI_KEY")
		if url == "" {
			t.Log("ENGINES: NONE. NOBODY TRIED THE KEY ON A MEILISEARCH: set MEILI_URL and MEILI_KEY")
			return
		}
		stolen(t, url, master)
	})
}

// asked reads what the stand-in was told: all that can be asked for is displayed,
// nothing else can be asked for, and the portal's key searches one index.
func asked(t *testing.T) {
	t.Parallel()
	e, c := start(t)
	x, err := meili.Open(t.Context(), c)
	require.NoError(t, err)
	everything := map[string]bool{}
	e.set(func(e *engine) {
		asked := attributes(e.kept)
		require.Greater(t, len(asked), 10)
		require.ElementsMatch(t, e.kept["displayedAttributes"], slices.Collect(maps.Keys(asked)))
		require.Equal(t, false, e.kept["facetSearch"])
		require.Equal(t, "disabled", e.kept["prefixSearch"])
		require.Equal(t, false, e.kept["typoTolerance"].(map[string]any)["enabled"])
		require.Nil(t, e.kept["distinctAttribute"])
		require.NotContains(t, e.kept, "embedders")
		maps.Copy(everything, asked)
		for _, key := range e.keys {
			if strings.Contains(key["name"].(string), " search ") {
				require.Equal(t, []any{"search"}, key["actions"])
				require.Len(t, key["indexes"], 1)
			}
		}
		e.asked = nil
		e.search = func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			if _, err := io.WriteString(w, `{"hits":[],"facetDistribution":{"area":{}}}`); err != nil {
				return
			}
		}
	})
	_, err = x.Search(t.Context(), index.VerifiedReader(), index.Query{Text: "condition = mobility\" OR 1", Limit: 1, Facets: []index.Field{index.Area},
		Must: []index.Cond{index.In{Field: index.Area, Codes: []string{"110105"}}}})
	require.NoError(t, err)
	last := e.asked[len(e.asked)-1]
	for _, never := range []string{"distinct", "facetQuery", "vector\":[", "hybrid\":{", "attributesToSearchOn", "attributesToHighlight", "condition", "mobility", `"*"`} {
		require.NotContains(t, last, never, "%s in %s", never, last)
	}
	for _, hidden := range []string{"household", "need", "condition", "reason", "region", "address"} {
		require.False(t, everything[hidden], hidden)
	}
}

// attributes are those that settings let anyone search, filter, count or sort by.
func attributes(settings map[string]any) map[string]bool {
	all := map[string]bool{}
	for _, list := range []string{"searchableAttributes", "sortableAttributes"} {
		for _, name := range settings[list].([]any) {
			all[name.(string)] = true
		}
	}
	for _, rule := range settings["filterableAttributes"].([]any) {
		for _, name := range rule.(map[string]any)["attributePatterns"].([]any) {
			all[name.(string)] = true
		}
	}
	return all
}

// stolen asks the engine for everything with the key that only searches.
func stolen(t *testing.T, url, master string) {
	p := pgtest.New(t)
	c := meili.Config{URL: url, Key: master, Name: "attack_" + id.New(), Tier: deid.Verified, DB: p.Pools.Exchange, Cutoff: time.Minute}
	x, err := meili.Open(t.Context(), c)
	require.NoError(t, err)
	t.Logf("ENGINES: meilisearch %s", x.Version())
	uid := c.Name + "_cards_verified"
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), time.Minute)
		defer cancel()
		require.NoError(t, x.Destroy(ctx))
	})
	ask := func(key, method, path string, body any) (int, map[string]any) {
		raw, err := json.Marshal(body)
		require.NoError(t, err)
		req, err := http.NewRequestWithContext(t.Context(), method, url+path, bytes.NewReader(raw))
		require.NoError(t, err)
		req.Header.Set("Authorization", "Bearer "+key)
		req.Header.Set("Content-Type", "application/json")
		resp, err := http.DefaultClient.Do(req)
		require.NoError(t, err)
		defer resp.Body.Close()
		var out map[string]any
		if err := json.NewDecoder(resp.Body).Decode(&out); err != nil {
			require.ErrorIs(t, err, io.EOF)
		}
		return resp.StatusCode, out
	}
	var changes []index.Change
	for _, card := range indextest.Cards(30, 1, deid.Verified) {
		changes = append(changes, index.ChangeOf(card))
	}
	r, err := x.Apply(t.Context(), changes)
	require.NoError(t, err)
	require.NoError(t, x.WaitVisible(t.Context(), r))
	_, keys := ask(master, "GET", "/keys?limit=1000", nil)
	key := ""
	for _, k := range keys["results"].([]any) {
		if k := k.(map[string]any); k["name"] == "shanqiao search "+uid {
			key = k["key"].(string)
		}
	}
	require.NotEmpty(t, key)
	search := func(body map[string]any) (int, map[string]any) {
		return ask(key, "POST", "/indexes/"+uid+"/search", body)
	}

	code, found := search(map[string]any{"limit": 1000, "facets": []string{"*"}})
	require.Equal(t, 200, code)
	_, settings := ask(master, "GET", "/indexes/"+uid+"/settings", nil)
	shown := map[string]bool{}
	for _, name := range settings["displayedAttributes"].([]any) {
		shown[name.(string)] = true
	}
	for name := range found["facetDistribution"].(map[string]any) {
		require.True(t, shown[name], "%s is counted and not shown", name)
	}
	for name := range found["hits"].([]any)[0].(map[string]any) {
		require.True(t, shown[name], name)
	}
	for name := range attributes(settings) {
		require.True(t, shown[name], "%s can be asked for and is not shown", name)
	}
	for _, hidden := range []string{"household", "household_id", "need", "condition", "reason", "sentence", "score", "*"} {
		for what, body := range map[string]map[string]any{
			"filter": {"filter": hidden + " = x"}, "sort": {"sort": []string{hidden + ":asc"}}, "distinct": {"distinct": hidden},
			"search on": {"q": "a", "attributesToSearchOn": []string{hidden}},
		} {
			if hidden == "*" && what == "search on" {
				continue // means all that is searchable, and all of that is shown
			}
			code, _ := search(body)
			require.Equal(t, 400, code, "%s %s", what, hidden)
		}
		if hidden != "*" {
			code, _ := search(map[string]any{"facets": []string{hidden}})
			require.Equal(t, 400, code, hidden)
		}
	}
	for _, name := range []string{"area", "condition", "title"} {
		code, _ := ask(key, "POST", "/indexes/"+uid+"/facet-search", map[string]any{"facetName": name, "facetQuery": ""})
		require.NotEqual(t, 200, code, "facet search of %s", name)
	}
	for _, path := range []string{"/indexes/" + uid + "/documents", "/indexes/" + uid + "/settings", "/indexes/" + uid + "/stats", "/stats", "/keys", "/tasks",
		"/indexes", "/version", "/experimental-features", "/metrics", "/network", "/batches", "/indexes/" + uid} {
		code, _ := ask(key, "GET", path, nil)
		require.Equal(t, 403, code, path)
	}
	for _, path := range []string{"/indexes/" + uid + "/documents/fetch", "/indexes/" + uid + "/documents", "/dumps", "/snapshots", "/swap-indexes", "/keys",
		"/indexes/" + c.Name + "_cards_public/search"} {
		code, _ := ask(key, "POST", path, map[string]any{})
		require.Equal(t, 403, code, path)
	}
	// Nothing hidden is there to be spelt out, and a piece of a word finds nothing.
	whole := tokenOf(found)
	_, all := search(map[string]any{"q": whole})
	_, piece := search(map[string]any{"q": whole[:len(whole)-1]})
	_, typo := search(map[string]any{"q": whole[:1] + "0" + whole[2:]})
	require.NotEmpty(t, all["hits"])
	require.Empty(t, piece["hits"], "no prefix of %s", whole)
	require.Empty(t, typo["hits"], "no misspelling of %s", whole)
}

// tokenOf is a word of the first hit, long enough for an engine to forgive a slip in it.
func tokenOf(found map[string]any) string {
	text := found["hits"].([]any)[0].(map[string]any)["text"].(string)
	for word := range strings.FieldsSeq(text) {
		if word = strings.Trim(word, `.,"`); len(word) > 9 {
			return word
		}
	}
	return ""
}
