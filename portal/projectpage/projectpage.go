// Package projectpage is what an organisation's own projects and a district's
// branded ones have in common: the list, the form, one project, and the buttons
// that publish, pause and close it. Which projects are whose is for the verbs to
// say, by who asks.
package projectpage

import (
	"net/http"
	"strings"

	"shanqiao/charities/organisation"
	"shanqiao/charities/project"
	"shanqiao/internal/actor"
	"shanqiao/internal/pg"
	"shanqiao/internal/region"
	"shanqiao/needs"
	"shanqiao/portal/form"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
	"shanqiao/portal/route"
)

// Pages serves the projects under one address, for one kind of reader.
type Pages struct {
	DB   pg.DB
	Base string // "/c/projects" or "/p/projects"
	Name string // key of what the list is called, as in the navigation
}

// Routes are the pages, behind the door that their readers come through.
func Routes[A actor.Actor, H interface {
	~func(http.ResponseWriter, *http.Request, A) error
	route.Handler
}](p Pages, action route.Action, door func(H) H) []route.Route {
	page := func(methods, pattern string, show route.SignedIn) route.Route {
		return route.Route{Methods: methods, Pattern: p.Base + pattern, Action: action,
			Handler: door(func(w http.ResponseWriter, r *http.Request, by A) error { return show(w, r, by) })}
	}
	return []route.Route{
		page(route.Get, "", p.list),
		page(route.Form, "/new", p.draft),
		page(route.Get, "/{project}", p.one),
		page(route.Form, "/{project}/edit", p.edit),
		page(route.Post, "/{project}/{move}", p.move),
	}
}

// Line is a project in the list.
type Line struct {
	Href  string
	Title string
	Lang  string // of the title
	Badge html.Badge
	Note  string
}

type listView struct {
	Name  string
	New   string
	Lines []Line
	Empty html.Empty
}

var listPage = html.Define[listView]("project/list")

// list shows the projects that the reader may change.
func (p Pages) list(w http.ResponseWriter, r *http.Request, by actor.Actor) error {
	list, err := project.List(r.Context(), p.DB, by)
	if err != nil {
		return err
	}
	l := html.Locale(r)
	v := listView{Name: l.T(p.Name), New: p.Base + "/new", Empty: html.Empty{Text: l.T("project.none")}}
	for _, one := range list {
		title, lang := l.Pick(one.Title, one.TitleEn)
		v.Lines = append(v.Lines, Line{
			Href: p.Base + "/" + one.ID, Title: title, Lang: lang, Badge: Badge(l, one.State), Note: progress(l, one),
		})
	}
	return listPage.Write(w, r, http.StatusOK, v)
}

// Badge is a project's state in a word.
func Badge(l *locale.Locale, s project.State) html.Badge {
	tones := map[project.State]html.Tone{
		project.Drafted: html.Waiting, project.Published: html.Good, project.Paused: html.Plain, project.Closed: html.Ended,
	}
	return html.Badge{Tone: tones[s], Text: l.T("project.state." + string(s))}
}

func progress(l *locale.Locale, p project.Project) string {
	return l.T("project.progress", "places", p.Places, "committed", p.Committed, "delivered", p.Delivered)
}

type button struct {
	Action, Text string
	Quiet        bool
	Final        string // what cannot be undone, said before the button; "" for what can
}

type oneView struct {
	Back        string
	List        string // what the list is called
	Title       string
	Lang        string
	Badge       html.Badge
	Brand       string
	Summary     string
	SummaryLang string
	Facts       []html.Fact
	Edit        string
	Note        string // what to know before a button is pressed
	Buttons     []button
}

var onePage = html.Define[oneView]("project/one")

// one shows a project with what can be done to it now.
func (p Pages) one(w http.ResponseWriter, r *http.Request, by actor.Actor) error {
	one, err := p.find(r, by)
	if err != nil {
		return err
	}
	l := html.Locale(r)
	v := oneView{Back: p.Base, List: l.T(p.Name), Badge: Badge(l, one.State), Facts: facts(l, one)}
	v.Title, v.Lang = l.Pick(one.Title, one.TitleEn)
	v.Summary, v.SummaryLang = l.Pick(one.Summary, one.SummaryEn)
	if one.BrandRegion != "" {
		v.Brand = l.T("project.brand_of", "region", l.Region(one.BrandRegion))
	}
	if one.State == project.Drafted {
		v.Edit = p.Base + "/" + one.ID + "/edit"
		v.Note = l.T("project.final.publish")
	}
	for _, to := range project.Moves[one.State] {
		move := string(to)
		b := button{
			Action: p.Base + "/" + one.ID + "/" + verbs[to], Text: l.T("project.button." + move + "." + string(one.State)),
			Quiet: to != project.Published,
		}
		if to == project.Closed {
			b.Final = l.T("project.final." + string(one.State))
		}
		v.Buttons = append(v.Buttons, b)
	}
	return onePage.Write(w, r, http.StatusOK, v)
}

