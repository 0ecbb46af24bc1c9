package office

import (
	"net/http"
	"slices"

	"shanqiao/internal/actor"
	needsroot "shanqiao/needs"
	"shanqiao/needs/deid"
	"shanqiao/needs/worklist"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
)

type needsView struct {
	Title string
	Tabs  []tab
	Table *table
	Empty html.Empty
	Pager html.Pager
	More  string // how the suggestions were answered, for who may look
}

var needsPage = html.Define[needsView]("office/needs")

// needs lists the needs of the officer's region, one view at a time.
func (o *Office) needs(w http.ResponseWriter, r *http.Request, by actor.Officer) error {
	l := html.Locale(r)
	view := worklist.View(r.URL.Query().Get("view"))
	if !slices.Contains(worklist.Views, view) {
		view = worklist.Published
	}
	rows, more, err := worklist.Needs(r.Context(), o.Records, by, view, after(r))
	if err != nil {
		return err
	}
	v := needsView{Title: l.T("office.view." + string(view)), Empty: none(l, "office.needs.empty")}
	for _, other := range worklist.Views {
		if other == worklist.Mine && !street(by) { // only a subdistrict assesses
			continue
		}
		v.Tabs = append(v.Tabs, tab{l.T("office.view." + string(other)), "/s/needs?view=" + string(other), other == view})
	}
	v.Tabs = append(v.Tabs, tab{l.T("unclaimed.title"), "/s/needs/unclaimed", false})
	if !street(by) {
		v.More = "/p/answers"
	}
	v.Table = needTable(l, "office.needs.caption", rows, false).alone()
	if len(rows) > 0 {
		v.Pager = pager(r, more, lastNeed(rows))
	}
	return needsPage.Write(w, r, http.StatusOK, v)
}

func lastNeed(rows []worklist.Need) worklist.After {
	n := rows[len(rows)-1]
	return worklist.After{Urgency: int(n.Urgency), CreatedAt: n.CreatedAt, ID: string(n.ID)}
}

// needTable lists needs; on a household's own page its number is left out.
func needTable(l *locale.Locale, caption string, rows []worklist.Need, own bool) *table {
	heads := []string{"need", "amount", "urgency", "window", "state"}
	if !own {
		heads = append(heads, "household")
	}
	t := newTable(l, caption, heads...)
	for _, n := range rows {
		cells := []cell{link(itemName(l, n.Code), "/s/needs/"+string(n.ID)), whole(amount(l, n.Code, n.Quantity)),
			text(urgency(l, n.Urgency)), kept(l.Days(n.WindowFrom, n.WindowTo)), badge(needBadge(l, n.State))}
		if !own {
			cells = append(cells, code(n.Number, "/s/households/"+n.HouseholdID))
		}
		t.add(cells...)
	}
	return t
}

// draft is a need on the list of approvals, with what its card would roughly say.
type draft struct {
	Name, Href, Step string // no step: the reader only looks
	Facts            []html.Fact
	Preview          string
	Own              bool // assessed by the reader: somebody else decides
}

type approvalsView struct {
	Note   string
	Drafts []draft
	Empty  html.Empty
	Pager  html.Pager
}

var approvalsPage = html.Define[approvalsView]("office/approvals")

// approvals lists the drafts that a second person decides, with the sentence
// that would be read outside.
func (o *Office) approvals(w http.ResponseWriter, r *http.Request, by actor.Officer) error {
	l := html.Locale(r)
	rows, more, err := worklist.Needs(r.Context(), o.Records, by, worklist.ToApprove, after(r))
	if err != nil {
		return err
	}
	v := approvalsView{Note: l.T("office.approvals.note_look"), Empty: none(l, "office.approvals.none")}
	to, step := "", ""
	if acts(by) {
		v.Note, to, step = l.T("office.approvals.note"), "/approve", l.T("office.act.approve")
	}
	if street(by) {
		v.Empty = html.Empty{Text: l.T("office.approvals.empty"), Href: "/s/needs?view=mine", Link: l.T("office.view.mine")}
	}
	for _, n := range rows {
		v.Drafts = append(v.Drafts, draft{
			Name: itemName(l, n.Code), Href: "/s/needs/" + string(n.ID) + to, Step: step,
			Facts: needFacts(l, by, n), Preview: preview(l, n), Own: n.AssessedBy == by.Account,
		})
	}
	if len(rows) > 0 {
		v.Pager = pager(r, more, lastNeed(rows))
	}
	return approvalsPage.Write(w, r, http.StatusOK, v)
}

// preview is roughly what a card of the need would say. The gate generalises
// further where a family would stand out.
func preview(l *locale.Locale, n worklist.Need) string {
	item, _ := needsroot.ItemOf(n.Code)
	tuple := deid.DirectTuple(n.Region[:6], item, max(n.Quantity-n.Delivered, 1), n.Urgency)
	return l.Sentence(deid.NewCard("", deid.Verified, tuple, 0, n.WindowFrom))
}

func needFacts(l *locale.Locale, by actor.Officer, n worklist.Need) []html.Fact {
	facts := []html.Fact{
		fact(l.T("office.col.amount"), amount(l, n.Code, n.Quantity)),
		fact(l.T("office.col.urgency"), urgency(l, n.Urgency)),
		fact(l.T("office.col.window"), l.Days(n.WindowFrom, n.WindowTo)),
		fact(l.T("office.col.route"), l.T("need.route."+n.Route)),
		{Label: l.T("office.col.household"), Value: n.Number, Href: "/s/households/" + n.HouseholdID},
		{Label: l.T("office.col.place"), Value: place(l, by, n.Region)},
	}
	if n.Delivered > 0 {
		facts = append(facts, fact(l.T("office.col.delivered"), amount(l, n.Code, n.Delivered)))
	}
	if n.Reason != "" {
		facts = append(facts, html.Fact{Label: l.T("office.col.reason"), Value: n.Reason, Lang: "zh-CN"})
	}
	return facts
}
