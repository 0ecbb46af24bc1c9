package matcher

import (
	"cmp"
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

// Other is another offer of the help that a card asks for, beside the one that is
// asked about: the first rule that refuses it; or the units that a round gave it
// of this card; or whether it is ahead by its score, and if so, whether a round
// gave its units to other cards; or if it is behind, by which part the most.
type Other struct {
	Offer              charities.OfferID
	Organisation       string
	OrganisationNameEn string
	Kind               charities.Kind
	Failed             *rule.Line
	Units              int
	Proposed           bool
	Ahead              bool
	Elsewhere          bool
	Less               score.Name
	score              int
}

// Others compares an offer with all the others for a card, for an officer: whom
// a round gave units first, then who is proposed, then by score; those that a rule
// refuses come last.
func Others(ctx context.Context, db pg.DB, by actor.Officer, card deid.CardID, asked charities.OfferID, at time.Time) ([]Other, error) {
	var all []Other
	err := pg.InTx(ctx, db, func(tx pg.DB) error {
		k, err := cardOf(ctx, tx, card)
		if err != nil {
			return err
		}
		offers, err := openOffers(ctx, tx, []needs.Code{k.Code})
		if err != nil {
			return err
		}
		c, err := load(ctx, tx, []deid.Card{k}, offers, at)
		if err != nil {
			return err
		}
		names, err := around(ctx, tx, k.ID, c.offerIDs())
		if err != nil {
			return err
		}
		all = c.compare(k, asked, names)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("others beside offer %s for card %s: %w", asked, card, err)
	}
	return all, nil
}

// beside is what a page shows of an offer, and the units that rounds gave it of
// other cards.
type beside struct {
	ID        charities.OfferID
	Name      string
	NameEn    string
	Elsewhere int
}

func around(ctx context.Context, tx pg.DB, card deid.CardID, offers []charities.OfferID) (map[charities.OfferID]beside, error) {
	list, err := pg.Many[beside](ctx, tx, `
		select o.id, g.name, g.name_en,
		       coalesce((select sum(p.units) from exchange.proposals p
		                  where p.offer_id = o.id and p.card_id <> @card and p.state = 'open' and p.round_id is not null), 0)::int as elsewhere
		  from exchange.offers o
		  join exchange.organisations g on g.id = o.organisation_id
		 where o.id = any(@offers)`, pg.Args{"card": card, "offers": offers})
	all := make(map[charities.OfferID]beside, len(list))
	for _, b := range list {
		all[b.ID] = b
	}
	return all, err
}

func (c *city) compare(k deid.Card, asked charities.OfferID, names map[charities.OfferID]beside) []Other {
	var mine score.Parts
	if i := slices.IndexFunc(c.offers, func(o charities.Offer) bool { return o.ID == asked }); i >= 0 {
		mine = c.parts(k, c.offers[i])
	}
	var all []Other
	for _, o := range c.offers {
		if o.ID == asked {
			continue
		}
		n, theirs := names[o.ID], c.parts(k, o)
		other := Other{Offer: o.ID, Organisation: n.Name, OrganisationNameEn: n.NameEn, Kind: o.Kind, score: theirs.Sum()}
		s := c.standing[pair{k.ID, o.ID}]
		other.Proposed = s.State == Open
		if given, ok := c.assigned(pair{k.ID, o.ID}); ok {
			other.Units = given.Units
		}
		p := c.pair(k, o)
		if failed := rule.FirstFailed(&p); failed != "" {
			at := slices.IndexFunc(rule.Rules, func(r rule.Rule) bool { return r.Code == failed })
			line := rule.Rules[at].Test(p)
			other.Failed = &line
		}
		other.Ahead = other.score > mine.Sum()
		other.Elsewhere = n.Elsewhere >= o.Left()
		if !other.Ahead {
			other.Less = less(theirs, mine)
		}
		all = append(all, other)
	}
	slices.SortFunc(all, func(a, b Other) int {
		return cmp.Or(yes(a.Failed == nil, b.Failed == nil), yes(a.Units > 0, b.Units > 0), yes(a.Proposed, b.Proposed),
			cmp.Compare(b.score, a.score), cmp.Compare(a.Offer, b.Offer))
	})
	return all
}

// yes puts what holds first.
func yes(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

// less is the part by which one is most behind the other, "" where by none.
func less(theirs, mine score.Parts) score.Name {
	most, name := 0, score.Name("")
	for i := range theirs {
		if i < len(mine) && mine[i].Points-theirs[i].Points > most {
			most, name = mine[i].Points-theirs[i].Points, theirs[i].Name
		}
	}
	return name
}
