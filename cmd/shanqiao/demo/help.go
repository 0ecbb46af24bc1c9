package demo

import (
	"context"
	"errors"
	"fmt"

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
	"shanqiao/needs/deid"
	"shanqiao/needs/gate"
	"shanqiao/needs/household"
	"shanqiao/needs/introduction"
	"shanqiao/needs/outcome"
)

// publish sends the most urgent needs to chosen organisations, lets the gate
// form cohorts of the rest on both tiers, and lets the workers do what follows.
func (t *town) publish(ctx context.Context) error {
	if err := t.Drain(ctx); err != nil {
		return err
	}
	if err := t.sendUrgent(ctx); err != nil {
		return err
	}
	for _, tier := range []deid.Tier{deid.Verified, deid.Public} {
		if _, err := gate.Tick(ctx, t.Pools.Gate, tier, t.today(), deid.Defaults(tier)); err != nil {
			return err
		}
	}
	return t.Drain(ctx)
}

// need is what an officer sees on the list of approved needs.
type need struct {
	ID     needs.ID
	Region string
	Code   needs.Code
}

func (t *town) sendUrgent(ctx context.Context) error {
	var urgent []need
	err := pg.As(ctx, t.Pools.Records, actor.Whole, func(tx pg.DB) (err error) {
		urgent, err = pg.Many[need](ctx, tx, `
			select id, region, code
			  from records.needs
			 where state = 'approved' and route = 'direct'
			 order by id`, pg.Args{})
		return err
	})
	if err != nil {
		return err
	}
	for i, n := range urgent {
		if i%4 == 3 { // some still wait for an officer to choose
			continue
		}
		var chosen []string
		for _, m := range t.members {
			if m.Verified && gives(m.provider, n.Code) && len(chosen) < 3 {
				chosen = append(chosen, m.Organisation)
			}
		}
		if len(chosen) == 0 {
			continue
		}
		if _, err := gate.SendDirect(ctx, t.Pools.Gate, t.officers[n.Region][0], n.ID, chosen, t.today()); err != nil {
			return err
		}
	}
	return nil
}

func gives(p provider, c needs.Code) bool {
	for _, g := range p.Gives {
		if g == c {
			return true
		}
	}
	return false
}

// taken is a claim on its way, with whom it concerns on both sides.
type taken struct {
	claim.Claim
	member  member_
	need    needs.ID
	home    string
	officer actor.Officer
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
	for i := range claims {
		if err := t.belongs(ctx, &claims[i]); err != nil {
			return fmt.Errorf("whose claim: %w", err)
		}
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
	var all []taken
	for i, m := range t.members {
		if !m.Verified {
			continue
		}
		proposals, err := matcher.ForOrganisation(ctx, t.Pools.Exchange, m.Member)
		if err != nil {
			return nil, err
		}
		for j, p := range proposals[:min(len(proposals), max(2, t.Households/300))] {
			c, err := claim.Take(ctx, t.Pools.Exchange, m.Member, claim.Request{
				Card: string(p.Card), Offer: string(p.Offer), Units: p.Units, Worker: m.workers[j%len(m.workers)],
				RequestKey: t.key("claim", i*1000+j)})
			if fault.Of(err) == fault.Conflict && err != nil {
				continue // somebody else was faster, as in life
			}
			if err != nil {
				return nil, err
			}
			all = append(all, taken{Claim: c, member: m})
		}
	}
	return all, nil
}

// belongs finds, on the records side, whose claim it is.
func (t *town) belongs(ctx context.Context, c *taken) error {
	type row struct {
		NeedID              needs.ID
		HouseholdID, Region string
	}
	return pg.As(ctx, t.Pools.Records, actor.Whole, func(tx pg.DB) error {
		r, err := pg.One[row](ctx, tx, errors.New("no listing"), `
			select need_id, household_id, region from records.listings where card_id = @card`, pg.Args{"card": c.Card})
		c.need, c.home, c.officer = r.NeedID, r.HouseholdID, t.officers[r.Region][0]
		return err
	})
}

func (t *town) introduce(ctx context.Context, c taken) error {
	h, err := household.For(ctx, t.Pools.Records, t.Keys, c.officer, c.home)
	if err != nil {
		return err
	}
	giver := h.Head()
	_, err = consent.Give(ctx, t.Pools.Records, c.officer, consent.Consent{
		Need: c.need, Claim: c.ID, Organisation: c.Organisation, Worker: c.Worker,
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
		d, err := delivery.Record(ctx, t.Pools.Exchange, c.member.Member, delivery.Report{
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
	for _, tier := range []deid.Tier{deid.Verified, deid.Public} {
		if _, err := gate.Tick(ctx, t.Pools.Gate, tier, t.today(), deid.Defaults(tier)); err != nil {
			return err
		}
	}
	if err := t.Drain(ctx); err != nil {
		return err
	}
	if _, err := matcher.Round(ctx, t.Pools.Exchange, t.At, assign.Greedy{}); err != nil {
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
