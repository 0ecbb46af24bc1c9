// Package district is where a district looks after the exchange half: which
// organisations may see needs, the projects that carry its brand, and the
// services it has bought, what it asks of the cohorts in which needs appear, what
// became of them in the rounds of matching, and how what was suggested was answered.
// It is given the exchange half and, for the last alone, the gate's login; the
// households of the district are the business of package office.
package district

import (
	"time"

	"shanqiao/charities/organisation"
	"shanqiao/internal/pg"
	"shanqiao/portal/projectpage"
	"shanqiao/portal/route"
)

// District serves the pages. DB is the exchange login, Gate that of the gate.
type District struct {
	DB   pg.DB
	Gate pg.DB
	Now  func() time.Time
}

// Routes are the pages of district and city officers, and the brands of
// subdistricts.
func (d *District) Routes() []route.Route {
	officer := func(methods, pattern string, action route.Action, h route.Officer) route.Route {
		return route.Route{Methods: methods, Pattern: pattern, Action: action, Handler: h}
	}
	all := []route.Route{
		officer(route.Get, "/p/organisations", "organisation.verify", d.organisations),
		officer(route.Form, "/p/organisations/{organisation}", "organisation.verify", d.decide),

		officer(route.Form, "/p/organisations/{organisation}/bans", "organisation.ban", d.bans),
		officer(route.Post, "/p/organisations/{organisation}/bans/{ban}/lift", "organisation.ban", d.liftBan),

		officer(route.Get, "/p/contracts", "contract.keep", d.contracts),
		officer(route.Form, "/p/contracts/new", "contract.keep", d.newContract),
		officer(route.Get, "/p/contracts/{contract}", "contract.keep", d.contract),

		officer(route.Get, "/p/cohorts", "cohort.ask", d.cohorts),
		officer(route.Form, "/p/cohorts/new", "cohort.ask", d.ask),
		officer(route.Get, "/p/answers", "answers.look", d.answers),
		officer(route.Get, "/p/duty", "duty.set", d.duties),
		officer(route.Form, "/p/duty/new", "duty.set", d.duty),
		officer(route.Get, "/p/refusals", "refusal.settle", d.refusals),
		officer(route.Form, "/p/refusals/{refusal}", "refusal.settle", d.settle),

		officer(route.Get, "/p/rounds", "round.read", d.rounds),
		officer(route.Get, "/p/rounds/{round}", "round.read", d.round),
		officer(route.Get, "/p/evenness", "round.read", d.evenness),
		officer(route.Form, "/p/evenness/new", "evenness.set", d.setEvenness),
		officer(route.Get, "/p/weights", "round.read", d.weights),
		officer(route.Form, "/p/weights/new", "weights.set", d.newWeights),
		officer(route.Form, "/p/weights/trials/{trial}", "weights.set", d.trial),
	}
	brands := projectpage.Pages{DB: d.DB, Base: "/p/projects", Name: "district.nav.projects"}
	return append(all, projectpage.Routes(brands, "project.brand", func(page route.Officer) route.Officer { return page })...)
}

var states = []organisation.State{organisation.Applied, organisation.Verified, organisation.Suspended, organisation.Rejected}
