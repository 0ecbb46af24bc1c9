package office

import (
	"net/http"
	"slices"

	"shanqiao/internal/actor"
	"shanqiao/matcher"
	"shanqiao/matcher/rule"
	"shanqiao/matcher/score"
	needsroot "shanqiao/needs"
	"shanqiao/needs/deid"
	"shanqiao/needs/unclaimed"
	"shanqiao/needs/worklist"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
	"shanqiao/portal/route"
)

// action is a step that the reader may take now.
type action struct {
	Text, Href string
	Main       bool
}

// proposal is an offer that suits, with its reasons.
type proposal struct {
	Name     string
	Lang     string // of the name
	Facts    []html.Fact
	Why      string // where it is explained
	Overrule string // where a person may decide otherwise; "" for who only looks
}

type ruling struct {
	Name, Text string
	Held       bool
}

type needView struct {
	Name      string
	State     html.Badge
	Next      string // who acts next
	Facts     []html.Fact
	Actions   []action
	Cards     *table
	Proposals []proposal
	Decided   []decided
	NoneYet   string
	Near      *nearView
	Claims    *table
	Ladder    *ladder // how long nobody has taken it, and what is done about it
	Why       string  // where to ask about any other offer
}

var needPage = html.Define[needView]("office/need")

func (o *Office) needFor(r *http.Request, by actor.Officer) (worklist.Need, error) {
	id, err := route.ID(r, "need")
	if err != nil {
		return worklist.Need{}, err
	}
	return worklist.NeedFor(r.Context(), o.Records, by, needsroot.ID(id))
}

// need shows one need: its cards, who could help and why, and who asked to.
func (o *Office) need(w http.ResponseWriter, r *http.Request, by actor.Officer) error {
	n, err := o.needFor(r, by)
	if err != nil {
		return err
	}
	l := html.Locale(r)
	cards, err := worklist.Cards(r.Context(), o.Records, by, n.ID)
	if err != nil {
		return err
	}
	claims, err := worklist.ClaimsOf(r.Context(), o.Records, by, n.ID)
	if err != nil {
		return err
	}
	v := needView{
		Name: itemName(l, n.Code), State: needBadge(l, n.State), Next: waiting(l, n),
		Facts: needFacts(l, by, n), Actions: append(claimSteps(l, by, claims), needActions(l, by, n)...), Cards: cardTable(l, n, cards),
	}
	if i := slices.IndexFunc(claims, ours); i >= 0 {
		v.Next = next(l, claims[i])
	}
	if step, err := o.excerptStep(r, l, by, n); err != nil {
		return err
	} else if step.Href != "" {
		v.Actions = append(v.Actions, step)
	}
	var at *unclaimed.Standing
	if v.Ladder, at, err = o.ladderOf(r, l, by, n); err != nil {
		return err
	}
	if at != nil && at.Running && at.Meeting.Waits() && acts(by) {
		v.Next = l.T("unclaimed.next_meeting")
		for i := range v.Actions {
			v.Actions[i].Main = false
		}
		v.Actions = append([]action{{l.T("unclaimed.meet.title"), "/s/needs/" + string(n.ID) + "/meeting", true}}, v.Actions...)
	}
	if len(claims) > 0 {
		v.Claims = claimTable(l, "office.need.claims", claims, true)
	}
	if card := openCard(cards); card.ID != "" {
		v.NoneYet = noneYet(l, by, card)
		v.Why = "/s/needs/" + string(n.ID) + "/why"
		found, err := matcher.ForCard(r.Context(), o.Exchange, by, deid.CardID(card.ID))
		if err != nil {
			return err
		}
		for _, p := range found {
			one := shown(l, n, p)
			if acts(by) {
				one.Overrule = "/s/needs/" + string(n.ID) + "/overrule/" + string(p.Offer)
			}
			v.Proposals = append(v.Proposals, one)
		}
		standing, err := matcher.Overruled(r.Context(), o.Exchange, by, deid.CardID(card.ID))
		if err != nil {
			return err
		}
		v.Decided = decidedOn(l, string(n.ID), acts(by), standing)
		if card.Committed < card.Quantity {
			if v.Near, err = o.near(r, l, by, n.Code, card.ID, len(found)); err != nil {
				return err
			}
		}
	}
	return needPage.Write(w, r, http.StatusOK, v)
}

