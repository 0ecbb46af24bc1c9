package citizen

import (
	"errors"
	"net/http"

	"shanqiao/internal/fault"
	"shanqiao/internal/secret"
	"shanqiao/portal/account"
	"shanqiao/portal/entry"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
	"shanqiao/portal/route"
)

type codeView struct {
	entry.Code
	Lead  string
	Asked bool // a code is on its way
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
	f := entry.NewCodeForm()
	if waiting && f.Sent(r) {
		who, err := c.door().Code(r.Context(), d.token, f.Code.Value, string(html.Locale(r).Language))
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

func (c *Citizen) codeView(l *locale.Locale, f *entry.CodeForm, phone secret.String, waiting bool) codeView {
	v := codeView{Code: entry.CodeFor(f, c.Sender, phone), Asked: waiting}
	lead := "citizen.code.ready"
	if waiting {
		lead = "entry.code.sent"
	}
	v.Lead = l.T(lead, "phone", v.Phone)
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
	err = entry.AskCode(r, c.door(), c.Sender, d.token, d.Answers.Phone)
	if err == nil {
		return route.SeeOther(w, r, "/d/code", "")
	}
	f := entry.NewCodeForm()
	if !f.Explain(err, fault.TooMany, fault.Unavailable) {
		return err
	}
	return codePage.Write(w, r, f.Status(), c.codeView(html.Locale(r), f, secret.NormalPhone(d.Answers.Phone), false))
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
