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
	"shanqiao/needs"
	"shanqiao/needs/deid"
)

// MostNotified is how many organisations are told of one card directly.
const MostNotified = 10

// mendable are the rules that a provider could meet by changing an offer. An
// offer that fails one of them and nothing else nearly fits.
var mendable = []rule.Code{rule.Area, rule.Window, rule.Capacity, rule.Insurance, rule.Training}

// Notice is a card that was put before an organisation, its offer that nearly
// fits, and what is in the way.
type Notice struct {
	Card    deid.CardID
	Offer   charities.OfferID
	Missing rule.Code
}

// Notify puts a card that nobody takes before the verified organisations whose
// offers nearly fit, the best ones first. They read the card and which of their
// offers it is about, and nothing more. Who has an offer that fits sees a proposal
// already, and who turned the card down is left alone.
func Notify(ctx context.Context, db pg.DB, card deid.CardID, at time.Time) error {
	err := pg.InTx(ctx, db, func(tx pg.DB) error {
		k, err := cardOf(ctx, tx, card)
		if err != nil || k.Tier == deid.Public || k.State != "open" || k.Left() < 1 {
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
		return notice(ctx, tx, k, c.nearly(k))
	})
	if err != nil {
		return fmt.Errorf("notify of card %s: %w", card, err)
	}
	return nil
}

// near is the offer of an organisation that comes nearest to a card.
type near struct {
	offer   charities.Offer
	missing rule.Code
	sum     int
}

// nearly finds for each organisation the offer that lacks one thing, unless it has
// one that lacks nothing; the best score first, equals by the offer's id.
func (c *city) nearly(k deid.Card) []near {
	best, fits := map[string]near{}, map[string]bool{}
	for _, o := range c.offers {
		failed := rule.Check(c.pair(k, o)).Failed()
		switch {
		case len(failed) == 0:
			fits[o.Organisation] = true
		case len(failed) == 1 && slices.Contains(mendable, failed[0].Rule) && o.ReachesFrom(k.Area, charities.NextDoors):
			n := near{o, failed[0].Rule, c.parts(k, o).Sum()}
			if b, ok := best[o.Organisation]; !ok || nearer(n, b) < 0 {
				best[o.Organisation] = n
			}
		}
	}
	var all []near
	for organisation, n := range best {
		if !fits[organisation] {
			all = append(all, n)
		}
	}
	slices.SortFunc(all, nearer)
	return all[:min(len(all), MostNotified)]
}

func nearer(a, b near) int {
	return cmp.Or(cmp.Compare(b.sum, a.sum), cmp.Compare(a.offer.ID, b.offer.ID))
}

func notice(ctx context.Context, tx pg.DB, k deid.Card, all []near) error {
	organisations, offers, missing := make([]string, len(all)), make([]string, len(all)), make([]string, len(all))
	for i, n := range all {
		organisations[i], offers[i], missing[i] = n.offer.Organisation, string(n.offer.ID), string(n.missing)
	}
	_, err := tx.Exec(ctx, `
		insert into exchange.card_notices (card_id, organisation_id, offer_id, missing)
		select @card, n.organisation, n.offer, n.missing
		  from unnest(@organisations::text[], @offers::text[], @missing::text[]) n (organisation, offer, missing)
		    on conflict (card_id, organisation_id) do nothing`,
		pg.Args{"card": k.ID, "organisations": organisations, "offers": offers, "missing": missing})
	return err
}

// Notices lists the cards that were put before a member's organisation and are
// still to be had, in no order that tells of when. A direct card is among them
// only for those it was sent to. Whom the family, staff or an officer has since
// kept from the card, or who gave it back, is not told of it again.
func Notices(ctx context.Context, db pg.DB, by actor.Member) ([]Notice, error) {
	return pg.Many[Notice](ctx, db, `
		select n.card_id as card, n.offer_id as offer, n.missing
		  from exchange.card_notices n
		  join exchange.cards c on c.id = n.card_id
		  join exchange.organisations g on g.id = n.organisation_id
		 where n.organisation_id = @organisation
		   and g.state = 'verified'
		   and c.state = 'open'
		   and c.committed < c.quantity
		   and (c.tier = 'verified' or exists (select from exchange.card_recipients r
		                                        where r.card_id = c.id and r.organisation_id = @organisation))
		   and not exists (select from exchange.claims k
		                    where k.card_id = c.id and k.organisation_id = @organisation
		                      and (k.state in ('requested','accepted','on-hold','in-progress')
		                        or k.state in ('rejected','cancelled','failed') and k.declined_by in ('household','staff','provider')))
		   and not exists (select from exchange.bans b
		                    where b.organisation_id = @organisation and b.volunteer_id is null and b.lifted_at is null
		                      and b.until >= (now() at time zone 'Asia/Shanghai')::date)
		   and not exists (select from exchange.overrulings v
		                     join exchange.overrule_reasons w on w.code = v.reason
		                     join exchange.offers x on x.id = v.offer_id
		                    where v.card_id = c.id and v.lifted_at is null and w.way = 'out'
		                      and x.organisation_id = @organisation
		                      and (w.scope = 'organisation' or v.offer_id = n.offer_id))
		   and not exists (select from exchange.proposals p
		                     join exchange.offers o on o.id = p.offer_id
		                    where p.card_id = c.id and o.organisation_id = @organisation and p.state in ('open','declined'))
		 order by n.card_id
		 limit 200`, pg.Args{"organisation": by.Organisation})
}
