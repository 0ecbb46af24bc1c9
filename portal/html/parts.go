package html

import (
	"net/url"
	"strconv"

	"shanqiao/portal/locale"
)

// Tone colours a badge or a notice; shape and words say the same, because
// colour alone tells some readers nothing.
type Tone string

// The tones.
const (
	Plain   Tone = "plain"
	Good    Tone = "good"
	Waiting Tone = "waiting"
	Urgent  Tone = "urgent"
	Ended   Tone = "ended"
)

// Numbered is a title that names a reference, which is never broken in two:
// {{template "numbered" .Title}}. In the title of a page it is plain text.
type Numbered struct{ Before, Number, After string }

func (n Numbered) String() string { return n.Before + n.Number + n.After }

// Badge is a state in a word: {{template "badge" .State}}.
type Badge struct {
	Tone Tone
	Text string
}

// Fact is a line of a list of facts: {{template "facts" .Facts}}. Href makes the
// value a link; Lang says that the value is of another language than the page,
// as a name in Chinese on an English page is.
type Fact struct {
	Label, Value, Href string
	Lang               string
}

// Answer is a line of a check-answers page, with where to change it:
// {{template "answers" .Answers}}.
type Answer struct {
	Label, Value, Change string
	Lang                 string
}

// Step is an entry of a timeline: {{template "timeline" .Steps}}. At is written
// out; Body may be empty.
type Step struct {
	At, Title, Body string
	Lang            string // of the body
	Tone            Tone
	Facts           []Fact
}

// Empty says why a list is empty and what to do next: {{template "empty" .Empty}}.
type Empty struct {
	Text, Href, Link string
}

// Pager leads on through a list by key: {{template "pager" .Pager}}.
type Pager struct {
	First, Next string // empty: not there
}

// PagerAt keeps what the address of a list asks for and changes the page.
func PagerAt(at *url.URL, page int, more bool) Pager {
	q := at.Query()
	q.Del("page")
	there := func() string {
		if len(q) == 0 {
			return at.Path
		}
		return at.Path + "?" + q.Encode()
	}
	var p Pager
	if page > 1 {
		p.First = there()
	}
	if more {
		q.Set("page", strconv.Itoa(page+1))
		p.Next = there()
	}
	return p
}

// Figure is a number with its words, which opens its rows:
// {{template "figures" .Figures}}.
type Figure struct {
	Value, Label, Note, Href string
}

// Notice is a box that asks for attention: {{template "notice" .Notice}}.
type Notice struct {
	Tone        Tone
	Title, Text string
}

// Texts translates the keys of a list, for views that show several.
func Texts(l *locale.Locale, prefix string, values ...string) []string {
	all := make([]string, len(values))
	for i, v := range values {
		all[i] = l.T(prefix + v)
	}
	return all
}
