package demo

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"shanqiao/charities/claim"
	"shanqiao/charities/delivery"
	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/pg"
	"shanqiao/internal/secret"
	"shanqiao/matcher"
	"shanqiao/matcher/assign"
	"shanqiao/needs"
	"shanqiao/needs/chain"
	"shanqiao/needs/consent"
	"shanqiao/needs/household"
	"shanqiao/needs/introduction"
	"shanqiao/needs/outcome"
)

// taken is a claim on its way, with whom it concerns on both sides.
type taken struct {
	claim.Claim
	listed
	charity charity
	officer actor.Officer
}

// listed is whose card it is, which the records side alone knows.
type listed struct {
	CardID              string
	NeedID              needs.ID
	HouseholdID, Region string
	Code                needs.Code
	Urgency             needs.Urgency
}

// help follows claims from the asking to the household's word: most are
// approved, some wait at every step, so that every list of the portal has work on it.
func (t *town) help(ctx context.Context) error {
	claims, err := t.claim(ctx)
	if err != nil {
		return fmt.Errorf("claims: %w", err)
	}
	if err := t.Drain(ctx); err != nil {
		return err
	}
	var agreed []taken
	for i, c := range claims {
		switch {
		case i%6 == 5: // waits for the officer
		case i%17 == 3:
			err = claim.Decline(ctx, t.Pools.Exchange, c.officer, c.ID, declineReason)
		default:
			err = claim.Accept(ctx, t.Pools.Exchange, c.officer, c.ID)
			agreed = append(agreed, c)
		}
		if err != nil {
			return err
		}
	}
	if err := t.Drain(ctx); err != nil {
		return err
	}
	var met []taken
	for i, c := range agreed {
		if i%5 == 4 { // the family has not been asked yet
			continue
		}
		if err := t.introduce(ctx, c); err != nil {
			return fmt.Errorf("introduce: %w", err)
		}
		met = append(met, c)
	}
	if err := t.Drain(ctx); err != nil {
		return err
	}
	return t.deliver(ctx, met)
}

// claim lets each organisation take the best of what was proposed to it.
func (t *town) claim(ctx context.Context) ([]taken, error) {
	listings, err := t.listings(ctx)
	if err != nil {
		return nil, err
	}
	var all []taken
	for i, who := range t.charities {
		if !who.Verified {
			continue
		}
		proposals, err := matcher.ForOrganisation(ctx, t.Pools.Exchange, who.Member)
		if err != nil {
			return nil, err
		}
		t.order(proposals, listings)
		for j, p := range proposals[:min(len(proposals), max(2, t.Households/300))] {
			c, err := claim.Take(ctx, t.Pools.Exchange, who.Member, claim.Request{
				Card: string(p.Card), Offer: string(p.Offer), Units: p.Units, Worker: who.sends(j),
				RequestKey: t.key("claim", i*1000+j)})
			if err != nil && fault.Of(err) == fault.Conflict {
				continue // somebody else was faster, as in life
			}
			if err != nil {
				return nil, err
			}
			whose := listings[c.Card.String()]
			all = append(all, taken{Claim: c, listed: whose, charity: who, officer: t.officers[whose.Region][0]})
		}
		if most := len(proposals); i%2 == 1 && most > 1 {
			p := proposals[most-1]
			if err := matcher.Decline(ctx, t.Pools.Exchange, who.Member, p.Card, p.Offer, reasons[i/2%len(reasons)]); err != nil && fault.Of(err) != fault.Conflict {
				return nil, err
			}
		}
	}
	return all, nil
}

// reasons for which one or the other turns a suggestion down.
var reasons = []string{"too_far", "period", "too_many", "wrong_kind", "other_commitment"}

// listings of the whole city, by card.
func (t *town) listings(ctx context.Context) (map[string]listed, error) {
	all := map[string]listed{}
	return all, pg.As(ctx, t.Pools.Records, actor.Whole, func(tx pg.DB) error {
		rows, err := pg.Many[listed](ctx, tx, `
			select l.card_id, l.need_id, l.household_id, l.region, n.code, n.urgency
			  from records.listings l
			  join records.needs n on n.id = l.need_id`, pg.Args{})
		for _, r := range rows {
			all[r.CardID] = r
		}
		return err
	})
}

// order puts the most urgent first, then the best; equals stand as their families do.
func (t *town) order(proposals []matcher.Proposal, of map[string]listed) {
	slices.SortStableFunc(proposals, func(a, b matcher.Proposal) int {
		x, y := of[a.Card.String()], of[b.Card.String()]
		return cmp.Or(cmp.Compare(x.Urgency, y.Urgency), cmp.Compare(b.Score, a.Score),
			cmp.Compare(t.place(x.HouseholdID), t.place(y.HouseholdID)), cmp.Compare(x.Code, y.Code), cmp.Compare(a.Kind, b.Kind))
	})
}

func (t *town) introduce(ctx context.Context, c taken) error {
	h, err := household.For(ctx, t.Pools.Records, t.Keys, c.officer, c.HouseholdID)
	if err != nil {
		return err
	}
	giver := h.Head()
	_, err = consent.Give(ctx, t.Pools.Records, c.officer, consent.Consent{
		Need: c.NeedID, Claim: c.ID, Organisation: c.Organisation, Worker: c.Worker,
		Fields: []consent.Field{consent.CallName, consent.Phone, consent.Address}, Purpose: consent.Purposes[0],
		GivenBy: giver.ID, Channel: consent.ByPhone, TextVersion: consent.Current().Version, Days: 60})
	if err != nil {
		return err
	}
	return introduction.Introduce(ctx, t.Pools.Records, t.Keys, c.officer, c.ID, introduction.Contact{
		CallName: secret.String(string([]rune(giver.Name.Reveal())[:1])) + title(giver.Sex), Phone: giver.Phone, Address: h.Address})
}

func title(sex string) secret.String {
	if sex == "female" {
		return "女士"
	}
	return "先生"
}

// deliver: two of three record all they promised, and most families confirm.
func (t *town) deliver(ctx context.Context, met []taken) error {
	var confirm []struct {
		delivery.Delivery
		taken
	}
	for i, c := range met {
		if i%3 == 2 {
			continue
		}
		d, err := delivery.Record(ctx, t.Pools.Exchange, c.charity.Member, delivery.Report{
			Claim: c.ID, Units: c.Units, DeliveredOn: t.today(), Minutes: 60 + 15*(i%5), Result: delivery.AsAgreed,
			RequestKey: t.key("delivery", i)})
		if err != nil {
			return fmt.Errorf("delivery: %w", err)
		}
		if i%4 != 3 {
			confirm = append(confirm, struct {
				delivery.Delivery
				taken
			}{d, c})
		}
	}
	if err := t.Drain(ctx); err != nil {
		return err
	}
	for _, c := range confirm {
		if err := outcome.Confirm(ctx, t.Pools.Records, c.officer, c.Delivery.ID, outcome.Received); err != nil {
			return fmt.Errorf("confirmation: %w", err)
		}
	}
	return t.Drain(ctx)
}

// round ends the story with the city as it will be every night.
func (t *town) round(ctx context.Context) error {
	if err := t.tick(ctx); err != nil {
		return err
	}
	if _, err := matcher.Round(ctx, t.Pools.Exchange, t.At, assign.Optimal{}); err != nil {
		return err
	}
	if err := t.Drain(ctx); err != nil || t.Ledger == nil {
		return err
	}
	_, err := chain.Checkpoint(ctx, t.Pools.Audit, t.Ledger)
	return err
}

// declineReason is one of the reasons that an officer can give.
const declineReason = "household_declined"
