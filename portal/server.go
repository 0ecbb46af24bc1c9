// Package portal is the web: every page of every audience behind one handler.
//
// What a page lets a person do is named by its route; who may is one table,
// policy.go. A handler returns an error and nothing else; fail.go alone turns
// errors into pages. Pages work without scripts, and a GET changes nothing; that a
// record was read is written down, docs/decisions/0013.
package portal

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"

	"shanqiao/internal/env"
	"shanqiao/internal/message"
	"shanqiao/internal/pg"
	"shanqiao/internal/secret"
	"shanqiao/needs/chain"
	"shanqiao/needs/index"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
	"shanqiao/portal/route"
	"shanqiao/portal/session"
	"shanqiao/portal/static"
)

// Server holds what the pages need. Fields without a word are required.
type Server struct {
	Pools  *pg.Pools
	Keys   *secret.Keys
	Index  index.Tiers    // a tier without an index finds nothing
	Ledger *chain.Ledger  // signed checkpoints for the auditor's verification; nil where this machine has none
	Sender message.Sender // nil: codes are shown on the page in a demonstration, and not sent otherwise
	Now    func() time.Time
	Log    *slog.Logger
	Site   html.Site // what the deploying office fills in; may be empty

	// Settings are those in force, for the administrator's page.
	Settings []env.Setting

	// Dev marks a demonstration: codes are shown on the page, and a strip on each
	// page says that nothing here is real.
	Dev bool
	// Secure says that readers come by https, which cookies and HSTS follow.
	Secure bool
	// Proxies are the address ranges whose X-Forwarded-For is believed. None: the
	// peer is the client.
	Proxies []string
	// PerSecond is how many requests one address may make in the long run; 0 is the
	// usual pace. A whole carrier's network may share an address.
	PerSecond int
	// Neighbours are asked by /readyz; one that does not answer makes the site
	// slower or poorer, never unready.
	Neighbours map[string]func(context.Context) error

	policy route.Policy
	routes []route.Route
	door   session.Store
	mux    *chi.Mux
	pace   pace
}

// Limits of one request.
const (
	bodyLimit   = 64 << 10
	pageTimeout = 20 * time.Second
)

// Handler checks words, templates and policy against the routes and returns the
// whole site. What is broken is an error here and not a blank page later.
func (s *Server) Handler() (http.Handler, error) {
	if s.Sender == nil {
		s.Sender = message.Nobody{}
		if s.Dev {
			s.Sender = &message.Shown{}
		}
	}
	for _, check := range []func() error{locale.Check, html.Check, s.assemble} {
		if err := check(); err != nil {
			return nil, fmt.Errorf("portal: %w", err)
		}
	}
	s.door = session.Store{DB: s.Pools.Access, Secure: s.Secure}
	s.pace.perSecond = s.PerSecond
	s.mux = chi.NewMux()
	s.mux.Use(s.observe, s.headers, s.clientIP(), middleware.Compress(5), s.timeout, s.slow,
		s.sameOrigin, s.readBody, s.visit, middleware.GetHead)
	s.mux.NotFound(s.page(func(http.ResponseWriter, *http.Request) error { return route.NotHere }))
	s.mux.MethodNotAllowed(s.methodNotAllowed)
	s.mux.Get("/livez", s.livez)
	s.mux.Get("/readyz", s.readyz)
	s.mux.Get(static.Prefix+"*", s.page(func(w http.ResponseWriter, r *http.Request) error {
		if !static.Serve(w, r) {
			return route.NotHere
		}
		return nil
	}))
	for _, rt := range s.routes {
		for method := range strings.FieldsSeq(rt.Methods) {
			s.mux.Method(method, rt.Pattern, s.guard(rt))
		}
	}
	return s.mux, nil
}

// assemble collects the audiences' routes and compares them with the policy.
func (s *Server) assemble() error {
	s.routes, s.policy = s.audiences(), policy()
	return s.policy.Check(s.routes)
}

// Table is the table of contents and who may do what, for tests that range over
// both. It is empty before Handler.
func (s *Server) Table() (route.Policy, []route.Route) { return s.policy, s.routes }

// Listen is an HTTP server with the limits that a public site needs.
func Listen(h http.Handler) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
	}
}
