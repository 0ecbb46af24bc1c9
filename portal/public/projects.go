package public

import (
	"net/http"
	"strings"

	"shanqiao/charities/project"
	"shanqiao/internal/region"
	"shanqiao/needs"
	"shanqiao/portal/form"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
	"shanqiao/portal/route"
)

type projectsForm struct {
	form.Form
	District form.Choice[string]
}

func newProjectsForm(l *locale.Locale) *projectsForm {
	var districts []form.Option
	for _, d := range region.Districts() {
		districts = append(districts, form.Option{Value: d.Code, Text: l.Region(d.Code)})
	}
	f := &projectsForm{
		Form:     form.Named("public.projects"),
		District: form.From("district", districts...).Menu().OrNone(),
	}
	f.Fields(&f.District)
	return f
}

type projectsView struct {
	Form     *projectsForm
	Projects []projectView
	Empty    html.Empty
}

// projectView is a project in the reader's language. Lang says that its own
// words are Chinese on an English page, because it has no others.
type projectView struct {
	Href, Title, Lang string
	Summary           []string
	SummaryLang       string
	Brand             string
	Paused            string
	Facts             []html.Fact
}

var projectsPage = html.Define[projectsView]("public/projects")

// projects lists what districts and organisations run, the districts' brands first.
func (p *Public) projects(w http.ResponseWriter, r *http.Request) error {
	l := html.Locale(r)
	f := newProjectsForm(l)
	v := projectsView{Form: f, Empty: html.Empty{Text: l.T("public.projects.none"), Href: "/projects", Link: l.T("public.projects.all")}}
	if !f.Asked(r) {
		return projectsPage.Write(w, r, http.StatusUnprocessableEntity, v)
	}
	found, err := project.Public(r.Context(), p.DB, f.District.Value)
	if err != nil {
		return err
	}
	for _, one := range found {
		v.Projects = append(v.Projects, showProject(l, one))
	}
	return projectsPage.Write(w, r, http.StatusOK, v)
}

var projectPage = html.Define[projectView]("public/project")

// project shows one project with its progress.
func (p *Public) project(w http.ResponseWriter, r *http.Request) error {
	id, err := route.ID(r, "project")
	if err != nil {
		return err
	}
	one, err := project.Page(r.Context(), p.DB, id)
	if err != nil {
		return err
	}
	return projectPage.Write(w, r, http.StatusOK, showProject(html.Locale(r), one))
}

func showProject(l *locale.Locale, s project.Shown) projectView {
	language := string(l.Language)
	by, spoken := l.Pick(s.OrganisationName, s.OrganisationNameEn)
	v := projectView{
		Href: "/projects/" + s.ID, Title: s.TitleIn(language), Summary: strings.Split(s.SummaryIn(language), "\n"),
		Lang: chinese(l, s.TitleEn), SummaryLang: chinese(l, s.SummaryEn),
		Facts: []html.Fact{
			{Label: l.T("public.project.by"), Value: by, Lang: spoken},
			{Label: l.T("public.project.helps"), Value: strings.Join(helps(l, s.Codes), l.T("public.and"))},
			{Label: l.T("public.project.areas"), Value: strings.Join(places(l, s.Areas), l.T("public.and"))},
			{Label: l.T("public.project.dates"), Value: l.Days(s.StartsOn, s.EndsOn)},
			{Label: l.T("public.project.places"), Value: l.Number(int64(s.Places))},
			{Label: l.T("public.project.committed"), Value: count(l, s.Committed)},
			{Label: l.T("public.project.delivered"), Value: count(l, s.Delivered)},
		},
	}
	if s.BrandRegion != "" {
		v.Brand = l.T("public.project.brand", "place", l.Region(s.BrandRegion))
	}
	if s.Paused {
		v.Paused = l.T("public.project.paused")
	}
	return v
}

// chinese is the lang attribute of words that have no translation.
func chinese(l *locale.Locale, translation string) string {
	if l.Language == locale.Zh || strings.TrimSpace(translation) != "" {
		return ""
	}
	return locale.Zh.Tag()
}

func helps(l *locale.Locale, codes []string) []string {
	var all []string
	for _, c := range codes {
		if item, ok := needs.ItemOf(needs.Code(c)); ok {
			all = append(all, item.Name(string(l.Language)))
		}
	}
	return all
}

func places(l *locale.Locale, codes []string) []string {
	var all []string
	for _, c := range codes {
		all = append(all, l.Region(c))
	}
	return all
}

func count(l *locale.Locale, c project.Count) string {
	if c.Hidden {
		return l.T("public.few", "least", project.Few)
	}
	return l.Number(int64(c.N))
}
