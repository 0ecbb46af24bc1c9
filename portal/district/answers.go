package district

import (
	"net/http"

	"shanqiao/internal/actor"
	"shanqiao/internal/civil"
	"shanqiao/matcher"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
)

// lookBack is how many days of proposals the page counts, in 天.
const lookBack = 90

type answersTable struct {
	Title, Note string
	Heads       []string
	Rows        [][]string
	Numbers     int // the last so many columns are numbers
}

type answersView struct {
	Lead    string
	Figures []html.Figure
	Tables  []answersTable
	Empty   *html.Empty
}

var answersPage = html.Define[answersView]("district/answers")

// answers shows what became of the matcher's proposals, by what made them.
func (d *District) answers(w http.ResponseWriter, r *http.Request, by actor.Officer) error {
	a, err := matcher.AnswersOf(r.Context(), d.DB, by, civil.Day(d.Now()).AddDate(0, 0, -lookBack))
	if err != nil {
		return err
	}
	return answersPage.Write(w, r, http.StatusOK, answersOf(html.Locale(r), a))
}

func answersOf(l *locale.Locale, a matcher.Answers) answersView {
	v := answersView{Lead: l.T("answers.lead", "days", lookBack)}
	if a.All.Made == 0 {
		v.Empty = &html.Empty{Text: l.T("answers.none")}
		return v
	}
	for i, name := range []string{"made", "taken", "declined", "rate"} {
		v.Figures = append(v.Figures, html.Figure{Value: counts(l, a.All)[i], Label: l.T("answers." + name)})
	}
	weights := newAnswers(l, "by_weights", 4, "weights", "rules", "made", "taken", "declined", "rate")
	for _, c := range a.ByWeights {
		weights.add(append([]string{l.WholeDay(c.From), l.Number(int64(c.Rules))}, counts(l, c.Count)...)...)
	}
	kinds := newAnswers(l, "by_kind", 4, "kind", "made", "taken", "declined", "rate")
	for _, c := range a.ByKind {
		kinds.add(append([]string{l.T("offer.kind." + string(c.Kind))}, counts(l, c.Count)...)...)
	}
	parts := newAnswers(l, "by_part", 2, "part", "much", "few")
	parts.Note = l.T("answers.by_part_note")
	for _, c := range a.ByPart {
		parts.add(l.T("answers.part."+string(c.Part)), partRate(l, c.Much), partRate(l, c.Few))
	}
	reasons := newAnswers(l, "by_reason", 1, "reason", "against", "follows", "times")
	for _, c := range a.ByReason {
		against := l.T("answers.no_rule")
		if c.Against != "" {
			against = l.T("rule." + string(c.Against) + ".name")
		}
		reasons.add(l.T("match.decline."+c.Code), against, l.T("match.consequence."+c.Scope, "days", c.RestDays), l.Number(int64(c.N)))
	}
	staff := newAnswers(l, "overruled", 1, "reason", "follows", "times")
	for _, c := range a.Overruled {
		staff.add(l.T("office.overrule."+string(c.Way), "reason", l.T("match.overrule."+c.Overruling.Reason)),
			l.T("match.overruled."+string(c.Way)+"."+c.Scope), l.Number(int64(c.N)))
	}
	for _, t := range []*answersTable{reasons, weights, kinds, parts, staff} {
		if len(t.Rows) > 0 {
			v.Tables = append(v.Tables, *t)
		}
	}
	return v
}

func newAnswers(l *locale.Locale, title string, numbers int, heads ...string) *answersTable {
	t := &answersTable{Title: l.T("answers." + title), Numbers: numbers}
	for _, h := range heads {
		t.Heads = append(t.Heads, l.T("answers."+h))
	}
	return t
}

func (t *answersTable) add(cells ...string) { t.Rows = append(t.Rows, cells) }

// Cells are the table as its template needs it.
func (t answersTable) Cells() [][]answersCell {
	var rows [][]answersCell
	for _, r := range t.Rows {
		var cells []answersCell
		for i, text := range r {
			cells = append(cells, answersCell{t.Heads[i], text, i == 0, i >= len(r)-t.Numbers})
		}
		rows = append(rows, cells)
	}
	return rows
}

type answersCell struct {
	Head, Text    string
	First, Number bool
}

// HeadCells are the heads, each as its column is set.
func (t answersTable) HeadCells() []answersCell {
	var cells []answersCell
	for i, h := range t.Heads {
		cells = append(cells, answersCell{Text: h, Number: i >= len(t.Heads)-t.Numbers})
	}
	return cells
}

// counts are the four figures of a count.
func counts(l *locale.Locale, c matcher.Count) []string {
	return []string{l.Number(int64(c.Made)), l.Number(int64(c.Taken)), l.Number(int64(c.Declined)), rate(l, c)}
}

func rate(l *locale.Locale, c matcher.Count) string {
	if c.Answered() == 0 {
		return "–"
	}
	return l.Number(int64((200*c.Taken+c.Answered())/(2*c.Answered()))) + "%"
}

func partRate(l *locale.Locale, c matcher.Count) string {
	if c.Answered() == 0 {
		return l.T("answers.part_none")
	}
	return l.T("answers.part_rate", "n", c.Answered(), "rate", rate(l, c))
}
