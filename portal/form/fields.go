package form

import (
	"slices"
	"strings"
)

// Text is one line, or with Lines several.
type Text struct {
	Field
	Value string
}

// Line asks for one line of text; 200 characters unless told otherwise.
func Line(name string) Text {
	return Text{Field: Field{Name: name, Control: "text", Type: "text", Max: 200, Optional: true}}
}

// Lines asks for several lines; 2000 characters unless told otherwise.
func Lines(name string) Text {
	return Text{Field: Field{Name: name, Control: "lines", Max: 2000, Optional: true}}
}

// Required refuses an empty answer.
func (t Text) Required() Text { t.Optional = false; return t }

// AsNeeded says nothing of being optional: another answer decides, and the hint and
// the verb say when.
func (t Text) AsNeeded() Text { t.turns = true; return t }

// MaxRunes limits the characters, counted as people count them.
func (t Text) MaxRunes(n int) Text { t.Max = n; return t }

// As sets what a phone's keyboard and the browser's memory need to know: the
// input type, inputmode and autocomplete token; "" leaves one out.
func (t Text) As(kind, inputmode, autocomplete string) Text {
	t.Type, t.Inputmode, t.Autocomplete = kind, inputmode, autocomplete
	return t
}

// Label uses other words than the convention's.
func (t Text) Label(key string) Text { t.label = key; return t }

// Set fills the field before it is shown.
func (t *Text) Set(s string) { t.Value, t.typed = s, []string{s} }

func (t *Text) read(values []string) {
	t.Value = clean(values)
	switch {
	case t.Value == "" && !t.Optional:
		t.fail("form.missing")
	case t.Control == "text" && strings.ContainsRune(t.Value, '\n'):
		t.fail("form.one_line")
	default:
		t.tooLong(t.Value)
	}
}

// Choice is one of a few values.
type Choice[T ~string] struct {
	Field
	Value T
}

// OneOf asks for one of the values, by radio buttons. It must be answered.
func OneOf[T ~string](name string, values ...T) Choice[T] {
	c := Choice[T]{Field: Field{Name: name, Control: "choice"}}
	for _, v := range values {
		c.Options = append(c.Options, Option{Value: string(v)})
	}
	return c
}

// From asks for one of the options, which carry their own text.
func From(name string, options ...Option) Choice[string] {
	return Choice[string]{Field: Field{Name: name, Control: "choice", Options: options}}
}

// Menu shows the choice as a drop-down list, for more than seven options.
func (c Choice[T]) Menu() Choice[T] { c.Control = "menu"; return c }

// OrNone lets it be left unanswered; Value is "" then.
func (c Choice[T]) OrNone() Choice[T] { c.Optional = true; return c }

// AsNeeded lets it be left unanswered where another answer does not ask for it; the
// verb says when it does.
func (c Choice[T]) AsNeeded() Choice[T] { c.Optional, c.turns = true, true; return c }

// OrAll makes choosing nothing choose everything, in a search that is sent by POST.
func (c Choice[T]) OrAll() Choice[T] { c.Optional, c.asked = true, true; return c }

// Label uses other words than the convention's.
func (c Choice[T]) Label(key string) Choice[T] { c.label = key; return c }

// Set chooses before the form is shown.
func (c *Choice[T]) Set(v T) { c.Value, c.typed = v, []string{string(v)} }

func (c *Choice[T]) read(values []string) {
	v := clean(values)
	c.Value = ""
	switch {
	case v == "" && !c.Optional:
		c.fail("form.not_chosen")
	case v != "" && !c.has(v):
		c.fail("form.unknown_choice")
	default:
		c.Value = T(v)
	}
}

func (f *Field) has(v string) bool {
	return slices.ContainsFunc(f.Options, func(o Option) bool { return o.Value == v })
}

// Many is any number of a few values, in the order of the options.
type Many[T ~string] struct {
	Field
	Values []T
}

// AnyOf asks for any of the values, by tick boxes. Nothing is ticked beforehand.
func AnyOf[T ~string](name string, values ...T) Many[T] {
	m := Many[T]{Field: Field{Name: name, Control: "many", Optional: true}}
	for _, v := range values {
		m.Options = append(m.Options, Option{Value: string(v)})
	}
	return m
}

// AnyFrom asks for any of the options, which carry their own text.
func AnyFrom(name string, options ...Option) Many[string] {
	return Many[string]{Field: Field{Name: name, Control: "many", Optional: true, Options: options}}
}

// Required refuses no tick at all.
func (m Many[T]) Required() Many[T] { m.Optional = false; return m }

// Label uses other words than the convention's.
func (m Many[T]) Label(key string) Many[T] { m.label = key; return m }

// Set ticks before the form is shown.
func (m *Many[T]) Set(values ...T) {
	m.Values, m.typed = values, nil
	for _, v := range values {
		m.typed = append(m.typed, string(v))
	}
}

func (m *Many[T]) read(values []string) {
	m.Values = nil
	for _, v := range values {
		if !m.has(v) {
			m.fail("form.unknown_choice")
			return
		}
	}
	for _, o := range m.Options {
		if slices.Contains(values, o.Value) {
			m.Values = append(m.Values, T(o.Value))
		}
	}
	if len(m.Values) == 0 && !m.Optional {
		m.fail("form.none_chosen")
	}
}

// Tick is one box, for a promise or an agreement. It is never ticked beforehand.
type Tick struct {
	Field
	Value bool
}

// MustTick asks for an agreement without which the form does not go on.
func MustTick(name string) Tick { return Tick{Field: Field{Name: name, Control: "tick"}} }

// MayTick asks for something that may be left alone.
func MayTick(name string) Tick {
	return Tick{Field: Field{Name: name, Control: "tick", Optional: true}}
}

// Label uses other words than the convention's.
func (t Tick) Label(key string) Tick { t.label = key; return t }

func (t *Tick) read(values []string) {
	t.Value = clean(values) == "yes"
	if !t.Value && !t.Optional {
		t.fail("form.not_ticked")
	}
}
