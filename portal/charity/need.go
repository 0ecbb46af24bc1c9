package charity

import (
	"context"
	"net/http"

	"shanqiao/charities"
	"shanqiao/charities/claim"
	"shanqiao/charities/offer"
	"shanqiao/internal/actor"
	"shanqiao/internal/civil"
	"shanqiao/internal/fault"
	"shanqiao/internal/region"
	"shanqiao/matcher"
	"shanqiao/matcher/rule"
	"shanqiao/needs/card"
	"shanqiao/needs/deid"
	"shanqiao/portal/claimpage"
	"shanqiao/portal/form"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
	"shanqiao/portal/route"
)

// fit says how one of the organisation's own offers suits a need.
type fit struct {
	Kind    string
	Title   string
	Lang    string // of the title
	Badge   html.Badge
	Reasons []string // what holds, or where something does not, what stands in the way
	Claim   string
	Decline string
	Why     string
}

type needView struct {
	ID      string
	Title   string
	Badge   html.Badge
	Facts   []html.Fact
	Excerpt string // "" where there is only the generated sentence
	Left    string
	Claim   string // "" where nothing is left to claim
	Taken   string
	Sought  string // where else help is looked for, "" while it is not
	Ours    string // the organisation's own claim on it, "" where none is under way
	Fits    []fit
	NoOffer html.Empty
}

var needPage = html.Define[needView]("charity/need")

// need is one card, how much of it is left, and why it suits the organisation
// or does not.
func (c *Charity) need(w http.ResponseWriter, r *http.Request, by actor.Member) error {
	id, err := route.ID(r, "need")
	if err != nil {
		return err
	}
	k, err := card.For(r.Context(), c.DB, by, id)
	if err != nil {
		return err
	}
	l := html.Locale(r)
	v := needView{
		ID: id, Title: l.Sentence(k), Badge: urgency(l, k.Urgency), Facts: needFacts(l, k),
		NoOffer: html.Empty{Text: l.T("charity.need.no_offer"), Href: "/c/projects/new", Link: l.T("project.new")},
	}
	if v.Ours, err = c.ours(r.Context(), by, k.ID); err != nil {
		return err
	}
	switch {
	case k.State != "open" || k.WindowTo.Before(civil.Day(c.Now())):
		v.Taken = l.T("claim.card_closed")
	case k.Left() == 0 && v.Ours != "":
		v.Taken = l.T("charity.need.taken_ours")
	case k.Left() == 0:
		v.Taken = l.T("charity.need.taken")
	default:
		v.Claim = "/c/needs/" + id + "/claim"
		v.Left = l.T("charity.need.left", "left", claimpage.Units(l, k.Code, k.Left()))
	}
	sought, err := claim.SoughtFor(r.Context(), c.DB, id)
	if err != nil {
		return err
	}
	if v.Claim != "" {
		v.Sought = further(l, k.Area, sought)
	}
	if v.Excerpt, err = card.Excerpt(r.Context(), c.DB, by, k.ID); err != nil {
		return err
	}
	if v.Fits, err = c.fits(r.Context(), by, l, k); err != nil {
		return err
	}
	return needPage.Write(w, r, http.StatusOK, v)
}

// further says where else help for a card is looked for, where that is not in what
// the card says already.
func further(l *locale.Locale, area string, s charities.Sought) string {
	_, district := region.DistrictOf(area)
	switch {
	case s == charities.InZone && district && area != region.City:
		return l.T("unclaimed.sought.zone")
	case s == charities.NextDoors && area != region.City:
		return l.T("unclaimed.sought.districts")
	}
	return ""
}

// ours is where the organisation's own claim on a card is, while it is under way.
func (c *Charity) ours(ctx context.Context, by actor.Member, id deid.CardID) (string, error) {
	list, err := claim.List(ctx, c.DB, by)
	if err != nil {
		return "", err
	}
	for _, k := range list {
		if k.Card == id && k.State.IsOpen() {
			return "/c/claims/" + k.ID, nil
		}
	}
	return "", nil
}

func needFacts(l *locale.Locale, k deid.Card) []html.Fact {
	return []html.Fact{
		{Label: l.T("claim.code"), Value: claimpage.Kind(l, k.Code, k.Group)},
		{Label: l.T("claim.area"), Value: l.Region(k.Area)},
		{Label: l.T("charity.need.asked"), Value: claimpage.Units(l, k.Code, k.Quantity)},
		{Label: l.T("charity.need.window"), Value: l.Days(k.WindowFrom, k.WindowTo)},
	}
}

