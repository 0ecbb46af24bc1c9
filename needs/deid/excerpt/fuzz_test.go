package excerpt_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"shanqiao/needs/deid/excerpt"
)

// FuzzRedact looks for notes that break what holds for every note: spans lie
// inside it and in order, what is published is text, holds no known value, and
// is its own excerpt.
func FuzzRedact(f *testing.F) {
	for _, n := range corpus(f) {
		f.Add(n.text, "王建国")
	}
	for _, s := range []string{"", "\xff", "〔人名〕〔", "e\u0301\u200b", "１\u20e3", "\u1100\u1161\u11a8", "㈱①ﬀ", "\n\n1. \n2. 3", "王\ue000建国", "𠀀𠀁"} {
		f.Add(s, "王 建 国")
	}
	f.Fuzz(func(t *testing.T, note, name string) {
		known := excerpt.Known{excerpt.Name: {name}}
		res := excerpt.Redact(note, known)
		last := 0
		for _, s := range res.Spans {
			require.LessOrEqual(t, last, s.From)
			require.Less(t, s.From, s.To)
			require.LessOrEqual(t, s.To, len(note))
			last = s.To
		}
		if res.Withheld {
			require.Empty(t, res.Text)
			require.NotEmpty(t, res.Reasons)
			return
		}
		require.True(t, utf8.ValidString(res.Text))
		if w := plainly(name); utf8.RuneCountInString(w) >= 2 && !tokenText(w) {
			require.NotContains(t, plainly(res.Text), w)
		}
		again := excerpt.Redact(res.Text, known)
		require.False(t, again.Withheld)
		require.Equal(t, res.Text, again.Text)
		for _, fl := range res.Flags {
			require.NotEmpty(t, res.Text[fl.From:fl.To])
		}
	})
}

// tokenText says whether a value could be read in the tokens themselves.
func tokenText(w string) bool {
	for _, k := range excerpt.Kinds() {
		if strings.ContainsAny(w, k.Token()) {
			return true
		}
	}
	return false
}

// BenchmarkRedact is the time of one note, with the second reading of the output.
func BenchmarkRedact(b *testing.B) {
	notes := corpus(b)
	excerpt.Redact(notes[0].text, nil)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		n := notes[i%len(notes)]
		excerpt.Redact(n.text, n.known)
	}
}
