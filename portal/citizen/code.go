package citizen

import (
	"errors"
	"net/http"

	"github.com/go-chi/chi/v5/middleware"

	"shanqiao/internal/fault"
	"shanqiao/internal/message"
	"shanqiao/internal/secret"
	"shanqiao/portal/account"
	"shanqiao/portal/form"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
	"shanqiao/portal/route"
)

type codeForm struct {
	form.Form
	Code form.Text
}

func newCodeForm() *codeForm {
	f := &codeForm{
		Form: form.Named("citizen.code"),
		Code: form.Line("code").Required().MaxRunes(12).As("text", "numeric", "one-time-code"),
	}
	f.Fields(&f.Code)
	return f
}

type codeView struct {
	Form  *codeForm
	Lead  string
	Asked bool   // a code is on its way
	Shown string // in a demonstration, the message that would have been sent
}

var codePage = html.Define[codeView]("citizen/code")

// code proves the telephone that was typed on the contact page. It is asked only
// now, because somebody who only looks should not have to.
func (c *Citizen) code(w http.ResponseWriter, r *http.Request) error {
	d, err := c.open(r)
	if err != nil {
		return err
	}
	if to := missing(d); to != "" || signedIn(r) {
		return route.SeeOther(w, r, first(to, "/d/check"), "")
	}
	asked, err := c.door().Asked(r.Context(), d.token)
	if err != nil && !errors.Is(err, account.ErrOldCode) {
		return err
	}
	phone := secret.NormalPhone(d.Answers.Phone)
	// A number changed on the contact page needs a code of its own.
	waiting := err == nil && asked == phone
	f := newCodeForm()
	if waiting && f.Sent(r) {
		who, err := c.door().Code(r.Context(), d.token, f.Code.Value)
		if err == nil {
			if _, err := c.sessions().Start(r.Context(), w, r, who); err != nil {
				return err
			}
			return route.SeeOther(w, r, "/d/check", "")
		}
		if errors.Is(err, account.ErrOldCode) {
			waiting = false
		}
		if !f.Explain(err) {
			return err
		}
	}
	return codePage.Write(w, r, f.Status(), c.codeView(html.Locale(r), f, phone, waiting))
}

func (c *Citizen) codeView(l *locale.Locale, f *codeForm, phone secret.String, waiting bool) codeView {
	v := codeView{Form: f, Asked: waiting, Lead: l.T("citizen.code.ready", "phone", masked(phone))}
	if waiting {
		v.Lead = l.T("citizen.code.sent", "phone", masked(phone))
		if s, ok := c.Sender.(*message.Shown); ok {
			v.Shown = s.Last(phone).Reveal()
		}
	}
	return v
}

// resend sends a code, the first or another, and leads back to where it is typed.
func (c *Citizen) resend(w http.ResponseWriter, r *http.Request) error {
	d, err := c.open(r)
	if err != nil {
		return err
	}
	if to := missing(d); to != "" {
		return route.SeeOther(w, r, to, "")
	}
	l := html.Locale(r)
	err = c.door().AskCode(r.Context(), c.Sender, d.token, d.Answers.Phone, middleware.GetClientIP(r.Context()),
		l.T("entry.code.message", "code", "{code}"))
	if err == nil {
		return route.SeeOther(w, r, "/d/code", "")
	}
	f := newCodeForm()
	if !f.Explain(err, fault.TooMany, fault.Unavailable) {
		return err
	}
	return codePage.Write(w, r, f.Status(), c.codeView(l, f, secret.NormalPhone(d.Answers.Phone), false))
}

func masked(phone secret.String) string {
	p := phone.Reveal()
	if len(p) < 8 {
		return ""
	}
	return p[:3] + "****" + p[len(p)-4:]
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
