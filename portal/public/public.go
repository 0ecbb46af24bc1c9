// Package public is what anyone may read without signing in. It is given the
// exchange half only, and shows of it only what cannot lead to a family:
// published cards of the public tier and counts too large to point at anyone.
package public

import (
	"net/http"
	"time"

	"shanqiao/internal/pg"
	"shanqiao/portal/html"
	"shanqiao/portal/route"
)

// Public serves the public pages. DB is the exchange login.
type Public struct {
	DB  pg.DB
	Now func() time.Time
}

// Routes are the public pages.
func (p *Public) Routes() []route.Route {
	return []route.Route{
		{Methods: route.Get, Pattern: "/", Action: "site.look", Handler: route.Public(p.front)},
	}
}

type frontView struct{}

var frontPage = html.Define[frontView]("public/front")

// front says what this is and opens three doors.
func (p *Public) front(w http.ResponseWriter, r *http.Request) error {
	return frontPage.Write(w, r, http.StatusOK, frontView{})
}
