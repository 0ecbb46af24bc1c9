package matcher

import (
	"context"
	"fmt"
	"slices"
	"time"

	"shanqiao/charities"
	"shanqiao/internal/actor"
	"shanqiao/internal/pg"
	"shanqiao/matcher/rule"
	"shanqiao/matcher/score"
	"shanqiao/needs"
	"shanqiao/needs/deid"
)

// Why answers why a card and an offer were proposed to each other, or why not:
// every rule, the parts of the score as if all had held, the proposal if there
// is one, and what is ahead of it. Place counts from 1 among the candidates of
// the card; it is 0 where a rule failed.
type Why struct {
	Card       deid.CardID
	Offer      charities.OfferID
	Trace      rule.Trace
	Parts      score.Parts
	Score      int
	Place      int
	Candidates int
	Proposal   *Proposal
	Holders    []Holder
}

// Held says whether every rule held.
func (w Why) Held() bool { return w.Trace.Held() }

// Holder is another offer to which a round assigned units of the card. Members
// of organisations see its kind, units and score; only officers see whose it is.
type Holder struct {
	Offer        charities.OfferID
	Organisation string
	Kind         charities.Kind
	Units        int
	Score        int
}

// WhyNot explains one pair, at a moment and for whoever may ask: an officer and
// the machine about any pair; a member about an offer of their own verified
// organisation and a card that it may see. Any other pair is not there.
func WhyNot(ctx context.Context, db pg.DB, by actor.Actor, card deid.CardID, offer charities.OfferID, at time.Time) (Why, error) {
	var why Why
	err := pg.InTx(ctx, db, func(tx pg.DB) error {
		k, o, err := asked(ctx, tx, by, card, offer)
		if err != nil {
			return err
		}
		why, err = explain(ctx, tx, k, o, at)
		if err != nil {
			return err
		}
		if _, member := by.(actor.Member); member {
			why.forMember()
		}
		return nil
	})
	if err != nil {
		return Why{}, fmt.Errorf("why card %s and offer %s: %w", card, offer, err)
	}
	return why, nil
}

// forMember leaves out whose other offers are, and what an officer decided about
// the organisation: where a family asked for that, or asked for nobody else, it
// would know which of so many like cards is theirs.
func (w *Why) forMember() {
	for i := range w.Holders {
		w.Holders[i].Offer, w.Holders[i].Organisation = "", ""
	}
	held := w.Held()
	w.Trace = w.Trace.Without(rule.Overruled)
	if !held && w.Held() {
		w.Candidates++ // it reads as one that is not among the best
	}
	chosen := func(p score.Part) bool { return p.Name == score.Chosen }
	w.Parts = slices.DeleteFunc(slices.Clone(w.Parts), chosen)
	w.Score = w.Parts.Sum()
	if p := w.Proposal; p != nil {
		p.Trace, p.Parts = p.Trace.Without(rule.Overruled), slices.DeleteFunc(slices.Clone(p.Parts), chosen)
		p.Score = p.Parts.Sum()
	}
}

// asked reads the pair if whoever asks may know of it.
func asked(ctx context.Context, tx pg.DB, by actor.Actor, card deid.CardID, offer charities.OfferID) (deid.Card, charities.Offer, error) {
	organisation := ""
	switch who := by.(type) {
	case actor.Officer, actor.System:
	case actor.Member:
		organisation = who.Organisation
		if organisation == "" {
			return deid.Card{}, charities.Offer{}, errNoPair
		}
	default:
		return deid.Card{}, charities.Offer{}, errNoPair
	}
	o, err := pg.One[charities.Offer](ctx, tx, errNoPair, `
		select `+offerColumns+`
		  from exchange.offers o
		  join exchange.organisations g on g.id = o.organisation_id
		 where o.id = @offer
		   and (@organisation = '' or (o.organisation_id = @organisation and g.state = 'verified'))`,
		pg.Args{"offer": offer, "organisation": organisation})
	if err != nil {
		return deid.Card{}, o, err
	}
	k, err := pg.One[deid.Card](ctx, tx, errNoPair, `
		select `+cardColumns+`
		  from exchange.cards c
		 where c.id = @card
		   and (@organisation = '' or c.tier <> 'direct' or exists (
		        select 1 from exchange.card_recipients r
		         where r.card_id = c.id and r.organisation_id = @organisation))`,
		pg.Args{"card": card, "organisation": organisation})
	return k, o, err
}

func explain(ctx context.Context, tx pg.DB, k deid.Card, o charities.Offer, at time.Time) (Why, error) {
	offers, err := openOffers(ctx, tx, []needs.Code{k.Code})
	if err != nil {
		return Why{}, err
	}
	if !slices.ContainsFunc(offers, func(x charities.Offer) bool { return x.ID == o.ID }) {
		offers = append(offers, o) // a paused one, or of another kind: it is asked about all the same
	}
	c, err := load(ctx, tx, []deid.Card{k}, offers, at)
	if err != nil {
		return Why{}, err
	}
	w := Why{Card: k.ID, Offer: o.ID, Trace: rule.Check(c.pair(k, o)), Parts: c.parts(k, o)}
	w.Score = w.Parts.Sum()
	found, _ := c.candidates(k)
	w.Candidates = len(found)
	w.Place = 1 + slices.IndexFunc(found, func(f candidate) bool { return c.offers[f.offer].ID == o.ID })

	all, err := proposals(ctx, tx, `
		 where p.card_id = @card and (p.offer_id = @offer or (p.state = 'open' and p.round_id is not null))
		 order by p.score desc, p.offer_id`, pg.Args{"card": k.ID, "offer": o.ID})
	if err != nil {
		return Why{}, err
	}
	for _, p := range all {
		if p.Offer == o.ID {
			w.Proposal = &p
			continue
		}
		w.Holders = append(w.Holders, Holder{p.Offer, p.OrganisationName, p.Kind, p.Units, p.Score})
	}
	return w, nil
}