// enoughFits is how many offers a page explains: those that give this kind of
// help first.
const enoughFits = 6

func (c *Charity) fits(ctx context.Context, by actor.Member, l *locale.Locale, k deid.Card) ([]fit, error) {
	offers, err := offer.List(ctx, c.DB, by)
	if err != nil {
		return nil, err
	}
	var fits []fit
	for _, o := range suitableFirst(offers, k) {
		if len(fits) == enoughFits {
			break
		}
		why, err := matcher.WhyNot(ctx, c.DB, by, k.ID, o.ID, c.Now())
		if fault.Of(err) == fault.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		fits = append(fits, explained(l, k, o, why))
	}
	return fits, nil
}

func suitableFirst(offers []offer.Named, k deid.Card) []offer.Named {
	var suits, rest []offer.Named
	for _, o := range offers {
		if o.Gives(k.Code) {
			suits = append(suits, o)
		} else if o.State == "open" {
			rest = append(rest, o)
		}
	}
	return append(suits, rest...)
}

// helpful are the rules worth reading where all hold; the others only say that
// nothing is wrong.
var helpful = map[rule.Code]bool{rule.Kind: true, rule.Area: true, rule.Window: true, rule.Capacity: true}

func explained(l *locale.Locale, k deid.Card, o offer.Named, why matcher.Why) fit {
	f := fit{Why: "/c/needs/" + string(k.ID) + "/why/" + string(o.ID), Kind: l.T("offer.kind." + string(o.Kind)), Badge: html.Badge{Tone: html.Good, Text: l.T("charity.fit.yes")}}
	f.Title, f.Lang = l.Pick(o.Title, o.TitleEn)
	f.Title = locale.Unbroken(f.Title)
	if failed := why.Trace.Failed(); len(failed) > 0 {
		f.Badge = html.Badge{Tone: html.Ended, Text: l.T("charity.fit.no")}
		for _, at := range failed {
			f.Reasons = append(f.Reasons, sentence(l, at))
		}
		return f
	}
	for _, at := range why.Trace.Lines {
		if helpful[at.Rule] {
			f.Reasons = append(f.Reasons, sentence(l, at))
		}
	}
	if k.State == "open" && k.Left() > 0 {
		f.Claim = "/c/needs/" + string(k.ID) + "/claim?offer=" + string(o.ID)
		if why.Proposal != nil && why.Proposal.State == matcher.Open {
			f.Decline = "/c/needs/" + string(k.ID) + "/decline/" + string(o.ID)
		}
	}
	return f
}

// sentence is one rule's answer in words.
func sentence(l *locale.Locale, at rule.Line) string {
	return l.Fill(at.Key(), at.Words(string(l.Language)))
}

type declineForm struct {
	form.Form
	Reason form.Choice[string]
}

type declineView struct {
	Form  *declineForm
	Back  string
	Title string
}

var declinePage = html.Define[declineView]("charity/decline")

// decline turns down what was proposed, with a reason whose consequence is said
// beside it.
func (c *Charity) decline(w http.ResponseWriter, r *http.Request, by actor.Member) error {
	id, err := route.ID(r, "need")
	if err != nil {
		return err
	}
	chosen, err := route.ID(r, "offer")
	if err != nil {
		return err
	}
	k, err := card.For(r.Context(), c.DB, by, id)
	if err != nil {
		return err
	}
	l := html.Locale(r)
	reasons, err := matcher.Reasons(r.Context(), c.DB)
	if err != nil {
		return err
	}
	f := newDeclineForm(l, reasons)
	if f.Sent(r) {
		err := matcher.Decline(r.Context(), c.DB, by, k.ID, charities.OfferID(chosen), f.Reason.Value)
		if err == nil {
			return route.SeeOther(w, r, "/c", "charity.decline.done")
		}
		if !f.Explain(err) {
			return err
		}
	}
	return declinePage.Write(w, r, f.Status(), declineView{Form: f, Back: "/c/needs/" + id, Title: l.Sentence(k)})
}

func newDeclineForm(l *locale.Locale, reasons []matcher.Reason) *declineForm {
	var options []form.Option
	for _, reason := range reasons {
		options = append(options, form.Option{
			Value: reason.Code, Text: l.T("match.decline." + reason.Code),
			Hint: l.T("match.consequence."+reason.Scope, "days", reason.RestDays),
		})
	}
	f := &declineForm{Form: form.Named("charity.decline"), Reason: form.From("reason", options...)}
	f.Fields(&f.Reason)
	return f
}
