package assessment

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/id"
	"shanqiao/internal/pg"
	"shanqiao/needs"
	"shanqiao/needs/chain"
	"shanqiao/needs/declaration"
)

// MaxLines is how many needs one assessment may open.
const MaxLines = 12

// Assessment is what an officer found. Declaration is empty where nobody
// declared and the office came by itself. RequestKey is new for each form
// shown: the same key again is the same assessment.
type Assessment struct {
	Household   string
	Declaration string
	Answers     Answers
	SelfCare    SelfCare
	Needs       []Line
	RequestKey  string
}

// Line is one need: Quantity is one of its kind's packages; WindowFrom is a
// civil date (UTC midnight), the zero time is today.
type Line struct {
	Code       needs.Code
	Quantity   int
	Urgency    needs.Urgency
	WindowFrom time.Time
}

// Done is what Assess made: the needs in the order of their lines.
type Done struct {
	ID    string
	Needs []needs.ID
}

var (
	errNoHousehold  = fault.New(fault.NotFound, "household.not_found")
	errSubdistrict  = fault.New(fault.Forbidden, "assessment.subdistrict_only")
	errDeclaration  = fault.New(fault.NotFound, "declaration.not_found")
	errOpenOfKind   = fault.New(fault.Conflict, "need.already_open")
	errSameKey      = fault.New(fault.Conflict, "assessment.key_used")
	errSecondPerson = fault.New(fault.Forbidden, "need.second_person")
	errWindowOver   = fault.New(fault.Conflict, "need.window_over")
)

var constraints = pg.Constraints{"needs_one_open_per_kind": errOpenOfKind}

// Assess records an assessment with its draft needs and closes the waiting part
// of the declaration it answers, all or nothing. Only the subdistrict where the
// household lives assesses. A second open need of one kind is a conflict.
func Assess(ctx context.Context, db pg.DB, by actor.Officer, a Assessment) (Done, error) {
	if by.Level != actor.SubdistrictRole {
		return Done{}, errSubdistrict
	}
	if err := a.check(); err != nil {
		return Done{}, err
	}
	if !id.Valid(a.Household) {
		return Done{}, errNoHousehold
	}
	a.RequestKey = by.Account + ":" + a.RequestKey
	var done Done
	err := pg.As(ctx, db, by.Reach(), func(tx pg.DB) (err error) {
		done, err = assess(ctx, tx, by, a)
		return err
	})
	return done, err
}

func assess(ctx context.Context, tx pg.DB, by actor.Officer, a Assessment) (Done, error) {
	type place struct {
		Region string
		Today  time.Time
	}
	home, err := pg.One[place](ctx, tx, errNoHousehold, `
		select region, (now() at time zone 'Asia/Shanghai')::date as today
		  from records.households
		 where id = @household and closed_at is null`, pg.Args{"household": a.Household})
	if err != nil {
		return Done{}, err
	}
	if err := a.place(home.Today); err != nil {
		return Done{}, err
	}
	done := Done{ID: id.New()}
	fresh, err := insertAssessment(ctx, tx, by, done.ID, home.Region, a)
	if err != nil {
		return Done{}, err
	}
	if !fresh {
		return again(ctx, tx, a)
	}
	if a.Declaration != "" {
		if err := answerDeclaration(ctx, tx, by, a); err != nil {
			return Done{}, err
		}
	}
	for _, line := range a.Needs {
		need, err := insertNeed(ctx, tx, by, done.ID, a.Household, home.Region, line)
		if err != nil {
			return Done{}, err
		}
		done.Needs = append(done.Needs, need)
	}
	return done, chain.Append(ctx, tx, a.Household, by, chain.Assessed, "", a.said(done.ID))
}

// check is what can be said of an assessment without the database. Fields are
// named as the form names them: "economy", "needs", "needs.bathing".
func (a Assessment) check() error {
	bad := map[string]string{}
	if a.RequestKey == "" || len(a.RequestKey) > 64 {
		bad["request_key"] = "assessment.stale"
	}
	for _, d := range dimensions {
		if level := a.Answers.Of(d.Key); level < 0 || level > 3 {
			bad[d.Key] = "assessment.level"
		}
	}
	if len(a.Needs) > MaxLines {
		bad["needs"] = "assessment.too_many"
	}
	seen := map[needs.Code]bool{}
	for _, l := range a.Needs {
		if key := l.check(); key != "" {
			bad["needs."+string(l.Code)] = key
		}
		if seen[l.Code] {
			bad["needs."+string(l.Code)] = "assessment.twice"
		}
		seen[l.Code] = true
	}
	return fault.InvalidFields(bad)
}

func (l Line) check() string {
	item, known := needs.ItemOf(l.Code)
	switch {
	case !known:
		return "assessment.unknown_code"
	case !slices.Contains(item.Packages, l.Quantity):
		return "assessment.package"
	case l.Urgency < needs.WithinTwoDays || l.Urgency > needs.AnyTime:
		return "assessment.urgency"
	}
	return ""
}

// place fills the dates of the lines; help may be asked to start up to ninety days ahead.
func (a *Assessment) place(today time.Time) error {
	bad := map[string]string{}
	a.Needs = slices.Clone(a.Needs)
	for i := range a.Needs {
		l := &a.Needs[i]
		if l.WindowFrom.IsZero() {
			l.WindowFrom = today
		}
		if l.WindowFrom.Before(today) || l.WindowFrom.After(today.AddDate(0, 0, 90)) {
			bad["needs."+string(l.Code)] = "assessment.window"
		}
	}
	return fault.InvalidFields(bad)
}

