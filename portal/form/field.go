package form

import (
	"maps"
	"unicode/utf8"

	"shanqiao/portal/locale"
)

// Field is what every control has in common; the parts in portal/html read it.
type Field struct {
	Form     string // prefix of the words
	Name     string
	Control  string // text, lines, choice, menu, many, date
	Optional bool
	Error    *locale.Message
	Options  []Option

	Autocomplete string // token of the HTML standard
	Inputmode    string
	Type         string // of the input element
	Max          int    // characters

	label string
	hint  string
	typed []string
	asked bool
	turns bool // on another answer whether it is needed
}

// Option is one thing to choose. Text is shown as it is; without it the words
// are those of the catalogue under the field's key and the value.
type Option struct {
	Value string
	Text  string
	Hint  string
	Lang  string // where the words are of another language than the page
}

func (f *Field) base() *Field { return f }

// Key is the prefix of the field's words.
func (f Field) Key() string { return f.Form + "." + f.Name }

// OptionKey names the words of an option that carries no text.
func (f Field) OptionKey(value string) string { return f.Key() + "." + value }

// LabelKey names the words of the label.
func (f Field) LabelKey() string {
	if f.label != "" {
		return f.label
	}
	return f.Key()
}

// HintKey names the words of the hint, which the catalogue may lack.
func (f Field) HintKey() string {
	if f.hint != "" {
		return f.hint
	}
	return f.Key() + ".hint"
}

// ID is the id of the control, or of the group of controls.
func (f Field) ID() string { return "f-" + f.Name }

// FirstID is where the summary links to: the first control of a group.
func (f Field) FirstID() string {
	if f.Grouped() && len(f.Options) > 0 {
		return f.ID() + "-" + f.Options[0].Value
	}
	return f.ID()
}

// Grouped says whether the control is a group under a legend.
func (f Field) Grouped() bool { return f.Control == "choice" || f.Control == "many" }

// Is asks for the control, so that one part can draw them all.
func (f Field) Is(control string) bool { return f.Control == control }

// Required says whether it must be answered.
func (f Field) Required() bool { return !f.Optional }

// Free says that the label may call it optional. Where it turns on another answer
// whether it is needed, the hint says when, and the label nothing.
func (f Field) Free() bool { return f.Optional && !f.turns }

// NoneKey names the words of choosing nothing from a menu: in a filter that is
// everything.
func (f Field) NoneKey() string {
	switch {
	case f.asked:
		return "form.all"
	case f.Free():
		return "form.none"
	}
	return "form.choose"
}

// Typed is what was typed, as it was; a password is never sent back in a page.
func (f Field) Typed() string {
	if f.Type == "password" {
		return ""
	}
	if len(f.typed) == 0 {
		return ""
	}
	return f.typed[0]
}

// Chosen says whether an option was chosen.
func (f Field) Chosen(value string) bool {
	for _, v := range f.typed {
		if v == value {
			return true
		}
	}
	return false
}

// fail puts the sentence key beside the field, unless one is there: the first
// thing wrong is the one to mend first. A sentence of the field's own, as
// office.decide.reason.missing, is better than the general one: Words decides.
func (f *Field) fail(key string, pairs ...any) {
	if f.Error != nil {
		return
	}
	own := f.Key() + key[len("form"):]
	m := locale.Say(key, pairs...)
	if locale.For(locale.Zh).Has(own) {
		m.Key = own
	}
	f.say(m)
}

// say puts a sentence beside the field. A general sentence may name the field,
// {label}, so that each line of the summary says what it speaks of.
func (f *Field) say(m locale.Message) {
	data := map[string]any{"label": locale.Say(f.LabelKey())}
	maps.Copy(data, m.Data)
	f.Error = &locale.Message{Key: m.Key, Data: data}
}

// tooLong counts characters as people count them, not bytes.
func (f *Field) tooLong(s string) bool {
	if f.Max == 0 || utf8.RuneCountInString(s) <= f.Max {
		return false
	}
	f.fail("form.too_long", "max", f.Max)
	return true
}
