package entry

import (
	"net/http"
	"net/url"

	"github.com/go-chi/chi/v5/middleware"

	"shanqiao/internal/fault"
	"shanqiao/portal/account"
	"shanqiao/portal/form"
	"shanqiao/portal/html"
	"shanqiao/portal/route"
)

type chooseView struct{ Phone, Password string }

var choosePage = html.Define[chooseView]("entry/choose")

// choose asks who somebody is: a citizen with a telephone, or someone who works here.
func (e *Entry) choose(w http.ResponseWriter, r *http.Request) error {
	next := url.Values{"next": {r.URL.Query().Get("next")}}.Encode()
	return choosePage.Write(w, r, http.StatusOK, chooseView{Phone: "/signin/phone?" + next, Password: "/signin/password?" + next})
}

type passwordForm struct {
	form.Form
	Login    form.Text
	Password form.Text
}

func newPasswordForm() *passwordForm {
	f := &passwordForm{
		Form:     form.Named("entry.password"),
		Login:    form.Line("login").Required().MaxRunes(64).As("text", "", "username"),
		Password: form.Line("password").Required().MaxRunes(4*account.Longest).As("password", "", "current-password"),
	}
	f.Fields(&f.Login, &f.Password)
	return f
}

type passwordView struct {
	Form *passwordForm
	Back string // to the other way of signing in
}

var passwordPage = html.Define[passwordView]("entry/password")

// password signs in by login and password.
func (e *Entry) password(w http.ResponseWriter, r *http.Request) error {
	f := newPasswordForm()
	if f.Sent(r) {
		id, err := e.door().Password(r.Context(), f.Login.Value, f.Password.Value, middleware.GetClientIP(r.Context()))
		if err == nil {
			return e.in(w, r, id, r.URL.Query().Get("next"))
		}
		if !f.Explain(err, fault.TooMany) {
			return err
		}
	}
	return passwordPage.Write(w, r, f.Status(), passwordView{Form: f, Back: "/signin?" + r.URL.RawQuery})
}

func (e *Entry) signOut(w http.ResponseWriter, r *http.Request) error {
	if err := e.sessions().End(r.Context(), w, r); err != nil {
		return err
	}
	return route.SeeOther(w, r, "/", "entry.signed_out")
}
