package api_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/charities/charitytest"
	"shanqiao/internal/actor"
	"shanqiao/internal/id"
	"shanqiao/needs/card"
	"shanqiao/needs/deid"
	"shanqiao/needs/index"
	"shanqiao/needs/index/embedded"
	"shanqiao/portal"
	"shanqiao/portal/account"
	"shanqiao/portal/api"
	"shanqiao/portal/portaltest"
)

func call(t testing.TB, site *portaltest.Site, b *portaltest.Browser, method, path, key, body string) (int, map[string]any) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, site.URL+path, strings.NewReader(body))
	require.NoError(t, err)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if key != "" {
		r.Header.Set("Idempotency-Key", key)
	}
	page := b.Do(r)
	var answer map[string]any
	require.NoError(t, json.Unmarshal([]byte(page.Body), &answer), page.Body)
	want := "application/json; charset=utf-8"
	if page.Status >= 400 {
		want = "application/problem+json; charset=utf-8"
		require.EqualValues(t, page.Status, answer["status"])
	}
	require.Equal(t, want, page.Header.Get("Content-Type"))
	return page.Status, answer
}

func site(t *testing.T) (*portaltest.Site, index.Tiers) {
	t.Helper()
	tiers := index.Tiers{Public: embedded.New(deid.Public), Verified: embedded.New(deid.Verified)}
	return portaltest.New(t, func(s *portal.Server) { s.Index = tiers }), tiers
}

func member(t testing.TB, s *portaltest.Site, organisation string) *portaltest.Browser {
	return s.As(t, account.New{Role: actor.MemberRole, Organisation: organisation, Name: "陈女士"})
}

// Two hundred organisations ask at once for a need of three: three succeed, and
// each of the others gets 409 with what is left.
func TestTwoHundredClaimsOverHTTP(t *testing.T) {
	t.Parallel()
	s, _ := site(t)
	k := charitytest.Card(t, s.DB, 3)
	browsers := make([]*portaltest.Browser, 200)
	for i := range browsers {
		browsers[i] = member(t, s, charitytest.Verified(t, s.DB).Organisation)
	}
	type reply struct {
		status int
		answer map[string]any
	}
	replies := make([]reply, len(browsers))
	var start, done sync.WaitGroup
	start.Add(1)
	for i, b := range browsers {
		done.Go(func() {
			start.Wait()
			replies[i].status, replies[i].answer = call(t, s, b, http.MethodPost, "/api/v1/needs/"+k+"/claims", id.New(), `{"units":1}`)
		})
	}
	start.Done()
	done.Wait()
	won := 0
	for _, r := range replies {
		if r.status == http.StatusCreated {
			won++
			continue
		}
		require.Equal(t, http.StatusConflict, r.status, "%v", r.answer)
		require.Equal(t, "claim.taken", r.answer["code"])
		require.EqualValues(t, 0, r.answer["remaining"])
	}
	require.Equal(t, 3, won)
	var committed int
	require.NoError(t, s.Admin.QueryRow(t.Context(), `select committed from exchange.cards where id = $1`, k).Scan(&committed))
	require.Equal(t, 3, committed)
}

