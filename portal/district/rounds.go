package district

import (
	"math"
	"net/http"
	"strconv"
	"time"

	"shanqiao/internal/actor"
	"shanqiao/matcher"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
)

type roundRow struct {
	Href, At, Wanted, Served, Share string
	Bar                             int
	State                           html.Badge
}

type roundsView struct {
	Rows  []roundRow
	Empty html.Empty
	Pager html.Pager
}

var roundsPage = html.Define[roundsView]("district/rounds")

// pageful is how many rounds a page lists: a month of nights.
const pageful = 30

// rounds lists the rounds of matching, the newest first.
func (d *District) rounds(w http.ResponseWriter, r *http.Request, by actor.Officer) error {
	l := html.Locale(r)
	before, asked := d.Now().AddDate(1, 0, 0), r.URL.Query().Get("before")
	if at, err := strconv.ParseInt(asked, 10, 64); err == nil && at > 0 && at < 4e15 {
		before = time.UnixMicro(at)
	}
	list, err := matcher.Rounds(r.Context(), d.DB, by, before, pageful+1)
	if err != nil {
		return err
	}
	v := roundsView{Empty: html.Empty{Text: l.T("round.none"), Href: "/p/organisations", Link: l.T("district.nav.organisations")}}
	if asked != "" {
		v.Pager.First = "/p/rounds"
	}
	if len(list) > pageful {
		list = list[:pageful]
		v.Pager.Next = "/p/rounds?before=" + strconv.FormatInt(list[pageful-1].StartedAt.UnixMicro(), 10)
	}
	for _, a := range list {
		v.Rows = append(v.Rows, rowOf(l, a))
	}
	return roundsPage.Write(w, r, http.StatusOK, v)
}

func rowOf(l *locale.Locale, a matcher.Account) roundRow {
	b := total(a.Report)
	row := roundRow{Href: "/p/rounds/" + a.ID, At: l.Time(a.StartedAt), Wanted: l.Number(int64(b.Wanted)), Served: l.Number(int64(b.Served)),
		Share: share(b.Served, b.Wanted), Bar: bar(b.Served, b.Wanted), State: html.Badge{Tone: html.Good, Text: l.T("round.state.done")}}
	switch {
	case a.FinishedAt.Year() <= 1:
		row.State = html.Badge{Tone: html.Urgent, Text: l.T("round.state.broken")}
	case len(a.Report.Failed) > 0:
		row.State = html.Badge{Tone: html.Waiting, Text: l.T("round.state.partly")}
	}
	return row
}

func total(r matcher.Report) matcher.Band {
	return matcher.Band{Wanted: r.Wanted(), Served: r.Served()}
}

// share is a part in percent, whole unless that would say all or none wrongly.
func share(part, whole int) string {
	if whole == 0 {
		return "–"
	}
	n := int(math.Round(100 * float64(part) / float64(whole)))
	switch {
	case n == 100 && part < whole:
		n = 99
	case n == 0 && part > 0:
		n = 1
	}
	return strconv.Itoa(n) + "%"
}

// bar is the length of a bar of a hundred.
func bar(part, whole int) int {
	return part * 100 / max(1, whole)
}
