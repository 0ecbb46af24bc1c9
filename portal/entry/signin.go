package entry

import (
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/go-chi/chi/v5/middleware"

	"shanqiao/internal/fault"
	"shanqiao/internal/message"
	"shanqiao/internal/secret"
	"shanqiao/portal/account"
	"shanqiao/portal/form"
	"shanqiao/portal/html"
	"shanqiao/portal/route"
	"shanqiao/portal/session"
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

type passwordView struct{ Form *passwordForm }

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
	return passwordPage.Write(w, r, f.Status(), passwordView{Form: f})
}

type phoneForm struct {
	form.Form
	Phone form.Text
}

func newPhoneForm() *phoneForm {
	f := &phoneForm{
		Form:  form.Named("entry.phone"),
		Phone: form.Line("phone").Required().MaxRunes(30).As("tel", "tel", "tel-national"),
	}
	f.Fields(&f.Phone)
	return f
}

type phoneView struct{ Form *phoneForm }

var phonePage = html.Define[phoneView]("entry/phone")

// phone asks for a telephone number and sends a code to it.
func (e *Entry) phone(w http.ResponseWriter, r *http.Request) error {
	f := newPhoneForm()
	if f.Sent(r) {
		browser := e.browser(w, r)
		words := html.Locale(r).T("entry.code.message", "code", "{code}")
		err := e.door().AskCode(r.Context(), e.Sender, browser, f.Phone.Value, middleware.GetClientIP(r.Context()), words)
		if err == nil {
			return route.SeeOther(w, r, "/signin/code?"+r.URL.RawQuery, "")
		}
		if !f.Explain(err, fault.TooMany) {
			return err
		}
	}
	return phonePage.Write(w, r, f.Status(), phoneView{Form: f})
}

type codeForm struct {
	form.Form
	Code form.Text
}

func newCodeForm() *codeForm {
	f := &codeForm{
		Form: form.Named("entry.code"),
		Code: form.Line("code").Required().MaxRunes(12).As("text", "numeric", "one-time-code"),
	}
	f.Fields(&f.Code)
	return f
}

type codeView struct {
	Form  *codeForm
	Phone string // with the middle hidden: enough to know one's own by
	Shown string // in a demonstration, the message that would have been sent
	Again string
}

var codePage = html.Define[codeView]("entry/code")

// code takes the six digits.
func (e *Entry) code(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Cache-Control", "no-store") // whoever comes next to this browser reads no number

	browser := browserOf(r, e.Secure)
	phone, err := e.door().Asked(r.Context(), browser)
	if errors.Is(err, account.ErrOldCode) {
		return route.SeeOther(w, r, "/signin/phone?"+r.URL.RawQuery, "account.code_gone")
	}
	if err != nil {
		return err
	}
	f := newCodeForm()
	if f.Sent(r) {
		id, err := e.door().Code(r.Context(), browser, f.Code.Value)
		if err == nil {
			return e.in(w, r, id, r.URL.Query().Get("next"))
		}
		if errors.Is(err, account.ErrOldCode) {
			return route.SeeOther(w, r, "/signin/phone?"+r.URL.RawQuery, "account.code_gone")
		}
		if !f.Explain(err) {
			return err
		}
	}
	return codePage.Write(w, r, f.Status(), codeView{
		Form: f, Phone: masked(phone), Shown: e.shown(phone), Again: "/signin/phone?" + r.URL.RawQuery,
	})
}

// shown is what a demonstration shows instead of sending it.
func (e *Entry) shown(phone secret.String) string {
	if s, ok := e.Sender.(*message.Shown); ok {
		return s.Last(phone).Reveal()
	}
	return ""
}

func masked(phone secret.String) string {
	p := phone.Reveal()
	return p[:3] + "****" + p[len(p)-4:]
}

func (e *Entry) signOut(w http.ResponseWriter, r *http.Request) error {
	if err := e.sessions().End(r.Context(), w, r); err != nil {
		return err
	}
	return route.SeeOther(w, r, "/", "entry.signed_out")
}

// browser names this browser by a secret that only it has, new for each code.
func (e *Entry) browser(w http.ResponseWriter, r *http.Request) string {
	secretOf := session.NewToken()
	http.SetCookie(w, &http.Cookie{
		Name: browserCookie(e.Secure), Value: secretOf, Path: "/", MaxAge: int(account.CodeLives / time.Second),
		Secure: e.Secure, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
	return secretOf
}

func browserOf(r *http.Request, secure bool) string {
	c, err := r.Cookie(browserCookie(secure))
	if err != nil {
		return ""
	}
	return c.Value
}

func browserCookie(secure bool) string {
	if secure {
		return "__Host-browser"
	}
	return "browser"
}
