package portal

import (
	"net/http"
	"net/http/httptest"
	"time"

	"shanqiao/portal/route"
)

// Table is what the tests of the policy range over.
func Table(s *Server) (route.Policy, []route.Route) { return s.Table() }

// Statuses is the table of failures and answers.
var Statuses = statuses

// Panicking answers a request whose handler panics with value.
func Panicking(s *Server, value string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h := s.observe(s.visit(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(value) })))
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	return w
}

// Rush asks without pause until an address is told to slow down.
func Rush() int {
	var p pace
	now := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	for range usualPace * reserve {
		if !p.allow("192.0.2.1", now) {
			return 0
		}
	}
	if p.allow("192.0.2.1", now) || !p.allow("192.0.2.2", now) || !p.allow("192.0.2.1", now.Add(time.Second)) {
		return 0
	}
	return statuses[errTooMany.Kind]
}
