package charity

import (
	"net/http"

	"shanqiao/charities/claim"
	"shanqiao/charities/delivery"
	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/portal/claimpage"
	"shanqiao/portal/form"
	"shanqiao/portal/html"
	"shanqiao/portal/route"
)

type claimsView struct {
	Open  []line
	Ended []line
	Empty html.Empty
}

var claimsPage = html.Define[claimsView]("charity/claims")

// claims lists the organisation's claims: those under way, then those that ended.
func (c *Charity) claims(w http.ResponseWriter, r *http.Request, by actor.Member) error {
	list, err := claim.List(r.Context(), c.DB, by)
	if err != nil {
		return err
	}
	l := html.Locale(r)
	v := claimsView{Empty: html.Empty{Text: l.T("claim.list.empty"), Href: "/c/needs", Link: l.T("charity.home.browse")}}
	for _, k := range list {
		if k.State.IsOpen() {
			v.Open = append(v.Open, claimLine(l, k))
		} else {
			v.Ended = append(v.Ended, claimLine(l, k))
		}
	}
	return claimsPage.Write(w, r, http.StatusOK, v)
}

// own finds the claim of the address among the organisation's own.
func (c *Charity) own(r *http.Request, by actor.Member) (claim.Claim, string, error) {
	id, err := route.ID(r, "claim")
	if err != nil {
		return claim.Claim{}, "", err
	}
	k, err := claim.For(r.Context(), c.DB, by, id)
	return k, "/c/claims/" + id, err
}

// one shows a claim: who acts next and by when, and what was delivered.
func (c *Charity) one(w http.ResponseWriter, r *http.Request, by actor.Member) error {
	k, path, err := c.own(r, by)
	if err != nil {
		return err
	}
	list, err := delivery.List(r.Context(), c.DB, k.ID)
	if err != nil {
		return err
	}
	l := html.Locale(r)
	v := claimpage.Show(l, k, list, k.Worker == by.Account, path)
	v.Back, v.BackText = "/c/claims", l.T("charity.nav.claims")
	if k.Left() > 0 { // what was all done is not given back
		v.Withdraw = path + "/withdraw"
	}
	if !k.State.IsOpen() && k.State != claim.Completed {
		v.More = "/c/needs"
	}
	return claimpage.Page.Write(w, r, http.StatusOK, v)
}

// contact shows the family's contact to the named worker, once for each press
// of the button, and each time is written down.
func (c *Charity) contact(w http.ResponseWriter, r *http.Request, by actor.Member) error {
	k, path, err := c.own(r, by)
	if err != nil {
		return err
	}
	return claimpage.Contact(w, r, c.Look, by, k.ID, path)
}

// deliver records what was given.
func (c *Charity) deliver(w http.ResponseWriter, r *http.Request, by actor.Member) error {
	k, path, err := c.own(r, by)
	if err != nil {
		return err
	}
	return claimpage.Deliver(w, r, c.DB, by, k, path, c.Now())
}

type withdrawForm struct {
	form.Form
	Reason form.Choice[string]
}

func newWithdrawForm() *withdrawForm {
	f := &withdrawForm{Form: form.Named("claim.withdraw"), Reason: form.OneOf("reason", claim.WithdrawReasons...)}
	f.Fields(&f.Reason)
	return f
}

type withdrawView struct {
	Form  *withdrawForm
	Back  string
	Title string
}

var withdrawPage = html.Define[withdrawView]("charity/withdraw")

// withdraw gives a claim back with a reason; others may then take it.
func (c *Charity) withdraw(w http.ResponseWriter, r *http.Request, by actor.Member) error {
	k, path, err := c.own(r, by)
	if err != nil {
		return err
	}
	f := newWithdrawForm()
	if f.Sent(r) {
		err := claim.Withdraw(r.Context(), c.DB, by, k.ID, f.Reason.Value)
		if err == nil {
			return route.SeeOther(w, r, path, "claim.withdraw.done")
		}
		if !f.Explain(err) {
			return route.Elsewhere(err, path)
		}
	} else if r.Method == http.MethodGet && !k.State.IsOpen() {
		return route.Elsewhere(fault.New(fault.Conflict, "claim.moved_on"), path)
	}
	return withdrawPage.Write(w, r, f.Status(), withdrawView{Form: f, Back: path, Title: html.Locale(r).Sentence(k)})
}

// claimsStill tells an open page whether the contact that it shows may still be seen.
func (c *Charity) claimsStill(w http.ResponseWriter, r *http.Request, by actor.Member) error {
	return route.Still(w, r, func([]string) ([]string, error) {
		list, err := claim.List(r.Context(), c.DB, by)
		return claimpage.UnderWay(list), err
	})
}
