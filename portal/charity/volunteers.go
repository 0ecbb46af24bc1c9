package charity

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"shanqiao/charities/offer"
	"shanqiao/charities/volunteer"
	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/portal/account"
	"shanqiao/portal/form"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
	"shanqiao/portal/projectpage"
	"shanqiao/portal/route"
)

type volunteerLine struct {
	Name    string
	Badge   html.Badge
	Facts   []html.Fact
	Action  string
	Button  string
	Edit    string
	Expired string
}

type volunteersView struct {
	Lines []volunteerLine
	Empty html.Empty
}

var volunteersPage = html.Define[volunteersView]("charity/volunteers")

// volunteers lists those who give their time through the organisation.
func (c *Charity) volunteers(w http.ResponseWriter, r *http.Request, by actor.Member) error {
	list, err := volunteer.List(r.Context(), c.DB, by)
	if err != nil {
		return err
	}
	l := html.Locale(r)
	v := volunteersView{Empty: html.Empty{Text: l.T("volunteer.none")}}
	for _, one := range list {
		v.Lines = append(v.Lines, c.volunteerLine(l, one))
	}
	return volunteersPage.Write(w, r, http.StatusOK, v)
}

func (c *Charity) volunteerLine(l *locale.Locale, v volunteer.Volunteer) volunteerLine {
	path := "/c/volunteers/" + v.ID
	line := volunteerLine{
		Name: v.Name, Badge: html.Badge{Tone: html.Good, Text: l.T("volunteer.state." + v.State)},
		Action: path + "/pause", Button: l.T("volunteer.pause"), Edit: path + "/edit",
		Facts: []html.Fact{
			{Label: l.T("volunteer.form.skills"), Value: projectpage.Codes(l, v.Skills)},
			{Label: l.T("volunteer.form.areas"), Value: projectpage.Areas(l, v.Areas)},
			{Label: l.T("volunteer.form.units"), Value: l.Number(int64(v.UnitsPerMonth))},
			{Label: l.T("volunteer.promised"), Value: l.Number(int64(v.Committed))},
		},
	}
	if v.State == "paused" {
		line.Badge.Tone, line.Action, line.Button = html.Ended, path+"/resume", l.T("volunteer.resume")
	}
	insured := html.Fact{Label: l.T("volunteer.form.insured_until"), Value: l.T("volunteer.not_insured")}
	if v.InsuredUntil != nil {
		insured.Value = l.Day(*v.InsuredUntil)
		if v.InsuredUntil.Before(c.Now()) {
			line.Expired = l.T("volunteer.insurance_over")
		}
	}
	line.Facts = append(line.Facts, insured)
	if len(v.Trained) > 0 {
		line.Facts = append(line.Facts, html.Fact{Label: l.T("volunteer.form.trained"), Value: listed(l, "volunteer.form.trained.", v.Trained)})
	}
	if len(v.Qualified) > 0 {
		line.Facts = append(line.Facts, html.Fact{Label: l.T("volunteer.form.qualified"), Value: listed(l, "volunteer.form.qualified.", v.Qualified)})
	}
	return line
}

func listed(l *locale.Locale, prefix string, codes []string) string {
	var names []string
	for _, code := range codes {
		names = append(names, l.T(prefix+code))
	}
	return strings.Join(names, l.T("near.comma"))
}

type volunteerForm struct {
	form.Form
	Name         form.Text
	Skills       form.Many[string]
	Areas        form.Many[string]
	Units        form.Number
	InsuredUntil form.Date
	Trained      form.Many[string]
	Qualified    form.Many[string]
	Login        form.Text
	Password     form.Text
}

func newVolunteerForm(l *locale.Locale) *volunteerForm {
	f := &volunteerForm{
		Form:         form.Named("volunteer.form"),
		Name:         form.Line("name").Required().MaxRunes(30),
		Skills:       form.AnyFrom("skills", projectpage.Kinds(l)...).Required(),
		Areas:        form.AnyFrom("areas", projectpage.Places(l)...).Required(),
		Units:        form.Whole("units", 1, 200),
		InsuredUntil: form.Day("insured_until").OrNone(),
		Trained:      form.AnyOf("trained", slices.Sorted(maps.Keys(offer.Training))...),
		Qualified:    form.AnyOf("qualified", slices.Sorted(maps.Keys(offer.Qualifications))...),
		Login:        form.Line("login").Required().MaxRunes(64).As("text", "", "off"),
		Password:     form.Line("password").Required().MaxRunes(account.Longest).As("password", "", "new-password"),
	}
	f.Fields(&f.Name, &f.Skills, &f.Areas, &f.Units, &f.InsuredUntil, &f.Trained, &f.Qualified, &f.Login, &f.Password)
	return f
}

