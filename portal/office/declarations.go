package office

import (
	"cmp"
	"net/http"
	"slices"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/pg"
	"shanqiao/needs/declaration"
	"shanqiao/needs/household"
	"shanqiao/portal/form"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
	"shanqiao/portal/route"
	"shanqiao/portal/story"
)

type declarationsView struct {
	Title   string
	Tabs    []tab
	Table   *table
	Empty   html.Empty
	Pager   html.Pager
	CanFile bool
}

var declarationsPage = html.Define[declarationsView]("office/declarations")

var declarationTones = map[declaration.State]html.Tone{
	declaration.Submitted: html.Waiting, declaration.Accepted: html.Waiting, declaration.Assessed: html.Good,
	declaration.Closed: html.Ended, declaration.Withdrawn: html.Ended,
}

func declarationBadge(l *locale.Locale, s declaration.State, overdue bool) html.Badge {
	if overdue {
		return html.Badge{Tone: html.Urgent, Text: l.T("office.declarations.overdue")}
	}
	return html.Badge{Tone: declarationTones[s], Text: l.T("declaration.state." + string(s))}
}

// declarations is the worklist, those that wait longest first.
func (o *Office) declarations(w http.ResponseWriter, r *http.Request, by actor.Officer) error {
	l := html.Locale(r)
	filter := declaration.Filter{State: declaration.State(r.URL.Query().Get("state")), After: r.URL.Query().Get("after"), Limit: pageSize + 1}
	if !slices.Contains(declaration.States, filter.State) {
		filter.State = ""
	}
	rows, err := declaration.Worklist(r.Context(), o.Records, by, filter)
	if err != nil {
		return err
	}
	more := len(rows) > pageSize
	if more {
		rows = rows[:pageSize]
	}
	v := declarationsView{Title: l.T("office.declarations.title"), Empty: none(l, "office.declarations.empty"), CanFile: street(by)}
	v.Tabs = []tab{{l.T("office.declarations.open"), "/s/declarations", filter.State == ""}}
	for _, s := range declaration.States {
		v.Tabs = append(v.Tabs, tab{l.T("declaration.state." + string(s)), "/s/declarations?state=" + string(s), filter.State == s})
	}
	v.Table = newTable(l, "office.declarations.caption", "reference", "hardship", "people", "place", "declared", "due", "state").alone()
	for _, d := range rows {
		v.Table.add(code(d.ID.Reference(), "/s/declarations/"+d.ID.String()), text(story.Hardships(l, hardships(d.Hardships))),
			text(l.Number(int64(d.People))), text(place(l, by, d.Region)), whole(l.Date(d.DeclaredAt)), whole(l.Day(d.DueOn)),
			badge(declarationBadge(l, d.State, d.Overdue)))
	}
	if len(rows) > 0 {
		v.Pager = keyPager(r, more, rows[len(rows)-1].Key())
	}
	return declarationsPage.Write(w, r, http.StatusOK, v)
}

func hardships(list []declaration.Hardship) []string {
	out := make([]string, len(list))
	for i, h := range list {
		out[i] = string(h)
	}
	return out
}

type declarationView struct {
	Reference string
	State     html.Badge
	Next      string
	Facts     []html.Fact
	Words     string
	Twin      *html.Notice
	Actions   []action
	Accept    string
	Form      *form.Form
}

var declarationPage = html.Define[declarationView]("office/declaration")

// declarationFor reads a declaration, which names who sent it, and writes that down.
func (o *Office) declarationFor(r *http.Request, by actor.Officer) (declaration.Record, error) {
	id, err := route.ID(r, "declaration")
	if err != nil {
		return declaration.Record{}, err
	}
	var d declaration.Record
	err = pg.InTx(r.Context(), o.Records, func(tx pg.DB) (err error) {
		if d, err = declaration.ForOfficer(r.Context(), tx, o.Keys, by, declaration.ID(id)); err != nil {
			return err
		}
		return household.Note(r.Context(), tx, by, d.Household, household.ToAnswer)
	})
	return d, err
}

// declaration shows what a citizen said, and the steps that follow.
func (o *Office) declaration(w http.ResponseWriter, r *http.Request, by actor.Officer) error {
	d, err := o.declarationFor(r, by)
	if err != nil {
		return err
	}
	l := html.Locale(r)
	f := form.Named("office.declaration")
	v := declarationView{Reference: d.ID.Reference(), State: declarationBadge(l, d.State, false),
		Next: l.T("office.declaration.next." + string(d.State)), Facts: declarationFacts(l, by, d), Words: d.Words.Reveal(), Form: &f}
	base := "/s/declarations/" + d.ID.String()
	if d.Twin != "" {
		v.Twin = &html.Notice{Tone: html.Urgent, Title: l.T("office.declaration.twin"), Text: l.T("office.declaration.twin_note")}
	}
	if !acts(by) {
		if d.State == declaration.Submitted {
			v.Next = l.T("office.declaration.next.look")
		}
		return declarationPage.Write(w, r, http.StatusOK, v)
	}
	if d.State == declaration.Submitted {
		v.Accept = base + "/accept"
	}
	if d.State.Open() && street(by) {
		v.Actions = append(v.Actions, action{l.T("office.act.assess"), "/s/households/" + d.Household + "/assess", d.State == declaration.Accepted})
	}
	if d.Account != "" && !d.Linked {
		v.Actions = append(v.Actions, action{l.T("office.act.link"), base + "/link", false})
	}
	if slices.Contains(declaration.Moves[d.State], declaration.Closed) {
		v.Actions = append(v.Actions, action{l.T("office.act.close"), base + "/close", false})
	}
	return declarationPage.Write(w, r, http.StatusOK, v)
}

