package office

import (
	"net/http"

	"shanqiao/internal/fault"
	"shanqiao/portal/form"
	"shanqiao/portal/route"
)

// step is what a page with one form does: the verb that the form is for, where it
// leads when that worked and what is said there. Mend are the refusals, beside
// wrong input, that the officer can mend on the page itself.
type step struct {
	Do   func() error
	To   string
	Done string
	Mend []fault.Kind
}

// answer takes the step when the form was sent, and shows the page when it was
// not, or when something in it must be mended.
func answer(w http.ResponseWriter, r *http.Request, f *form.Form, s step, show func() error) error {
	if !f.Sent(r) {
		return show()
	}
	err := s.Do()
	if err == nil {
		return route.SeeOther(w, r, s.To, s.Done)
	}
	if !f.Explain(err, s.Mend...) {
		return err
	}
	return show()
}

// given is the value of a field that may be left empty, or nothing.
func given[T any](value T, typed bool) *T {
	if !typed {
		return nil
	}
	return &value
}
