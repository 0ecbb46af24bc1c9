package admin

import (
	"cmp"
	"net/http"
	"strings"
	"time"

	"shanqiao/internal/actor"
	"shanqiao/internal/outbox"
	"shanqiao/matcher"
	"shanqiao/needs/deid"
	"shanqiao/needs/index"
	"shanqiao/portal/account"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
)

type roleRow struct{ Role, Href, N, Disabled string }

type queueRow struct {
	Half, Queue, Waiting, Oldest, Dead string
	Late                               bool // nobody seems to do the work
}

type indexRow struct {
	Tier, Engine, Docs string
	State              html.Badge
	Means              string // for those who search, and what to do
}

type overviewView struct {
	Dead    html.Notice
	Jobs    string // where dead letters are; empty when there are none
	Roles   []roleRow
	Queues  []queueRow
	Indexes []indexRow
	NoIndex html.Empty
	Offers  html.Notice // how the offers in the memories of those who match stand
	Alarms  []alarmRow
}

// alarmRow is a reader who searched as if to take the index apart.
type alarmRow struct{ Who, Href, Pattern, Questions, Few, When string }

var overviewPage = html.Define[overviewView]("admin/overview")

// late is how long work may wait before somebody should look, and unchecked how
// long offers in memory may go without being compared.
const late, unchecked = 15 * time.Minute, 11 * time.Minute

// overview says who can sign in, what waits and what stopped.
func (a *Admin) overview(w http.ResponseWriter, r *http.Request, by actor.Administrator) error {
	l := html.Locale(r)
	view := overviewView{
		Dead:    html.Notice{Tone: html.Good, Title: l.T("admin.dead.none"), Text: l.T("admin.dead.none_text")},
		NoIndex: html.Empty{Text: l.T("admin.index.none")},
	}
	counts, err := account.Counts(r.Context(), a.Access, by)
	if err != nil {
		return err
	}
	view.Roles = roleRows(l, counts)
	dead := 0
	for _, half := range halves {
		queues, err := outbox.Backlog(r.Context(), a.Outboxes[half], half)
		if err != nil {
			return err
		}
		for _, q := range queues {
			dead += q.Dead
			view.Queues = append(view.Queues, queueRowOf(l, half, q))
		}
	}
	if dead > 0 {
		view.Jobs = "/admin/jobs"
		view.Dead = html.Notice{Tone: html.Urgent, Title: l.T("admin.dead.some", "n", dead), Text: l.T("admin.dead.some_text")}
	}
	for _, tier := range []deid.Tier{deid.Public, deid.Verified} {
		if searched := a.Index.Of(tier); searched != nil {
			view.Indexes = append(view.Indexes, indexRowOf(l, tier, searched.Health(r.Context())))
		}
	}
	views, err := matcher.Views(r.Context(), a.Exchange)
	if err != nil {
		return err
	}
	view.Offers = offersNotice(l, views)
	alarms, err := index.Alarms(r.Context(), a.Exchange, 20)
	if err != nil {
		return err
	}
	for _, alarm := range alarms {
		view.Alarms = append(view.Alarms, alarmRowOf(l, alarm))
	}
	return overviewPage.Write(w, r, http.StatusOK, view)
}

// indexRowOf says how a tier's search stands in words of people who use it.
func indexRowOf(l *locale.Locale, tier deid.Tier, h index.Health) indexRow {
	row := indexRow{Tier: l.T("admin.tier." + string(tier)), Docs: l.Number(int64(h.Docs)), Engine: engineWord(l, h.Engine)}
	state, tone := "ready", html.Good
	switch {
	case !h.Ready:
		state, tone = "not_ready", html.Urgent
	case h.Degraded:
		state, tone = "degraded", html.Waiting
	}
	row.State = html.Badge{Tone: tone, Text: l.T("admin.index." + state)}
	row.Means = l.T("admin.index.means." + state)
	if key := "admin.index.do." + h.Reason; state != "ready" && l.Has(key) {
		row.Means = l.T("admin.index.then", "means", row.Means, "do", l.T(key))
	}
	return row
}

// offersNotice says how what the workers hold in memory stands beside the database.
func offersNotice(l *locale.Locale, s matcher.Copies) html.Notice {
	state, tone := "good", html.Good
	switch {
	case s.Views == 0:
		state, tone = "none", html.Waiting
	case s.Oldest > unchecked:
		state, tone = "late", html.Urgent
	case s.Mended > 0:
		state, tone = "mended", html.Waiting
	}
	return html.Notice{Tone: tone, Title: l.T("admin.offers." + state),
		Text: l.T("admin.offers."+state+"_text", "views", s.Views, "age", age(l, s.Oldest), "n", int(s.Mended))}
}

// alarmRowOf names a member by the account, which leads to where it can be shut.
func alarmRowOf(l *locale.Locale, alarm index.Alarm) alarmRow {
	row := alarmRow{
		Who: l.T("admin.alarms.visitor"), Pattern: l.T("admin.alarms." + alarm.Pattern),
		Questions: l.Number(int64(alarm.Questions)), Few: l.Number(int64(alarm.Few)), When: l.Time(alarm.LastAt),
	}
	if alarm.Account != "" {
		row.Who, row.Href = l.T("admin.alarms.member"), "/admin/accounts/"+alarm.Account
	}
	return row
}

// engineWord names an engine: ours by what it is, another by its own name.
func engineWord(l *locale.Locale, engine string) string {
	if engine == "embedded" {
		return l.T("admin.index.built_in")
	}
	if version, ok := strings.CutPrefix(engine, "meilisearch"); ok {
		return "Meilisearch" + version
	}
	return cmp.Or(engine, "–")
}

// roleRows lists every role, those without an account too.
func roleRows(l *locale.Locale, counts []account.Counted) []roleRow {
	by := map[actor.Role]account.Counted{}
	for _, c := range counts {
		by[c.Role] = c
	}
	rows := make([]roleRow, len(actor.Roles))
	for i, role := range actor.Roles {
		rows[i] = roleRow{Role: l.T("role." + string(role)), N: l.Number(int64(by[role].N)), Disabled: l.Number(int64(by[role].Disabled))}
		if role != actor.CitizenRole {
			rows[i].Href = "/admin/accounts?role=" + string(role)
		}
	}
	return rows
}

func queueRowOf(l *locale.Locale, half outbox.Half, q outbox.Queued) queueRow {
	row := queueRow{Half: l.T("admin.half." + string(half)), Queue: l.T("admin.queue." + q.Queue), Waiting: l.Number(int64(q.Waiting)),
		Oldest: "–", Dead: l.Number(int64(q.Dead)), Late: q.Oldest > late}
	if q.Oldest > 0 {
		row.Oldest = age(l, q.Oldest)
	}
	return row
}

// age says how long something has waited, in its largest unit.
func age(l *locale.Locale, d time.Duration) string {
	switch {
	case d < time.Minute:
		return l.T("admin.age.seconds", "n", int(d/time.Second))
	case d < time.Hour:
		return l.T("admin.age.minutes", "n", int(d/time.Minute))
	case d < 24*time.Hour:
		return l.T("admin.age.hours", "n", int(d/time.Hour))
	}
	return l.T("admin.age.days", "n", int(d/(24*time.Hour)))
}
