package projectpage

import (
	"net/http"

	"shanqiao/charities"
	"shanqiao/charities/organisation"
	"shanqiao/charities/project"
	"shanqiao/internal/actor"
	"shanqiao/internal/region"
	"shanqiao/portal/form"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
	"shanqiao/portal/route"
)

// Form asks what a project will do. An officer also says whose brand it is and
// which organisation carries it out.
type Form struct {
	form.Form
	Brand        form.Choice[string]
	Organisation form.Choice[string]
	Title        form.Text
	TitleEn      form.Text
	Summary      form.Text
	SummaryEn    form.Text
	Codes        form.Many[string]
	Areas        form.Many[string]
	Places       form.Number
	Whom         Bounds
	Fund         form.Choice[string]
	Unit         form.Money
	Budget       form.Money
	StartsOn     form.Date
	EndsOn       form.Date
	Branded      bool
}

func newForm(l *locale.Locale, brands, carriers []form.Option) *Form {
	f := &Form{
		Form:         form.Named("project.form"),
		Brand:        form.From("brand_region", brands...).Menu(),
		Organisation: form.From("organisation", carriers...).Menu(),
		Title:        form.Line("title").Required().MaxRunes(40),
		TitleEn:      form.Line("title_en").MaxRunes(120),
		Summary:      form.Lines("summary").Required().MaxRunes(600),
		SummaryEn:    form.Lines("summary_en").MaxRunes(1200),
		Codes:        form.AnyFrom("codes", Kinds(l)...).Required(),
		Areas:        form.AnyFrom("areas", Places(l)...).Required(),
		Places:       form.Whole("places", 1, 100_000),
		Whom:         NewBounds(),
		Fund:         form.OneOf("fund", charities.Funds...).OrNone(),
		Unit:         form.Yuan("unit", 10_000_000).OrNone(),
		Budget:       form.Yuan("budget", 10_000_000_000).OrNone(),
		StartsOn:     form.Day("starts_on"),
		EndsOn:       form.Day("ends_on"),
		Branded:      brands != nil,
	}
	if f.Branded {
		f.Fields(&f.Brand, &f.Organisation)
	}
	f.Fields(&f.Title, &f.TitleEn, &f.Summary, &f.SummaryEn, &f.Codes, &f.Areas, &f.Places,
		&f.Whom.LeastAge, &f.Whom.MostAge, &f.Whom.Categories, &f.Fund, &f.Unit, &f.Budget, &f.StartsOn, &f.EndsOn)
	return f
}

func (f *Form) fill(p project.Project) {
	f.Brand.Set(p.BrandRegion)
	f.Organisation.Set(p.Organisation)
	f.Title.Set(p.Title)
	f.TitleEn.Set(p.TitleEn)
	f.Summary.Set(p.Summary)
	f.SummaryEn.Set(p.SummaryEn)
	f.Codes.Set(p.Codes...)
	f.Areas.Set(p.Areas...)
	f.Places.Set(p.Places)
	f.Whom.fill(p.Bounds)
	f.Fund.Set(p.Fund)
	if p.UnitFen > 0 {
		f.Unit.Set(p.UnitFen)
	}
	if p.BudgetFen > 0 {
		f.Budget.Set(p.BudgetFen)
	}
	f.StartsOn.Set(p.StartsOn)
	f.EndsOn.Set(p.EndsOn)
}

func (f *Form) plan() project.Plan {
	return project.Plan{
		Organisation: f.Organisation.Value, BrandRegion: f.Brand.Value, Title: f.Title.Value, TitleEn: f.TitleEn.Value,
		Summary: f.Summary.Value, SummaryEn: f.SummaryEn.Value, Codes: f.Codes.Values, Areas: f.Areas.Values,
		Places: f.Places.Value, Bounds: f.Whom.Bounds(), Fund: f.Fund.Value, UnitFen: f.Unit.Fen, BudgetFen: f.Budget.Fen, StartsOn: f.StartsOn.Value, EndsOn: f.EndsOn.Value,
	}
}

type editView struct {
	Form     *Form
	Back     string
	BackText string
	New      bool
}

var editPage = html.Define[editView]("project/edit")

// draft takes a new project. The form's own id becomes the project's, so the same
// form sent twice is one project.
func (p Pages) draft(w http.ResponseWriter, r *http.Request, by actor.Actor) error {
	f, err := p.form(r, by)
	if err != nil {
		return err
	}
	f.Sent(r)
	plan := f.plan()
	if f.Also(plan.Check()) {
		if _, err := project.For(r.Context(), p.DB, by, f.Request); err == nil {
			return route.SeeOther(w, r, p.Base+"/"+f.Request, "project.done.draft")
		}
		err := project.DraftAs(r.Context(), p.DB, by, f.Request, plan)
		if err == nil {
			return route.SeeOther(w, r, p.Base+"/"+f.Request, "project.done.draft")
		}
		if !f.Explain(err) {
			return err
		}
	}
	return editPage.Write(w, r, f.Status(), editView{Form: f, Back: p.Base, BackText: html.Locale(r).T(p.Name), New: true})
}

// edit changes a draft.
func (p Pages) edit(w http.ResponseWriter, r *http.Request, by actor.Actor) error {
	one, err := p.find(r, by)
	if err != nil {
		return err
	}
	f, err := p.form(r, by)
	if err != nil {
		return err
	}
	f.fill(one)
	f.Sent(r)
	plan := f.plan()
	if f.Also(plan.Check()) {
		err := project.Edit(r.Context(), p.DB, by, one.ID, plan)
		if err == nil {
			return route.SeeOther(w, r, p.Base+"/"+one.ID, "project.done.draft")
		}
		if !f.Explain(err) {
			return err
		}
	}
	return editPage.Write(w, r, f.Status(), editView{Form: f, Back: p.Base + "/" + one.ID, BackText: html.Locale(r).T("project.title")})
}

// form is the form for whoever asks: an officer chooses brand and carrier.
func (p Pages) form(r *http.Request, by actor.Actor) (*Form, error) {
	l := html.Locale(r)
	officer, ok := by.(actor.Officer)
	if !ok {
		return newForm(l, nil, nil), nil
	}
	carriers, err := organisation.Trusted(r.Context(), p.DB, officer)
	if err != nil {
		return nil, err
	}
	f := newForm(l, brands(l, officer), Organisations(l, carriers))
	f.Brand.Set(officer.Region)
	return f, nil
}

// brands are the regions in whose name an officer may publish; the city as a
// whole has no brand of its own.
func brands(l *locale.Locale, by actor.Officer) []form.Option {
	var options []form.Option
	if by.Level != actor.CityRole {
		options = append(options, form.Option{Value: by.Region, Text: l.Region(by.Region)})
	}
	switch by.Level {
	case actor.CityRole:
		for _, d := range region.Districts() {
			options = append(options, form.Option{Value: d.Code, Text: l.Region(d.Code)})
		}
	case actor.DistrictRole:
		d, _ := region.DistrictOf(by.Region)
		for _, s := range d.Subdistricts {
			options = append(options, form.Option{Value: s.Code, Text: l.Region(s.Code)})
		}
	}
	return options
}
