package excerpt_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/unicode/norm"

	"shanqiao/needs/deid/excerpt"
)

// note is one of the invented notes, with what of it must not be read.
type note struct {
	text  string
	known excerpt.Known
	bare  int // characters that identify nobody
}

var marked = regexp.MustCompile(`⟦([a-z_]+):([^⟧]+)⟧`)

func corpus(t testing.TB) []note {
	t.Helper()
	b, err := os.ReadFile("testdata/notes.txt")
	require.NoError(t, err)
	var notes []note
	for line := range strings.Lines(string(b)) {
		if strings.HasPrefix(line, "#") || strings.TrimSpace(line) == "" {
			continue
		}
		line = strings.ReplaceAll(strings.TrimSpace(line), `\n`, "\n")
		n := note{known: excerpt.Known{}}
		for _, m := range marked.FindAllStringSubmatch(line, -1) {
			k := excerpt.Kind(m[1])
			n.known[k] = append(n.known[k], m[2])
		}
		n.text = marked.ReplaceAllString(line, "$2")
		n.bare = len([]rune(marked.ReplaceAllString(line, "")))
		notes = append(notes, n)
	}
	return notes
}

var notText = regexp.MustCompile(`[^\p{L}\p{N}]`)

func plainly(s string) string {
	return strings.ToLower(notText.ReplaceAllString(norm.NFKC.String(s), ""))
}

// leaks is a fragment of a marked span that can still be read, or nothing: two
// characters of a name, three of anything else written in Han, four of a number.
func (n note) leaks(out string) string {
	rest := n.text
	for _, values := range n.known {
		for _, v := range values {
			rest = strings.ReplaceAll(rest, v, "|")
		}
	}
	out = plainly(regexp.MustCompile(`〔[^〕]+〕`).ReplaceAllString(out, ""))
	for kind, values := range n.known {
		for _, v := range values {
			r, size := []rune(plainly(v)), 3
			switch {
			case len(r) > 0 && r[0] < 128:
				size = 4
			case kind == excerpt.Name:
				size = 2
			}
			for i := 0; i+size <= len(r); i++ {
				if w := string(r[i : i+size]); strings.Count(out, w) > strings.Count(plainly(rest), w) {
					return w
				}
			}
		}
	}
	return ""
}
