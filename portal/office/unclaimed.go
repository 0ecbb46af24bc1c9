package office

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"shanqiao/internal/actor"
	needsroot "shanqiao/needs"
	"shanqiao/needs/unclaimed"
	"shanqiao/needs/worklist"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
	"shanqiao/portal/story"
)

// ladder is where a need is on the ladder, as its page shows it.
type ladder struct {
	Facts   []html.Fact
	Steps   []html.Step
	Minutes []html.Step
}

// ladderOf is nil for a need that was never listed, or has ended.
func (o *Office) ladderOf(r *http.Request, l *locale.Locale, by actor.Officer, n worklist.Need) (*ladder, *unclaimed.Standing, error) {
	s, err := unclaimed.Of(r.Context(), o.Records, by, n.ID, o.Now())
	if err != nil || s == nil {
		return nil, nil, err
	}
	minutes, err := unclaimed.MinutesOf(r.Context(), o.Records, o.Keys, by, n.ID)
	if err != nil {
		return nil, nil, err
	}
	v := &ladder{Facts: standingFacts(l, n.Code, *s)}
	for _, t := range slices.Backward(s.Taken) {
		v.Steps = append(v.Steps, html.Step{At: l.Day(t.On), Title: l.T("unclaimed.step." + string(t.Step)),
			Body: l.T("unclaimed.taken", "waited", story.Waited(l, t.Waited, t.Unit)), Tone: html.Waiting})
	}
	for _, m := range minutes {
		v.Minutes = append(v.Minutes, html.Step{At: l.Date(*m.RecordedAt), Title: l.T("unclaimed.agreed", "next", l.T("chain.agreed."+string(m.Next)), "day", l.WholeDay(m.NextOn)),
			Body: m.Decided.Reveal(), Lang: "zh-CN", Tone: html.Good})
	}
	return v, s, nil
}

// standingFacts say how long, at which step since when, and what is next and when.
func standingFacts(l *locale.Locale, code needsroot.Code, s unclaimed.Standing) []html.Fact {
	facts := []html.Fact{fact(l.T("unclaimed.waited"), l.T("unclaimed.waited_since", "waited", story.Waited(l, s.Waited, s.Ladder.Unit), "day", l.Day(s.Since)))}
	if !s.Running {
		facts = append(facts, fact(l.T("unclaimed.now"), l.T("unclaimed.stopped")))
	} else {
		facts = append(facts, fact(l.T("office.col.lacking"), amount(l, code, s.Left)), fact(l.T("unclaimed.now"), nowAt(l, s)), fact(l.T("unclaimed.next"), nextUp(l, s)))
	}
	if s.Meeting.Waits() {
		facts = append(facts, fact(l.T("unclaimed.meeting_due"), l.Day(s.Meeting.DueOn)))
	}
	return append(facts, source(l, s.Ladder))
}

// source is the paper that a ladder rests on.
func source(l *locale.Locale, s unclaimed.Setting) html.Fact {
	if s.ID != 0 {
		return html.Fact{Label: l.T("unclaimed.source"), Value: s.Source, Lang: "zh-CN"}
	}
	if l.Language == locale.Zh {
		return fact(l.T("unclaimed.source"), unclaimed.Shipped.Source)
	}
	return fact(l.T("unclaimed.source"), unclaimed.Shipped.SourceEn)
}

func nowAt(l *locale.Locale, s unclaimed.Standing) string {
	if s.At() == "" {
		return l.T("unclaimed.first")
	}
	return l.T("unclaimed.step_since", "step", l.T("unclaimed.step."+string(s.At())), "day", l.WholeDay(s.Taken[len(s.Taken)-1].On))
}

func nextUp(l *locale.Locale, s unclaimed.Standing) string {
	switch m := s.Meeting; {
	case s.Next != "":
	case m != nil && m.RecordedAt != nil:
		return l.T("unclaimed.agreed", "next", l.T("chain.agreed."+string(m.Next)), "day", l.WholeDay(m.NextOn))
	default:
		return l.T("unclaimed.last")
	}
	return l.T("unclaimed.step_on", "step", l.T("unclaimed.step."+string(s.Next)), "day", l.WholeDay(s.NextOn))
}

type unclaimedView struct {
	Meetings *table
	Buy      *table
	All      *table
	Shown    string
	Ladders  bool
	Empty    html.Empty
}

var unclaimedPage = html.Define[unclaimedView]("office/unclaimed")

// mostShown is how many needs the page lists; the furthest come first.
const mostShown = 100

