// Package form reads what a person typed and keeps it, so that a page that asks
// again shows it back. A form asks only: is it readable? Whether it is allowed
// is for the verb to say, and Explain puts the verb's answer beside the fields.
//
// Words come from the catalogue by convention: a form named "office.decide" with
// a field "reason" uses office.decide.reason for the label,
// office.decide.reason.hint for the hint where there is one, and
// office.decide.reason.upheld for an option.
package form

import (
	"net/http"
	"strings"

	"shanqiao/internal/fault"
	"shanqiao/internal/id"
	"shanqiao/portal/locale"
)

// RequestName is the hidden field that makes a form sent twice one request.
const RequestName = "request"

// Form is a list of fields. Embed it in a struct that has the fields by name.
type Form struct {
	name    string
	Request string // one id per form shown; it stays when the form is shown again
	fields  []bound
	sent    bool
	general *locale.Message
}

// Named makes a form; name is the prefix of its words in the catalogue.
func Named(name string) Form { return Form{name: name, Request: id.New()} }

// bound is a field that a form can fill and ask.
type bound interface {
	base() *Field
	read(values []string)
}

// Fields tells the form its fields, in the order of the page.
func (f *Form) Fields(fields ...bound) {
	for _, b := range fields {
		field := b.base()
		field.Form = f.name
		f.fields = append(f.fields, b)
	}
}

// Sent fills the form from a POST and says whether every field could be read.
// After false on a POST, Status is 422 and the page shows the form again.
func (f *Form) Sent(r *http.Request) bool {
	if r.Method != http.MethodPost {
		return false
	}
	f.sent = true
	if key := r.PostForm.Get(RequestName); id.Valid(key) {
		f.Request = key
	}
	f.fill(r.PostForm)
	return len(f.Problems()) == 0
}

// Asked fills the form from the query of a GET, for filters and searches, and
// says whether every field could be read.
func (f *Form) Asked(r *http.Request) bool {
	for _, b := range f.fields {
		b.base().asked = true
	}
	f.fill(r.URL.Query())
	return len(f.Problems()) == 0
}

func (f *Form) fill(values map[string][]string) {
	for _, b := range f.fields {
		field := b.base()
		field.Error = nil
		field.typed = values[field.Name]
		b.read(field.typed)
	}
}

// Status is what the page is answered with: 200 when first shown, 422 when
// something must change.
func (f *Form) Status() int {
	if f.sent && len(f.Problems()) > 0 {
		return http.StatusUnprocessableEntity
	}
	return http.StatusOK
}

// Problem is a line of the summary: what is wrong, and the id of the control.
type Problem struct {
	Message locale.Message
	At      string
}

// Problems lists what must change, in the order of the page. One that belongs
// to no field has no place to link to.
func (f *Form) Problems() []Problem {
	var all []Problem
	if f.general != nil {
		all = append(all, Problem{Message: *f.general})
	}
	for _, b := range f.fields {
		if field := b.base(); field.Error != nil {
			all = append(all, Problem{Message: *field.Error, At: field.FirstID()})
		}
	}
	return all
}

// Fail puts a sentence beside the field called name, or on top of the form when
// there is none of that name.
func (f *Form) Fail(name string, m locale.Message) {
	f.sent = true
	for _, b := range f.fields {
		if field := b.base(); field.Name == name {
			field.say(m)
			return
		}
	}
	f.general = &m
}

// Explain shows a verb's refusal in the form and says whether it could: it can
// when the input must change, and when err is one of also, for conflicts that
// the person mends on this very page.
func (f *Form) Explain(err error, also ...fault.Kind) bool {
	e := fault.As(err)
	if e == nil {
		return false
	}
	shown := e.Kind == fault.Invalid
	for _, kind := range also {
		shown = shown || e.Kind == kind
	}
	if !shown {
		return false
	}
	if len(e.Fields) == 0 {
		f.Fail("", locale.Message{Key: e.Key, Data: e.Data})
		return true
	}
	for name, key := range e.Fields {
		f.Fail(name, locale.Message{Key: key, Data: e.Data})
	}
	return true
}

// Also puts what the verbs refuse beside the fields that could be read, after Sent,
// so that one answer names all that must change; a field that could not be read
// keeps what was said of it. It says whether the form was sent and nothing must
// change.
func (f *Form) Also(refusals ...error) bool {
	if !f.sent {
		return false
	}
	unread := map[string]bool{}
	for _, b := range f.fields {
		unread[b.base().Name] = b.base().Error != nil
	}
	for _, err := range refusals {
		e := fault.As(err)
		if e == nil {
			continue
		}
		for name, key := range e.Fields {
			if !unread[name] {
				f.Fail(name, locale.Message{Key: key, Data: e.Data})
			}
		}
	}
	return len(f.Problems()) == 0
}

// clean drops the blanks around a typed value and the carriage returns inside,
// which count as characters otherwise.
func clean(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return strings.TrimSpace(strings.ReplaceAll(values[0], "\r\n", "\n"))
}
