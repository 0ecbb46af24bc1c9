package meili_test

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// store plays a Meilisearch that keeps what it is given, as far as this package
// asks: it can be down, slow or wiped, and does every task at once.
type store struct {
	mu       sync.Mutex
	url      string
	down     bool
	slow     chan struct{} // closed when it is quick again
	keys     map[string]map[string]any
	indexes  map[string]map[string]json.RawMessage // documents by id
	settings map[string]map[string]any
	tasks    int
}

func newStore(t *testing.T) *store {
	s := &store{}
	s.empty()
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}

func (s *store) empty() {
	s.keys, s.indexes, s.settings = map[string]map[string]any{}, map[string]map[string]json.RawMessage{}, map[string]map[string]any{}
	s.tasks = 0
}

func (s *store) address() string { return s.url }

func (s *store) kill(*testing.T)  { s.mu.Lock(); defer s.mu.Unlock(); s.down = true }
func (s *store) start(*testing.T) { s.mu.Lock(); defer s.mu.Unlock(); s.down = false }
func (s *store) wipe(*testing.T)  { s.mu.Lock(); defer s.mu.Unlock(); s.empty() }

func (s *store) stop(*testing.T) { s.mu.Lock(); defer s.mu.Unlock(); s.slow = make(chan struct{}) }

func (s *store) resume(*testing.T) {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.slow)
	s.slow = nil
}

func (s *store) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	s.mu.Lock()
	slow := s.slow
	s.mu.Unlock()
	if slow != nil {
		select {
		case <-slow:
		case <-r.Context().Done():
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.down {
		panic(http.ErrAbortHandler) // the connection ends without a word
	}
	code, answer := s.answer(r, body)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	if err := json.NewEncoder(w).Encode(answer); err != nil {
		return
	}
}

var route = regexp.MustCompile(`^/indexes/([a-z0-9_-]+)(/[a-z/-]+)?$`)

type object = map[string]any

func problem(code string) object { return object{"code": code, "message": "secret text"} }

// task says that a write was taken; it is already done.
func (s *store) task() (int, any) {
	s.tasks++
	return http.StatusAccepted, object{"taskUid": s.tasks - 1, "status": "enqueued"}
}

func (s *store) answer(r *http.Request, body []byte) (int, any) {
	key := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	_, known := s.keys[strings.TrimPrefix(key, "key of ")]
	switch {
	case key == "":
		return 401, problem("missing_authorization_header")
	case key != "master" && !known:
		return 403, problem("invalid_api_key")
	case r.URL.Path == "/version":
		return 200, object{"pkgVersion": "1.50.0"}
	case strings.HasPrefix(r.URL.Path, "/keys"):
		return s.key(r, body)
	case strings.HasPrefix(r.URL.Path, "/tasks/"):
		if n, err := strconv.Atoi(r.URL.Path[len("/tasks/"):]); err != nil || n >= s.tasks {
			return 404, problem("task_not_found")
		}
		return 200, object{"status": "succeeded"}
	case r.URL.Path == "/swap-indexes":
		var swaps []struct{ Indexes []string }
		if json.Unmarshal(body, &swaps) != nil {
			return 400, problem("bad_request")
		}
		a, b := swaps[0].Indexes[0], swaps[0].Indexes[1]
		s.indexes[a], s.indexes[b] = s.indexes[b], s.indexes[a]
		return s.task()
	case r.URL.Path == "/indexes":
		var made struct{ UID string }
		if json.Unmarshal(body, &made) != nil {
			return 400, problem("bad_request")
		}
		if s.indexes[made.UID] == nil {
			s.indexes[made.UID], s.settings[made.UID] = map[string]json.RawMessage{}, object{}
		}
		return s.task()
	}
	at := route.FindStringSubmatch(r.URL.Path)
	if at == nil || s.indexes[at[1]] == nil {
		return 404, problem("index_not_found")
	}
	return s.index(r, at[1], at[2], body)
}

func (s *store) key(r *http.Request, body []byte) (int, any) {
	if r.Method == http.MethodGet {
		if k := s.keys[strings.TrimPrefix(r.URL.Path, "/keys/")]; k != nil {
			return 200, k
		}
		return 404, problem("api_key_not_found")
	}
	var k object
	if json.Unmarshal(body, &k) != nil {
		return 400, problem("bad_request")
	}
	uid, ok := k["uid"].(string)
	if !ok {
		return 400, problem("bad_request")
	}
	k["key"] = "key of " + uid
	s.keys[uid] = k
	return 201, k
}

func (s *store) index(r *http.Request, uid, rest string, body []byte) (int, any) {
	docs := s.indexes[uid]
	switch {
	case rest == "" && r.Method == http.MethodDelete:
		delete(s.indexes, uid)
		return s.task()
	case rest == "":
		return 200, object{"uid": uid, "primaryKey": "id"}
	case rest == "/stats":
		return 200, object{"numberOfDocuments": len(docs)}
	case rest == "/settings" && r.Method == http.MethodGet:
		return 200, s.settings[uid]
	case rest == "/settings":
		kept := s.settings[uid]
		if json.Unmarshal(body, &kept) != nil {
			return 400, problem("bad_request")
		}
		return s.task()
	case rest == "/search":
		var q struct{ Limit int }
		if json.Unmarshal(body, &q) != nil {
			return 400, problem("bad_request")
		}
		hits := s.sorted(uid, func(string) bool { return true })
		return 200, object{"hits": hits[:min(q.Limit, len(hits))], "estimatedTotalHits": len(docs)}
	case rest == "/documents/delete-batch":
		var gone []string
		if json.Unmarshal(body, &gone) != nil {
			return 400, problem("bad_request")
		}
		for _, id := range gone {
			delete(docs, id)
		}
		return s.task()
	case rest == "/documents" && r.Method == http.MethodPost:
		var added []json.RawMessage
		if json.Unmarshal(body, &added) != nil {
			return 400, problem("bad_request")
		}
		for _, d := range added {
			var named struct{ ID string }
			if json.Unmarshal(d, &named) != nil {
				return 400, problem("bad_request")
			}
			docs[named.ID] = d
		}
		return s.task()
	}
	return s.fetch(r, uid, body)
}

var bounds = regexp.MustCompile(`^id (>|>=|<) "([^"]*)"$`)

// fetch lists documents whose ids lie within bounds.
func (s *store) fetch(r *http.Request, uid string, body []byte) (int, any) {
	var q struct {
		Limit  int
		Filter []string
	}
	if r.Method == http.MethodGet {
		n, err := strconv.Atoi(r.URL.Query().Get("limit"))
		if err != nil {
			return 400, problem("bad_request")
		}
		q.Limit = n
	} else if json.Unmarshal(body, &q) != nil {
		return 400, problem("bad_request")
	}
	list := s.sorted(uid, func(id string) bool {
		return !slices.ContainsFunc(q.Filter, func(f string) bool {
			b := bounds.FindStringSubmatch(f)
			return b == nil || b[1] == ">" && id <= b[2] || b[1] == ">=" && id < b[2] || b[1] == "<" && id >= b[2]
		})
	})
	return 200, object{"results": list[:min(q.Limit, len(list))]}
}

func (s *store) sorted(uid string, wanted func(id string) bool) []json.RawMessage {
	out := []json.RawMessage{}
	for _, id := range slices.Sorted(maps.Keys(s.indexes[uid])) {
		if wanted(id) {
			out = append(out, s.indexes[uid][id])
		}
	}
	return out
}
