// Package api is the machine interface to what an organisation's pages do: the
// published needs, one need, and a claim. It answers JSON, and problem documents
// where it refuses. The same sign-in, the same verbs and the same rights as the
// pages; a claim carries an Idempotency-Key, so a call repeated after a lost
// connection is answered and not done again.
package api

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"
	"time"

	"shanqiao/charities/claim"
	"shanqiao/charities/organisation"
	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/pg"
	"shanqiao/needs/card"
	"shanqiao/needs/deid"
	"shanqiao/needs/index"
	"shanqiao/portal/route"
)

// Searcher finds cards within a scope; index.Tiers does.
type Searcher interface {
	Find(ctx context.Context, scope index.Scope, q index.Query) (index.Result, error)
}

// API serves the interface. DB is the exchange login.
type API struct {
	DB    pg.DB
	Index Searcher
	Now   func() time.Time
}

// Routes are the calls, version 1.
func (a *API) Routes() []route.Route {
	return []route.Route{
		{Methods: route.Get, Pattern: "/api", Action: "api.describe", Handler: route.Public(a.describe)},
		{Methods: route.Get, Pattern: "/api/v1/needs", Action: "api.need.list", Handler: route.Member(a.needs)},
		{Methods: route.Get, Pattern: "/api/v1/needs/{need}", Action: "api.need.open", Handler: route.Member(a.need)},
		{Methods: route.Post, Pattern: "/api/v1/needs/{need}/claims", Action: "api.claim.take", Handler: route.Member(a.claim)},
	}
}

// Need is a card on the wire. Days are civil dates, YYYY-MM-DD.
type Need struct {
	ID         string            `json:"id"`
	Area       string            `json:"area"`
	Group      string            `json:"group"`
	Code       string            `json:"code"`
	Urgency    string            `json:"urgency"`
	Quantity   int               `json:"quantity"`
	Remaining  int               `json:"remaining"`
	WindowFrom string            `json:"window_from"`
	WindowTo   string            `json:"window_to"`
	Sentence   map[string]string `json:"sentence"` // by language
	State      string            `json:"state"`
	Version    int64             `json:"version"`
}

func wire(k deid.Card) Need {
	return Need{
		ID: string(k.ID), Area: k.Area, Group: string(k.Group), Code: string(k.Code), Urgency: string(k.Urgency),
		Quantity: k.Quantity, Remaining: k.Left(),
		WindowFrom: k.WindowFrom.Format(time.DateOnly), WindowTo: k.WindowTo.Format(time.DateOnly),
		Sentence: map[string]string{"zh": k.SentenceZh, "en": k.SentenceEn}, State: k.State, Version: k.Version,
	}
}

// List is a page of needs. NextCursor is empty on the last page. Few says that
// the parameters single out too few needs to be listed: ask more widely.
type List struct {
	Needs      []Need `json:"needs"`
	NextCursor string `json:"next_cursor,omitempty"`
	Few        bool   `json:"few,omitempty"`
}

var errQuery = fault.New(fault.Invalid, "api.query_unknown")

// filters are the parameters of a list that narrow it.
var filters = map[string]index.Field{
	"group": index.Group, "code": index.Code, "urgency": index.Urgency, "area": index.Area,
}

// needs lists what the organisation may claim, the most pressing first:
// ?q=&area=&group=&code=&urgency=&limit=&cursor=. An unknown parameter is
// refused, so that a filter misspelt is not silently everything.
func (a *API) needs(w http.ResponseWriter, r *http.Request, by actor.Member) error {
	if err := organisation.Check(r.Context(), a.DB, by.Organisation); err != nil {
		return err
	}
	q, err := a.query(r)
	if err != nil {
		return err
	}
	scope, err := card.Scope(r.Context(), a.DB, by)
	if err != nil {
		return err
	}
	found, err := a.Index.Find(r.Context(), scope, q)
	if err != nil {
		return err
	}
	cards, err := card.Many(r.Context(), a.DB, by, found.IDs)
	if err != nil {
		return err
	}
	list := List{Needs: make([]Need, len(cards)), Few: found.Total.Few && len(found.IDs) == 0}
	for i, k := range cards {
		list.Needs[i] = wire(k)
	}
	if found.More {
		list.NextCursor = cursor(q.Offset + q.Limit)
	}
	return answer(w, http.StatusOK, list)
}

