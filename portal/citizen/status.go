package citizen

import (
	"net/http"
	"strings"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/needs/declaration"
	"shanqiao/portal/form"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
	"shanqiao/portal/route"
	"shanqiao/portal/story"
)

type doneView struct {
	Reference, Next, Status string
}

var donePage = html.Define[doneView]("citizen/done")

// done is the receipt: the number to quote and what happens next.
func (c *Citizen) done(w http.ResponseWriter, r *http.Request, by actor.Citizen) error {
	s, err := c.one(r, by)
	if err != nil {
		return err
	}
	return donePage.Write(w, r, http.StatusOK, doneView{
		Reference: s.ID.Reference(), Next: next(html.Locale(r), s), Status: "/me/" + s.ID.String()})
}

func (c *Citizen) one(r *http.Request, by actor.Citizen) (declaration.Status, error) {
	id, err := route.ID(r, "declaration")
	if err != nil {
		return declaration.Status{}, err
	}
	return declaration.For(r.Context(), c.Records, by, declaration.ID(id))
}

// title names a declaration by its reference.
func title(l *locale.Locale, s declaration.Status) html.Numbered {
	before, after, _ := strings.Cut(l.T("citizen.mine.line", "reference", "\x00"), "\x00")
	return html.Numbered{Before: before, Number: s.ID.Reference(), After: after}
}

type statusView struct {
	Title    html.Numbered
	State    html.Badge
	Next     html.Notice
	Facts    []html.Fact
	Confirm  []asked
	Waiting  []html.Fact // what nobody has taken yet, and what is done about it
	Steps    []html.Step
	Note     string // why the story is short: the household is not linked
	Withdraw string // where to take it back; "" when it cannot be
	Again    bool   // it has ended, and another may be begun
}

var statusPage = html.Define[statusView]("citizen/status")

// status is one declaration, who acts next, and everything that happened since.
// The household's chain is shown only where the account is linked to it.
func (c *Citizen) status(w http.ResponseWriter, r *http.Request, by actor.Citizen) error {
	s, err := c.one(r, by)
	if err != nil {
		return err
	}
	l := html.Locale(r)
	v := statusView{
		Title: title(l, s), State: badge(l, s), Facts: facts(l, s),
		Next: html.Notice{Tone: badge(l, s).Tone, Title: l.T("citizen.status.next"), Text: next(l, s)},
	}
	if v.State.Tone == html.Ended {
		v.Next.Title, v.Again = l.T("citizen.status.over"), true
	}
	if s.State.Open() {
		v.Withdraw = "/me/" + s.ID.String() + "/withdraw"
	}
	if !s.Followed {
		v.Note, v.Steps = l.T("citizen.status.not_linked"), own(l, s)
		return statusPage.Write(w, r, http.StatusOK, v)
	}
	entries, err := c.chain(r.Context(), by)
	if err != nil {
		return err
	}
	if v.Steps, err = story.Tell(l, story.Family, entries); err != nil {
		return err
	}
	if v.Confirm, err = toConfirm(l, entries); err != nil {
		return err
	}
	if v.Waiting, err = c.waiting(r.Context(), l, by); err != nil {
		return err
	}
	return statusPage.Write(w, r, http.StatusOK, v)
}

func facts(l *locale.Locale, s declaration.Status) []html.Fact {
	all := []html.Fact{
		{Label: l.T("citizen.check.row.hardships"), Value: hardships(l, s.Hardships)},
		{Label: l.T("citizen.check.row.home"), Value: home(l, s.People, s.Elders, s.Children, s.Disabled)},
		{Label: l.T("citizen.check.row.place"), Value: l.Region(s.SaidRegion)},
		{Label: l.T("citizen.status.sent"), Value: l.Time(s.DeclaredAt)},
	}
	if s.Reason != "" {
		all = append(all, html.Fact{Label: l.T("citizen.status.reason"), Value: l.T("declaration.reason." + s.Reason)})
	}
	return all
}

// own is the story of a declaration whose household the account may not read:
// what its sender did and was told, and nothing else.
func own(l *locale.Locale, s declaration.Status) []html.Step {
	sent := html.Step{At: l.Time(s.DeclaredAt), Title: l.T("chain.family.kind.declared"), Tone: html.Waiting}
	if s.State == declaration.Submitted {
		return []html.Step{sent}
	}
	return []html.Step{{At: l.Time(s.StateAt), Title: l.T("declaration.state." + string(s.State)), Tone: stateTones[s.State]}, sent}
}

type withdrawForm struct{ form.Form }

type withdrawView struct {
	Form  *withdrawForm
	Title html.Numbered
	Back  string
}

var withdrawPage = html.Define[withdrawView]("citizen/withdraw")

// withdraw takes a declaration back, after asking once.
func (c *Citizen) withdraw(w http.ResponseWriter, r *http.Request, by actor.Citizen) error {
	s, err := c.one(r, by)
	if err != nil {
		return err
	}
	back := "/me/" + s.ID.String()
	if s.State == declaration.Withdrawn {
		return route.SeeOther(w, r, back, "") // sent twice
	}
	if !s.State.Open() { // it has moved on since the page was opened
		return route.SeeOther(w, r, back, "citizen.withdraw.late")
	}
	f := &withdrawForm{Form: form.Named("citizen.withdraw")}
	if f.Sent(r) {
		err := declaration.Withdraw(r.Context(), c.Records, by, s.ID)
		if err == nil {
			return route.SeeOther(w, r, back, "citizen.withdraw.done")
		}
		if !f.Explain(err, fault.Conflict) {
			return err
		}
	}
	return withdrawPage.Write(w, r, f.Status(), withdrawView{Form: f, Back: back,
		Title: title(html.Locale(r), s)})
}