// newChangeForm is the same form for a volunteer who is registered: without the
// name and the account, which stay.
func newChangeForm(l *locale.Locale, v volunteer.Volunteer) *volunteerForm {
	f := newVolunteerForm(l)
	f.Form = form.Named("volunteer.form")
	places := projectpage.Places(l)
	for _, area := range v.Areas { // a zone, which the list of districts has not
		if !slices.ContainsFunc(places, func(o form.Option) bool { return o.Value == area }) {
			places = append(places, form.Option{Value: area, Text: l.Region(area)})
		}
	}
	f.Areas = form.AnyFrom("areas", places...).Required()
	f.Fields(&f.Skills, &f.Areas, &f.Units, &f.InsuredUntil, &f.Trained, &f.Qualified)
	f.Skills.Set(v.Skills...)
	f.Areas.Set(v.Areas...)
	f.Units.Set(v.UnitsPerMonth)
	if v.InsuredUntil != nil {
		f.InsuredUntil.Set(*v.InsuredUntil)
	}
	f.Trained.Set(v.Trained...)
	f.Qualified.Set(v.Qualified...)
	return f
}

type changeView struct {
	Form *volunteerForm
	Name string
}

var changePage = html.Define[changeView]("charity/volunteer_change")

// changeVolunteer takes what a volunteer can do now, and new insurance.
func (c *Charity) changeVolunteer(w http.ResponseWriter, r *http.Request, by actor.Member) error {
	id, err := route.ID(r, "volunteer")
	if err != nil {
		return err
	}
	one, err := volunteer.For(r.Context(), c.DB, by, id)
	if err != nil {
		return err
	}
	f := newChangeForm(html.Locale(r), one)
	f.Sent(r)
	p := f.person()
	p.Name, p.Account = one.Name, one.Account
	if f.Also(p.Check()) {
		err := volunteer.Edit(r.Context(), c.DB, by, id, p)
		if err == nil {
			return route.SeeOther(w, r, "/c/volunteers", "volunteer.edited")
		}
		if !f.Explain(err) {
			return err
		}
	}
	return changePage.Write(w, r, f.Status(), changeView{Form: f, Name: one.Name})
}

func (f *volunteerForm) person() volunteer.Person {
	return volunteer.Person{
		Name: f.Name.Value, Skills: f.Skills.Values, Areas: f.Areas.Values, UnitsPerMonth: f.Units.Value,
		InsuredUntil: f.InsuredUntil.Value, Trained: f.Trained.Values, Qualified: f.Qualified.Values, Account: "to be made",
	}
}

func (f *volunteerForm) account() account.New {
	return account.New{
		Role: actor.VolunteerRole, Login: f.Login.Value, Password: f.Password.Value, Name: f.Name.Value,
		Temporary: true, Volunteer: f.Request,
	}
}

type newVolunteerView struct{ Form *volunteerForm }

var newVolunteerPage = html.Define[newVolunteerView]("charity/volunteer")

// newVolunteer registers a volunteer with an account of their own. The form's id
// becomes the volunteer's, so the same form sent twice is one volunteer.
func (c *Charity) newVolunteer(w http.ResponseWriter, r *http.Request, by actor.Member) error {
	f := newVolunteerForm(html.Locale(r))
	f.Sent(r)
	p := f.person()
	if f.Also(p.Check(), f.account().Check()) {
		err := c.enrol(r, by, f)
		if err == nil {
			return route.SeeOther(w, r, "/c/volunteers", "volunteer.done")
		}
		if !f.Explain(err, fault.Conflict) {
			return err
		}
	}
	return newVolunteerPage.Write(w, r, f.Status(), newVolunteerView{Form: f})
}

func (c *Charity) enrol(r *http.Request, by actor.Member, f *volunteerForm) error {
	ctx := r.Context()
	if _, err := volunteer.For(ctx, c.DB, by, f.Request); err == nil {
		return nil // this very form was taken before
	}
	// The id came with the form; an account must not be made under another's.
	if err := volunteer.Free(ctx, c.DB, f.Request); err != nil {
		return err
	}
	p := f.person()
	if err := p.Check(); err != nil {
		return err
	}
	own := f.account()
	own.Name = p.Name // as Check leaves it
	var err error
	if p.Account, err = account.Create(ctx, c.Access, own); err != nil {
		return err
	}
	_, err = volunteer.Register(ctx, c.DB, by, f.Request, p)
	return err
}

func (c *Charity) pauseVolunteer(w http.ResponseWriter, r *http.Request, by actor.Member) error {
	id, err := route.ID(r, "volunteer")
	if err == nil {
		err = volunteer.Pause(r.Context(), c.DB, by, id)
	}
	if err != nil {
		return err
	}
	return route.SeeOther(w, r, "/c/volunteers", "volunteer.paused")
}

func (c *Charity) resumeVolunteer(w http.ResponseWriter, r *http.Request, by actor.Member) error {
	id, err := route.ID(r, "volunteer")
	if err == nil {
		err = volunteer.Resume(r.Context(), c.DB, by, id)
	}
	if err != nil {
		return err
	}
	return route.SeeOther(w, r, "/c/volunteers", "volunteer.resumed")
}
