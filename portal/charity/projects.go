package charity

import (
	"net/http"

	"shanqiao/charities/organisation"
	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/portal/html"
	"shanqiao/portal/projectpage"
	"shanqiao/portal/route"
)

func (c *Charity) projectPages() projectpage.Pages {
	return projectpage.Pages{DB: c.DB, Base: "/c/projects"}
}

type waitingView struct {
	Badge  html.Badge
	Notice *html.Notice
}

var waitingPage = html.Define[waitingView]("charity/waiting")

// verified opens a page to members of a verified organisation. To others it
// shows, in place of the page, how their organisation stands.
func (c *Charity) verified(page route.Member) route.Member {
	return func(w http.ResponseWriter, r *http.Request, by actor.Member) error {
		o, err := organisation.Mine(r.Context(), c.DB, by)
		if err != nil && fault.Of(err) != fault.NotFound {
			return err
		}
		if o.State == organisation.Verified {
			return page(w, r, by)
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			return organisation.Check(r.Context(), c.DB, by.Organisation)
		}
		l := html.Locale(r)
		return waitingPage.Write(w, r, http.StatusOK, waitingView{Badge: standing(l, o.State), Notice: standingNotice(l, o)})
	}
}

func (c *Charity) projects(w http.ResponseWriter, r *http.Request, by actor.Member) error {
	return c.projectPages().List(w, r, by)
}

func (c *Charity) newProject(w http.ResponseWriter, r *http.Request, by actor.Member) error {
	return c.projectPages().New(w, r, by)
}

func (c *Charity) project(w http.ResponseWriter, r *http.Request, by actor.Member) error {
	return c.projectPages().One(w, r, by)
}

func (c *Charity) editProject(w http.ResponseWriter, r *http.Request, by actor.Member) error {
	return c.projectPages().Edit(w, r, by)
}

func (c *Charity) moveProject(w http.ResponseWriter, r *http.Request, by actor.Member) error {
	return c.projectPages().Move(w, r, by)
}
