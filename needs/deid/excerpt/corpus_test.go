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

// TestInventedNotes holds what the excerpt path keeps and lets through on notes
// in other words than those it was measured with, without any known value.
func TestInventedNotes(t *testing.T) {
	t.Parallel()
	notes := corpus(t)
	require.GreaterOrEqual(t, len(notes), 60)
	withheld, bare, lost := 0, 0, 0
	for _, n := range notes {
		res := excerpt.Redact(n.text, nil)
		if res.Withheld {
			withheld++
			continue
		}
		require.Empty(t, n.leaks(res.Text), "%s -> %s", n.text, res.Text)
		kept := len([]rune(regexp.MustCompile(`〔[^〕]+〕`).ReplaceAllString(res.Text, "")))
		bare += n.bare
		lost += max(0, n.bare-kept)
	}
	require.LessOrEqual(t, withheld, len(notes)*3/10)
	require.GreaterOrEqual(t, float64(bare-lost)/float64(bare), 0.6)
	t.Logf("%d notes, %d withheld, %.1f %% of the other text kept", len(notes), withheld, 100*float64(bare-lost)/float64(bare))
}

// dress changes how a text is written, not what it says.
var dress = map[string]func(string) string{
	"full width": func(s string) string {
		return strings.Map(func(r rune) rune {
			if '!' <= r && r <= '~' {
				return r + 0xFEE0
			}
			return r
		}, s)
	},
	"zero width":  func(s string) string { return strings.Join(strings.Split(s, ""), "\u200b") },
	"joiners":     func(s string) string { return strings.Join(strings.Split(s, ""), "\u2060") },
	"traditional": strings.NewReplacer("张", "張", "陈", "陳", "马", "馬", "刘", "劉", "国", "國", "东", "東", "学", "學", "庄", "莊", "阳", "陽", "村", "邨", "兰", "蘭", "温", "溫").Replace,
	"upper case":  strings.ToUpper,
}

func TestDressingUpHidesNothing(t *testing.T) {
	t.Parallel()
	for name, put := range dress {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, n := range corpus(t) {
				worn := note{text: put(n.text), known: excerpt.Known{}}
				for k, values := range n.known {
					for _, v := range values {
						worn.known[k] = append(worn.known[k], put(v))
					}
				}
				require.Empty(t, worn.leaks(excerpt.Redact(worn.text, nil).Text), worn.text)
			}
		})
	}
}

func TestKnownValuesNeverStandInTheOutput(t *testing.T) {
	t.Parallel()
	for _, n := range corpus(t) {
		out := plainly(excerpt.Redact(n.text, n.known).Text)
		for _, values := range n.known {
			for _, v := range values {
				if len([]rune(plainly(v))) > 1 {
					require.NotContains(t, out, plainly(v), n.text)
				}
			}
		}
	}
}

func TestAnExcerptIsItsOwnExcerpt(t *testing.T) {
	t.Parallel()
	for _, n := range corpus(t) {
		if res := excerpt.Redact(n.text, n.known); !res.Withheld {
			again := excerpt.Redact(res.Text, n.known)
			require.False(t, again.Withheld, n.text)
			require.Equal(t, res.Text, again.Text)
		}
	}
}
