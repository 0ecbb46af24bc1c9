package admin

import (
	"context"
	"net/http"
	"net/url"

	"shanqiao/internal/actor"
	"shanqiao/internal/pg"
	"shanqiao/portal/account"
	"shanqiao/portal/form"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
	"shanqiao/portal/route"
)

// page is how many accounts are listed at once.
const page = 30

// listed are the roles that a list can show.
var listed = []actor.Role{actor.SubdistrictRole, actor.DistrictRole, actor.CityRole, actor.MemberRole,
	actor.VolunteerRole, actor.AuditorRole, actor.AdministratorRole}

type filterForm struct {
	form.Form
	Text form.Text
	Role form.Choice[string]
}

func newFilterForm(l *locale.Locale) *filterForm {
	f := &filterForm{
		Form: form.Named("admin.filter"),
		Text: form.Line("text").MaxRunes(64),
		Role: form.From("role", roles(l, listed)...).Menu().OrNone(),
	}
	f.Fields(&f.Text, &f.Role)
	return f
}

func roles(l *locale.Locale, of []actor.Role) []form.Option {
	options := make([]form.Option, len(of))
	for i, role := range of {
		options[i] = form.Option{Value: string(role), Text: l.T("role." + string(role))}
	}
	return options
}

type accountRow struct {
	Login, Href, Name, Role, Region string
	State                           html.Badge
}

type accountsView struct {
	Form  *filterForm
	Rows  []accountRow
	Empty html.Empty
	Pager html.Pager
}

var accountsPage = html.Define[accountsView]("admin/accounts")

// accounts lists everyone who signs in with a login. Citizens do not, and their
// telephones are nobody's to look through.
func (a *Admin) accounts(w http.ResponseWriter, r *http.Request, by actor.Administrator) error {
	l := html.Locale(r)
	f := newFilterForm(l)
	view := accountsView{Form: f, Empty: html.Empty{Text: l.T("admin.accounts.none"), Href: "/admin/accounts", Link: l.T("admin.accounts.all")}}
	if !f.Asked(r) {
		return accountsPage.Write(w, r, http.StatusOK, view)
	}
	filter := account.Filter{Role: actor.Role(f.Role.Value), Text: f.Text.Value, After: account.Login(r.URL.Query().Get("after"))}
	found, err := account.List(r.Context(), a.Access, by, filter, page+1)
	if err != nil {
		return err
	}
	view.Pager = pager(filter, found)
	for _, k := range found[:min(page, len(found))] {
		view.Rows = append(view.Rows, accountRow{Login: k.Login, Href: "/admin/accounts/" + k.ID, Name: k.Name,
			Role: l.T("role." + string(k.Role)), Region: regionOf(l, k), State: stateOf(l, k)})
	}
	return accountsPage.Write(w, r, http.StatusOK, view)
}

func pager(f account.Filter, found []account.Kept) html.Pager {
	var p html.Pager
	query := url.Values{}
	if f.Text != "" {
		query.Set("text", f.Text)
	}
	if f.Role != "" {
		query.Set("role", string(f.Role))
	}
	if f.After != "" {
		p.First = "/admin/accounts?" + query.Encode()
	}
	if len(found) > page {
		query.Set("after", found[page-1].Login)
		p.Next = "/admin/accounts?" + query.Encode()
	}
	return p
}

func regionOf(l *locale.Locale, k account.Kept) string {
	if k.Region == "" {
		return "–"
	}
	return l.Region(k.Region)
}

func stateOf(l *locale.Locale, k account.Kept) html.Badge {
	if k.DisabledAt != nil {
		return html.Badge{Tone: html.Ended, Text: l.T("admin.account.disabled")}
	}
	return html.Badge{Tone: html.Good, Text: l.T("admin.account.active")}
}

type eventRow struct{ At, What, By string }

type accountView struct {
	Title  string
	Path   string
	State  html.Badge
	Facts  []html.Fact
	Own    html.Notice
	Mine   bool
	Shut   bool // is disabled
	Widens bool // may be let in again and given a password: not an administrator's
	Events []eventRow
	Empty  html.Empty
}

var accountPage = html.Define[accountView]("admin/account")

// account shows one account, what may be done with it, and what was.
func (a *Admin) account(w http.ResponseWriter, r *http.Request, by actor.Administrator) error {
	l := html.Locale(r)
	k, err := a.one(r, by)
	if err != nil {
		return err
	}
	events, err := account.Events(r.Context(), a.Access, by, k.ID)
	if err != nil {
		return err
	}
	runs, err := a.organisationOf(r.Context(), l, k)
	if err != nil {
		return err
	}
	view := accountView{
		Title: k.Login, Path: "/admin/accounts/" + k.ID, State: stateOf(l, k), Facts: accountFacts(l, k, runs),
		Mine: k.ID == by.Account, Shut: k.DisabledAt != nil, Widens: k.Role != actor.AdministratorRole,
		Own:   html.Notice{Tone: html.Plain, Title: l.T("admin.account.own"), Text: l.T("admin.account.own_text")},
		Empty: html.Empty{Text: l.T("admin.events.none")},
	}
	for _, e := range events {
		view.Events = append(view.Events, eventRow{At: l.Time(e.At), What: l.T("admin.event." + e.What), By: e.By})
	}
	return accountPage.Write(w, r, http.StatusOK, view)
}

func (a *Admin) one(r *http.Request, by actor.Administrator) (account.Kept, error) {
	id, err := route.ID(r, "account")
	if err != nil {
		return account.Kept{}, err
	}
	return account.For(r.Context(), a.Access, by, id)
}

// organisationOf names whom a member or a volunteer acts for; no value for others.
func (a *Admin) organisationOf(ctx context.Context, l *locale.Locale, k account.Kept) (html.Fact, error) {
	fact := html.Fact{Label: l.T("admin.open.organisation")}
	if k.Organisation == "" {
		return fact, nil
	}
	o, err := pg.One[struct{ Name, NameEn string }](ctx, a.Exchange, route.NotHere, `
		select name, name_en from exchange.organisations where id = @id`, pg.Args{"id": k.Organisation})
	fact.Value, fact.Lang = l.Pick(o.Name, o.NameEn)
	return fact, err
}

func accountFacts(l *locale.Locale, k account.Kept, runs html.Fact) []html.Fact {
	facts := []html.Fact{
		{Label: l.T("admin.account.name"), Value: k.Name, Lang: "zh-CN"},
		{Label: l.T("admin.account.role"), Value: l.T("role." + string(k.Role))},
	}
	if k.Region != "" {
		facts = append(facts, html.Fact{Label: l.T("admin.account.region"), Value: l.Region(k.Region)})
	}
	if runs.Value != "" {
		facts = append(facts, runs)
	}
	facts = append(facts,
		html.Fact{Label: l.T("admin.account.created"), Value: l.Time(k.CreatedAt)},
		html.Fact{Label: l.T("admin.account.sessions"), Value: l.Number(int64(k.Sessions))})
	if k.LastSeen != nil {
		facts = append(facts, html.Fact{Label: l.T("admin.account.last_seen"), Value: l.Time(*k.LastSeen)})
	}
	return facts
}
