// Package route says what a page is to the router: a path, the action that the
// policy table must allow, and a handler whose type names who it is for.
//
// The types are the guard: a handler for officers receives an actor.Officer, so
// it cannot be written, or called, without one. Who of them may come in is not
// decided here but in the policy table of package portal.
package route

import (
	"errors"
	"net/http"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/id"
)

// Action names what a page lets a person do, "need.approve". The policy table
// has one row for each.
type Action string

// Methods of a page.
const (
	Get  = "GET"      // shows
	Post = "POST"     // changes, and has no page of its own
	Form = "GET POST" // shows a form and takes it: one function serves both
)

// Route is one line of the table of contents.
type Route struct {
	Methods string
	Pattern string
	Action  Action
	Handler Handler
}

// Handler is a page for one kind of visitor.
type Handler interface {
	// Roles are the roles that the handler's type can serve; none means anyone,
	// signed in or not.
	Roles() []actor.Role
	// Serve answers. A returned error becomes a page; nothing may have been written then.
	Serve(w http.ResponseWriter, r *http.Request, by actor.Actor) error
}

// The kinds of page.
type (
	Public        func(w http.ResponseWriter, r *http.Request) error
	SignedIn      func(w http.ResponseWriter, r *http.Request, by actor.Actor) error
	Citizen       func(w http.ResponseWriter, r *http.Request, by actor.Citizen) error
	Member        func(w http.ResponseWriter, r *http.Request, by actor.Member) error
	Volunteer     func(w http.ResponseWriter, r *http.Request, by actor.Volunteer) error
	Officer       func(w http.ResponseWriter, r *http.Request, by actor.Officer) error
	Auditor       func(w http.ResponseWriter, r *http.Request, by actor.Auditor) error
	Administrator func(w http.ResponseWriter, r *http.Request, by actor.Administrator) error
)

// Roles of a public page: none is asked for.
func (Public) Roles() []actor.Role { return nil }

// Roles of a page for whoever is signed in.
func (SignedIn) Roles() []actor.Role { return actor.Roles }

// Roles of a citizen's page.
func (Citizen) Roles() []actor.Role { return []actor.Role{actor.CitizenRole} }

// Roles of an organisation's page.
func (Member) Roles() []actor.Role { return []actor.Role{actor.MemberRole} }

// Roles of a volunteer's page.
func (Volunteer) Roles() []actor.Role { return []actor.Role{actor.VolunteerRole} }

// Roles of civil-affairs staff; the policy table says which level.
func (Officer) Roles() []actor.Role {
	return []actor.Role{actor.SubdistrictRole, actor.DistrictRole, actor.CityRole}
}

// Roles of an auditor's page.
func (Auditor) Roles() []actor.Role { return []actor.Role{actor.AuditorRole} }

// Roles of an administrator's page.
func (Administrator) Roles() []actor.Role { return []actor.Role{actor.AdministratorRole} }

// Serve ignores who asks.
func (h Public) Serve(w http.ResponseWriter, r *http.Request, _ actor.Actor) error { return h(w, r) }

// Serve hands on whoever is signed in.
func (h SignedIn) Serve(w http.ResponseWriter, r *http.Request, by actor.Actor) error {
	if by == nil {
		return NotHere
	}
	return h(w, r, by)
}

// Serve answers a citizen.
func (h Citizen) Serve(w http.ResponseWriter, r *http.Request, by actor.Actor) error {
	return as(h, w, r, by)
}

// Serve answers a member of an organisation.
func (h Member) Serve(w http.ResponseWriter, r *http.Request, by actor.Actor) error {
	return as(h, w, r, by)
}

// Serve answers a volunteer.
func (h Volunteer) Serve(w http.ResponseWriter, r *http.Request, by actor.Actor) error {
	return as(h, w, r, by)
}

// Serve answers an officer.
func (h Officer) Serve(w http.ResponseWriter, r *http.Request, by actor.Actor) error {
	return as(h, w, r, by)
}

// Serve answers an auditor.
func (h Auditor) Serve(w http.ResponseWriter, r *http.Request, by actor.Actor) error {
	return as(h, w, r, by)
}

// Serve answers an administrator.
func (h Administrator) Serve(w http.ResponseWriter, r *http.Request, by actor.Actor) error {
	return as(h, w, r, by)
}

// NotHere is the one answer for what is not there and what is not yours.
var NotHere = fault.New(fault.NotFound, "error.not_found")

// as refuses an actor of another kind. The policy has refused already; this is
// the wall behind it.
func as[A actor.Actor](h func(http.ResponseWriter, *http.Request, A) error,
	w http.ResponseWriter, r *http.Request, by actor.Actor,
) error {
	a, ok := by.(A)
	if !ok {
		return NotHere
	}
	return h(w, r, a)
}

// ID is an identifier from the path. What cannot be one is "not found" before
// it costs a query.
func ID(r *http.Request, name string) (string, error) {
	s := r.PathValue(name)
	if !id.Valid(s) {
		return "", NotHere
	}
	return s, nil
}

// elsewhere is a failure, and the page where it is read how things stand now.
type elsewhere struct {
	error
	page string
}

func (e *elsewhere) Unwrap() error { return e.error }

// Elsewhere sends whoever meets a failure on to page, a path of this site, and
// not back to the form that would refuse again.
func Elsewhere(err error, page string) error { return &elsewhere{err, page} }

// PageOf is the page that err leads to; "" is none.
func PageOf(err error) string {
	var e *elsewhere
	if errors.As(err, &e) {
		return e.page
	}
	return ""
}

// Gone is the answer for a page that was there once and is withdrawn for good.
var Gone = fault.New(fault.NotFound, "error.gone")
