// Package entry is the door of the portal: signing in and out, a person's own
// settings, the language and the edition for older eyes.
package entry

import (
	"net/http"

	"shanqiao/internal/actor"
	"shanqiao/internal/message"
	"shanqiao/internal/pg"
	"shanqiao/internal/secret"
	"shanqiao/portal/account"
	"shanqiao/portal/route"
	"shanqiao/portal/session"
)

// Entry serves the pages. DB is the access login; Home says where a role
// arrives after signing in.
type Entry struct {
	DB     pg.DB
	Keys   *secret.Keys
	Sender message.Sender
	Secure bool
	Home   func(actor.Role) string
}

// Routes are the pages of the door.
func (e *Entry) Routes() []route.Route {
	return []route.Route{
		{Methods: route.Get, Pattern: "/signin", Action: "account.sign_in", Handler: route.Public(e.choose)},
		{Methods: route.Form, Pattern: "/signin/phone", Action: "account.sign_in", Handler: route.Public(e.phone)},
		{Methods: route.Form, Pattern: "/signin/code", Action: "account.sign_in", Handler: route.Public(e.code)},
		{Methods: route.Form, Pattern: "/signin/password", Action: "account.sign_in", Handler: route.Public(e.password)},
		{Methods: route.Post, Pattern: "/signout", Action: "account.sign_in", Handler: route.Public(e.signOut)},
		{Methods: route.Get, Pattern: "/lang", Action: "account.sign_in", Handler: route.Public(e.language)},
		{Methods: route.Get, Pattern: "/edition", Action: "account.sign_in", Handler: route.Public(e.edition)},
		{Methods: route.Form, Pattern: "/account", Action: "account.settings", Handler: route.SignedIn(e.settings)},
		{Methods: route.Form, Pattern: "/account/password", Action: "account.password", Handler: route.SignedIn(e.changePassword)},
		{Methods: route.Post, Pattern: "/account/everywhere", Action: "account.settings", Handler: route.SignedIn(e.signOutEverywhere)},
	}
}

func (e *Entry) door() account.Door      { return account.Door{DB: e.DB, Keys: e.Keys} }
func (e *Entry) sessions() session.Store { return session.Store{DB: e.DB, Secure: e.Secure} }

// in signs the account in and sends the browser where it wanted to go.
func (e *Entry) in(w http.ResponseWriter, r *http.Request, id, next string) error {
	role, err := e.sessions().Start(r.Context(), w, r, id)
	if err != nil {
		return err
	}
	return route.SeeOther(w, r, route.Local(next, e.Home(role)), "")
}
