package matcher

import (
	"time"

	"shanqiao/charities"
	"shanqiao/internal/pg"
	"shanqiao/matcher/rule"
	"shanqiao/matcher/score"
	"shanqiao/needs"
	"shanqiao/needs/deid"
)

func (c *city) offerIDs() []charities.OfferID {
	ids := make([]charities.OfferID, len(c.offers))
	for i, offer := range c.offers {
		ids[i] = offer.ID
	}
	return ids
}

// askAround asks who may see a direct card, who is at work on a card, and
// whose claim on it fell through by someone's decision. One that merely ran out
// of time may be proposed again.
func (c *city) askAround(b *pg.Batch, cards []deid.CardID) {
	type row struct {
		CardID       deid.CardID
		Organisation string
		What         string
	}
	c.around = map[deid.CardID]rule.Around{}
	pg.Each(b, `
		select card_id, organisation_id as organisation, 'recipient' as what
		  from exchange.card_recipients
		 where card_id = any(@cards)
		union all
		select distinct card_id, organisation_id, 'engaged'
		  from exchange.claims
		 where card_id = any(@cards) and state in ('requested', 'accepted', 'on-hold', 'in-progress')
		union all
		select distinct card_id, organisation_id, case declined_by when 'household' then 'unwanted' else 'refused' end
		  from exchange.claims
		 where card_id = any(@cards) and state in ('rejected', 'cancelled', 'failed')
		   and declined_by in ('household', 'staff', 'provider')
		union all
		select distinct p.card_id, o.organisation_id, 'related'
		  from exchange.proposals p
		  join exchange.decline_reasons r on r.code = p.reason and r.scope = 'organisation'
		  join exchange.offers o on o.id = p.offer_id
		 where p.card_id = any(@cards) and p.state = 'declined'`, pg.Args{"cards": cards}, func(r row) {
		a := c.around[r.CardID]
		switch r.What {
		case "recipient":
			a.Recipients = append(a.Recipients, r.Organisation)
		case "engaged":
			a.Engaged = append(a.Engaged, r.Organisation)
		case "unwanted":
			a.Unwanted = append(a.Unwanted, r.Organisation)
		case "refused":
			a.Refused = append(a.Refused, r.Organisation)
		case "related":
			a.Related = append(a.Related, r.Organisation)
		}
		c.around[r.CardID] = a
	})
}

func (c *city) askStanding(b *pg.Batch, cards []deid.CardID) {
	c.standing, c.seen = map[pair]standing{}, map[deid.CardID]int{}
	pg.Each(b, `
		select card_id, offer_id, state, reason, coalesce(round_id, '') as round_id, units,
		       (made_at at time zone 'Asia/Shanghai')::date < (@at::timestamptz at time zone 'Asia/Shanghai')::date as earlier
		  from exchange.proposals
		 where card_id = any(@cards)`, pg.Args{"cards": cards, "at": c.at}, func(s standing) {
		c.standing[pair{s.CardID, s.OfferID}] = s
		if s.Earlier {
			c.seen[s.CardID]++
		}
	})
}

// askPauses asks what recent refusals ask to be left alone, by the
// consequence that each reason has.
func (c *city) askPauses(b *pg.Batch, offers []charities.OfferID) {
	type row struct {
		OfferID  charities.OfferID
		Reason   string
		Code     needs.Code
		Area     string
		Age      string
		Category string
		Until    time.Time
	}
	c.pauses = map[charities.OfferID][]rule.Pause{}
	pg.Each(b, `
		select p.offer_id, p.reason,
		       case when r.scope = 'code' then k.code else '' end as code,
		       case when r.scope = 'area' then k.area else '' end as area,
		       case when r.scope = 'people' then k.age else '' end as age,
		       case when r.scope = 'people' then k.category else '' end as category,
		       (p.state_at at time zone 'Asia/Shanghai')::date + r.rest_days as until
		  from exchange.proposals p
		  join exchange.decline_reasons r on r.code = p.reason
		  join exchange.cards k on k.id = p.card_id
		 where p.state = 'declined' and r.scope not in ('card', 'organisation') and p.offer_id = any(@offers)
		   and (p.state_at at time zone 'Asia/Shanghai')::date + r.rest_days
		       > (@at::timestamptz at time zone 'Asia/Shanghai')::date`,
		pg.Args{"offers": offers, "at": c.at}, func(r row) {
			c.pauses[r.OfferID] = append(c.pauses[r.OfferID],
				rule.Pause{Reason: r.Reason, Code: r.Code, Area: r.Area, Age: r.Age, Category: r.Category, Until: r.Until})
		})
}

// askRecords asks how the claims of those organisations ended whose offers these
// are. What the household or staff declined says nothing about the organisation
// and is left out.
func (c *city) askRecords(b *pg.Batch, offers []charities.OfferID) {
	type row struct {
		Organisation string
		Kept, Ended  int
	}
	c.records = map[string]score.Record{}
	pg.Each(b, `
		select organisation_id as organisation,
		       count(*) filter (where state = 'completed')::int as kept,
		       count(*)::int as ended
		  from exchange.claims
		 where organisation_id in (select organisation_id from exchange.offers where id = any(@offers))
		   and (state = 'completed' or (state in ('failed', 'cancelled') and declined_by = 'provider'))
		 group by organisation_id`, pg.Args{"offers": offers},
		func(r row) { c.records[r.Organisation] = score.Record{Kept: r.Kept, Ended: r.Ended} })
}

// askOverruled asks what officers decided about pairs, where it still stands.
func (c *city) askOverruled(b *pg.Batch, cards []deid.CardID) {
	type row struct {
		CardID       deid.CardID
		OfferID      charities.OfferID
		Organisation string
		Overruling
	}
	c.first, c.out, c.away = map[pair]bool{}, map[pair]string{}, map[deid.CardID][]string{}
	pg.Each(b, `
		select v.card_id, v.offer_id, o.organisation_id as organisation, r.way, r.scope, v.reason
		  from exchange.overrulings v
		  join exchange.overrule_reasons r on r.code = v.reason
		  join exchange.offers o on o.id = v.offer_id
		 where v.card_id = any(@cards) and v.lifted_at is null`, pg.Args{"cards": cards}, func(r row) {
		p := pair{r.CardID, r.OfferID}
		switch {
		case r.Way == First:
			c.first[p] = true
		case r.Scope == "offer":
			c.out[p] = r.Reason
		default:
			c.away[r.CardID] = append(c.away[r.CardID], r.Organisation)
		}
	})
	c.askExclusions(b, cards)
}

// carried stands for the reason of what was decided under an earlier card, which
// this half does not know.
const carried = "carried"

// askExclusions asks who is kept from a card because of what was decided before
// it was published.
func (c *city) askExclusions(b *pg.Batch, cards []deid.CardID) {
	type row struct {
		CardID       deid.CardID
		OfferID      charities.OfferID
		Organisation string
	}
	pg.Each(b, `
		select card_id, offer_id, organisation_id as organisation
		  from exchange.card_exclusions
		 where card_id = any(@cards)`, pg.Args{"cards": cards}, func(r row) {
		if r.OfferID != "" {
			c.out[pair{r.CardID, r.OfferID}] = carried
		} else {
			c.away[r.CardID] = append(c.away[r.CardID], r.Organisation)
		}
	})
}
