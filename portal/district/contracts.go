package district

import (
	"net/http"
	"net/url"
	"strconv"

	"shanqiao/charities"
	"shanqiao/charities/contract"
	"shanqiao/charities/organisation"
	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/region"
	"shanqiao/needs"
	"shanqiao/portal/claimpage"
	"shanqiao/portal/form"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
	"shanqiao/portal/projectpage"
	"shanqiao/portal/route"
)

type contractRow struct{ Href, Number, Organisation, Lang, Place, Kind, Units, Given, Left, Ends string }

type contractsView struct {
	Rows  []contractRow
	City  bool // sees several districts
	Empty html.Empty
}

var contractsPage = html.Define[contractsView]("district/contracts")

// contracts lists what the district has bought, and how much of it is used up.
func (d *District) contracts(w http.ResponseWriter, r *http.Request, by actor.Officer) error {
	list, err := contract.List(r.Context(), d.DB, by)
	if err != nil {
		return err
	}
	l := html.Locale(r)
	v := contractsView{City: by.Level == actor.CityRole, Empty: html.Empty{Text: l.T("contract.none")}}
	for _, c := range list {
		code := needs.Code(c.Code)
		row := contractRow{
			Href: "/p/contracts/" + c.ID, Number: c.Number, Place: l.Region(c.District),
			Kind: claimpage.Kind(l, code, ""), Units: claimpage.Units(l, code, c.Units),
			Given: l.Number(int64(c.Delivered)), Left: l.Number(int64(c.Left())), Ends: l.Day(c.EndsOn),
		}
		row.Organisation, row.Lang = l.Pick(c.OrganisationName, c.OrganisationNameEn)
		v.Rows = append(v.Rows, row)
	}
	return contractsPage.Write(w, r, http.StatusOK, v)
}

type contractView struct {
	Number  string
	Facts   []html.Fact
	Figures []html.Figure
}

var contractPage = html.Define[contractView]("district/contract")

// contract is one contract and its drawdown.
func (d *District) contract(w http.ResponseWriter, r *http.Request, by actor.Officer) error {
	id, err := route.ID(r, "contract")
	if err != nil {
		return err
	}
	c, err := contract.For(r.Context(), d.DB, by, id)
	if err != nil {
		return err
	}
	l := html.Locale(r)
	code := needs.Code(c.Code)
	carrier, lang := l.Pick(c.OrganisationName, c.OrganisationNameEn)
	programme, _ := needs.ProgrammeOf(c.Programme)
	v := contractView{
		Number: c.Number,
		Facts: []html.Fact{
			{Label: l.T("contract.form.programme"), Value: programme.Name(string(l.Language))},
			{Label: l.T("contract.form.organisation"), Value: carrier, Lang: lang},
			{Label: l.T("contract.form.code"), Value: claimpage.Kind(l, code, "")},
			{Label: l.T("contract.form.district"), Value: l.Region(c.District)},
			{Label: l.T("contract.price"), Value: l.Money(c.UnitPriceFen)},
			{Label: l.T("contract.dates"), Value: l.Days(c.StartsOn, c.EndsOn)},
			{Label: l.T("contract.total"), Value: l.Money(c.TotalFen())},
		},
		Figures: []html.Figure{
			{Value: claimpage.Units(l, code, c.Units), Label: l.T("contract.bought")},
			{Value: claimpage.Units(l, code, c.Committed), Label: l.T("contract.committed"), Note: l.T("contract.committed_note")},
			{Value: claimpage.Units(l, code, c.Delivered), Label: l.T("contract.delivered"), Note: l.Money(c.DeliveredFen())},
			{Value: claimpage.Units(l, code, c.Left()), Label: l.T("contract.left")},
		},
	}
	v.Facts = append(append(v.Facts, projectpage.BoundsFacts(l, "contract.form", c.Bounds)...), projectpage.FundFact(l, "contract.form", c.Fund)...)
	if c.Basis != "" {
		v.Facts = append(v.Facts, html.Fact{Label: l.T("contract.form.basis"), Value: c.Basis, Lang: "zh-CN"})
	}
	if c.BudgetFen > 0 {
		v.Facts = append(v.Facts, html.Fact{Label: l.T("terms.budget"), Value: l.T("terms.budget_left",
			"budget", l.Money(c.BudgetFen), "left", l.Money(c.BudgetFen-int64(c.Committed)*c.UnitPriceFen))})
	}
	return contractPage.Write(w, r, http.StatusOK, v)
}

