package portal

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/go-chi/chi/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"shanqiao/internal/fault"
	"shanqiao/internal/pg"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
	"shanqiao/portal/route"
)

// statuses is what each kind of failure is answered with; a test ranges over
// fault.Kinds.
var statuses = map[fault.Kind]int{
	fault.Internal:        http.StatusInternalServerError,
	fault.Invalid:         http.StatusUnprocessableEntity,
	fault.Unauthenticated: http.StatusUnauthorized,
	fault.Forbidden:       http.StatusForbidden,
	fault.NotFound:        http.StatusNotFound,
	fault.Conflict:        http.StatusConflict,
	fault.TooMany:         http.StatusTooManyRequests,
	fault.TooLarge:        http.StatusRequestEntityTooLarge,
	fault.Unavailable:     http.StatusServiceUnavailable,
}

var (
	errDown     = fault.New(fault.Unavailable, "error.database")
	errInternal = fault.New(fault.Internal, "error.internal")
)

type errorView struct {
	Title, Text, Next string
	Number            string
	Facts             []html.Fact
	SignIn            string // where to sign in and come back; empty: no use
	Back              string // the page that the person came from; empty: unknown
	BackKey           string // its words
	Home              string
	Inside            bool // Home is the first page of the person's own role
}

var errorPage = html.Define[errorView]("errors/error")

// fail answers an error with its page: what happened, what to do next, and a
// number to quote. It is the only place where an error stops travelling.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	rec := recordOf(r)
	rec.err = err
	if errors.Is(err, context.Canceled) && r.Context().Err() != nil {
		return // the reader has gone
	}
	e := known(err)
	status := statuses[e.Kind]
	if e.Is(route.Gone) {
		status = http.StatusGone
	}
	if e.Kind == fault.Unauthenticated && r.Method == http.MethodGet && !wantsJSON(r) {
		http.Redirect(w, r, signInAndBack(r), http.StatusSeeOther)
		return
	}
	s.refuse(w, r, status, e)
}

// known finds the failure in err, and gives the usual troubles of a database a
// name even where nobody did.
func known(err error) *fault.Error {
	if e := fault.As(err); e != nil {
		return e
	}
	var network net.Error
	if pg.Away(err) || errors.As(err, &network) || errors.Is(err, context.DeadlineExceeded) {
		return errDown
	}
	return errInternal
}

func (s *Server) refuse(w http.ResponseWriter, r *http.Request, status int, e *fault.Error) {
	v := html.Of(r)
	code := strconv.Itoa(status)
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Del("Content-Encoding")
	switch status {
	case http.StatusTooManyRequests:
		h.Set("Retry-After", "60")
	case http.StatusServiceUnavailable:
		h.Set("Retry-After", "30")
	}
	view := errorView{
		Title: v.Locale.T("error." + code + ".title"), Text: v.Locale.Say(locale.Message{Key: e.Key, Data: e.Data}),
		Next: v.Locale.T("error." + code + ".next"), Number: v.RequestID,
	}
	if status == http.StatusUnauthorized {
		view.SignIn = signInAndBack(r)
	}
	view.Back, view.BackKey, view.Home = s.before(r, status), "error.back", "/"
	if status == http.StatusConflict {
		view.BackKey = "error.back_now"
	}
	if len(v.Nav) > 0 {
		view.Home, view.Inside = v.Nav[0].Href, true
	}
	if wantsJSON(r) {
		problem(w, status, view, e, v.Locale)
		return
	}
	// 200 here only chooses the title without "Error:", which is for forms.
	body, err := errorPage.Render(v, http.StatusOK, view)
	if err != nil {
		s.Log.Error("error page", "request", v.RequestID, "err", err)
		body = []byte(view.Title + "\n" + view.Number + "\n")
		h.Set("Content-Type", "text/plain; charset=utf-8")
	} else {
		h.Set("Content-Type", "text/html; charset=utf-8")
	}
	w.WriteHeader(status)
	if _, err := w.Write(body); err != nil {
		return // the reader has gone
	}
}

// problem writes a problem document (RFC 9457). What fills the sentence's
// placeholders stands beside it, for machines: how much is left, how many may be
// open. What to press next on a page is left out. And each field that must change, by a JSON pointer.
func problem(w http.ResponseWriter, status int, v errorView, e *fault.Error, l *locale.Locale) {
	doc := map[string]any{}
	maps.Copy(doc, e.Data)
	var wrong []map[string]string
	for _, field := range slices.Sorted(maps.Keys(e.Fields)) {
		data := map[string]any{"label": field}
		maps.Copy(data, e.Data)
		wrong = append(wrong, map[string]string{
			"pointer": "/" + field, "code": e.Fields[field], "detail": l.Say(locale.Message{Key: e.Fields[field], Data: data}),
		})
	}
	if wrong != nil {
		doc["errors"] = wrong
	}
	maps.Copy(doc, map[string]any{
		"type": "about:blank", "title": v.Title, "status": status, "code": e.Key, "detail": v.Text, "instance": "urn:request:" + v.Number,
	})
	body, err := json.Marshal(doc)
	if err != nil {
		body = []byte("{}")
	}
	w.Header().Set("Content-Type", "application/problem+json; charset=utf-8")
	w.WriteHeader(status)
	if _, err := w.Write(body); err != nil {
		return // the reader has gone
	}
}

func wantsJSON(r *http.Request) bool {
	accept := r.Header.Get("Accept")
	return r.URL.Path == "/api" || strings.HasPrefix(r.URL.Path, "/api/") ||
		strings.Contains(accept, "json") && !strings.Contains(accept, "text/html")
}

// before is the page that the person came from, where going back to it helps:
// somebody who pressed a button on an old page sees there how things stand now.
// A failure that names its own page leads there instead.
func (s *Server) before(r *http.Request, status int) string {
	switch status {
	case http.StatusUnauthorized, http.StatusNotFound, http.StatusGone:
		return ""
	}
	if page := route.PageOf(recordOf(r).err); page != "" {
		return page
	}
	u, err := url.Parse(r.Referer())
	if err != nil || u.Host != r.Host || u.User != nil || !s.mux.Match(chi.NewRouteContext(), http.MethodGet, u.Path) {
		return ""
	}
	if r.Method == http.MethodGet && u.RequestURI() == r.URL.RequestURI() {
		return "" // loaded again, and as it was
	}
	return route.Local(u.RequestURI(), "")
}

func signInAndBack(r *http.Request) string {
	return "/signin?next=" + url.QueryEscape(route.Local(r.URL.RequestURI(), "/"))
}

// told is an error as the log may say it. A database's own words can quote the
// value that it refused, so only its code and names are kept.
func told(err error) string {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		return "postgres " + e.Code + " " + e.TableName + " " + e.ConstraintName
	}
	if f := fault.As(err); f != nil {
		if cause := errors.Unwrap(f); cause != nil {
			return f.Error() + ": " + told(cause)
		}
	}
	return err.Error()
}

// methodNotAllowed names the methods that the address does take.
func (s *Server) methodNotAllowed(w http.ResponseWriter, r *http.Request) {
	s.allow(w, r)
	s.refuse(w, r, http.StatusMethodNotAllowed, fault.New(fault.Invalid, "error.method"))
}
