package admin

import (
	"context"
	"net/http"

	"shanqiao/internal/actor"
	"shanqiao/internal/pg"
	"shanqiao/portal/account"
	"shanqiao/portal/html"
	"shanqiao/portal/route"
)

// disable shuts an account and ends its sessions.
func (a *Admin) disable(w http.ResponseWriter, r *http.Request, by actor.Administrator) error {
	return a.keep(w, r, by, account.Shut, "admin.account.disable_done")
}

// enable lets a disabled account in again.
func (a *Admin) enable(w http.ResponseWriter, r *http.Request, by actor.Administrator) error {
	return a.keep(w, r, by, account.Reopen, "admin.account.enable_done")
}

// signOut ends the sessions of an account that stays open.
func (a *Admin) signOut(w http.ResponseWriter, r *http.Request, by actor.Administrator) error {
	return a.keep(w, r, by, account.SignOut, "admin.account.sign_out_done")
}

func (a *Admin) keep(w http.ResponseWriter, r *http.Request, by actor.Administrator,
	do func(context.Context, pg.DB, actor.Administrator, string) error, done string,
) error {
	k, err := a.one(r, by)
	if err != nil {
		return err
	}
	if err := do(r.Context(), a.Access, by, k.ID); err != nil {
		return err
	}
	return route.SeeOther(w, r, "/admin/accounts/"+k.ID, done)
}

// toldView is a password that this page says and nothing says again.
type toldView struct {
	Title, Text string
	Login       string
	Password    string
	Back        string
}

var toldPage = html.Define[toldView]("admin/told")

// reset gives an account a new password. The answer to the POST is the page that
// tells it: a redirect would have to keep it somewhere in between.
func (a *Admin) reset(w http.ResponseWriter, r *http.Request, by actor.Administrator) error {
	l := html.Locale(r)
	k, err := a.one(r, by)
	if err != nil {
		return err
	}
	password, err := account.Reset(r.Context(), a.Access, by, k.ID)
	if err != nil {
		return err
	}
	return told(w, r, toldView{Title: l.T("admin.told.reset"), Text: l.T("admin.told.reset_text"), Login: k.Login,
		Password: password, Back: "/admin/accounts/" + k.ID})
}

func told(w http.ResponseWriter, r *http.Request, view toldView) error {
	w.Header().Set("Cache-Control", "no-store")
	return toldPage.Write(w, r, http.StatusOK, view)
}