func declarationFacts(l *locale.Locale, by actor.Officer, d declaration.Record) []html.Fact {
	identity := l.T("office.complete.none")
	if d.Identity != "" {
		identity = masked(d.Identity.Reveal())
	}
	facts := []html.Fact{
		{Label: l.T("office.col.name"), Value: d.Name.Reveal(), Lang: "zh-CN"},
		fact(l.T("office.col.phone"), cmp.Or(d.Phone.Reveal(), l.T("office.complete.none"))),
		fact(l.T("office.col.contact_time"), l.T("office.time."+d.ContactTime)),
		fact(l.T("office.col.identity"), identity),
		{Label: l.T("office.col.household"), Value: d.Number, Href: "/s/households/" + d.Household},
		{Label: l.T("office.col.place"), Value: place(l, by, d.SaidRegion)},
		fact(l.T("office.col.hardship"), story.Hardships(l, hardships(d.Hardships))),
		fact(l.T("office.col.people"), l.T("office.declaration.people", "n", d.People, "elders", d.Elders,
			"children", d.Children, "disabled", d.Disabled)),
		fact(l.T("office.col.channel"), l.T("chain.channel."+d.Channel)),
		fact(l.T("office.col.declared"), l.Time(d.DeclaredAt)),
		fact(l.T("office.col.due"), l.Day(d.DueOn)),
	}
	if d.Reason != "" {
		facts = append(facts, fact(l.T("office.col.reason"), l.T("declaration.reason."+d.Reason)))
	}
	return facts
}

// acceptDeclaration takes a declaration on.
func (o *Office) acceptDeclaration(w http.ResponseWriter, r *http.Request, by actor.Officer) error {
	id, err := route.ID(r, "declaration")
	if err != nil {
		return err
	}
	if err := declaration.Accept(r.Context(), o.Records, by, declaration.ID(id)); err != nil {
		return err
	}
	return route.SeeOther(w, r, "/s/declarations/"+id, "office.declaration.accepted")
}

type closeForm struct {
	form.Form
	Reason form.Choice[string]
}

func newCloseForm() *closeForm {
	f := &closeForm{Form: form.Named("office.close"), Reason: form.OneOf("reason", declaration.Reasons...)}
	f.Fields(&f.Reason)
	return f
}

type closeView struct {
	Form      *closeForm
	Reference string
	Back      string
}

var closePage = html.Define[closeView]("office/close")

// closeDeclaration ends a declaration with a reason that the citizen reads.
func (o *Office) closeDeclaration(w http.ResponseWriter, r *http.Request, by actor.Officer) error {
	d, err := o.declarationFor(r, by)
	if err != nil {
		return err
	}
	f, back := newCloseForm(), "/s/declarations/"+d.ID.String()
	return answer(w, r, &f.Form, step{To: back, Done: "office.close.done", Do: func() error {
		return declaration.Close(r.Context(), o.Records, by, d.ID, f.Reason.Value)
	}}, func() error {
		return closePage.Write(w, r, f.Status(), closeView{f, d.ID.Reference(), back})
	})
}

type linkForm struct {
	form.Form
	Sure form.Tick
}

func newLinkForm() *linkForm {
	f := &linkForm{Form: form.Named("office.link"), Sure: form.MustTick("sure")}
	f.Fields(&f.Sure)
	return f
}

type linkView struct {
	Form      *linkForm
	Reference string
	Back      string
	Facts     []html.Fact
}

var linkPage = html.Define[linkView]("office/link")

// linkDeclaration lets the citizen who declared follow the household, once the
// officer has made sure who that is.
func (o *Office) linkDeclaration(w http.ResponseWriter, r *http.Request, by actor.Officer) error {
	d, err := o.declarationFor(r, by)
	if err != nil {
		return err
	}
	l, f, back := html.Locale(r), newLinkForm(), "/s/declarations/"+d.ID.String()
	return answer(w, r, &f.Form, step{To: back, Done: "office.link.done", Mend: []fault.Kind{conflict}, Do: func() error {
		return household.Link(r.Context(), o.Records, by, d.Household, d.ID.String())
	}}, func() error {
		return linkPage.Write(w, r, f.Status(), linkView{f, d.ID.Reference(), back, declarationFacts(l, by, d)[:5]})
	})
}
