// Package admin is the administrator's desk: accounts, and work that could not be
// done. It sees no household: of the records half it asks the outbox only, whose
// rows hold references and no person, and citizens are a number to it.
package admin

import (
	"shanqiao/internal/env"
	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
	"shanqiao/needs/index"
	"shanqiao/portal/route"
)

// Admin serves the pages. Access keeps accounts; Outboxes are the logins of the
// two halves, for their outboxes; Exchange lists organisations.
type Admin struct {
	Access   pg.DB
	Exchange pg.DB
	Outboxes map[outbox.Half]pg.DB
	Index    index.Tiers
	Settings []env.Setting // in force, as they may be shown
}

// halves in the order in which they are shown.
var halves = []outbox.Half{outbox.Records, outbox.Exchange}

// Routes are the administrator's pages.
func (a *Admin) Routes() []route.Route {
	return []route.Route{
		{Methods: route.Get, Pattern: "/admin", Action: "system.look", Handler: route.Administrator(a.overview)},
		{Methods: route.Get, Pattern: "/admin/accounts", Action: "account.look", Handler: route.Administrator(a.accounts)},
		{Methods: route.Form, Pattern: "/admin/accounts/new", Action: "account.open", Handler: route.Administrator(a.open)},
		{Methods: route.Get, Pattern: "/admin/accounts/{account}", Action: "account.look", Handler: route.Administrator(a.account)},
		{Methods: route.Post, Pattern: "/admin/accounts/{account}/disable", Action: "account.keep", Handler: route.Administrator(a.disable)},
		{Methods: route.Post, Pattern: "/admin/accounts/{account}/enable", Action: "account.keep", Handler: route.Administrator(a.enable)},
		{Methods: route.Post, Pattern: "/admin/accounts/{account}/password", Action: "account.keep", Handler: route.Administrator(a.reset)},
		{Methods: route.Post, Pattern: "/admin/accounts/{account}/signout", Action: "account.keep", Handler: route.Administrator(a.signOut)},
		{Methods: route.Get, Pattern: "/admin/jobs", Action: "job.look", Handler: route.Administrator(a.jobs)},
		{Methods: route.Get, Pattern: "/admin/jobs/{half}/{letter}", Action: "job.look", Handler: route.Administrator(a.job)},
		{Methods: route.Post, Pattern: "/admin/jobs/{half}/{letter}/retry", Action: "job.decide", Handler: route.Administrator(a.retry)},
		{Methods: route.Post, Pattern: "/admin/jobs/{half}/{letter}/cancel", Action: "job.decide", Handler: route.Administrator(a.cancel)},
		{Methods: route.Get, Pattern: "/admin/settings", Action: "settings.look", Handler: route.Administrator(a.settings)},
	}
}
