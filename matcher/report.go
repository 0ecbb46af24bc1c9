package matcher

import (
	"cmp"
	"embed"
	"fmt"
	"slices"
	"strings"
	"text/template"
	"time"

	"shanqiao/internal/region"
	"shanqiao/matcher/assign"
	"shanqiao/matcher/rule"
	"shanqiao/needs"
	"shanqiao/needs/deid"
)

// Report is the account of a round, as stored in exchange.rounds. It counts
// cards and units, and names nobody. Failed are the areas whose proposals could
// not be written and stayed as they were.
type Report struct {
	Round     string     `json:"round"`
	At        time.Time  `json:"at"`
	Rules     int        `json:"rules"`   // version of the rules
	Weights   string     `json:"weights"` // day from which the weights apply
	Needs     int        `json:"needs"`
	Offers    int        `json:"offers"`
	Edges     int        `json:"edges"`
	ByUrgency []Band     `json:"by_urgency"`
	ByArea    []Band     `json:"by_area"`
	Unserved  []Cause    `json:"unserved"`
	Districts []District `json:"districts"`
	Proof     *Proof     `json:"proof,omitempty"`
	Evenness  *Evened    `json:"evenness,omitempty"`
	Joined    *Joined    `json:"joined,omitempty"` // nil: the city was one problem
	Failed    []Failure  `json:"failed,omitempty"`
	Opened    int        `json:"opened"`
	Kept      int        `json:"kept"`
	Lapsed    int        `json:"lapsed"`
	Seconds   float64    `json:"seconds"`
}

// District is one area's part of a round: of the cards that name just this area.
type District struct {
	Name      string  `json:"name"`
	ByUrgency []Band  `json:"by_urgency"`
	Short     []Short `json:"short,omitempty"`
	More      []More  `json:"more,omitempty"`
}

// Short is help of a kind that is lacking, and the cause that most such cards
// have in common.
type Short struct {
	Code  needs.Code `json:"code"`
	Rule  rule.Code  `json:"rule"`
	Needs int        `json:"needs"`
	Units int        `json:"units"`
}

// Proof says how near the best a round came. Nothing that serves as many units
// of each tier has more utility by more than Gap, as a share of the most. Start is
// where the search began; rounds of before it was kept have none.
type Proof struct {
	Utility int64   `json:"utility"`
	Gap     float64 `json:"gap"`
	Exact   bool    `json:"exact"`
	Start   Start   `json:"start,omitempty"`
}

// Evened compares serving the districts evenly with not doing so. With and Without
// are the utility of each, in thousandths of a point; both serve as many units.
type Evened struct {
	Evenness
	With    int64       `json:"with"`
	Without int64       `json:"without"`
	Areas   []Evenshare `json:"areas"`
}

// Evenshare is what an area gets either way.
type Evenshare struct {
	Name    string `json:"name"`
	Wanted  int    `json:"wanted"`
	With    int    `json:"with"`
	Without int    `json:"without"`
}

// Price is the share of all utility that serving evenly costs.
func (e Evened) Price() float64 {
	if e.Without <= 0 {
		return 0
	}
	return max(0, float64(e.Without-e.With)/float64(e.Without))
}

// Failure is an area whose proposals stayed as they were, and the code of what
// stood in the way.
type Failure struct {
	Area string `json:"area"`
	Code string `json:"code"`
}

// Band counts one urgency band or one area: cards, and units wanted and served.
type Band struct {
	Name   string `json:"name"`
	Needs  int    `json:"needs"`
	Wanted int    `json:"wanted"`
	Served int    `json:"served"`
}

// Cause is why cards were not served in full: the rule that stood in the way
// of most offers, or Outranked.
type Cause struct {
	Rule  rule.Code `json:"rule"`
	Needs int       `json:"needs"`
	Units int       `json:"units"`
}

// Outranked is the cause of a card that had candidates, all of whom were
// given to cards before it.
const Outranked rule.Code = "outranked"

// Wanted counts the units that all cards together still want.
func (r Report) Wanted() int {
	return sum(r.ByUrgency, func(b Band) int { return b.Wanted })
}

// Served counts the units that were assigned.
func (r Report) Served() int {
	return sum(r.ByUrgency, func(b Band) int { return b.Served })
}

func sum(bands []Band, count func(Band) int) int {
	n := 0
	for _, b := range bands {
		n += count(b)
	}
	return n
}

