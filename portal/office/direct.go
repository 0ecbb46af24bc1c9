package office

import (
	"net/http"

	"shanqiao/charities/offer"
	"shanqiao/charities/organisation"
	"shanqiao/internal/actor"
	"shanqiao/needs/gate"
	"shanqiao/needs/worklist"
	"shanqiao/portal/form"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
)

type directForm struct {
	form.Form
	Organisations form.Many[string]
}

func newDirectForm(options []form.Option) *directForm {
	f := &directForm{Form: form.Named("office.direct"), Organisations: form.AnyFrom("organisations", options...).Required()}
	f.Fields(&f.Organisations)
	return f
}

type directView struct {
	Form    *directForm
	Name    string
	Back    string
	Preview string
	None    *html.Empty
}

var directPage = html.Define[directView]("office/direct")

// direct sends a need straight to verified organisations that can do it.
func (o *Office) direct(w http.ResponseWriter, r *http.Request, by actor.Officer) error {
	n, err := o.needFor(r, by)
	if err != nil {
		return err
	}
	l := html.Locale(r)
	options, err := o.able(r, l, by, n)
	if err != nil {
		return err
	}
	f := newDirectForm(options)
	back := "/s/needs/" + string(n.ID)
	v := directView{Form: f, Name: itemName(l, n.Code), Back: back, Preview: preview(l, n)}
	if len(options) == 0 {
		v.None = &html.Empty{Text: l.T("office.direct.none"), Href: back, Link: l.T("office.back_need")}
	}
	return answer(w, r, &f.Form, step{To: back, Done: "office.direct.done", Do: func() error {
		_, err := gate.SendDirect(r.Context(), o.Gate, by, n.ID, f.Organisations.Values, o.day())
		return err
	}}, func() error { return directPage.Write(w, r, f.Status(), v) })
}

// able lists the verified organisations with an open offer of this kind of help
// that reaches the need's district.
func (o *Office) able(r *http.Request, l *locale.Locale, by actor.Officer, n worklist.Need) ([]form.Option, error) {
	offers, err := offer.Open(r.Context(), o.Exchange, n.Code)
	if err != nil {
		return nil, err
	}
	left, kinds := map[string]int{}, map[string]string{}
	for _, f := range offers {
		if covers(f.Areas, n.Region) {
			left[f.Organisation] += f.Left()
			kinds[f.Organisation] = l.T("office.offer." + string(f.Kind))
		}
	}
	orgs, err := organisation.Trusted(r.Context(), o.Exchange, by)
	if err != nil {
		return nil, err
	}
	var out []form.Option
	for _, g := range orgs {
		if left[g.ID] > 0 {
			out = append(out, form.Option{Value: g.ID, Text: orgName(l, g), Lang: orgLang(l, g),
				Hint: l.T("office.direct.left", "kind", kinds[g.ID], "amount", amount(l, n.Code, left[g.ID]))})
		}
	}
	return out, nil
}
