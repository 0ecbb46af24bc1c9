package office

import (
	"net/http"
	"strconv"

	"shanqiao/internal/actor"
	"shanqiao/internal/civil"
	needsroot "shanqiao/needs"
	"shanqiao/needs/unclaimed"
	"shanqiao/portal/form"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
	"shanqiao/portal/story"
)

// band is a band of urgency as a form sends it.
type band string

func (b band) urgency() needsroot.Urgency {
	n, _ := strconv.Atoi(string(b))
	return needsroot.Urgency(n)
}

type ladderForm struct {
	form.Form
	Urgency      form.Choice[band]
	Unit         form.Choice[unclaimed.Unit]
	WiderArea    form.Number
	NextDistrict form.Number
	Push         form.Number
	Purchase     form.Number
	Meeting      form.Number
	Within       form.Number
	Source       form.Text
	Since        form.Date
}

func newLadderForm() *ladderForm {
	days := func(name string) form.Number { return form.Whole(name, 1, 365).OrNone() }
	f := &ladderForm{
		Form:         form.Named("unclaimed.ladder"),
		Urgency:      form.OneOf[band]("urgency", "1", "2", "3", "4"),
		Unit:         form.OneOf("unit", unclaimed.Units...),
		WiderArea:    days("wider_area"),
		NextDistrict: days("neighbouring_district"),
		Push:         days("push"),
		Purchase:     days("purchase"),
		Meeting:      days("meeting"),
		Within:       form.Whole("within", 1, 60),
		Source:       form.Line("source").Required().MaxRunes(200),
		Since:        form.Day("since"),
	}
	f.Fields(&f.Urgency, &f.Unit, &f.WiderArea, &f.NextDistrict, &f.Push, &f.Purchase, &f.Meeting, &f.Within, &f.Source, &f.Since)
	return f
}

// begin fills the form with what holds now for a band.
func (f *ladderForm) begin(l unclaimed.Ladder) {
	f.Urgency.Set(band(strconv.Itoa(int(l.Urgency))))
	f.Unit.Set(l.Unit)
	for field, days := range map[*form.Number]int{&f.WiderArea: l.WiderArea, &f.NextDistrict: l.NeighbouringDistrict, &f.Push: l.Push,
		&f.Purchase: l.Purchase, &f.Meeting: l.Meeting, &f.Within: l.Within} {
		if days > 0 {
			field.Set(days)
		}
	}
}

func (f *ladderForm) setting(district string) unclaimed.Setting {
	return unclaimed.Setting{District: district, Source: f.Source.Value, Since: f.Since.Value, Ladder: unclaimed.Ladder{
		Urgency: f.Urgency.Value.urgency(), Unit: f.Unit.Value, WiderArea: f.WiderArea.Value, NeighbouringDistrict: f.NextDistrict.Value,
		Push: f.Push.Value, Purchase: f.Purchase.Value, Meeting: f.Meeting.Value, Within: f.Within.Value}}
}

type ladderRow struct {
	Days   []html.Fact // of each step, "not used" among them
	Unit   string
	Within string
	Since  string
	Source string
	Lang   string
	State  html.Badge
}

type bandRows struct {
	Title string
	New   string
	Rows  []ladderRow
}

type laddersView struct {
	Place    string
	Shipped  string // what the shipped days rest on
	Heads    []string
	Bands    []bandRows
	Calendar string // what is known of working days
	Paper    string // and from where
}

var laddersPage = html.Define[laddersView]("office/ladders")

// ladders lists after how long each step is taken in the officer's district: what
// is shipped first, then what the district said and says.
func (o *Office) ladders(w http.ResponseWriter, r *http.Request, by actor.Officer) error {
	all, err := unclaimed.Settings(r.Context(), o.Records, by, by.Region)
	if err != nil {
		return err
	}
	l := html.Locale(r)
	v := laddersView{Place: l.Region(by.Region), Shipped: source(l, unclaimed.Setting{}).Value,
		Calendar: l.T("unclaimed.calendar", "day", l.Day(civil.Calendar.To)), Paper: civil.Calendar.Source}
	for _, s := range needsroot.Steps {
		v.Heads = append(v.Heads, l.T("unclaimed.step."+string(s)))
	}
	for _, shipped := range unclaimed.Shipped.Ladders {
		u := strconv.Itoa(int(shipped.Urgency))
		v.Bands = append(v.Bands, bandRows{Title: l.T("unclaimed.ladder.urgency." + u), New: "/s/needs/ladders/new?urgency=" + u,
			Rows: o.ladderRows(l, shipped, all)})
	}
	return laddersPage.Write(w, r, http.StatusOK, v)
}

// ladderRows takes a district's settings as unclaimed.Settings orders them: of one
// band the newest first, so the first that has begun is the one in force.
func (o *Office) ladderRows(l *locale.Locale, shipped unclaimed.Ladder, all []unclaimed.Setting) []ladderRow {
	holds := html.Badge{Tone: html.Good, Text: l.T("unclaimed.holds")}
	replaced := html.Badge{Tone: html.Ended, Text: l.T("unclaimed.replaced")}
	var rows []ladderRow
	begun := false
	for _, s := range all {
		if s.Urgency != shipped.Urgency {
			continue
		}
		row := newLadderRow(l, s.Ladder)
		row.Since, row.Source, row.Lang, row.State = l.Day(s.Since), s.Source, "zh-CN", holds
		switch {
		case s.Since.After(o.day()):
			row.State = html.Badge{Tone: html.Waiting, Text: l.T("unclaimed.ahead")}
		case begun:
			row.State = replaced
		default:
			begun = true
		}
		rows = append(rows, row)
	}
	first := newLadderRow(l, shipped)
	first.Since, first.Source, first.State = "–", l.T("unclaimed.shipped"), holds
	if begun {
		first.State = replaced
	}
	return append(rows, first)
}

func newLadderRow(l *locale.Locale, s unclaimed.Ladder) ladderRow {
	row := ladderRow{Within: story.Waited(l, s.Within, s.Unit)}
	after := map[needsroot.Step]int{}
	for _, r := range s.Rungs() {
		after[r.Step] = r.After
	}
	for _, step := range needsroot.Steps {
		f := fact(l.T("unclaimed.step."+string(step)), l.T("unclaimed.not_used"))
		if n := after[step]; n > 0 {
			f.Value = story.Waited(l, n, s.Unit)
		}
		row.Days = append(row.Days, f)
	}
	return row
}

type ladderView struct {
	Form  *ladderForm
	Place string
}

var ladderPage = html.Define[ladderView]("office/ladder")

// setLadder writes down the ladder of one band from a day on. It begins with what
// holds for the band that was chosen on the list.
func (o *Office) setLadder(w http.ResponseWriter, r *http.Request, by actor.Officer) error {
	l, f := html.Locale(r), newLadderForm()
	if u := band(r.URL.Query().Get("urgency")).urgency(); r.Method == http.MethodGet {
		now, err := unclaimed.InForce(r.Context(), o.Records, by.Region, u, o.day())
		if err != nil {
			return err
		}
		f.begin(now.Ladder)
		f.Since.Set(o.day())
	}
	return answer(w, r, &f.Form, step{To: "/s/needs/ladders", Done: "unclaimed.ladder.done", Do: func() error {
		return unclaimed.Set(r.Context(), o.Records, by, f.setting(by.Region))
	}}, func() error { return ladderPage.Write(w, r, f.Status(), ladderView{f, l.Region(by.Region)}) })
}
