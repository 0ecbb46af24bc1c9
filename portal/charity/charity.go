// Package charity is what an organisation's members see: how their own
// organisation stands, the needs that verified organisations may browse, their
// claims, projects and volunteers.
//
// It is given the exchange half, the accounts, and one function for the contact
// of a family that agreed. It has no login of the records half: nothing here
// could read a household even by mistake.
package charity

import (
	"context"
	"time"

	"shanqiao/internal/pg"
	"shanqiao/needs/index"
	"shanqiao/portal/claimpage"
	"shanqiao/portal/projectpage"
	"shanqiao/portal/route"
	"shanqiao/portal/session"
)

// Charity serves the pages. DB is the exchange login, Access the accounts'.
// Applying counts an application from an address, or refuses it.
type Charity struct {
	DB       pg.DB
	Access   pg.DB
	Applying func(ctx context.Context, address string) error
	Index    Searcher
	Look     claimpage.Look
	Secure   bool
	Now      func() time.Time
}

// Searcher finds cards within a scope; index.Tiers does.
type Searcher interface {
	Find(ctx context.Context, scope index.Scope, q index.Query) (index.Result, error)
}

// Routes are the pages of organisations.
func (c *Charity) Routes() []route.Route {
	member := func(methods, pattern string, action route.Action, h route.Member) route.Route {
		return route.Route{Methods: methods, Pattern: pattern, Action: action, Handler: h}
	}
	all := []route.Route{
		{Methods: route.Form, Pattern: "/c/apply", Action: "organisation.register", Handler: route.Public(c.apply)},
		member(route.Get, "/c", "organisation.home", c.home),
		member(route.Form, "/c/organisation", "organisation.apply", c.organisation),
		member(route.Get, "/c/members", "organisation.workers", c.verified(c.members)),
		member(route.Form, "/c/members/new", "organisation.workers", c.verified(c.newMember)),
		member(route.Form, "/c/members/{member}/leave", "organisation.workers", c.verified(c.leaveMember)),

		member(route.Get, "/c/needs", "need.browse", c.verified(c.needs)),
		member(route.Get, "/c/needs/still", "need.browse", c.verified(c.needsStill)),
		member(route.Get, "/c/needs/{need}", "need.open", c.verified(c.need)),
		member(route.Get, "/c/needs/{need}/why/{offer}", "need.open", c.verified(c.why)),
		member(route.Form, "/c/needs/{need}/claim", "claim.take", c.verified(c.claim)),
		member(route.Form, "/c/needs/{need}/decline/{offer}", "proposal.decline", c.verified(c.decline)),

		member(route.Get, "/c/claims", "claim.list", c.verified(c.claims)),
		member(route.Get, "/c/claims/still", "claim.list", c.verified(c.claimsStill)),
		member(route.Get, "/c/claims/{claim}", "claim.list", c.verified(c.one)),
		member(route.Post, "/c/claims/{claim}/contact", "claim.contact", c.verified(c.contact)),
		member(route.Form, "/c/claims/{claim}/deliver", "claim.deliver", c.verified(c.deliver)),
		member(route.Form, "/c/claims/{claim}/withdraw", "claim.withdraw", c.verified(c.withdraw)),

		member(route.Get, "/c/volunteers", "volunteer.own", c.verified(c.volunteers)),
		member(route.Form, "/c/volunteers/new", "volunteer.own", c.verified(c.newVolunteer)),
		member(route.Form, "/c/volunteers/{volunteer}/edit", "volunteer.own", c.verified(c.changeVolunteer)),
		member(route.Post, "/c/volunteers/{volunteer}/pause", "volunteer.own", c.verified(c.pauseVolunteer)),
		member(route.Post, "/c/volunteers/{volunteer}/resume", "volunteer.own", c.verified(c.resumeVolunteer)),
	}
	return append(all, projectpage.Routes(projectpage.Pages{DB: c.DB, Base: "/c/projects", Name: "project.list"}, "project.own", c.verified)...)
}

func (c *Charity) sessions() session.Store { return session.Store{DB: c.Access, Secure: c.Secure} }
