package excerpt

import "strings"

// A clause that names once may name twice, and half a name may have been cut with
// the other half left: a word of the general list that touches what was cut as a
// person or a place goes too, and so does the word that then touches it. What stays
// there is of the trade, of grammar, or so common that nobody is called by it.

// touching is the cost up to which a word may stay beside a name.
const touching = 80

// borders end a clause.
const borders = ",.。;!?\n"

// telling are the kinds of cuts beside which a word may be more of the same.
var (
	telling       = map[Kind]bool{Name: true, Address: true, Employer: true, School: true}
	tellingTokens = map[string]bool{Name.Token(): true, Address.Token(): true, Employer.Token(): true, School.Token(): true}
)

// near goes over all readings until nothing more touches: a second reading, which
// sees one token where the first saw several cuts, then finds nothing new.
func near(t *text, m *marker, runs []*run) {
	for _, r := range runs {
		for r.near(t, m) {
		}
	}
}

// near cuts the words of one reading that touch a cut, and says whether there were any.
func (r *run) near(t *text, m *marker) bool {
	cuts := r.tellers(t, m)
	found := false
	for _, p := range r.pieces {
		from, to := r.at[p.from], r.at[p.to-1]+1
		if p.kind != noun && p.kind != verb && p.kind != ambiguous || m.marks[from].kind != "" ||
			int(lists().words[string(r.runes[p.from:p.to])].cost) < touching {
			continue
		}
		for _, c := range cuts {
			if from <= c[1] && c[0] <= to {
				m.cut(from, to, Other, Unlisted)
				found = true
				break
			}
		}
	}
	return found
}

// tellers gives the unbroken cuts of the clause round a reading that tell of somebody or
// of a place, from and to.
func (r *run) tellers(t *text, m *marker) [][2]int {
	lo, hi := r.at[0], r.at[len(r.runes)-1]+1
	for lo > 0 && !strings.ContainsRune(borders, t.runes[lo-1]) {
		lo--
	}
	for hi < len(t.runes) && !strings.ContainsRune(borders, t.runes[hi]) {
		hi++
	}
	var cuts [][2]int
	for i := lo; i < hi; i++ {
		j, tells := i, false
		for ; j < hi && (t.runes[j] == token || m.marks[j].kind != ""); j++ {
			tells = tells || telling[m.marks[j].kind] || t.runes[j] == token && tellingTokens[t.original[t.from[j]:t.to[j]]]
		}
		if tells {
			cuts = append(cuts, [2]int{i, j})
		}
		i = max(i, j-1)
	}
	return cuts
}
