package office

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"shanqiao/internal/actor"
	"shanqiao/internal/civil"
	"shanqiao/internal/region"
	"shanqiao/needs"
	"shanqiao/needs/worklist"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
)

// table is a list as {{template "rows" .Table}} draws it.
type table struct {
	Caption string
	Alone   bool // the heading of the page says already what it lists
	Steps   bool // the last column is what to do, which a printed page leaves out
	Heads   []string
	Rows    [][]cell
}

// cell is one value of a row; on a phone its head stands beside it.
type cell struct {
	Head  string
	Text  string
	Href  string
	Lang  string
	Whole bool   // not broken into lines where there is room
	Kept  bool   // broken at a space only, not within a Chinese date
	Paper string // printed in place of a link that is a step to take
	Badge *html.Badge
}

func newTable(l *locale.Locale, caption string, heads ...string) *table {
	t := &table{Caption: l.T(caption)}
	for _, h := range heads {
		t.Heads = append(t.Heads, l.T("office.col."+h))
	}
	return t
}

func (t *table) add(cells ...cell) {
	for i := range cells {
		cells[i].Head = t.Heads[i]
	}
	t.Rows = append(t.Rows, cells)
}

func text(s string) cell             { return cell{Text: s} }
func link(s, href string) cell       { return cell{Text: s, Href: href} }
func chinese(s string) cell          { return cell{Text: s, Lang: "zh-CN"} }
func whole(s string) cell            { return cell{Text: s, Whole: true} }
func kept(s string) cell             { return cell{Text: s, Kept: true} }
func code(s, href string) cell       { return cell{Text: s, Href: href, Whole: true} }
func badge(b html.Badge) cell        { return cell{Badge: &b} }
func fact(label, v string) html.Fact { return html.Fact{Label: label, Value: v} }

// alone makes t the only list of a page.
func (t *table) alone() *table {
	t.Alone = true
	return t
}

// none says that a list is empty, and leads back to what waits.
func none(l *locale.Locale, key string) html.Empty {
	return html.Empty{Text: l.T(key), Href: "/s", Link: l.T("office.back_today")}
}

// tab is a link of a list's views.
type tab struct {
	Text    string
	Href    string
	Current bool
}

func itemName(l *locale.Locale, code needs.Code) string {
	item, ok := needs.ItemOf(code)
	if !ok {
		return string(code)
	}
	return item.Name(string(l.Language))
}

// amount is a number in the unit of the kind of need: 4 次, 4 visits.
func amount(l *locale.Locale, code needs.Code, n int) string {
	item, _ := needs.ItemOf(code)
	return l.Amount(n, item.Unit(string(l.Language), n))
}

func urgency(l *locale.Locale, u needs.Urgency) string {
	return l.T("need.urgency." + strconv.Itoa(int(u)))
}

var needTones = map[needs.State]html.Tone{
	needs.Draft: html.Waiting, needs.Approved: html.Waiting, needs.Published: html.Plain, needs.Claimed: html.Waiting,
	needs.Introduced: html.Plain, needs.InService: html.Plain, needs.Fulfilled: html.Good, needs.Closed: html.Ended,
	needs.Withdrawn: html.Ended, needs.Expired: html.Ended,
}

func needBadge(l *locale.Locale, s needs.State) html.Badge {
	return html.Badge{Tone: needTones[s], Text: l.T("need.state." + string(s))}
}

var claimTones = map[string]html.Tone{
	"requested": html.Waiting, "accepted": html.Waiting, "on-hold": html.Urgent, "in-progress": html.Plain,
	"completed": html.Good, "rejected": html.Ended, "failed": html.Ended, "cancelled": html.Ended,
	"entered-in-error": html.Ended, "draft": html.Plain,
}

func claimBadge(l *locale.Locale, state string) html.Badge {
	return html.Badge{Tone: claimTones[state], Text: l.T("office.claim.state." + state)}
}

// today is the civil date where the city is.
func (o *Office) day() time.Time {
	return civil.Day(o.Now())
}

// street says whether the officer works where families are met.
func street(by actor.Officer) bool { return by.Level == actor.SubdistrictRole }

// acts says whether the officer may decide, and does not only look.
func acts(by actor.Officer) bool { return by.Level != actor.CityRole }

// after reads where a list goes on; nonsense starts at the top.
func after(r *http.Request) worklist.After {
	q := r.URL.Query()
	at, err := strconv.ParseInt(q.Get("at"), 10, 64)
	if err != nil || len(q.Get("id")) > 40 || at < 0 || at > 4e15 {
		return worklist.After{}
	}
	u, err := strconv.Atoi(q.Get("u"))
	if err != nil || u < 0 || u > 9 {
		u = 0
	}
	return worklist.After{Urgency: u, CreatedAt: time.UnixMicro(at), ID: q.Get("id")}
}

// pager leads to the rows after the last one, keeping the other parts of the query.
func pager(r *http.Request, more bool, last worklist.After) html.Pager {
	q := r.URL.Query()
	var p html.Pager
	if q.Has("at") {
		first := url.Values{}
		for k, v := range q {
			if k != "at" && k != "id" && k != "u" {
				first[k] = v
			}
		}
		p.First = r.URL.Path + "?" + first.Encode()
	}
	if more {
		q.Set("at", strconv.FormatInt(last.CreatedAt.UnixMicro(), 10))
		q.Set("id", last.ID)
		q.Set("u", strconv.Itoa(last.Urgency))
		p.Next = r.URL.Path + "?" + q.Encode()
	}
	return p
}

// place is the name of a subdistrict as an officer of it needs it: without the
// district before it when that is the officer's own.
func place(l *locale.Locale, by actor.Officer, code string) string {
	if s, ok := region.SubdistrictOf(code); ok && by.Level != actor.CityRole && l.Language == locale.Zh {
		return s.Name
	}
	return l.Region(code)
}
