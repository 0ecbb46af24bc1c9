// Package outcome fetches what happened on the exchange half and enters it in
// the household's chain, exactly once.
//
// Every function takes a reference, reads the rows as they are now, and may be
// called late, twice or out of order: the entry is written with the row that
// remembers it (records.crossings, records.outcomes), and what must have come
// before is written first. Nothing here writes to the exchange half.
package outcome

import (
	"context"
	"time"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/pg"
	"shanqiao/needs"
	"shanqiao/needs/chain"
	"shanqiao/needs/move"
)

var (
	errNoCard     = fault.New(fault.NotFound, "card.not_found")
	errNoClaim    = fault.New(fault.NotFound, "claim.not_found")
	errNoDelivery = fault.New(fault.NotFound, "delivery.not_found")
)

var bridge = actor.System{Name: "bridge"}

type listing struct {
	NeedID      needs.ID
	HouseholdID string
	Region      string
	Tier        string
	Code        needs.Code
	CardState   string
}

// listed finds whose need a card is; only this half can. It locks the need
// before anything is read or written, so that what comes back for one need is
// entered one after the other, and so that nobody waits in a circle.
func listed(ctx context.Context, tx pg.DB, card string) (listing, error) {
	_, err := pg.One[string](ctx, tx, errNoCard, `
		select n.id
		  from records.listings l
		  join records.needs n on n.id = l.need_id
		 where l.card_id = @card
		   for no key update of n`, pg.Args{"card": card})
	if err != nil {
		return listing{}, err
	}
	return pg.One[listing](ctx, tx, errNoCard, `
		select l.need_id, l.household_id, l.region, l.tier, n.code, c.state as card_state
		  from records.listings l
		  join records.needs n on n.id = l.need_id
		  join exchange.cards c on c.id = l.card_id
		 where l.card_id = @card`, pg.Args{"card": card})
}

// first says whether this is the first time that kind, ref and detail cross.
func first(ctx context.Context, tx pg.DB, l listing, kind, ref, detail string) (bool, error) {
	tag, err := tx.Exec(ctx, `
		insert into records.crossings (kind, ref, detail, household_id, region)
		values (@kind, @ref, @detail, @household, @region)
		on conflict (kind, ref, detail) do nothing`,
		pg.Args{"kind": kind, "ref": ref, "detail": detail, "household": l.HouseholdID, "region": l.Region})
	return tag.RowsAffected() == 1, err
}

type published struct {
	Need needs.ID   `json:"need"`
	Code needs.Code `json:"code"`
	Tier string     `json:"tier"`
	Away int        `json:"away,omitempty"` // organisations and offers that stay ruled out under this card
}

// Listed enters that a card of a need was published.
func Listed(ctx context.Context, tx pg.DB, card string) error {
	l, err := listed(ctx, tx, card)
	if err != nil {
		return err
	}
	return l.publish(ctx, tx, card)
}

func (l listing) publish(ctx context.Context, tx pg.DB, card string) error {
	fresh, err := first(ctx, tx, l, "published", card, "")
	if err != nil || !fresh {
		return err
	}
	if _, err := move.Settle(ctx, tx, l.NeedID); err != nil {
		return err
	}
	kind := chain.Published
	if l.Tier == "direct" {
		kind = chain.SentDirect
	}
	away, err := pg.One[int](ctx, tx, nil, `
		select count(distinct (organisation_id, offer_id))::int
		  from records.need_exclusions
		 where card_id = @card`, pg.Args{"card": card})
	if err != nil {
		return err
	}
	return chain.Append(ctx, tx, l.HouseholdID, bridge, kind, "", published{l.NeedID, l.Code, l.Tier, away})
}

// Unlisted enters that a card left, and lets the need wait for another where
// nobody had taken it. A card that is still open has not left.
func Unlisted(ctx context.Context, tx pg.DB, card string) error {
	l, err := listed(ctx, tx, card)
	if err != nil {
		return err
	}
	if l.CardState == "open" {
		return nil
	}
	if err := l.publish(ctx, tx, card); err != nil {
		return err
	}
	fresh, err := first(ctx, tx, l, "unlisted", card, "")
	if err != nil || !fresh {
		return err
	}
	_, err = tx.Exec(ctx, `
		update records.listings set closed_at = now() where card_id = @card and closed_at is null`,
		pg.Args{"card": card})
	if err != nil {
		return err
	}
	if _, err := move.Settle(ctx, tx, l.NeedID); err != nil {
		return err
	}
	return chain.Append(ctx, tx, l.HouseholdID, bridge, chain.Unlisted, "", published{Need: l.NeedID, Code: l.Code, Tier: l.Tier})
}

type matched struct {
	Need      needs.ID   `json:"need"`
	Code      needs.Code `json:"code"`
	Purchased int        `json:"purchased"`
	Charity   int        `json:"charity"`
	Volunteer int        `json:"volunteer"`
}

// Matched enters how many offers of each kind are proposed for a card. The same
// counts again are no news.
func Matched(ctx context.Context, tx pg.DB, card string) error {
	l, err := listed(ctx, tx, card)
	if err != nil {
		return err
	}
	type counts struct {
		Purchased, Charity, Volunteer int
		Detail                        string
	}
	found, err := pg.One[counts](ctx, tx, nil, `
		with k as (
		  select count(*) filter (where o.kind = 'purchased') as purchased,
		         count(*) filter (where o.kind = 'charity')   as charity,
		         count(*) filter (where o.kind = 'volunteer') as volunteer
		    from exchange.proposals p
		    join exchange.offers o on o.id = p.offer_id
		   where p.card_id = @card and p.state in ('open','taken'))
		select purchased, charity, volunteer, format('%s/%s/%s', purchased, charity, volunteer) as detail
		  from k`, pg.Args{"card": card})
	if err != nil || found.Detail == "0/0/0" {
		return err
	}
	if err := l.publish(ctx, tx, card); err != nil {
		return err
	}
	fresh, err := first(ctx, tx, l, "matched", card, found.Detail)
	if err != nil || !fresh {
		return err
	}
	return chain.Append(ctx, tx, l.HouseholdID, bridge, chain.Matched, "",
		matched{l.NeedID, l.Code, found.Purchased, found.Charity, found.Volunteer})
}

type claim struct {
	ID           string
	CardID       string
	Organisation string
	Name, NameEn string
	Units        int
	Delivered    int
	State        string
	Reason       string
	DeclinedBy   string
	Decided      bool
	MadeAt       time.Time
}

func claimOf(ctx context.Context, tx pg.DB, id string) (claim, listing, error) {
	card, err := pg.One[string](ctx, tx, errNoClaim, `
		select card_id from exchange.claims where id = @claim`, pg.Args{"claim": id})
	if err != nil {
		return claim{}, listing{}, err
	}
	l, err := listed(ctx, tx, card)
	if err != nil {
		return claim{}, listing{}, err
	}
	c, err := pg.One[claim](ctx, tx, errNoClaim, `
		select c.id, c.card_id, c.organisation_id as organisation, o.name, o.name_en, c.units, c.delivered, c.state,
		       c.reason, c.declined_by, c.decided_by is not null as decided, c.made_at
		  from exchange.claims c
		  join exchange.organisations o on o.id = c.organisation_id
		 where c.id = @claim`, pg.Args{"claim": id})
	return c, l, err
}