func (p *plan) report(round string, s assign.Solution, joined *Joined) Report {
	c := p.city
	r := Report{Round: round, At: c.at, Rules: rule.Version, Weights: c.weights.From.Format(time.DateOnly),
		Needs: len(p.Needs), Offers: len(p.Resources), Edges: len(p.Edges)}
	served := s.Served(p.Problem)
	urgency, area, causes := map[string]Band{}, map[string]Band{}, map[rule.Code]Cause{}
	for _, u := range []deid.UrgencyBand{deid.Urgent, deid.Soon, deid.Unsaid, deid.Open} {
		urgency[string(u)] = Band{Name: string(u)}
	}
	for i, card := range c.cards {
		count(urgency, string(card.Urgency), card.Left(), served[i])
		count(area, card.Area, card.Left(), served[i])
		if short := card.Left() - served[i]; short > 0 {
			code := cmp.Or(p.cause[i], Outranked)
			cause := causes[code]
			causes[code] = Cause{Rule: code, Needs: cause.Needs + 1, Units: cause.Units + short}
		}
	}
	r.ByUrgency = inOrder(urgency, byTier)
	r.ByArea = inOrder(area, Band.name)
	for _, cause := range causes {
		r.Unserved = append(r.Unserved, cause)
	}
	slices.SortFunc(r.Unserved, func(a, b Cause) int {
		return cmp.Or(cmp.Compare(b.Units, a.Units), cmp.Compare(a.Rule, b.Rule))
	})
	var more map[string][]More
	if s.Proof.Served != nil { // of less than the most nothing can be said about more
		r.Proof = &Proof{Utility: s.Proof.Utility, Gap: s.Proof.Gap, Exact: s.Proof.Exact}
		if r.Joined = joined; joined == nil || joined.Proven {
			more = p.more(s)
		}
	}
	r.Districts = p.districts(served, more)
	return r
}

// districts takes the report apart by area.
func (p *plan) districts(served []int, more map[string][]More) []District {
	type kind struct {
		code needs.Code
		rule rule.Code
	}
	urgency, short := map[string]map[string]Band{}, map[string]map[kind]Short{}
	for i, card := range p.city.cards {
		if urgency[card.Area] == nil {
			urgency[card.Area], short[card.Area] = map[string]Band{}, map[kind]Short{}
		}
		count(urgency[card.Area], string(card.Urgency), card.Left(), served[i])
		if lacks := card.Left() - served[i]; lacks > 0 {
			k := kind{card.Code, cmp.Or(p.cause[i], Outranked)}
			s := short[card.Area][k]
			short[card.Area][k] = Short{k.code, k.rule, s.Needs + 1, s.Units + lacks}
		}
	}
	list := map[string]District{}
	for area, bands := range urgency {
		d := District{Name: area, ByUrgency: inOrder(bands, byTier), More: more[area]}
		for _, s := range short[area] {
			d.Short = append(d.Short, s)
		}
		slices.SortFunc(d.Short, func(a, b Short) int {
			return cmp.Or(cmp.Compare(b.Units, a.Units), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Rule, b.Rule))
		})
		list[area] = d
	}
	return inOrder(list, func(d District) string { return d.Name })
}

func (b Band) name() string { return b.Name }

func byTier(b Band) string { return fmt.Sprint(slices.Index(bands, deid.UrgencyBand(b.Name))) }

func count(bands map[string]Band, name string, wanted, served int) {
	b := bands[name]
	bands[name] = Band{Name: name, Needs: b.Needs + 1, Wanted: b.Wanted + wanted, Served: b.Served + served}
}

// inOrder lists the values of a map by what by says of each.
func inOrder[K comparable, T any](all map[K]T, by func(T) string) []T {
	list := make([]T, 0, len(all))
	for _, v := range all {
		list = append(list, v)
	}
	slices.SortFunc(list, func(a, b T) int { return cmp.Compare(by(a), by(b)) })
	return list
}

// The report is prose for a terminal, one file per language: the catalogues
// belong to the portal, which this package may not know.
//
//go:embed text/report.zh.tmpl text/report.en.tmpl
var texts embed.FS

var reports = func() *template.Template {
	return template.Must(template.New("reports").Funcs(template.FuncMap{
		"zh":     region.Name,
		"en":     region.English,
		"share":  func(b Band) string { return percent(b.Served, b.Wanted) },
		"of":     percent,
		"per":    func(share float64) string { return fmt.Sprintf("%.3f%%", 100*share) },
		"zhItem": func(c needs.Code) string { return itemName(c, "zh") },
		"enItem": func(c needs.Code) string { return itemName(c, "en") },
		"total":  func(r Report) Band { return Band{Wanted: r.Wanted(), Served: r.Served()} },
	}).ParseFS(texts, "text/*.tmpl"))
}()

func percent(served, wanted int) string {
	if wanted == 0 {
		return "–"
	}
	return fmt.Sprintf("%.1f%%", 100*float64(served)/float64(wanted))
}

func itemName(code needs.Code, language string) string {
	item, _ := needs.ItemOf(code)
	return cmp.Or(item.Name(language), string(code))
}

// Text is the report for a person at a terminal, in Chinese ("zh") or English.
func (r Report) Text(language string) string {
	if language != "zh" {
		language = "en"
	}
	var b strings.Builder
	if err := reports.ExecuteTemplate(&b, "report."+language+".tmpl", r); err != nil {
		return err.Error() // only a template that a test has not seen
	}
	return b.String()
}
