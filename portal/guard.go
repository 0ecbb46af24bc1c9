package portal

import (
	"net/http"
	"net/url"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/portal/route"
	"shanqiao/portal/session"
)

// What became of a request at the door, as the log says it.
const (
	served    = "served"
	signedOut = "signed_out"
	wrongRole = "wrong_role"
	temporary = "temporary_password"
)

var (
	errTemporary = fault.New(fault.Forbidden, "account.temporary")
	errSignedOut = fault.New(fault.Unauthenticated, "error.signed_out")
)

// guard lets in whom the policy allows and hands the handler the kind of actor
// that it was written for. A wrong role gets what a wrong address gets, byte for
// byte, so that a page's existence is not told either.
func (s *Server) guard(rt route.Route) http.HandlerFunc {
	rule := s.policy[rt.Action]
	public := len(rule.Roles) == 0
	return s.page(func(w http.ResponseWriter, r *http.Request) error {
		rec, who := recordOf(r), sessionOf(r)
		rec.action = string(rt.Action)
		if who == nil && !public {
			rec.door = signedOut
			return errSignedOut
		}
		var by actor.Actor
		if who != nil {
			if !s.policy.Allows(rt.Action, who.Role) {
				rec.door = wrongRole
				return route.NotHere
			}
			if who.Temporary && !public && rt.Action != ownPassword {
				rec.door = temporary
				return choosePassword(w, r)
			}
			var err error
			if by, err = s.actor(r, who, public); err != nil {
				return err
			}
		}
		rec.door = served
		return rt.Handler.Serve(w, r, by)
	})
}

// actor spares a public page the look into the records half.
func (s *Server) actor(r *http.Request, who *session.Session, public bool) (actor.Actor, error) {
	if public {
		return nil, nil
	}
	return who.Actor(r.Context(), s.Pools.Records)
}

// choosePassword leads whoever came in by a password that somebody else gave to
// the one page that is open: until it is changed, two people know it, and what
// is done could be either's.
func choosePassword(w http.ResponseWriter, r *http.Request) error {
	switch {
	case wantsJSON(r):
		return errTemporary
	case r.Method == http.MethodGet:
		return route.SeeOther(w, r, "/account/password?next="+url.QueryEscape(route.Local(r.URL.RequestURI(), "/")), "")
	default:
		return route.SeeOther(w, r, "/account/password", "")
	}
}

// page turns a handler that returns an error into one that does not.
func (s *Server) page(h func(w http.ResponseWriter, r *http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := h(w, r); err != nil {
			s.fail(w, r, err)
		}
	}
}
