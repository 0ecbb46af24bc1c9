// Package public is what anyone may read without signing in. It is given the
// exchange half only, and shows of it only what cannot lead to a family:
// published cards of the public tier and counts too large to point at anyone.
package public

import (
	"time"

	"shanqiao/internal/pg"
	"shanqiao/needs/index"
	"shanqiao/portal/route"
)

// Public serves the public pages. DB is the exchange login.
type Public struct {
	DB    pg.DB
	Index index.Tiers
	Now   func() time.Time
}

// Routes are the public pages.
func (p *Public) Routes() []route.Route {
	return []route.Route{
		{Methods: route.Get, Pattern: "/", Action: "site.look", Handler: route.Public(p.front)},
		{Methods: route.Get, Pattern: "/needs", Action: "site.look", Handler: route.Public(p.needs)},
		{Methods: route.Get, Pattern: "/needs/still", Action: "site.look", Handler: route.Public(p.still)},
		{Methods: route.Get, Pattern: "/needs/{card}", Action: "site.look", Handler: route.Public(p.need)},
		{Methods: route.Get, Pattern: "/projects", Action: "site.look", Handler: route.Public(p.projects)},
		{Methods: route.Get, Pattern: "/projects/{project}", Action: "site.look", Handler: route.Public(p.project)},
		{Methods: route.Get, Pattern: "/help", Action: "site.look", Handler: prose("help")},
		{Methods: route.Get, Pattern: "/privacy", Action: "site.look", Handler: prose("privacy")},
		{Methods: route.Get, Pattern: "/a11y", Action: "site.look", Handler: prose("a11y")},
	}
}
