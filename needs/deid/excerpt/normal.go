package excerpt

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"io"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// token stands in the normalised text for one of our own tokens: no letter, no
// digit, no part of anything.
const token = '\uE000'

// text is a note in the one form that all detectors read: NFKC, lower case,
// simplified characters, nothing invisible. For each of its characters it knows
// the bytes of the original, so nothing found is lost on the way back.
type text struct {
	original string
	runes    []rune
	from, to []int // bytes of the original for each character

	plain, tight view
}

// view is a string made of some characters of a text; at gives for each byte
// the place of its character in the text, and one past the last at the end.
type view struct {
	s  string
	at []int
}

//go:embed data/simplified.txt.gz
var simplifiedGz []byte

// simplified maps traditional characters to simplified ones.
var simplified = sync.OnceValue(func() map[rune]rune {
	m := make(map[rune]rune, 4000)
	for line := range strings.Lines(unpack(simplifiedGz)) {
		r := []rune(line)
		m[r[0]] = r[1]
	}
	return m
})

// unpack reads what was embedded; it cannot fail unless the program was built
// from a damaged tree.
func unpack(packed []byte) string {
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		panic("excerpt: the embedded lists are damaged: " + err.Error())
	}
	b, err := io.ReadAll(z)
	if err != nil {
		panic("excerpt: the embedded lists are damaged: " + err.Error())
	}
	return string(b)
}

// normalise reads a note. Bytes that are no UTF-8 become a sign that is on no
// list, and so are cut.
func normalise(s string) *text {
	t := &text{original: s}
	for at := 0; at < len(s); {
		if n := tokenAt(s[at:]); n > 0 {
			t.add(token, at, at+n)
			at += n
			continue
		}
		n := norm.NFKC.NextBoundaryInString(s[at:], true)
		if n <= 0 {
			_, n = utf8.DecodeRuneInString(s[at:])
		}
		if k := strings.Index(s[at:at+n], "〔"); k > 0 {
			n = k
		}
		for _, r := range norm.NFKC.String(s[at : at+n]) {
			if !invisible(r) {
				t.add(r, at, at+n)
			}
		}
		at += n
	}
	t.views()
	return t
}

func (t *text) add(r rune, from, to int) {
	if r == token && to-from == utf8.RuneLen(token) {
		r = utf8.RuneError
	}
	if s, ok := simplified()[r]; ok {
		r = s
	}
	t.runes = append(t.runes, unicode.ToLower(r))
	t.from = append(t.from, from)
	t.to = append(t.to, to)
}

// tokenAt is the length of one of our own tokens at the start of s, or nought.
func tokenAt(s string) int {
	if !strings.HasPrefix(s, "〔") {
		return 0
	}
	for _, k := range tokens {
		if strings.HasPrefix(s[len("〔"):], k.token+"〕") {
			return len("〔") + len(k.token) + len("〕")
		}
	}
	return 0
}

// invisible says whether a character has no shape of its own: format and
// control characters, marks that only join or vary others.
func invisible(r rune) bool {
	return r != '\n' && r != '\t' && (unicode.In(r, unicode.Cf, unicode.Cc, unicode.Mn, unicode.Me) || r == '\u115f' || r == '\u1160' || r == '\u3164' || r == '\uffa0')
}

// views makes the two strings that detectors read: as it stands, and with all
// that is set between two Han characters to part them taken out.
func (t *text) views() {
	var plain, tight viewer
	for i, r := range t.runes {
		plain.add(r, i)
		if parts(r) && t.betweenHan(i) {
			continue
		}
		tight.add(r, i)
	}
	t.plain, t.tight = plain.done(len(t.runes)), tight.done(len(t.runes))
}

func parts(r rune) bool { return strings.ContainsRune(" \t·•‧・.-–—_*/|~+^'\"`", r) }

func (t *text) betweenHan(i int) bool {
	a, b := i, i
	for a > 0 && parts(t.runes[a]) && i-a < 4 {
		a--
	}
	for b < len(t.runes)-1 && parts(t.runes[b]) && b-i < 4 {
		b++
	}
	return han(t.runes[a]) && han(t.runes[b])
}

func han(r rune) bool { return unicode.Is(unicode.Han, r) }

type viewer struct {
	b  strings.Builder
	at []int
}

func (v *viewer) add(r rune, i int) {
	n := v.b.Len()
	v.b.WriteRune(r)
	for ; n < v.b.Len(); n++ {
		v.at = append(v.at, i)
	}
}

func (v *viewer) done(end int) view { return view{v.b.String(), append(v.at, end)} }

// write puts a token for each cut and leaves the rest as it was written, but
// without what is invisible. A piece of the original goes whole or not at all.
func (t *text) write(marks []mark) string {
	spans := t.spans(marks)
	var b strings.Builder
	end, next := 0, 0
	for i := range t.runes {
		if t.from[i] < end {
			continue
		}
		if next < len(spans) && t.from[i] >= spans[next].From {
			b.WriteString(spans[next].Kind.Token())
			end = spans[next].To
			next++
			continue
		}
		b.WriteString(visible(t.original[t.from[i]:t.to[i]]))
		end = t.to[i]
	}
	return b.String()
}

func visible(s string) string {
	return strings.Map(func(r rune) rune {
		if invisible(r) {
			return -1
		}
		return r
	}, s)
}