func (a *API) query(r *http.Request) (index.Query, error) {
	until := a.Now().Unix() / int64(24*time.Hour/time.Second)
	q := index.Query{
		Sort: index.Pressing, Limit: 50, Must: []index.Cond{index.Range{Field: index.Until, Min: &until}},
	}
	for name, values := range r.URL.Query() {
		field, narrows := filters[name]
		switch {
		case name == "area":
			q.Must = append(q.Must, index.Within(values...))
		case narrows:
			q.Must = append(q.Must, index.In{Field: field, Codes: values})
		case name == "q":
			q.Text, q.Sort = values[0], index.Best
		case name == "limit":
			n, err := strconv.Atoi(values[0])
			if err != nil || n < 1 || n > index.MaxLimit {
				return q, errQuery.With("name", name)
			}
			q.Limit = n
		case name == "cursor":
			n, ok := offset(values[0])
			if !ok {
				return q, errQuery.With("name", name)
			}
			q.Offset = n
		case name == "lang":
		default:
			return q, errQuery.With("name", name)
		}
	}
	return q, nil
}

// cursor is opaque to callers, so that it may mean something else one day.
func cursor(n int) string { return base64.RawURLEncoding.EncodeToString([]byte("o" + strconv.Itoa(n))) }

func offset(s string) (int, bool) {
	raw, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || len(raw) < 2 || raw[0] != 'o' {
		return 0, false
	}
	n, err := strconv.Atoi(string(raw[1:]))
	return n, err == nil && n >= 0
}

// need is one card.
func (a *API) need(w http.ResponseWriter, r *http.Request, by actor.Member) error {
	id, err := route.ID(r, "need")
	if err != nil {
		return err
	}
	k, err := card.For(r.Context(), a.DB, by, id)
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, wire(k))
}

// Claim is a claim on the wire; State is one of the ten SDOHCC codes.
type Claim struct {
	ID     string    `json:"id"`
	Need   string    `json:"need"`
	Units  int       `json:"units"`
	Offer  string    `json:"offer,omitempty"`
	Worker string    `json:"worker"`
	State  string    `json:"state"`
	Next   string    `json:"next"` // who acts next: staff, provider, household
	DueAt  time.Time `json:"due_at"`
	MadeAt time.Time `json:"made_at"`
}

// asked is the body of a claim. Worker left out is who is signed in.
type asked struct {
	Units  int    `json:"units"`
	Offer  string `json:"offer"`
	Worker string `json:"worker"`
}

// claim takes a part of a need: 201 with the claim, and the same again for the
// same Idempotency-Key; 409 with "remaining" when there is not enough left.
func (a *API) claim(w http.ResponseWriter, r *http.Request, by actor.Member) error {
	id, err := route.ID(r, "need")
	if err != nil {
		return err
	}
	body, err := read(r)
	if err != nil {
		return err
	}
	if body.Worker == "" {
		body.Worker = by.Account
	}
	c, err := claim.Take(r.Context(), a.DB, by, claim.Request{
		Card: id, Offer: body.Offer, Units: body.Units, Worker: body.Worker, RequestKey: r.Header.Get("Idempotency-Key"),
	})
	if err != nil {
		return err
	}
	return answer(w, http.StatusCreated, Claim{
		ID: c.ID, Need: string(c.Card), Units: c.Units, Offer: string(c.Offer), Worker: c.Worker, State: string(c.State),
		Next: c.Next(), DueAt: c.DueAt, MadeAt: c.MadeAt,
	})
}

var (
	errBody  = fault.New(fault.Invalid, "api.body_wrong")
	errLarge = fault.New(fault.TooLarge, "error.too_large")
)

func read(r *http.Request) (asked, error) {
	var body asked
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/json" {
		return body, errBody
	}
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	err = d.Decode(&body)
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return body, errLarge
	case err != nil:
		return body, errBody // the cause may quote what was sent
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return body, errBody
	}
	return body, nil
}

// answer writes JSON whole or not at all.
func answer(w http.ResponseWriter, status int, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	if _, err := w.Write(body); err != nil {
		return nil //nolint:nilerr // the caller has gone; there is nobody left to tell
	}
	return nil
}
