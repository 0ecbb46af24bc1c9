package index

import (
	"slices"
	"strings"

	"shanqiao/needs"
	"shanqiao/needs/deid"
)

// plainer is what to ask instead of a query that found nothing, plainest last:
// the words that were understood of it, and then the kinds of help that any of
// them may mean. Places become a condition. It is empty when nothing was
// understood, or when it would only say again what was typed.
func (q Query) plainer(tier deid.Tier) []Query {
	s := understood(q.Text)
	p := q
	if len(s.places) > 0 {
		p.Must = append(slices.Clone(q.Must), Within(s.places...))
	}
	var ladder []Query
	if s.whole && len(s.words)+len(s.places) > 0 {
		p.Text = strings.Join(s.words, " ")
		if Normal(p.Text) != Normal(q.Text) {
			ladder = append(ladder, p)
		}
	}
	if len(s.codes) > 0 && (!s.whole || len(s.words) > 1) {
		p.Text = ""
		p.Must = append(slices.Clone(p.Must), means(tier, s.codes))
		ladder = append(ladder, p)
	}
	return ladder
}

// means holds for the cards of any of the kinds of help. A public card tells only
// its group, so there it holds for the groups.
func means(tier deid.Tier, codes []needs.Code) Cond {
	if tier != deid.Public {
		in := In{Field: Code}
		for _, c := range codes {
			in.Codes = append(in.Codes, string(c))
		}
		return in
	}
	in := In{Field: Group}
	for _, c := range codes {
		if item, ok := needs.ItemOf(c); ok && !slices.Contains(in.Codes, string(item.Group)) {
			in.Codes = append(in.Codes, string(item.Group))
		}
	}
	return in
}
