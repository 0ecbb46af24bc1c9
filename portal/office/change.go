package office

import (
	"net/http"
	"strconv"
	"strings"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/secret"
	"shanqiao/needs/household"
	"shanqiao/portal/form"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
	"shanqiao/portal/route"
)

// mostIncome is a month's income, in fen, above which somebody mistyped.
const mostIncome = 100_000_000

// changeForm says what is so now; Seen is what stood on the page when it was opened.
type changeForm struct {
	form.Form
	Category  form.Choice[string]
	Condition form.Choice[string]
	Income    form.Money
	Basis     form.Text
	Seen      form.Text
}

func newChangeForm(l *locale.Locale, home household.Household) *changeForm {
	f := &changeForm{
		Form:      form.Named("office.change"),
		Category:  form.From("category", wordsOf(l, "office.category.", household.Categories...)...).Menu(),
		Condition: form.From("condition", wordsOf(l, "office.condition.", household.Conditions...)...).Menu(),
		Income:    form.Yuan("income", mostIncome).OrNone(),
		Basis:     form.Line("basis").MaxRunes(100),
		Seen:      form.Line("seen").MaxRunes(60),
	}
	f.Fields(&f.Category, &f.Condition, &f.Income, &f.Basis, &f.Seen)
	f.Category.Set(home.Category)
	f.Condition.Set(home.Condition)
	if home.Income != nil {
		f.Income.Set(*home.Income)
	}
	f.Seen.Set(factsSeen(home))
	return f
}

func (f *changeForm) facts() household.Facts {
	return household.Facts{Category: f.Category.Value, Condition: f.Condition.Value, Income: given(f.Income.Fen, f.Income.Given)}
}

// factsSeen writes down a household's facts as a hidden field carries them.
func factsSeen(home household.Household) string {
	income := ""
	if home.Income != nil {
		income = strconv.FormatInt(*home.Income, 10)
	}
	return strings.Join([]string{home.Category, home.Condition, income}, "|")
}

// seenFacts reads what factsSeen wrote; anything else is a sight that nobody had.
func seenFacts(s string) household.Facts {
	parts := strings.Split(s, "|")
	if len(parts) != 3 {
		return household.Facts{}
	}
	facts := household.Facts{Category: parts[0], Condition: parts[1]}
	if income, err := strconv.ParseInt(parts[2], 10, 64); err == nil {
		facts.Income = &income
	}
	return facts
}

type changeView struct {
	Form   *changeForm
	Number string
	Back   string
	Now    *html.Notice // what stands on record after somebody else changed it
}

var changePage = html.Define[changeView]("office/change")

// change writes down what became of a household as a whole, with the paper that shows it.
func (o *Office) change(w http.ResponseWriter, r *http.Request, by actor.Officer) error {
	home, err := o.homeOf(r, by)
	if err != nil {
		return err
	}
	l, back := html.Locale(r), "/s/households/"+home.ID
	f := newChangeForm(l, home)
	v := changeView{Form: f, Number: home.Number, Back: back}
	if f.Sent(r) {
		if so := factsSeen(home); so == factsSeen(f.wanted()) { // nothing was changed, or the form was sent twice
			said := "office.change.done"
			if f.Seen.Value == so {
				said = "office.change.same"
			}
			return route.SeeOther(w, r, back, said)
		}
		err := household.Change(r.Context(), o.Records, by, home.ID, seenFacts(f.Seen.Value), f.facts(), f.Basis.Value)
		if err == nil {
			return route.SeeOther(w, r, back, "office.change.done")
		}
		if !f.Explain(err, conflict) {
			return err
		}
		if fault.Of(err) == conflict {
			f.Fail("", locale.Say("office.complete.changed"))
			f.Seen.Set(factsSeen(home))
			v.Now = &html.Notice{Tone: html.Waiting, Title: l.T("office.complete.now"), Text: factsLine(l, home)}
		}
	}
	return changePage.Write(w, r, f.Status(), v)
}

// wanted is the household as the form asks for it.
func (f *changeForm) wanted() household.Household {
	return household.Household{Category: f.Category.Value, Condition: f.Condition.Value, Income: f.facts().Income}
}

func factsLine(l *locale.Locale, home household.Household) string {
	income := l.T("office.household.income_unknown")
	if home.Income != nil {
		income = l.Money(*home.Income)
	}
	return l.T("office.change.line", "category", l.T("office.category."+home.Category),
		"condition", l.T("office.condition."+home.Condition), "income", income)
}

type addressForm struct {
	form.Form
	Address form.Text
}

func newAddressForm(home household.Household) *addressForm {
	f := &addressForm{Form: form.Named("office.address"), Address: form.Line("address").Required().MaxRunes(120).As("text", "", "off")}
	f.Fields(&f.Address)
	f.Address.Set(home.Address.Reveal())
	return f
}

type addressView struct {
	Form   *addressForm
	Number string
	Back   string
	Place  string
}

var addressPage = html.Define[addressView]("office/address")

// address writes down where in the subdistrict a household lives.
func (o *Office) address(w http.ResponseWriter, r *http.Request, by actor.Officer) error {
	home, err := o.homeOf(r, by)
	if err != nil {
		return err
	}
	f, back := newAddressForm(home), "/s/households/"+home.ID
	return answer(w, r, &f.Form, step{To: back, Done: "office.address.done", Do: func() error {
		return household.Readdress(r.Context(), o.Records, o.Keys, by, home.ID, secret.String(f.Address.Value))
	}}, func() error {
		return addressPage.Write(w, r, f.Status(), addressView{f, home.Number, back, html.Locale(r).Region(home.Region)})
	})
}