// unclaimed lists what nobody takes: meetings whose outcome is missing, what could
// be bought, and every need that a step was taken for.
func (o *Office) unclaimed(w http.ResponseWriter, r *http.Request, by actor.Officer) error {
	items, err := unclaimed.Waiting(r.Context(), o.Records, by, o.Now())
	if err != nil {
		return err
	}
	l := html.Locale(r)
	v := unclaimedView{Empty: none(l, "unclaimed.none"), Ladders: by.Level == actor.DistrictRole}
	if len(items) == 0 {
		return unclaimedPage.Write(w, r, http.StatusOK, v)
	}
	v.Meetings, v.Buy = meetingTable(l, by, items), buyTable(l, by, items)
	v.All = newTable(l, "unclaimed.all", "need", "lacking", "waited", "climbed", "next_step", "household")
	for _, i := range items[:min(len(items), mostShown)] {
		v.All.add(link(itemName(l, i.Code), "/s/needs/"+string(i.Need)), whole(amount(l, i.Code, i.Left)),
			whole(story.Waited(l, i.Waited, i.Ladder.Unit)), text(nowAt(l, i.Standing)), text(nextUp(l, i.Standing)),
			code(i.Number, "/s/households/"+i.HouseholdID))
	}
	if len(items) > mostShown {
		v.Shown = l.T("unclaimed.shown", "n", mostShown, "all", len(items))
	}
	return unclaimedPage.Write(w, r, http.StatusOK, v)
}

// meetingTable lists the meetings whose outcome somebody must record, the first
// due first.
func meetingTable(l *locale.Locale, by actor.Officer, items []unclaimed.Item) *table {
	due := slices.DeleteFunc(slices.Clone(items), func(i unclaimed.Item) bool { return !i.Meeting.Waits() })
	if len(due) == 0 {
		return nil
	}
	slices.SortStableFunc(due, func(a, b unclaimed.Item) int { return a.Meeting.DueOn.Compare(b.Meeting.DueOn) })
	due = due[:min(len(due), mostShown)]
	t := newTable(l, "unclaimed.meetings", "need", "lacking", "waited", "meeting_due", "place", "household")
	for _, i := range due {
		to := "/s/needs/" + string(i.Need)
		if acts(by) {
			to += "/meeting"
		}
		t.add(link(itemName(l, i.Code), to), whole(amount(l, i.Code, i.Left)), whole(story.Waited(l, i.Waited, i.Ladder.Unit)),
			whole(l.Day(i.Meeting.DueOn)), text(place(l, by, i.Region)), code(i.Number, "/s/households/"+i.HouseholdID))
	}
	return t
}

// wanted is what is lacking of one kind in one district.
type wanted struct {
	district string
	code     needsroot.Code
	families map[string]bool
	units    int
}

// buyTable adds up what could be bought, by district and kind: one contract serves
// several families.
func buyTable(l *locale.Locale, by actor.Officer, items []unclaimed.Item) *table {
	all := map[string]*wanted{}
	for _, i := range items {
		if !i.ToBuy() {
			continue
		}
		key := i.Region[:6] + string(i.Code)
		if all[key] == nil {
			all[key] = &wanted{i.Region[:6], i.Code, map[string]bool{}, 0}
		}
		all[key].families[i.HouseholdID] = true
		all[key].units += i.Left
	}
	if len(all) == 0 {
		return nil
	}
	var rows []*wanted
	for _, w := range all {
		rows = append(rows, w)
	}
	slices.SortFunc(rows, func(a, b *wanted) int {
		return cmp.Or(cmp.Compare(len(b.families), len(a.families)), cmp.Compare(b.units, a.units), cmp.Compare(a.district+string(a.code), b.district+string(b.code)))
	})
	heads := []string{"need", "families", "lacking", "district"}
	if !street(by) {
		heads = append(heads, "buy")
	}
	t := newTable(l, "unclaimed.buy", heads...)
	for _, w := range rows {
		cells := []cell{text(itemName(l, w.code)), whole(l.Number(int64(len(w.families)))), whole(amount(l, w.code, w.units)), text(l.Region(w.district))}
		if !street(by) {
			q := url.Values{"code": {string(w.code)}, "district": {w.district}, "units": {strconv.Itoa(w.units)}}
			cells = append(cells, link(l.T("unclaimed.buy_this", "what", itemName(l, w.code)), "/p/contracts/new?"+q.Encode()))
		}
		t.add(cells...)
	}
	return t
}
