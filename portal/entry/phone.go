package entry

import (
	"errors"
	"net/http"
	"time"

	"shanqiao/internal/fault"
	"shanqiao/portal/account"
	"shanqiao/portal/form"
	"shanqiao/portal/html"
	"shanqiao/portal/route"
	"shanqiao/portal/session"
)

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

type phoneView struct {
	Form *phoneForm
	Back string // to the other way of signing in
}

var phonePage = html.Define[phoneView]("entry/phone")

// phone asks for a telephone number and sends a code to it.
func (e *Entry) phone(w http.ResponseWriter, r *http.Request) error {
	f := newPhoneForm()
	if f.Sent(r) {
		err := AskCode(r, e.door(), e.Sender, e.browser(w, r), f.Phone.Value)
		if err == nil {
			return route.SeeOther(w, r, "/signin/code?"+r.URL.RawQuery, "")
		}
		if !f.Explain(err, fault.TooMany) {
			return err
		}
	}
	return phonePage.Write(w, r, f.Status(), phoneView{Form: f, Back: "/signin?" + r.URL.RawQuery})
}

type codeView struct {
	Code
	Again string
}

var codePage = html.Define[codeView]("entry/code")

// code takes the six digits.
func (e *Entry) code(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Cache-Control", "no-store") // whoever comes next to this browser reads no number

	again := "/signin/phone?" + r.URL.RawQuery
	browser := browserOf(r, e.Secure)
	phone, err := e.door().Asked(r.Context(), browser)
	if errors.Is(err, account.ErrOldCode) {
		return route.SeeOther(w, r, again, "account.code_gone")
	}
	if err != nil {
		return err
	}
	f := NewCodeForm()
	if f.Sent(r) {
		id, err := e.door().Code(r.Context(), browser, f.Code.Value, string(html.Locale(r).Language))
		if err == nil {
			return e.in(w, r, id, r.URL.Query().Get("next"))
		}
		if errors.Is(err, account.ErrOldCode) {
			return route.SeeOther(w, r, again, "account.code_gone")
		}
		if !f.Explain(err) {
			return err
		}
	}
	return codePage.Write(w, r, f.Status(), codeView{Code: CodeFor(f, e.Sender, phone), Again: again})
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
