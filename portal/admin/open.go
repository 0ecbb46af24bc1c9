package admin

import (
	"cmp"
	"context"
	"net/http"

	"shanqiao/internal/actor"
	"shanqiao/internal/pg"
	"shanqiao/internal/region"
	"shanqiao/portal/account"
	"shanqiao/portal/form"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
)

type openForm struct {
	form.Form
	Role         form.Choice[string]
	Name         form.Text
	Login        form.Text
	Region       form.Choice[string]
	Organisation form.Choice[string]
}

func newOpenForm(l *locale.Locale, organisations []form.Option) *openForm {
	f := &openForm{
		Form:         form.Named("admin.open"),
		Role:         form.From("role", roles(l, account.Openable)...),
		Name:         form.Line("name").Required().MaxRunes(30),
		Login:        form.Line("login").Required().MaxRunes(64).As("text", "", "off"),
		Region:       form.From("region", regions(l)...).Menu().AsNeeded(),
		Organisation: form.From("organisation", organisations...).Menu().AsNeeded(),
	}
	f.Fields(&f.Role, &f.Name, &f.Login, &f.Region, &f.Organisation)
	return f
}

// regions lists each district before its subdistricts, which bear its name too:
// there are two 八里庄.
func regions(l *locale.Locale) []form.Option {
	var options []form.Option
	for _, d := range region.Districts() {
		options = append(options, form.Option{Value: d.Code, Text: l.Region(d.Code)})
		for _, s := range d.Subdistricts {
			options = append(options, form.Option{Value: s.Code, Text: l.T("admin.open.region_in", "district", l.Region(d.Code), "subdistrict", l.Region(s.Code))})
		}
	}
	return options
}

// organisations are those that a district verified: others have nobody to sign in.
func organisations(ctx context.Context, db pg.DB, l *locale.Locale) ([]form.Option, error) {
	type row struct{ ID, Name, NameEn string }
	found, err := pg.Many[row](ctx, db, `
		select id, name, name_en
		  from exchange.organisations
		 where state = 'verified'
		 order by name, id
		 limit 500`, pg.Args{})
	options := make([]form.Option, len(found))
	for i, o := range found {
		options[i] = form.Option{Value: o.ID, Text: o.Name, Lang: "zh-CN"}
		if l.Language == locale.En {
			options[i].Text = cmp.Or(o.NameEn, o.Name)
		}
	}
	return options, err
}

type openView struct{ Form *openForm }

var openPage = html.Define[openView]("admin/open")

// open makes an account and tells its first password, once. What does not belong
// to the role that was chosen is not stored.
func (a *Admin) open(w http.ResponseWriter, r *http.Request, by actor.Administrator) error {
	l := html.Locale(r)
	found, err := organisations(r.Context(), a.Exchange, l)
	if err != nil {
		return err
	}
	f := newOpenForm(l, found)
	if f.Sent(r) {
		made, password, err := account.Open(r.Context(), a.Access, by, f.account())
		if err == nil {
			return told(w, r, toldView{Title: l.T("admin.told.opened"), Text: l.T("admin.told.opened_text"),
				Login: account.Login(f.Login.Value), Password: password, Back: "/admin/accounts/" + made})
		}
		if !f.Explain(err) {
			return err
		}
	}
	return openPage.Write(w, r, f.Status(), openView{Form: f})
}

func (f *openForm) account() account.New {
	n := account.New{Role: actor.Role(f.Role.Value), Login: f.Login.Value, Name: f.Name.Value}
	switch n.Role {
	case actor.SubdistrictRole, actor.DistrictRole:
		n.Region = f.Region.Value
	case actor.CityRole:
		n.Region = region.City
	case actor.MemberRole:
		n.Organisation = f.Organisation.Value
	}
	return n
}
