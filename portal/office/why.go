package office

import (
	"net/http"
	"slices"

	"shanqiao/charities"
	"shanqiao/charities/offer"
	"shanqiao/charities/organisation"
	"shanqiao/internal/actor"
	"shanqiao/internal/id"
	"shanqiao/matcher"
	"shanqiao/matcher/score"
	needsroot "shanqiao/needs"
	"shanqiao/needs/deid"
	"shanqiao/needs/worklist"
	"shanqiao/portal/form"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
	"shanqiao/portal/weigh"
)

type whyForm struct {
	form.Form
	Offer form.Choice[string]
}

// otherRow is another offer, and how it compares in a sentence.
type otherRow struct {
	Name, Lang, Kind, Words string
}

type whyView struct {
	Name, Back string
	Form       *whyForm
	Asked      bool
	Who        string // whose offer it is
	Lang       string // of Who
	Verdict    html.Notice
	Weighed    []weigh.Part
	Others     []otherRow
	Rest       string // how many others are left out
	Facts      []html.Fact
	Rules      []ruling
	Parts      []string
	Overrule   string // where a person may decide otherwise
}

var whyPage = html.Define[whyView]("office/why")

// mostOthers is how many others a page compares.
const mostOthers = 6

// why explains any pair of the need's open card and an offer, proposed or not.
func (o *Office) why(w http.ResponseWriter, r *http.Request, by actor.Officer) error {
	n, err := o.needFor(r, by)
	if err != nil {
		return err
	}
	l := html.Locale(r)
	cards, err := worklist.Cards(r.Context(), o.Records, by, n.ID)
	if err != nil {
		return err
	}
	card := openCard(cards)
	if card.ID == "" {
		return errNotHere
	}
	offers, err := o.offers(r, l, by)
	if err != nil {
		return err
	}
	f := &whyForm{Form: form.Named("office.why"), Offer: form.From("offer", offers...).Menu()}
	f.Fields(&f.Offer)
	v := whyView{Name: itemName(l, n.Code), Back: "/s/needs/" + string(n.ID), Form: f}
	if r.URL.Query().Has("offer") && f.Asked(r) && id.Valid(f.Offer.Value) {
		asked := charities.OfferID(f.Offer.Value)
		found, err := matcher.WhyNot(r.Context(), o.Exchange, by, deid.CardID(card.ID), asked, o.Now())
		if err != nil {
			return err
		}
		others, err := matcher.Others(r.Context(), o.Exchange, by, deid.CardID(card.ID), asked, o.Now())
		if err != nil {
			return err
		}
		at := slices.IndexFunc(offers, func(x form.Option) bool { return x.Value == f.Offer.Value })
		v.Who, v.Lang = offers[at].Text, offers[at].Lang
		v.answer(l, n.Code, found)
		v.compare(l, others)
		if acts(by) {
			v.Overrule = v.Back + "/overrule/" + f.Offer.Value
		}
	}
	return whyPage.Write(w, r, http.StatusOK, v)
}

func (v *whyView) answer(l *locale.Locale, code needsroot.Code, found matcher.Why) {
	v.Asked = true
	v.Rules, v.Parts = rulings(l, found.Trace), parts(l, found.Parts)
	slices.SortStableFunc(v.Rules, reasonsFirst)
	v.Facts = []html.Fact{fact(l.T("office.why.total"), l.T("office.score.of", "points", score.Points(found.Score), "most", score.Points(found.Parts.Most())))}
	if found.Place > 0 {
		v.Facts = append(v.Facts, fact(l.T("office.why.place"),
			l.T("office.why.place_of", "place", found.Place, "all", found.Candidates)))
	}
	if failed := found.Trace.Failed(); len(failed) > 0 { // also where it was proposed and something changed since
		v.Verdict = html.Notice{Tone: html.Waiting, Title: l.T("fit.no"), Text: l.Fill(failed[0].Key(), failed[0].Words(string(l.Language)))}
		return
	}
	v.Weighed = weigh.Parts(l, found.Parts)
	v.Verdict = html.Notice{Tone: html.Good, Title: l.T("fit.held"), Text: l.T("fit.held_text")}
	p := found.Proposal
	switch {
	case p != nil && p.State == matcher.Open && p.Assigned():
		v.Verdict.Title, v.Verdict.Text = l.T("fit.given"), l.T("fit.given_text", "units", amount(l, code, p.Units))
	case p != nil && p.State == matcher.Open:
		v.Verdict.Title, v.Verdict.Text = l.T("fit.listed"), l.T("fit.listed_free")
		if len(found.Holders) > 0 {
			v.Verdict.Text = l.T("fit.listed_text")
		}
	}
}

// compare says why not the others.
func (v *whyView) compare(l *locale.Locale, others []matcher.Other) {
	for i, other := range others {
		if i == mostOthers {
			v.Rest = l.T("fit.rest", "n", len(others)-mostOthers)
			break
		}
		name, spoken := l.Pick(other.Organisation, other.OrganisationNameEn)
		v.Others = append(v.Others, otherRow{name, spoken, l.T("office.offer." + string(other.Kind)), weigh.Other(l, other)})
	}
}

// reasonsFirst puts what stands in the way before what does not.
func reasonsFirst(a, b ruling) int {
	switch {
	case a.Held == b.Held:
		return 0
	case b.Held:
		return -1
	}
	return 1
}

// offers lists what can be asked about: open offers by the name of their organisation.
func (o *Office) offers(r *http.Request, l *locale.Locale, by actor.Officer) ([]form.Option, error) {
	orgs, err := organisation.Trusted(r.Context(), o.Exchange, by)
	if err != nil {
		return nil, err
	}
	open, err := offer.Open(r.Context(), o.Exchange, "")
	if err != nil {
		return nil, err
	}
	of := map[string][]charities.Offer{}
	for _, f := range open {
		of[f.Organisation] = append(of[f.Organisation], f)
	}
	var out []form.Option
	for _, g := range orgs {
		for _, f := range of[g.ID] {
			what := ""
			if len(f.Codes) > 0 {
				what = itemName(l, f.Codes[0])
			}
			out = append(out, form.Option{Value: string(f.ID), Lang: orgLang(l, g), Text: l.T("office.why.offer_line", "name", orgName(l, g),
				"kind", l.T("office.offer."+string(f.Kind)), "what", what, "n", len(f.Codes))})
		}
	}
	return out, nil
}

func orgName(l *locale.Locale, g organisation.Organisation) string {
	if l.Language == locale.En && g.NameEn != "" {
		return g.NameEn
	}
	return g.Name
}

// orgLang marks a name that has no English on an English page.
func orgLang(l *locale.Locale, g organisation.Organisation) string {
	if l.Language == locale.En && g.NameEn == "" {
		return "zh-CN"
	}
	return ""
}
