// Package citizen is the pages of people in need: declaring hardship, one
// question to a page, and following what becomes of it.
//
// Nobody has to sign in to begin. What is typed is kept sealed for the browser
// that typed it, so that a flat battery loses nothing; the telephone is proved
// only before sending. A page here never says what the register knows about
// anybody whose account is not linked to a household.
package citizen

import (
	"net/http"
	"time"

	"shanqiao/internal/message"
	"shanqiao/internal/pg"
	"shanqiao/internal/secret"
	"shanqiao/portal/account"
	"shanqiao/portal/route"
	"shanqiao/portal/session"
)

// Citizen serves the pages. Records and Access are the two logins; Secure says
// that readers come by https.
type Citizen struct {
	Records pg.DB
	Access  pg.DB
	Keys    *secret.Keys
	Sender  message.Sender
	Secure  bool
	Now     func() time.Time
}

// Routes are the pages of people in need.
func (c *Citizen) Routes() []route.Route {
	fill := func(pattern string, page route.Public) route.Route {
		return route.Route{Methods: route.Form, Pattern: pattern, Action: "declaration.fill", Handler: unkept(page)}
	}
	return []route.Route{
		{Methods: route.Get, Pattern: "/d", Action: "declaration.fill", Handler: route.Public(c.start)},
		fill("/d/need", c.need),
		fill("/d/home", c.home),
		fill("/d/place", c.place),
		fill("/d/street", c.street),
		fill("/d/contact", c.contact),
		fill("/d/words", c.words),
		fill("/d/code", c.code),
		{Methods: route.Post, Pattern: "/d/resend", Action: "declaration.fill", Handler: route.Public(c.resend)},
		{Methods: route.Post, Pattern: "/d/clear", Action: "declaration.fill", Handler: route.Public(c.clear)},
		{Methods: route.Form, Pattern: "/d/check", Action: "declaration.submit", Handler: route.Citizen(c.check)},
		{Methods: route.Get, Pattern: "/d/done/{declaration}", Action: "declaration.follow", Handler: route.Citizen(c.done)},
		{Methods: route.Get, Pattern: "/me", Action: "declaration.follow", Handler: route.Citizen(c.mine)},
		{Methods: route.Get, Pattern: "/me/data", Action: "household.looks", Handler: route.Citizen(c.data)},
		{Methods: route.Form, Pattern: "/me/consents/{consent}", Action: "consent.withdraw", Handler: route.Citizen(c.revoke)},
		{Methods: route.Form, Pattern: "/me/deliveries/{delivery}", Action: "outcome.confirm", Handler: route.Citizen(c.confirm)},
		{Methods: route.Get, Pattern: "/me/{declaration}", Action: "declaration.follow", Handler: route.Citizen(c.status)},
		{Methods: route.Form, Pattern: "/me/{declaration}/withdraw", Action: "declaration.withdraw", Handler: route.Citizen(c.withdraw)},
	}
}

// unkept keeps what was typed out of every cache: who is not signed in shares a
// browser more often than others do.
func unkept(page route.Public) route.Public {
	return func(w http.ResponseWriter, r *http.Request) error {
		w.Header().Set("Cache-Control", "no-store")
		return page(w, r)
	}
}

func (c *Citizen) door() account.Door      { return account.Door{DB: c.Access, Keys: c.Keys} }
func (c *Citizen) sessions() session.Store { return session.Store{DB: c.Access, Secure: c.Secure} }
