package meili_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/fault"
	"shanqiao/internal/pgtest"
	"shanqiao/needs/deid"
	"shanqiao/needs/index"
	"shanqiao/needs/index/indextest"
	"shanqiao/needs/index/meili"
)

// engine plays a Meilisearch as badly as a test wants. What it is asked is kept.
type engine struct {
	mu      sync.Mutex
	open    bool   // lets anyone in
	version string // says that it is
	task    string // what becomes of every write
	search  func(w http.ResponseWriter, r *http.Request)
	stuck   bool // takes settings and does not keep them
	kept    map[string]any
	asked   []string
	keys    []map[string]any
}

func (e *engine) set(change func(*engine)) {
	e.mu.Lock()
	defer e.mu.Unlock()
	change(e)
}

func (e *engine) count(of string) (n int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, a := range e.asked {
		if strings.HasPrefix(a, of) {
			n++
		}
	}
	return n
}

func (e *engine) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	e.mu.Lock()
	e.asked = append(e.asked, r.Method+" "+r.URL.Path+"?"+r.URL.RawQuery+" "+string(body))
	open, version, task, search := e.open, e.version, e.task, e.search
	e.mu.Unlock()
	answer := func(code int, v any) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(code)
		if err := json.NewEncoder(w).Encode(v); err != nil {
			return
		}
	}
	switch {
	case r.Header.Get("Authorization") == "" && !open:
		answer(401, map[string]string{"code": "missing_authorization_header"})
	case r.URL.Path == "/version":
		answer(200, map[string]string{"pkgVersion": version})
	case r.Method == "GET" && strings.HasPrefix(r.URL.Path, "/keys/"):
		answer(404, map[string]string{"code": "api_key_not_found", "message": "secret text"})
	case r.URL.Path == "/keys":
		var key map[string]any
		if json.Unmarshal(body, &key) != nil {
			return
		}
		e.set(func(e *engine) { e.keys = append(e.keys, key) })
		key["key"] = key["name"]
		answer(201, key)
	case strings.HasPrefix(r.URL.Path, "/tasks/"):
		answer(200, map[string]any{"uid": 1, "status": task, "error": map[string]string{"code": "invalid_document_id", "message": "secret text"}})
	case strings.HasSuffix(r.URL.Path, "/search"):
		search(w, r)
	case strings.HasSuffix(r.URL.Path, "/settings"):
		if r.Method == http.MethodGet {
			e.set(func(e *engine) { answer(200, e.kept) })
			return
		}
		e.set(func(e *engine) {
			if !e.stuck && json.Unmarshal(body, &e.kept) != nil {
				return
			}
			answer(202, map[string]any{"taskUid": 1, "status": "enqueued"})
		})
	case r.Method == "GET":
		answer(200, map[string]any{})
	default:
		answer(202, map[string]any{"taskUid": 1, "status": "enqueued"})
	}
}

func start(t *testing.T) (*engine, meili.Config) {
	t.Helper()
	e := &engine{version: "1.50.0", task: "succeeded", kept: map[string]any{}}
	server := httptest.NewServer(e)
	t.Cleanup(server.Close)
	return e, meili.Config{URL: server.URL, Key: "master", Tier: deid.Verified, DB: pgtest.New(t).Pools.Exchange}
}

func TestOpen(t *testing.T) {
	t.Parallel()
	t.Run("an engine that lets anyone in is refused", func(t *testing.T) {
		t.Parallel()
		e, c := start(t)
		e.open = true
		_, err := meili.Open(t.Context(), c)
		require.ErrorIs(t, err, meili.ErrOpen)
	})
	t.Run("an engine with known holes is refused", func(t *testing.T) {
		t.Parallel()
		for _, old := range []string{"1.43.0", "1.9.12", "0.30.5", "nonsense", ""} {
			e, c := start(t)
			e.version = old
			_, err := meili.Open(t.Context(), c)
			require.ErrorIs(t, err, meili.ErrOld, old)
		}
	})
	t.Run("L12 an engine whose settings are not ours and cannot be mended is refused", func(t *testing.T) {
		t.Parallel()
		e, c := start(t)
		e.stuck = true
		_, err := meili.Open(t.Context(), c)
		require.ErrorIs(t, err, meili.ErrSettings)
	})
	t.Run("one that is not there is unavailable", func(t *testing.T) {
		t.Parallel()
		_, err := meili.Open(t.Context(), meili.Config{URL: "http://127.0.0.1:1", Key: "k", Tier: deid.Public})
		require.ErrorIs(t, err, index.ErrUnavailable)
	})
	t.Run("the keys that are made may do what is needed and no more", func(t *testing.T) {
		t.Parallel()
		e, c := start(t)
		_, err := meili.Open(t.Context(), c)
		require.NoError(t, err)
		require.Len(t, e.keys, 3)
		for _, key := range e.keys {
			require.NotContains(t, key["actions"], "*")
			if strings.Contains(key["name"].(string), " search ") {
				require.Equal(t, []any{"search"}, key["actions"])
				require.Equal(t, []any{"shanqiao_cards_verified"}, key["indexes"])
			}
		}
	})
}

