package index

import (
	"slices"
	"strings"
	"sync"

	"shanqiao/internal/region"
	"shanqiao/needs"
)

// lexicon is the words that we know without asking an engine: what help is
// called, and the names of districts with their codes.
type lexicon struct {
	help   map[string]bool
	places map[string]string
	most   int // characters of the longest
}

var known = sync.OnceValue(func() lexicon {
	l := lexicon{help: map[string]bool{}, places: map[string]string{}}
	add := func(name string, to func(run string)) {
		for _, t := range Runs(name) {
			if n := len([]rune(t.Run)); t.Han && n > 1 {
				l.most = max(l.most, n)
				to(t.Run)
			}
		}
	}
	help := func(run string) { l.help[run] = true }
	for _, item := range needs.Catalogue() {
		add(item.Zh, help)
		add(item.ActZh, help)
		for _, s := range item.Synonyms {
			add(s, help)
		}
	}
	for _, g := range needs.Groups {
		add(g.Name("zh"), help)
	}
	for _, d := range region.Districts() {
		for _, name := range []string{d.Name, d.Short} {
			add(name, func(run string) { l.places[run] = d.Code })
		}
	}
	return l
})

// understood is what is left of a query when only the words of the lexicon are
// kept: the longest that fit, from left to right. A person who types
// "石景山帮老人洗澡" is looking for 洗澡 in 石景山.
func understood(text string) (words, places []string) {
	l := known()
	for _, t := range Runs(text) {
		chars := []rune(t.Run)
		for at := 0; t.Han && at < len(chars); {
			n := min(l.most, len(chars)-at)
			for ; n > 1; n-- {
				run := string(chars[at : at+n])
				if l.help[run] {
					words = append(words, run)
					break
				}
				if code, ok := l.places[run]; ok {
					places = append(places, code)
					break
				}
			}
			at += max(n, 1)
		}
	}
	slices.Sort(words)
	return slices.Compact(words), places
}

// plainer is the query with only what was understood of its text, if that is
// less than was typed and still something.
func (q Query) plainer() (Query, bool) {
	words, places := understood(q.Text)
	if len(words) == 0 && len(places) == 0 {
		return q, false
	}
	p := q
	p.Text = strings.Join(words, " ")
	if len(places) > 0 {
		p.Must = append(slices.Clone(q.Must), Within(places...))
	}
	return p, Normal(p.Text) != Normal(q.Text)
}