// waiting says what is next for a need on which no claim waits.
func waiting(l *locale.Locale, n worklist.Need) string {
	if n.State == needsroot.Approved {
		return l.T("need.next.approved." + n.Route)
	}
	return l.T("need.next." + string(n.State))
}

// openCard is the card on which organisations may act.
func openCard(cards []worklist.Card) worklist.Card {
	for _, c := range cards {
		if c.State == "open" && c.Tier != string(deid.Public) {
			return c
		}
	}
	return worklist.Card{}
}

// noneYet says why nobody is proposed, and what the reader may do about it.
func noneYet(l *locale.Locale, by actor.Officer, c worklist.Card) string {
	switch {
	case c.Committed >= c.Quantity:
		return l.T("office.need.all_taken")
	case !acts(by):
		return l.T("office.need.no_proposals_look")
	}
	return l.T("office.need.no_proposals")
}

func cardTable(l *locale.Locale, n worklist.Need, cards []worklist.Card) *table {
	if len(cards) == 0 {
		return nil
	}
	t := newTable(l, "office.need.cards", "tier", "sentence", "listed", "left", "state")
	for _, c := range cards {
		left := amount(l, n.Code, c.Quantity-c.Committed)
		if c.Tier == string(deid.Public) { // it has no true quantity
			left = l.T("office.card.left_hidden")
		}
		t.add(whole(l.T("office.tier."+c.Tier)), text(l.Sentence(c)), whole(l.Date(c.ListedAt)), whole(left), whole(l.T("office.card."+c.State)))
	}
	return t
}

func shown(l *locale.Locale, n worklist.Need, p matcher.Proposal) proposal {
	found := "alone"
	if p.Round != "" {
		found = "round"
	}
	name, spoken := l.Pick(p.OrganisationName, p.OrganisationNameEn)
	return proposal{
		Name: name, Lang: spoken,
		Facts: []html.Fact{
			fact(l.T("office.col.offer_kind"), l.T("office.offer."+string(p.Kind))),
			fact(l.T("office.col.units"), amount(l, n.Code, p.Units)),
			fact(l.T("office.col.found"), l.T("office.found."+found)),
		},
		Why: "/s/needs/" + string(n.ID) + "/why?offer=" + string(p.Offer),
	}
}

func parts(l *locale.Locale, ps score.Parts) []string {
	var out []string
	for _, p := range ps {
		out = append(out, l.Fill(p.Key(), p.Words()))
	}
	return out
}

func rulings(l *locale.Locale, t rule.Trace) []ruling {
	var out []ruling
	for _, line := range t.Lines {
		out = append(out, ruling{Name: l.T("rule." + string(line.Rule) + ".name"), Held: line.Held,
			Text: l.Fill(line.Key(), line.Words(string(l.Language)))})
	}
	return out
}

// ours says whether a claim waits for the subdistrict: it has not ended, and it is
// not for the organisation to help now.
func ours(c worklist.Claim) bool {
	step := nextStep(c)
	return step != "" && step != "deliver"
}

// claimSteps lead to the claims on which the reader is next, one of each kind; the
// table below has them all.
func claimSteps(l *locale.Locale, by actor.Officer, claims []worklist.Claim) []action {
	if !acts(by) {
		return nil
	}
	var all []action
	told := map[string]bool{}
	for _, c := range claims {
		if step := nextStep(c); ours(c) && !told[step] {
			told[step] = true
			all = append(all, action{l.T("office.act.claim_" + step), "/s/claims/" + c.ID, len(all) == 0})
		}
	}
	return all
}

// needActions are the steps that the state of the need and the reader's office allow.
func needActions(l *locale.Locale, by actor.Officer, n worklist.Need) []action {
	if !acts(by) {
		return nil
	}
	to := func(step string, main bool) action {
		return action{l.T("office.act." + step), "/s/needs/" + string(n.ID) + "/" + step, main}
	}
	var all []action
	switch n.State {
	case needsroot.Draft:
		all = append(all, to("approve", true))
		if street(by) {
			all = append(all, to("revise", false))
		}
	case needsroot.Approved, needsroot.Published:
		all = append(all, to("direct", n.Route == "direct"))
	case needsroot.Expired:
		if street(by) {
			all = append(all, action{l.T("office.act.assess"), "/s/households/" + n.HouseholdID + "/assess", true})
		}
	case needsroot.Fulfilled, needsroot.Closed, needsroot.Withdrawn:
		return nil
	}
	return append(all, to("withdraw", false))
}
