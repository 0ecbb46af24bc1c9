package entry

import (
	"net/http"

	"github.com/go-chi/chi/v5/middleware"

	"shanqiao/internal/message"
	"shanqiao/internal/secret"
	"shanqiao/portal/account"
	"shanqiao/portal/form"
	"shanqiao/portal/html"
)

// CodeForm takes the six digits of a text message: at the door, and at the end
// of a declaration.
type CodeForm struct {
	form.Form
	Code form.Text
}

// NewCodeForm is an empty form.
func NewCodeForm() *CodeForm {
	f := &CodeForm{
		Form: form.Named("entry.code"),
		Code: form.Line("code").Required().MaxRunes(12).As("text", "numeric", "one-time-code"),
	}
	f.Fields(&f.Code)
	return f
}

// Code is what a page shows that asks for a code, by the part of that name.
type Code struct {
	Form  *CodeForm
	Phone string // with the middle hidden: enough to know one's own by
	Shown string // in a demonstration, the message that would have been sent
}

// CodeFor is the form beside the telephone whose code it takes.
func CodeFor(f *CodeForm, by message.Sender, phone secret.String) Code {
	c := Code{Form: f}
	if p := phone.Reveal(); len(p) > 7 {
		c.Phone = p[:3] + "****" + p[len(p)-4:]
	}
	if s, ok := by.(*message.Shown); ok {
		c.Shown = s.Last(phone).Reveal()
	}
	return c
}

// AskCode sends a code to a telephone in the reader's language. browser is the
// secret of the browser that may use it.
func AskCode(r *http.Request, d account.Door, by message.Sender, browser, phone string) error {
	words := html.Locale(r).T("entry.code.message", "code", "{code}")
	return d.AskCode(r.Context(), by, browser, phone, middleware.GetClientIP(r.Context()), words)
}