func TestApplyWhenTheEngineFails(t *testing.T) {
	t.Parallel()
	for _, status := range []string{"failed", "canceled"} {
		t.Run("L9 a write that was "+status+" is an error and is sent again", func(t *testing.T) {
			t.Parallel()
			e, c := start(t)
			x, err := meili.Open(t.Context(), c)
			require.NoError(t, err)
			e.set(func(e *engine) { e.task = status })
			change := index.ChangeOf(indextest.Cards(1, 1, deid.Verified)[0])
			r, err := x.Apply(t.Context(), []index.Change{change})
			require.NoError(t, err)
			err = x.WaitVisible(t.Context(), r)
			require.Equal(t, fault.Unavailable, fault.Of(err))
			require.NotContains(t, errors.Unwrap(err).Error(), "secret")

			e.set(func(e *engine) { e.task = "succeeded" })
			r, err = x.Apply(t.Context(), []index.Change{change})
			require.NoError(t, err)
			require.Equal(t, []index.ItemResult{index.Applied}, r.Items)
			require.NoError(t, x.WaitVisible(t.Context(), r))
			require.Equal(t, 2, e.count("POST /indexes/shanqiao_cards_verified/documents"))

			r, err = x.Apply(t.Context(), []index.Change{change})
			require.NoError(t, err)
			require.Equal(t, []index.ItemResult{index.Stale}, r.Items, "what is confirmed is not sent again")
		})
	}
}

func TestSearchWhenTheEngineFails(t *testing.T) {
	t.Parallel()
	ask := func(t *testing.T, ctx context.Context, search func(w http.ResponseWriter, r *http.Request)) (*engine, error) {
		t.Helper()
		e, c := start(t)
		x, err := meili.Open(t.Context(), c)
		require.NoError(t, err)
		e.set(func(e *engine) { e.search = search })
		_, err = x.Search(ctx, index.VerifiedReader(), index.Query{Text: "助浴秘密", Limit: 1, Facets: []index.Field{index.Area}})
		return e, err
	}
	says := func(code int, body string) func(w http.ResponseWriter, r *http.Request) {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(code)
			if _, err := io.WriteString(w, body); err != nil {
				return
			}
		}
	}
	t.Run("L10 a full queue is overload, asked once", func(t *testing.T) {
		t.Parallel()
		e, err := ask(t, t.Context(), says(503, `{"code":"too_many_search_requests","message":"secret"}`))
		require.ErrorIs(t, err, index.ErrOverloaded)
		require.Equal(t, 1, e.count("POST /indexes/shanqiao_cards_verified/search"))
	})
	t.Run("S8 its text goes nowhere", func(t *testing.T) {
		t.Parallel()
		for _, body := range []string{`{"code":"invalid_search_filter","message":"secret 助浴"}`, "secret", `{"hits":"secret"}`, ""} {
			for _, code := range []int{200, 400, 500} {
				_, err := ask(t, t.Context(), says(code, body))
				require.ErrorIs(t, err, index.ErrUnavailable, "%d %s", code, body)
				for e := err; e != nil; e = errors.Unwrap(e) {
					require.NotContains(t, e.Error(), "secret")
					require.NotContains(t, e.Error(), "助浴")
				}
			}
		}
	})
	t.Run("P8 a facet that may be cut short is no answer", func(t *testing.T) {
		t.Parallel()
		values := map[string]int{}
		for i := range 512 {
			values[strings.Repeat("a", i+1)] = 1
		}
		body, err := json.Marshal(map[string]any{"hits": []any{}, "facetDistribution": map[string]any{"area": values}})
		require.NoError(t, err)
		_, err = ask(t, t.Context(), says(200, string(body)))
		require.ErrorIs(t, err, index.ErrUnavailable)
	})
	t.Run("S1 the zero scope does not reach the engine", func(t *testing.T) {
		t.Parallel()
		e, c := start(t)
		x, err := meili.Open(t.Context(), c)
		require.NoError(t, err)
		for _, nobody := range []index.Scope{{}, index.Anyone(), index.Scope{}.As("somebody")} {
			page, err := x.Search(t.Context(), nobody, index.Query{Limit: 1})
			require.NoError(t, err)
			require.Zero(t, page.Total)
		}
		require.Zero(t, e.count("POST /indexes/shanqiao_cards_verified/search"))
	})
	t.Run("L14 the words are sent as tokens, in a body, and ask for all", func(t *testing.T) {
		t.Parallel()
		e, err := ask(t, t.Context(), says(200, `{"hits":[],"facetDistribution":{"area":{}}}`))
		require.NoError(t, err)
		for _, asked := range e.asked {
			require.NotContains(t, asked, "助浴")
		}
		last := e.asked[len(e.asked)-1]
		require.True(t, strings.HasPrefix(last, "POST /indexes/shanqiao_cards_verified/search? "), last)
		require.Contains(t, last, `"matchingStrategy":"all"`)
	})
	t.Run("L11 a caller who leaves is let go at once", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		hang := func(_ http.ResponseWriter, r *http.Request) { cancel(); <-r.Context().Done() }
		_, err := ask(t, ctx, hang)
		require.ErrorIs(t, err, context.Canceled)
	})
	t.Run("one that hangs ends with the caller's deadline", func(t *testing.T) {
		t.Parallel()
		e, c := start(t)
		x, err := meili.Open(t.Context(), c)
		require.NoError(t, err)
		e.set(func(e *engine) { e.search = func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() } })
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		_, err = x.Search(ctx, index.VerifiedReader(), index.Query{Limit: 1})
		require.ErrorIs(t, err, index.ErrUnavailable)
	})
}
