package excerpt

import (
	"os"
	"strconv"
	"strings"
)

func envInt(n string, d int) int {
	if s := os.Getenv(n); s != "" {
		v, _ := strconv.Atoi(s)
		return v
	}
	return d
}

var (
	nearCost  = envInt("X_COST", 85) // words from this cost go in a clause with a cut
	nearWin   = envInt("X_WIN", 0)
	twoCost   = envInt("X_TWO", 0)
	touchCost = envInt("X_TOUCH", 80)
	onOther   = envInt("X_OTHER", 0)
)

// telling are the kinds of cuts beside which a word may be more of the same.
var telling = map[Kind]bool{Name: true, Address: true, Employer: true, School: true}

const borders = ",.。;!?\n"

// near reads each clause in which somebody or some place was cut a second time:
// a clause that names once may name twice. What stays there is of the trade, of
// grammar, or so common that it is nobody's name.
func near(t *text, m *marker, runs []*run) {
	for _, r := range runs {
		for n := -1; n != 0; {
			n = r.near(t, m)
		}
	}
}

func (r *run) near(t *text, m *marker) int {
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
	if len(cuts) == 0 {
		return 0
	}
	changed := 0
	for _, p := range r.pieces {
		from, to := r.at[p.from], r.at[p.to-1]+1
		if p.kind != noun && p.kind != verb && p.kind != ambiguous || m.marks[from].kind != "" {
			continue
		}
		d := 1 << 20
		for _, c := range cuts {
			d = min(d, max(from-c[1], c[0]-to))
		}
		cost := nearCost
		if len(cuts) > 1 && twoCost > 0 {
			cost = twoCost
		}
		if d <= 0 {
			cost = min(cost, touchCost)
		}
		if d <= nearWin && int(lists().words[string(r.runes[p.from:p.to])].cost) >= cost {
			m.cut(from, to, Other, Unlisted)
			changed++
		}
	}
	return changed
}

var tellingTokens = map[string]bool{Name.Token(): true, Address.Token(): true, Employer.Token(): true, School.Token(): true}
