package office

import (
	"net/http"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/secret"
	"shanqiao/needs/declaration"
	"shanqiao/portal/form"
	"shanqiao/portal/html"
	"shanqiao/portal/route"
)

const conflict = fault.Conflict

type declareForm struct {
	form.Form
	Name      form.Text
	Identity  form.Text
	Phone     form.Text
	Time      form.Choice[string]
	Hardships form.Many[declaration.Hardship]
	People    form.Number
	Elders    form.Number
	Children  form.Number
	Disabled  form.Number
	Words     form.Text
	Pledged   form.Tick
	Agreed    form.Tick
}

func newDeclareForm(options []form.Option) *declareForm {
	f := &declareForm{
		Form:     form.Named("office.declare"),
		Name:     form.Line("name").Required().MaxRunes(40).As("text", "", "off"),
		Identity: form.Line("identity").MaxRunes(30).As("text", "", "off"),
		Phone:    form.Line("phone").MaxRunes(30).As("tel", "tel", "off"),
		Time:     form.OneOf("contact_time", declaration.Times...),
		People:   form.Whole("people", 1, 20),
		Elders:   form.Whole("elders", 0, 20).OrNone(),
		Children: form.Whole("children", 0, 20).OrNone(),
		Disabled: form.Whole("disabled", 0, 20).OrNone(),
		Words:    form.Lines("words").MaxRunes(declaration.MaxWords),
		Pledged:  form.MustTick("pledged").Label("declaration.pledge"),
		Agreed:   form.MustTick("check_agreed").Label("declaration.check_agreed"),
	}
	f.Hardships = form.AnyOf("hardships", declaration.Hardships...).Required()
	f.Hardships.Options = options
	f.Fields(&f.Name, &f.Identity, &f.Phone, &f.Time, &f.Hardships, &f.People, &f.Elders, &f.Children, &f.Disabled,
		&f.Words, &f.Pledged, &f.Agreed)
	return f
}

func (f *declareForm) declaration(region string) declaration.Declaration {
	return declaration.Declaration{
		RequestKey: f.Request, Region: region, Hardships: f.Hardships.Values, People: f.People.Value, Elders: f.Elders.Value,
		Children: f.Children.Value, Disabled: f.Disabled.Value, Name: secret.String(f.Name.Value),
		Identity: secret.String(f.Identity.Value), Phone: secret.String(f.Phone.Value), ContactTime: f.Time.Value,
		Words: secret.String(f.Words.Value), Pledged: f.Pledged.Value, CheckAgreed: f.Agreed.Value,
	}
}

type declareView struct {
	Form   *declareForm
	Region string
}

var declarePage = html.Define[declareView]("office/declare")

// declare files a declaration for somebody at the counter, who needs no phone.
func (o *Office) declare(w http.ResponseWriter, r *http.Request, by actor.Officer) error {
	l := html.Locale(r)
	var options []form.Option
	for _, h := range declaration.Hardships {
		options = append(options, form.Option{Value: string(h), Text: l.T("hardship." + string(h))})
	}
	f := newDeclareForm(options)
	if f.Sent(r) {
		id, err := declaration.Submit(r.Context(), o.Records, o.Keys, by, f.declaration(by.Region))
		if err == nil {
			return route.SeeOther(w, r, "/s/declarations/"+id.String(), "office.declare.done")
		}
		if !f.Explain(atDesk(err), conflict) {
			return err
		}
	}
	return declarePage.Write(w, r, f.Status(), declareView{f, place(l, by, by.Region)})
}

// atDesk tells an officer what the verb tells a family.
func atDesk(err error) error {
	if e := fault.As(err); e != nil && (e.Key == "declaration.open_already" || e.Key == "declaration.open_by_other") {
		return fault.New(e.Kind, "office.declare.open_already").Because(err)
	}
	return err
}