// startDays is how many 天 after the window opens help must have begun.
var startDays = map[needs.Urgency]int{
	needs.WithinTwoDays: 2, needs.WithinFiveDays: 5, needs.WithinTwoWeeks: 14, needs.AnyTime: 30,
}

// WindowTo is the last day of help: the days to find it, and the days it takes.
func (l Line) WindowTo() time.Time {
	item, _ := needs.ItemOf(l.Code)
	return l.WindowFrom.AddDate(0, 0, startDays[l.Urgency]+item.Days)
}

func insertAssessment(ctx context.Context, tx pg.DB, by actor.Officer, assessment, region string, a Assessment) (bool, error) {
	answers, err := json.Marshal(a.Answers)
	if err != nil {
		return false, err
	}
	care, err := json.Marshal(a.SelfCare)
	if err != nil {
		return false, err
	}
	tag, err := tx.Exec(ctx, `
		insert into records.assessments (id, household_id, region, declaration_id, request_key, instrument,
		                                 dimensions, self_care, self_care_level, assessor_id)
		values (@id, @household, @region, nullif(@declaration, ''), @key, @instrument,
		        @dimensions, @care, @level, @assessor)
		on conflict (request_key) do nothing`,
		pg.Args{"id": assessment, "household": a.Household, "region": region, "declaration": a.Declaration,
			"key": a.RequestKey, "instrument": Instrument, "dimensions": answers, "care": care,
			"level": a.SelfCare.Level(), "assessor": by.Account})
	return tag.RowsAffected() == 1, err
}

// again answers a form that was sent before with what came of it then.
func again(ctx context.Context, tx pg.DB, a Assessment) (Done, error) {
	first, err := pg.One[string](ctx, tx, errSameKey, `
		select id from records.assessments where request_key = @key and household_id = @household`,
		pg.Args{"key": a.RequestKey, "household": a.Household})
	if err != nil {
		return Done{}, err
	}
	ids, err := pg.Many[needs.ID](ctx, tx, `
		select n.id
		  from records.needs n
		 where n.assessment_id = @assessment
		 order by array_position(@codes::text[], n.code)`,
		pg.Args{"assessment": first, "codes": codes(a.Needs)})
	return Done{ID: first, Needs: ids}, err
}

func codes(lines []Line) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = string(l.Code)
	}
	return out
}

// answerDeclaration takes a declaration off the worklist. One that was
// withdrawn, closed or assessed meanwhile is a conflict, and nothing is saved.
func answerDeclaration(ctx context.Context, tx pg.DB, by actor.Officer, a Assessment) error {
	_, err := pg.One[string](ctx, tx, errDeclaration, `
		select id from records.declarations where id = @declaration and household_id = @household`,
		pg.Args{"declaration": a.Declaration, "household": a.Household})
	if err != nil {
		return err
	}
	return declaration.MarkAssessed(ctx, tx, by, declaration.ID(a.Declaration))
}

func insertNeed(ctx context.Context, tx pg.DB, by actor.Officer, assessment, household, region string, l Line) (needs.ID, error) {
	need := needs.ID(id.New())
	_, err := tx.Exec(ctx, `
		insert into records.needs (id, household_id, region, assessment_id, code, quantity, urgency,
		                           window_from, window_to, route, state, assessed_by)
		values (@id, @household, @region, @assessment, @code, @quantity, @urgency,
		        @from, @to, @route, 'draft', @by)`,
		pg.Args{"id": need, "household": household, "region": region, "assessment": assessment,
			"code": l.Code, "quantity": l.Quantity, "urgency": l.Urgency, "from": l.WindowFrom,
			"to": l.WindowTo(), "route": route(l.Urgency), "by": by.Account})
	if e := fault.As(constraints.Explain(err)); e != nil && e.Is(errOpenOfKind) {
		// Which of the lines it was, so that the form can point at it.
		told := *e
		told.Fields = map[string]string{"needs." + string(l.Code): errOpenOfKind.Key}
		return "", &told
	}
	return need, err
}

// route keeps what is urgent from waiting for a cohort.
func route(u needs.Urgency) string {
	if u.Direct() {
		return "direct"
	}
	return "cohort"
}

type said struct {
	Assessment    string        `json:"assessment"`
	Declaration   string        `json:"declaration,omitempty"`
	Instrument    string        `json:"instrument"`
	Answers       Answers       `json:"answers"`
	SelfCareLevel SelfCareLevel `json:"self_care_level"`
	Needs         []saidLine    `json:"needs"`
}

type saidLine struct {
	Code     needs.Code    `json:"code"`
	Quantity int           `json:"quantity"`
	Urgency  needs.Urgency `json:"urgency"`
}

func (a Assessment) said(assessment string) said {
	s := said{Assessment: assessment, Declaration: a.Declaration, Instrument: Instrument,
		Answers: a.Answers, SelfCareLevel: a.SelfCare.Level(), Needs: []saidLine{}}
	for _, l := range a.Needs {
		s.Needs = append(s.Needs, saidLine{l.Code, l.Quantity, l.Urgency})
	}
	return s
}