func TestClaims(t *testing.T) {
	t.Parallel()
	s, _ := site(t)
	b := member(t, s, charitytest.Verified(t, s.DB).Organisation)
	k := charitytest.Card(t, s.DB, 3)
	path := "/api/v1/needs/" + k + "/claims"

	t.Run("the same key is answered again and does nothing again; another body under it is refused", func(t *testing.T) {
		status, first := call(t, s, b, http.MethodPost, path, "key-1", `{"units":2}`)
		require.Equal(t, http.StatusCreated, status)
		require.Equal(t, "requested", first["state"])
		require.Equal(t, "staff", first["next"])
		status, second := call(t, s, b, http.MethodPost, path, "key-1", `{"units":2}`)
		require.Equal(t, http.StatusCreated, status)
		require.Equal(t, first["id"], second["id"])
		status, problem := call(t, s, b, http.MethodPost, path, "key-1", `{"units":1}`)
		require.Equal(t, http.StatusUnprocessableEntity, status)
		require.Equal(t, "request.key_reused", problem["code"])
	})

	t.Run("what is left is said to who asks for too much", func(t *testing.T) {
		other := member(t, s, charitytest.Verified(t, s.DB).Organisation)
		status, problem := call(t, s, other, http.MethodPost, path, id.New(), `{"units":2}`)
		require.Equal(t, http.StatusConflict, status)
		require.EqualValues(t, 1, problem["remaining"])
	})

	t.Run("bad bodies, keys and ids each get a problem and change nothing", func(t *testing.T) {
		for name, c := range map[string]struct {
			path, key, body string
			status          int
		}{
			"no key":           {path, "", `{"units":1}`, 422},
			"no units":         {path, "k", `{}`, 422},
			"unknown field":    {path, "k", `{"units":1,"need":"x"}`, 422},
			"not JSON":         {path, "k", `units=1`, 422},
			"two documents":    {path, "k", `{"units":1}{"units":1}`, 422},
			"huge":             {path, "k", `{"units":1,"offer":"` + strings.Repeat("x", 1<<20) + `"}`, 413},
			"unknown worker":   {path, "k", `{"units":1,"worker":"` + id.New() + `"}`, 422},
			"unknown need":     {"/api/v1/needs/" + id.New() + "/claims", "k", `{"units":1}`, 404},
			"nonsense for ids": {"/api/v1/needs/nonsense/claims", "k", `{"units":1}`, 404},
		} {
			status, problem := call(t, s, b, http.MethodPost, c.path, c.key, c.body)
			require.Equal(t, c.status, status, "%s: %v", name, problem)
			require.NotEmpty(t, problem["detail"], name)
		}
		_, problem := call(t, s, b, http.MethodPost, path, "k", `{"units":0}`)
		require.Equal(t, "/units", problem["errors"].([]any)[0].(map[string]any)["pointer"])
	})

	t.Run("nobody and the unverified are refused", func(t *testing.T) {
		status, _ := call(t, s, s.Anyone(t), http.MethodGet, "/api/v1/needs", "", "")
		require.Equal(t, http.StatusUnauthorized, status)
		waiting := member(t, s, charitytest.Applied(t, s.DB).Organisation)
		for _, at := range []string{"/api/v1/needs", "/api/v1/needs/" + k} {
			status, problem := call(t, s, waiting, http.MethodGet, at, "", "")
			require.GreaterOrEqual(t, status, 403)
			require.NotContains(t, problem, "needs")
		}
		status, _ = call(t, s, waiting, http.MethodPost, path, "k", `{"units":1}`)
		require.Equal(t, http.StatusForbidden, status)
		status, _ = call(t, s, s.Role(t, actor.DistrictRole), http.MethodGet, "/api/v1/needs", "", "")
		require.Equal(t, http.StatusNotFound, status)
	})
}

// Each call refuses in the reader's language, and always with a document that a
// program can read.
func TestRefusals(t *testing.T) {
	t.Parallel()
	s, _ := site(t)
	verified, waiting := member(t, s, charitytest.Verified(t, s.DB).Organisation), member(t, s, charitytest.Applied(t, s.DB).Organisation)
	k := charitytest.Card(t, s.DB, 1)
	needs, need := "/api/v1/needs", "/api/v1/needs/"+k
	taken := need + "/claims"
	status, _ := call(t, s, verified, http.MethodPost, taken, "first", `{"units":1}`)
	require.Equal(t, http.StatusCreated, status)
	for name, c := range map[string]struct {
		by           *portaltest.Browser
		method, path string
		key, body    string
		status       int
	}{
		"a list for nobody":            {s.Anyone(t), http.MethodGet, needs, "", "", 401},
		"a need for nobody":            {s.Anyone(t), http.MethodGet, need, "", "", 401},
		"a claim for nobody":           {s.Anyone(t), http.MethodPost, taken, "k", `{"units":1}`, 401},
		"a list for the unverified":    {waiting, http.MethodGet, needs, "", "", 403},
		"a claim for the unverified":   {waiting, http.MethodPost, taken, "k", `{"units":1}`, 403},
		"another role":                 {s.Role(t, actor.DistrictRole), http.MethodGet, need, "", "", 404},
		"a need that is not there":     {verified, http.MethodGet, needs + "/" + id.New(), "", "", 404},
		"a claim of what is not there": {verified, http.MethodPost, needs + "/" + id.New() + "/claims", "k", `{"units":1}`, 404},
		"a call that is not there":     {verified, http.MethodGet, "/api/v1/families", "", "", 404},
		"a version that is not there":  {verified, http.MethodGet, "/api/v9", "", "", 404},
		"a list that is written to":    {verified, http.MethodPost, needs, "", "{}", 405},
		"the description, written to":  {verified, http.MethodPost, "/api", "", "{}", 405},
		"a claim that is read":         {verified, http.MethodGet, taken, "", "", 405},
		"an unknown filter":            {verified, http.MethodGet, needs + "?colour=red", "", "", 422},
		"nothing left":                 {verified, http.MethodPost, taken, "second", `{"units":1}`, 409},
		"no units":                     {verified, http.MethodPost, taken, "k", `{}`, 422},
		"too large":                    {verified, http.MethodPost, taken, "k", `{"offer":"` + strings.Repeat("x", 1<<20) + `"}`, 413},
	} {
		said := map[string]string{}
		for _, language := range []string{"zh", "en"} {
			at := c.path + map[bool]string{true: "&", false: "?"}[strings.Contains(c.path, "?")] + "lang=" + language
			status, problem := call(t, s, c.by, c.method, at, c.key, c.body)
			require.Equal(t, c.status, status, "%s: %v", name, problem)
			for _, field := range []string{"title", "detail", "code", "instance"} {
				require.NotEmpty(t, problem[field], "%s: %s", name, field)
			}
			said[language] = problem["title"].(string) + problem["detail"].(string)
			require.NotContains(t, said[language], "{", name)
		}
		require.Regexp(t, `\p{Han}`, said["zh"], name)
		require.NotRegexp(t, `\p{Han}`, said["en"], name)
	}
}