type contractForm struct {
	form.Form
	Organisation form.Choice[string]
	District     form.Choice[string]
	Number       form.Text
	Code         form.Choice[string]
	UnitPrice    form.Money
	Units        form.Number
	Programme    form.Choice[string]
	Fund         form.Choice[string]
	Budget       form.Money
	Whom         projectpage.Bounds
	Basis        form.Text
	StartsOn     form.Date
	EndsOn       form.Date
	City         bool // the officer chooses the district
}

func newContractForm(l *locale.Locale, carriers []form.Option, by actor.Officer) *contractForm {
	f := &contractForm{
		Form:         form.Named("contract.form"),
		Organisation: form.From("organisation", carriers...).Menu(),
		District:     form.From("district", districts(l)...).Menu(),
		Number:       form.Line("number").Required().MaxRunes(40),
		Code:         form.From("code", projectpage.Kinds(l)...).Menu(),
		UnitPrice:    form.Yuan("unit_price", 10_000_000),
		Units:        form.Whole("units", 1, mostUnits),
		Programme:    form.From("programme", programmes(l)...).Menu(),
		Fund:         form.OneOf("fund", charities.PublicFunds...).OrNone(),
		Budget:       form.Yuan("budget", 10_000_000_000).OrNone(),
		Whom:         projectpage.NewBounds(),
		Basis:        form.Line("basis").MaxRunes(200),
		StartsOn:     form.Day("starts_on"),
		EndsOn:       form.Day("ends_on"),
		City:         by.Level == actor.CityRole,
	}
	f.Fields(&f.Organisation)
	if f.City {
		f.Fields(&f.District)
	}
	f.Fields(&f.Number, &f.Code, &f.UnitPrice, &f.Units, &f.Programme, &f.Fund, &f.Budget,
		&f.Whom.LeastAge, &f.Whom.MostAge, &f.Whom.Categories, &f.Basis, &f.StartsOn, &f.EndsOn)
	f.Programme.Set("service")
	return f
}

// prefill takes what a proposal to buy asks for. What is no kind, district or
// number is left to be chosen.
func (f *contractForm) prefill(asked url.Values) {
	if item, known := needs.ItemOf(needs.Code(asked.Get("code"))); known {
		f.Code.Set(string(item.Code))
	}
	if place := asked.Get("district"); len(place) == 6 {
		if _, there := region.DistrictOf(place); there {
			f.District.Set(place)
		}
	}
	if units, err := strconv.Atoi(asked.Get("units")); err == nil && units > 0 && units <= mostUnits {
		f.Units.Set(units)
	}
}

func (f *contractForm) terms() contract.Terms {
	return contract.Terms{
		Organisation: f.Organisation.Value, District: f.District.Value, Number: f.Number.Value, Code: f.Code.Value,
		UnitPriceFen: f.UnitPrice.Fen, Units: f.Units.Value, Programme: f.Programme.Value, Fund: f.Fund.Value,
		BudgetFen: f.Budget.Fen, Bounds: f.Whom.Bounds(), Basis: f.Basis.Value, StartsOn: f.StartsOn.Value, EndsOn: f.EndsOn.Value,
	}
}

// programmes are the kinds of assistance that a contract may be for.
func programmes(l *locale.Locale) []form.Option {
	var options []form.Option
	for _, p := range needs.Programmes() {
		if p.Code != "charity" {
			options = append(options, form.Option{Value: p.Code, Text: p.Name(string(l.Language))})
		}
	}
	return options
}

func districts(l *locale.Locale) []form.Option {
	var options []form.Option
	for _, d := range region.Districts() {
		options = append(options, form.Option{Value: d.Code, Text: l.Region(d.Code)})
	}
	return options
}

// mostUnits that one contract may hold.
const mostUnits = 1_000_000

type newContractView struct{ Form *contractForm }

var newContractPage = html.Define[newContractView]("district/new_contract")

// newContract enters a contract. Its number stands once, so the same form sent
// twice is refused the second time and not bought twice.
func (d *District) newContract(w http.ResponseWriter, r *http.Request, by actor.Officer) error {
	carriers, err := organisation.Trusted(r.Context(), d.DB, by)
	if err != nil {
		return err
	}
	f := newContractForm(html.Locale(r), projectpage.Organisations(html.Locale(r), carriers), by)
	f.prefill(r.URL.Query())
	f.Sent(r)
	terms := f.terms()
	if f.Also(terms.Check()) {
		made, err := contract.Create(r.Context(), d.DB, by, terms)
		if err == nil {
			return route.SeeOther(w, r, "/p/contracts/"+made, "contract.done")
		}
		if !f.Explain(err, fault.Conflict) {
			return err
		}
	}
	return newContractPage.Write(w, r, f.Status(), newContractView{Form: f})
}
