// Package district is where a district looks after the exchange half: which
// organisations may see needs, the projects that carry its brand, and the
// services it has bought. It is given the exchange half only; the households of
// the district are the business of package office.
package district

import (
	"net/http"

	"shanqiao/charities/organisation"
	"shanqiao/internal/actor"
	"shanqiao/internal/pg"
	"shanqiao/portal/projectpage"
	"shanqiao/portal/route"
)

// District serves the pages. DB is the exchange login.
type District struct {
	DB pg.DB
}

// Routes are the pages of district and city officers, and the brands of
// subdistricts.
func (d *District) Routes() []route.Route {
	officer := func(methods, pattern string, action route.Action, h route.Officer) route.Route {
		return route.Route{Methods: methods, Pattern: pattern, Action: action, Handler: h}
	}
	return []route.Route{
		officer(route.Get, "/p/organisations", "organisation.verify", d.organisations),
		officer(route.Form, "/p/organisations/{organisation}", "organisation.verify", d.decide),

		officer(route.Get, "/p/projects", "project.brand", d.projects),
		officer(route.Form, "/p/projects/new", "project.brand", d.newProject),
		officer(route.Get, "/p/projects/{project}", "project.brand", d.project),
		officer(route.Form, "/p/projects/{project}/edit", "project.brand", d.editProject),
		officer(route.Post, "/p/projects/{project}/{move}", "project.brand", d.moveProject),

		officer(route.Get, "/p/contracts", "contract.keep", d.contracts),
		officer(route.Form, "/p/contracts/new", "contract.keep", d.newContract),
		officer(route.Get, "/p/contracts/{contract}", "contract.keep", d.contract),
	}
}

func (d *District) projectPages() projectpage.Pages {
	return projectpage.Pages{DB: d.DB, Base: "/p/projects"}
}

func (d *District) projects(w http.ResponseWriter, r *http.Request, by actor.Officer) error {
	return d.projectPages().List(w, r, by)
}

func (d *District) newProject(w http.ResponseWriter, r *http.Request, by actor.Officer) error {
	return d.projectPages().New(w, r, by)
}

func (d *District) project(w http.ResponseWriter, r *http.Request, by actor.Officer) error {
	return d.projectPages().One(w, r, by)
}

func (d *District) editProject(w http.ResponseWriter, r *http.Request, by actor.Officer) error {
	return d.projectPages().Edit(w, r, by)
}

func (d *District) moveProject(w http.ResponseWriter, r *http.Request, by actor.Officer) error {
	return d.projectPages().Move(w, r, by)
}

var states = []organisation.State{organisation.Applied, organisation.Verified, organisation.Suspended, organisation.Rejected}