// What is described is what is served: every call, every parameter, and nothing
// besides, without signing in and in both languages.
func TestDescription(t *testing.T) {
	t.Parallel()
	s, _ := site(t)
	b := member(t, s, charitytest.Verified(t, s.DB).Organisation)
	_, zh := call(t, s, s.Anyone(t), http.MethodGet, "/api?lang=zh", "", "")
	status, doc := call(t, s, s.Anyone(t), http.MethodGet, "/api?lang=en", "", "")
	require.Equal(t, http.StatusOK, status)
	require.NotEqual(t, zh["info"], doc["info"])
	raw, err := json.Marshal(doc)
	require.NoError(t, err)
	require.NotRegexp(t, `\p{Han}|"api\.|"error\.`, string(raw))

	paths := doc["paths"].(map[string]any)
	var described, served []string
	for path, methods := range paths {
		for method := range methods.(map[string]any) {
			described = append(described, strings.ToUpper(method)+" "+path)
		}
	}
	for _, route := range (&api.API{}).Routes() {
		if route.Pattern != "/api" {
			served = append(served, route.Methods+" "+route.Pattern)
		}
	}
	require.ElementsMatch(t, served, described)

	list := paths["/api/v1/needs"].(map[string]any)["get"].(map[string]any)
	for _, p := range list["parameters"].([]any) {
		name := p.(map[string]any)["name"].(string)
		_, answer := call(t, s, b, http.MethodGet, "/api/v1/needs?"+name+"=0", "", "")
		if answer["code"] == "api.query_unknown" {
			require.Contains(t, []string{"limit", "cursor"}, name, "known, and 0 is no value of it")
		}
	}
	claim := paths["/api/v1/needs/{need}/claims"].(map[string]any)["post"].(map[string]any)
	body, err := json.Marshal(claim["requestBody"])
	require.NoError(t, err)
	require.Contains(t, string(body), `"required":["units"]`)
	require.Contains(t, string(body), `"worker":{"type":"string"}`)
}

func TestList(t *testing.T) {
	t.Parallel()
	s, tiers := site(t)
	b := member(t, s, charitytest.Verified(t, s.DB).Organisation)
	for range 7 {
		charitytest.Card(t, s.DB, 2)
	}
	_, err := card.Rebuild(t.Context(), s.Pools.Exchange, tiers.Verified)
	require.NoError(t, err)

	seen := map[string]bool{}
	path := "/api/v1/needs?limit=3&area=110105&code=bathing"
	for range 3 {
		status, list := call(t, s, b, http.MethodGet, path, "", "")
		require.Equal(t, http.StatusOK, status)
		for _, n := range list["needs"].([]any) {
			seen[n.(map[string]any)["id"].(string)] = true
		}
		next, _ := list["next_cursor"].(string)
		if next == "" {
			break
		}
		path = "/api/v1/needs?limit=3&area=110105&code=bathing&cursor=" + next
	}
	require.Len(t, seen, 7)

	for _, query := range []string{"limit=0", "limit=x", "cursor=x", "cursor=bzkyMjMzNzIwMzY4NTQ3NzU4MDc", "colour=red", "code=%27"} {
		status, problem := call(t, s, b, http.MethodGet, "/api/v1/needs?"+query, "", "")
		require.Equal(t, http.StatusUnprocessableEntity, status, query)
		require.NotEmpty(t, problem["code"])
	}
	for one := range seen {
		status, n := call(t, s, b, http.MethodGet, "/api/v1/needs/"+one, "", "")
		require.Equal(t, http.StatusOK, status)
		require.EqualValues(t, 2, n["remaining"])
	}
}
