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
	"shanqiao/needs/deid"
)

// Report is the account of a round, as stored in exchange.rounds. It counts
// cards and units, and names nobody.
type Report struct {
	Round     string    `json:"round"`
	At        time.Time `json:"at"`
	Rules     int       `json:"rules"`   // version of the rules
	Weights   string    `json:"weights"` // day from which the weights apply
	Needs     int       `json:"needs"`
	Offers    int       `json:"offers"`
	Edges     int       `json:"edges"`
	ByUrgency []Band    `json:"by_urgency"`
	ByArea    []Band    `json:"by_area"`
	Unserved  []Cause   `json:"unserved"`
	Opened    int       `json:"opened"`
	Kept      int       `json:"kept"`
	Lapsed    int       `json:"lapsed"`
	Seconds   float64   `json:"seconds"`
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

func (p *plan) report(round string, s assign.Solution) Report {
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
	r.ByUrgency = sorted(urgency, func(b Band) string { return fmt.Sprint(tiers[deid.UrgencyBand(b.Name)], b.Name) })
	r.ByArea = sorted(area, func(b Band) string { return b.Name })
	for _, cause := range causes {
		r.Unserved = append(r.Unserved, cause)
	}
	slices.SortFunc(r.Unserved, func(a, b Cause) int {
		return cmp.Or(cmp.Compare(b.Units, a.Units), cmp.Compare(a.Rule, b.Rule))
	})
	return r
}

func count(bands map[string]Band, name string, wanted, served int) {
	b := bands[name]
	bands[name] = Band{Name: name, Needs: b.Needs + 1, Wanted: b.Wanted + wanted, Served: b.Served + served}
}

func sorted(bands map[string]Band, by func(Band) string) []Band {
	list := make([]Band, 0, len(bands))
	for _, b := range bands {
		list = append(list, b)
	}
	slices.SortFunc(list, func(a, b Band) int { return cmp.Compare(by(a), by(b)) })
	return list
}

// The report is prose for a terminal, one file per language: the catalogues
// belong to the portal, which this package may not know.
//
//go:embed text/report.zh.tmpl text/report.en.tmpl
var texts embed.FS

var reports = func() *template.Template {
	return template.Must(template.New("reports").Funcs(template.FuncMap{
		"zh": region.Name,
		"en": region.English,
		"share": func(b Band) string {
			if b.Wanted == 0 {
				return "–"
			}
			return fmt.Sprintf("%.1f%%", 100*float64(b.Served)/float64(b.Wanted))
		},
		"total": func(r Report) Band { return Band{Wanted: r.Wanted(), Served: r.Served()} },
	}).ParseFS(texts, "text/*.tmpl"))
}()

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