// verbs are the last step of a button's address.
var verbs = map[project.State]string{project.Published: "publish", project.Paused: "pause", project.Closed: "close"}

// move is a button: the last step of the address says which.
func (p Pages) move(w http.ResponseWriter, r *http.Request, by actor.Actor) error {
	id, err := route.ID(r, "project")
	if err != nil {
		return err
	}
	switch r.PathValue("move") {
	case "publish":
		err = project.Publish(r.Context(), p.DB, by, id)
	case "pause":
		err = project.Pause(r.Context(), p.DB, by, id)
	case "close":
		err = project.Close(r.Context(), p.DB, by, id)
	default:
		return route.NotHere
	}
	if err != nil {
		return err
	}
	return route.SeeOther(w, r, p.Base+"/"+id, "project.done."+r.PathValue("move"))
}

func (p Pages) find(r *http.Request, by actor.Actor) (project.Project, error) {
	id, err := route.ID(r, "project")
	if err != nil {
		return project.Project{}, err
	}
	return project.For(r.Context(), p.DB, by, id)
}

func facts(l *locale.Locale, p project.Project) []html.Fact {
	carrier, spoken := l.Pick(p.OrganisationName, p.OrganisationNameEn)
	all := []html.Fact{
		{Label: l.T("project.form.organisation"), Value: carrier, Lang: spoken},
		{Label: l.T("project.form.codes"), Value: Codes(l, p.Codes)},
		{Label: l.T("project.form.areas"), Value: Areas(l, p.Areas)},
		{Label: l.T("project.dates"), Value: l.Days(p.StartsOn, p.EndsOn)},
		{Label: l.T("project.form.places"), Value: l.Number(int64(p.Places))},
		{Label: l.T("project.committed"), Value: l.Number(int64(p.Committed))},
		{Label: l.T("project.delivered"), Value: l.Number(int64(p.Delivered))},
	}
	all = append(append(all, BoundsFacts(l, "project.form", p.Bounds)...), FundFact(l, "project.form", p.Fund)...)
	if p.BudgetFen > 0 {
		all = append(all, html.Fact{Label: l.T("terms.budget"), Value: l.T("terms.budget_left",
			"budget", l.Money(p.BudgetFen), "left", l.Money(p.BudgetFen-int64(p.Committed)*p.UnitFen))})
	}
	return all
}

// Codes names kinds of need.
func Codes(l *locale.Locale, codes []string) string {
	names := make([]string, len(codes))
	for i, code := range codes {
		item, _ := needs.ItemOf(needs.Code(code))
		names[i] = item.Name(string(l.Language))
	}
	return strings.Join(names, l.T("project.list_comma"))
}

// Areas names places.
func Areas(l *locale.Locale, areas []string) string {
	names := make([]string, len(areas))
	for i, a := range areas {
		names[i] = l.Region(a)
	}
	return strings.Join(names, l.T("project.list_comma"))
}

// Kinds are the kinds of need to tick.
func Kinds(l *locale.Locale) []form.Option {
	var options []form.Option
	for _, item := range needs.Catalogue() {
		options = append(options, form.Option{Value: string(item.Code), Text: item.Name(string(l.Language))})
	}
	return options
}

// Places are the city and its districts to tick.
func Places(l *locale.Locale) []form.Option {
	options := []form.Option{{Value: region.City, Text: l.T("project.whole_city")}}
	for _, d := range region.Districts() {
		options = append(options, form.Option{Value: d.Code, Text: l.Region(d.Code)})
	}
	return options
}

// Organisations are the verified organisations to choose from.
func Organisations(l *locale.Locale, list []organisation.Organisation) []form.Option {
	options := make([]form.Option, len(list))
	for i, o := range list {
		options[i] = form.Option{Value: o.ID}
		options[i].Text, options[i].Lang = l.Pick(o.Name, o.NameEn)
	}
	return options
}
