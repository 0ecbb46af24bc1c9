// Package volunteer is what a volunteer sees: the claims that name them, the
// contact of a family that agreed, and the report of a visit. Whom they may help
// is decided by their organisation and by staff, never here.
package volunteer

import (
	"net/http"
	"time"

	"shanqiao/charities/claim"
	"shanqiao/charities/delivery"
	"shanqiao/charities/volunteer"
	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/pg"
	"shanqiao/portal/claimpage"
	"shanqiao/portal/html"
	"shanqiao/portal/projectpage"
	"shanqiao/portal/route"
)

// Volunteer serves the pages. DB is the exchange login.
type Volunteer struct {
	DB   pg.DB
	Look claimpage.Look
	Now  func() time.Time
}

// Routes are the pages of volunteers.
func (v *Volunteer) Routes() []route.Route {
	return []route.Route{
		{Methods: route.Get, Pattern: "/v", Action: "volunteer.home", Handler: route.Volunteer(v.home)},
		{Methods: route.Get, Pattern: "/v/claims/still", Action: "volunteer.home", Handler: route.Volunteer(v.still)},
		{Methods: route.Get, Pattern: "/v/claims/{claim}", Action: "volunteer.claim", Handler: route.Volunteer(v.one)},
		{Methods: route.Post, Pattern: "/v/claims/{claim}/contact", Action: "volunteer.contact", Handler: route.Volunteer(v.contact)},
		{Methods: route.Form, Pattern: "/v/claims/{claim}/deliver", Action: "volunteer.deliver", Handler: route.Volunteer(v.deliver)},
	}
}

type line struct {
	ID    string // a claim's line stays, whatever becomes of it
	Href  string
	Title string
	Badge html.Badge
	Note  string
}

type homeView struct {
	Facts   []html.Fact
	Expired string
	Open    []line
	Ended   []line
	Empty   html.Empty
}

var homePage = html.Define[homeView]("volunteer/home")

// home lists the claims that name the volunteer, those to act on first.
func (v *Volunteer) home(w http.ResponseWriter, r *http.Request, by actor.Volunteer) error {
	l := html.Locale(r)
	view := homeView{Empty: html.Empty{Text: l.T("volunteer.home.empty")}}
	me, err := volunteer.Mine(r.Context(), v.DB, by)
	switch {
	case fault.Of(err) == fault.NotFound:
		view.Empty.Text = l.T("volunteer.not_registered")
	case err != nil:
		return err
	default:
		view.Facts = []html.Fact{
			{Label: l.T("volunteer.home.skills"), Value: projectpage.Codes(l, me.Skills)},
			{Label: l.T("volunteer.home.areas"), Value: projectpage.Areas(l, me.Areas)},
			{Label: l.T("volunteer.home.units"), Value: l.Number(int64(me.UnitsPerMonth))},
		}
		if me.InsuredUntil == nil || me.InsuredUntil.Before(v.Now()) {
			view.Expired = l.T("volunteer.insurance_over")
		}
	}
	list, err := claim.Assigned(r.Context(), v.DB, by)
	if err != nil {
		return err
	}
	for _, c := range list {
		one := line{Href: "/v/claims/" + c.ID, Title: l.Sentence(c), Badge: claimpage.Badge(l, c), Note: claimpage.Next(l, c)}
		if c.State.IsOpen() {
			view.Open = append(view.Open, one)
		} else {
			view.Ended = append(view.Ended, one)
		}
	}
	return homePage.Write(w, r, http.StatusOK, view)
}

func (v *Volunteer) find(r *http.Request, by actor.Volunteer) (claim.Claim, string, error) {
	id, err := route.ID(r, "claim")
	if err != nil {
		return claim.Claim{}, "", err
	}
	c, err := claim.AssignedFor(r.Context(), v.DB, by, id)
	return c, "/v/claims/" + id, err
}

// one shows a claim that names the volunteer.
func (v *Volunteer) one(w http.ResponseWriter, r *http.Request, by actor.Volunteer) error {
	c, path, err := v.find(r, by)
	if err != nil {
		return err
	}
	list, err := delivery.List(r.Context(), v.DB, c.ID)
	if err != nil {
		return err
	}
	l := html.Locale(r)
	view := claimpage.Show(l, c, list, true, path)
	view.Back, view.BackText = "/v", l.T("volunteer.home.title")
	return claimpage.Page.Write(w, r, http.StatusOK, view)
}

// contact shows the family's contact, once for each press of the button.
func (v *Volunteer) contact(w http.ResponseWriter, r *http.Request, by actor.Volunteer) error {
	c, path, err := v.find(r, by)
	if err != nil {
		return err
	}
	return claimpage.Contact(w, r, v.Look, by, c.ID, path)
}

// deliver records a visit.
func (v *Volunteer) deliver(w http.ResponseWriter, r *http.Request, by actor.Volunteer) error {
	c, path, err := v.find(r, by)
	if err != nil {
		return err
	}
	return claimpage.Deliver(w, r, v.DB, by, c, path, v.Now())
}

// still tells an open page whether the contact that it shows may still be seen.
func (v *Volunteer) still(w http.ResponseWriter, r *http.Request, by actor.Volunteer) error {
	return route.Still(w, r, func([]string) ([]string, error) {
		list, err := claim.Assigned(r.Context(), v.DB, by)
		return claimpage.UnderWay(list), err
	})
}
