package charity

import (
	"net/http"

	"github.com/go-chi/chi/v5/middleware"

	"shanqiao/charities/organisation"
	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/region"
	"shanqiao/portal/account"
	"shanqiao/portal/form"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
	"shanqiao/portal/route"
)

// orgFields is what an organisation says of itself, on both forms that ask it.
type orgFields struct {
	Name       form.Text
	NameEn     form.Text
	CreditCode form.Text
	Kind       form.Choice[organisation.Kind]
	District   form.Choice[string]
	Summary    form.Text
	Contact    form.Text
	Phone      form.Text
}

func newOrgFields(l *locale.Locale) orgFields {
	return orgFields{
		Name:       form.Line("name").Required().MaxRunes(60).As("text", "", "organization").Label("organisation.form.name"),
		NameEn:     form.Line("name_en").MaxRunes(120).Label("organisation.form.name_en"),
		CreditCode: form.Line("credit_code").Required().MaxRunes(40).Label("organisation.form.credit_code"),
		Kind:       form.OneOf("kind", organisation.Kinds...).Label("organisation.form.kind"),
		District:   form.From("district", districts(l)...).Menu().Label("organisation.form.district"),
		Summary:    form.Lines("summary").MaxRunes(500).Label("organisation.form.summary"),
		Contact:    form.Line("contact").Required().MaxRunes(30).As("text", "", "name").Label("organisation.form.contact"),
		Phone:      form.Line("phone").Required().MaxRunes(30).As("tel", "tel", "tel").Label("organisation.form.phone"),
	}
}

// districts are the sixteen to choose from.
func districts(l *locale.Locale) []form.Option {
	var options []form.Option
	for _, d := range region.Districts() {
		options = append(options, form.Option{Value: d.Code, Text: l.Region(d.Code)})
	}
	return options
}

func (f orgFields) application() organisation.Application {
	return organisation.Application{
		Name: f.Name.Value, NameEn: f.NameEn.Value, CreditCode: f.CreditCode.Value, Kind: f.Kind.Value,
		District: f.District.Value, Summary: f.Summary.Value, Contact: f.Contact.Value, Phone: f.Phone.Value,
	}
}

type applyForm struct {
	form.Form
	orgFields
	Login    form.Text
	Password form.Text
	True     form.Tick
}

func newApplyForm(l *locale.Locale) *applyForm {
	f := &applyForm{
		Form: form.Named("organisation.form"), orgFields: newOrgFields(l),
		Login:    form.Line("login").Required().MaxRunes(64).As("text", "", "username"),
		Password: form.Line("password").Required().MaxRunes(account.Longest).As("password", "", "new-password"),
		True:     form.MustTick("true"),
	}
	f.Fields(&f.Name, &f.NameEn, &f.CreditCode, &f.Kind, &f.District, &f.Summary, &f.Contact, &f.Phone,
		&f.Login, &f.Password, &f.True)
	return f
}

type applyView struct{ Form *applyForm }

var applyPage = html.Define[applyView]("charity/apply")

// apply registers an organisation together with its first account. The form's
// own id becomes the organisation's, so the same form sent twice is one
// organisation.
func (c *Charity) apply(w http.ResponseWriter, r *http.Request) error {
	f := newApplyForm(html.Locale(r))
	f.Sent(r)
	a := f.application()
	if f.Also(a.Check(), f.account(a).Check()) {
		next, err := c.register(w, r, f)
		if err == nil {
			return route.SeeOther(w, r, next, "organisation.applied")
		}
		if !f.Explain(err, fault.Conflict, fault.TooMany) {
			return err
		}
	}
	return applyPage.Write(w, r, f.Status(), applyView{Form: f})
}

// account is the first account of the organisation: its contact person's.
func (f *applyForm) account(a organisation.Application) account.New {
	return account.New{
		Role: actor.MemberRole, Login: f.Login.Value, Password: f.Password.Value, Name: a.Contact,
		Organisation: f.Request,
	}
}

// register checks everything before it makes the account: the two halves of the
// work are in different rooms, and no transaction spans them. Where the second
// fails all the same, the account stands and finishes at /c/organisation.
func (c *Charity) register(w http.ResponseWriter, r *http.Request, f *applyForm) (next string, err error) {
	ctx := r.Context()
	a := f.application()
	if err := a.Check(); err != nil {
		return "", err
	}
	by := actor.Member{Organisation: f.Request, Name: a.Contact}
	// Only "there is none" lets an account be made under this id: it came with the
	// form, and whoever holds the account of an organisation acts for it.
	switch _, err := organisation.Mine(ctx, c.DB, by); {
	case err == nil:
		return "/c", nil // this very form was taken before
	case fault.Of(err) != fault.NotFound:
		return "", err
	}
	if err := c.Applying(ctx, middleware.GetClientIP(ctx)); err != nil {
		return "", err
	}
	if err := organisation.Free(ctx, c.DB, a.CreditCode); err != nil {
		return "", err
	}
	first := f.account(a)
	first.Language = string(html.Locale(r).Language)
	if by.Account, err = account.Create(ctx, c.Access, first); err != nil {
		return "", err
	}
	if _, err := c.sessions().Start(ctx, w, r, by.Account); err != nil {
		return "", err
	}
	if _, err := organisation.Apply(ctx, c.DB, by, a); err != nil {
		if fault.Of(err) == fault.Internal {
			return "", err
		}
		return "/c/organisation", nil
	}
	return "/c", nil
}

type organisationForm struct {
	form.Form
	orgFields
}

func newOrganisationForm(l *locale.Locale, o organisation.Organisation) *organisationForm {
	f := &organisationForm{Form: form.Named("organisation.form"), orgFields: newOrgFields(l)}
	f.Name.Set(o.Name)
	f.NameEn.Set(o.NameEn)
	f.CreditCode.Set(o.CreditCode)
	f.Kind.Set(o.Kind)
	f.District.Set(o.District)
	f.Summary.Set(o.Summary)
	f.Contact.Set(o.Contact)
	f.Phone.Set(o.Phone)
	f.Fields(&f.Name, &f.NameEn, &f.CreditCode, &f.Kind, &f.District, &f.Summary, &f.Contact, &f.Phone)
	return f
}

type organisationView struct {
	Badge  html.Badge
	Notice *html.Notice
	Facts  []html.Fact
	People bool              // whether there are people to send: only once verified
	Form   *organisationForm // nil while there is nothing to mend
}

var organisationPage = html.Define[organisationView]("charity/organisation")

// organisation shows how the own organisation stands, and takes an application
// that was never finished or was sent back.
func (c *Charity) organisation(w http.ResponseWriter, r *http.Request, by actor.Member) error {
	l := html.Locale(r)
	o, err := organisation.Mine(r.Context(), c.DB, by)
	switch {
	case fault.Of(err) == fault.NotFound:
		o = organisation.Organisation{}
	case err != nil:
		return err
	}
	f := newOrganisationForm(l, o)
	f.Sent(r)
	a := f.application()
	if f.Also(a.Check()) {
		_, err := organisation.Apply(r.Context(), c.DB, by, a)
		if err == nil {
			return route.SeeOther(w, r, "/c", "organisation.applied")
		}
		if !f.Explain(err, fault.Conflict) {
			return err
		}
	}
	v := organisationView{Badge: standing(l, o.State), Notice: standingNotice(l, o), Facts: organisationFacts(l, o),
		People: o.State == organisation.Verified, Form: f}
	if o.State != "" && o.State != organisation.Rejected {
		v.Form = nil
	}
	return organisationPage.Write(w, r, f.Status(), v)
}
