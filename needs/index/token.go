package index

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Term is one word of a text: a run of Han characters, which is found wherever
// it stands as a substring of a run, or a word of letters and digits, which is
// found whole.
type Term struct {
	Run string
	Han bool
}

// Terms cuts a text, each different word once. Full-width forms become plain
// ones, capitals small, traditional characters simplified; everything that is
// neither letter nor digit separates and is otherwise ignored, so that no
// operator of any engine can be typed.
func Terms(text string) []Term {
	var terms []Term
	seen := map[Term]bool{}
	for _, t := range Runs(text) {
		if !seen[t] {
			seen[t] = true
			terms = append(terms, t)
		}
	}
	return terms
}

// Normal is a text as engines compare it: its runs in order, a blank between.
func Normal(text string) string {
	var b strings.Builder
	for i, t := range Runs(text) {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(t.Run)
	}
	return b.String()
}

// Grams are what a run is looked up by: the pairs of neighbouring characters of
// a Han run, or the run itself when it is one character or a word.
func (t Term) Grams() []string {
	chars := []rune(t.Run)
	if !t.Han || len(chars) == 1 {
		return []string{t.Run}
	}
	grams := make([]string, 0, len(chars)-1)
	for i := range len(chars) - 1 {
		grams = append(grams, string(chars[i:i+2]))
	}
	return grams
}

// TextGrams are all the grams under which a text is found: those of its runs,
// and each Han character alone.
func TextGrams(text string) []string {
	var grams []string
	seen := map[string]bool{}
	add := func(g string) {
		if !seen[g] {
			seen[g] = true
			grams = append(grams, g)
		}
	}
	for _, t := range Runs(text) {
		for _, g := range t.Grams() {
			add(g)
		}
		if t.Han {
			for _, c := range t.Run {
				add(string(c))
			}
		}
	}
	return grams
}

const (
	nothing = iota
	han
	word
)

func kind(r rune) int {
	switch {
	case unicode.Is(unicode.Han, r):
		return han
	case unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsMark(r):
		return word
	}
	return nothing
}

// Runs cuts a text and keeps every run in its place.
func Runs(text string) []Term {
	var (
		out  []Term
		b    strings.Builder
		last = nothing
	)
	end := func() {
		if b.Len() > 0 {
			out = append(out, Term{Run: b.String(), Han: last == han})
			b.Reset()
		}
	}
	for _, r := range norm.NFKC.String(text) {
		if unicode.Is(unicode.Cf, r) {
			continue // an invisible character must not cut a word in two
		}
		r = simple(unicode.ToLower(r))
		k := kind(r)
		if k != last {
			end()
			last = k
		}
		if k != nothing {
			b.WriteRune(r)
		}
	}
	end()
	return out
}
