package office

import (
	"net/http"

	"shanqiao/charities"
	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/matcher"
	"shanqiao/needs/deid"
	"shanqiao/needs/worklist"
	"shanqiao/portal/form"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
	"shanqiao/portal/route"
)

// decided is what an officer decided about one offer; Lift is where the button
// that takes it back posts, "" for who may only look.
type decided struct {
	Name, Lang  string
	Kind        string
	Reason      string
	Consequence string
	At          string
	Lift        string
}

type overruleForm struct {
	form.Form
	Reason form.Choice[string]
}

type overruleView struct {
	Form *overruleForm
	Name string
	Back string
}

var overrulePage = html.Define[overruleView]("office/overrule")

func newOverruleForm(l *locale.Locale, reasons []matcher.Overruling) *overruleForm {
	var options []form.Option
	for _, r := range reasons {
		options = append(options, form.Option{Value: r.Reason, Text: overruledFor(l, r),
			Hint: l.T("match.overruled." + string(r.Way) + "." + r.Scope)})
	}
	f := &overruleForm{Form: form.Named("office.overrule"), Reason: form.From("reason", options...)}
	f.Fields(&f.Reason)
	return f
}

func overruledFor(l *locale.Locale, r matcher.Overruling) string {
	return l.T("office.overrule."+string(r.Way), "reason", l.T("match.overrule."+r.Reason))
}

// overrule sets aside what the matcher says about one offer for this need.
func (o *Office) overrule(w http.ResponseWriter, r *http.Request, by actor.Officer) error {
	n, card, offer, err := o.pairFor(r, by)
	if err != nil {
		return err
	}
	l := html.Locale(r)
	reasons, err := matcher.Overrulings(r.Context(), o.Exchange)
	if err != nil {
		return err
	}
	f := newOverruleForm(l, reasons)
	back := "/s/needs/" + string(n.ID)
	return answer(w, r, &f.Form, step{To: back, Done: "office.overrule.done", Mend: []fault.Kind{fault.Conflict}, Do: func() error {
		return matcher.Overrule(r.Context(), o.Exchange, by, card, offer, f.Reason.Value, o.Now())
	}}, func() error {
		return overrulePage.Write(w, r, f.Status(), overruleView{Form: f, Name: itemName(l, n.Code), Back: back})
	})
}

// liftOverruling takes such a decision back.
func (o *Office) liftOverruling(w http.ResponseWriter, r *http.Request, by actor.Officer) error {
	n, card, offer, err := o.pairFor(r, by)
	if err != nil {
		return err
	}
	if err := matcher.Lift(r.Context(), o.Exchange, by, card, offer, o.Now()); err != nil {
		return err
	}
	return route.SeeOther(w, r, "/s/needs/"+string(n.ID), "office.overrule.undone")
}

// pairFor is a need of the officer's with its open card, and the offer in the address.
func (o *Office) pairFor(r *http.Request, by actor.Officer) (worklist.Need, deid.CardID, charities.OfferID, error) {
	n, err := o.needFor(r, by)
	if err != nil {
		return n, "", "", err
	}
	offer, err := route.ID(r, "offer")
	if err != nil {
		return n, "", "", err
	}
	cards, err := worklist.Cards(r.Context(), o.Records, by, n.ID)
	if err != nil {
		return n, "", "", err
	}
	card := openCard(cards)
	if card.ID == "" {
		return n, "", "", errNotHere
	}
	return n, deid.CardID(card.ID), charities.OfferID(offer), nil
}

func decidedOn(l *locale.Locale, need string, may bool, standing []matcher.Standing) []decided {
	var all []decided
	for _, s := range standing {
		d := decided{Kind: l.T("office.offer." + string(s.Kind)), Reason: overruledFor(l, s.Overruling),
			Consequence: l.T("match.overruled." + string(s.Way) + "." + s.Scope), At: l.T("office.overrule.by", "at", l.Time(s.At))}
		d.Name, d.Lang = l.Pick(s.OrganisationName, s.OrganisationNameEn)
		if may {
			d.Lift = "/s/overruled/" + need + "/" + string(s.Offer) + "/lift"
		}
		all = append(all, d)
	}
	return all
}

// leftOut is what an officer decided about the organisation and this need. It may
// claim all the same, and whoever decides on that must know; nil where nothing stands.
func (o *Office) leftOut(r *http.Request, l *locale.Locale, by actor.Officer, c worklist.Claim) (*html.Notice, error) {
	standing, err := matcher.Overruled(r.Context(), o.Exchange, by, deid.CardID(c.CardID))
	if err != nil {
		return nil, err
	}
	for _, s := range standing {
		if s.Way == matcher.Out && s.Organisation == c.OrganisationID {
			return &html.Notice{Tone: html.Urgent, Title: overruledFor(l, s.Overruling),
				Text: l.T("match.overruled." + string(s.Way) + "." + s.Scope)}, nil
		}
	}
	return nil, nil
}
