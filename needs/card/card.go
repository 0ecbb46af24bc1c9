// Package card reads published cards in the exchange half: one, many, or all of
// them for the index. Who may see a card is part of every statement here, and a
// card that is not yours is not there.
//
// It knows deid.Card and nothing of households; the exchange role could not read
// one if it did. Cards are written by the gate and, as they are taken and
// delivered, by the claims.
package card

import (
	"context"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/id"
	"shanqiao/internal/pg"
	"shanqiao/needs/deid"
	"shanqiao/needs/index"
)

var errNotFound = fault.New(fault.NotFound, "card.not_found")

// Columns fill a deid.Card by name; c is the card.
const Columns = `
	c.id, c.tier, c.area, c.age, c.size, c.category, c.need_group as "group", c.code, c.quantity,
	c.committed, c.delivered, c.urgency, c.window_from, c.window_to,
	c.sentence_zh, c.sentence_en, c.tick, c.state, c.version`

// A member sees a card while the organisation is verified, and either the card
// is open on the verified tier, or it was sent to the organisation directly and is
// open, or the organisation has taken it on, whatever became of it since. Taking
// on means a claim that was not turned down before it came to anything.
const theirs = `
	exists (select from exchange.organisations o where o.id = @organisation and o.state = 'verified')
	and ((c.tier = 'verified' and c.state = 'open')
	  or (c.tier = 'direct' and c.state = 'open'
	      and exists (select from exchange.card_recipients r
	                   where r.card_id = c.id and r.organisation_id = @organisation))
	  or exists (select from exchange.claims k
	              where k.card_id = c.id and k.organisation_id = @organisation
	                and k.state in ('requested','accepted','on-hold','in-progress','completed')))`

// For reads a card as a member of a verified organisation may see it.
func For(ctx context.Context, db pg.DB, by actor.Member, card string) (deid.Card, error) {
	if !id.Valid(card) {
		return deid.Card{}, errNotFound
	}
	return pg.One[deid.Card](ctx, db, errNotFound, `
		select`+Columns+`
		  from exchange.cards c
		 where c.id = @id and`+theirs,
		pg.Args{"id": card, "organisation": by.Organisation})
}

// Excerpt is what a second person let out of the assessor's words beside an open
// card of the verified tier, or "". A member reads it who may see the card.
func Excerpt(ctx context.Context, db pg.DB, by actor.Member, card deid.CardID) (string, error) {
	said, err := pg.Many[string](ctx, db, `
		select x.text
		  from exchange.card_excerpts x
		  join exchange.cards c on c.id = x.card_id
		 where c.id = @id and c.tier = 'verified' and c.state = 'open' and`+theirs,
		pg.Args{"id": card, "organisation": by.Organisation})
	if err != nil || len(said) == 0 {
		return "", err
	}
	return said[0], nil
}

// Public reads an open card of the public tier.
func Public(ctx context.Context, db pg.DB, card string) (deid.Card, error) {
	if !id.Valid(card) {
		return deid.Card{}, errNotFound
	}
	return pg.One[deid.Card](ctx, db, errNotFound, `
		select`+Columns+`
		  from exchange.cards c
		 where c.id = @id and c.tier = 'public' and c.state = 'open'`,
		pg.Args{"id": card})
}

// Many reads the cards of a search result for a member, in the order given. What
// the member may no longer see is left out without a word.
func Many(ctx context.Context, db pg.DB, by actor.Member, cardIDs []string) ([]deid.Card, error) {
	return pg.Many[deid.Card](ctx, db, `
		select`+Columns+`
		  from exchange.cards c
		 where c.id = any(@ids) and`+theirs+`
		 order by array_position(@ids::text[], c.id)`,
		pg.Args{"ids": valid(cardIDs), "organisation": by.Organisation})
}

// PublicMany reads the cards of a search result for a visitor, in the order given.
func PublicMany(ctx context.Context, db pg.DB, cardIDs []string) ([]deid.Card, error) {
	return pg.Many[deid.Card](ctx, db, `
		select`+Columns+`
		  from exchange.cards c
		 where c.id = any(@ids) and c.tier = 'public' and c.state = 'open'
		 order by array_position(@ids::text[], c.id)`,
		pg.Args{"ids": valid(cardIDs)})
}

// valid keeps what has the shape of an id, and no more than a page can show.
func valid(cardIDs []string) []string {
	out := make([]string, 0, len(cardIDs))
	for _, c := range cardIDs {
		if id.Valid(c) && len(out) < index.MaxLimit {
			out = append(out, c)
		}
	}
	return out
}

// Scope is what a member may search: the verified tier while the organisation is
// verified, and nothing otherwise. What is asked is counted for the account.
func Scope(ctx context.Context, db pg.DB, by actor.Member) (index.Scope, error) {
	verified, err := pg.One[bool](ctx, db, nil, `
		select exists (select from exchange.organisations
		                where id = @organisation and state = 'verified')`,
		pg.Args{"organisation": by.Organisation})
	if err != nil || !verified {
		return index.Scope{}, err
	}
	return index.VerifiedReader().As(by.Account), nil
}

// Direct lists the open cards that officers sent to the member's organisation,
// the most pressing first. They are in no index.
func Direct(ctx context.Context, db pg.DB, by actor.Member) ([]deid.Card, error) {
	return pg.Many[deid.Card](ctx, db, `
		select`+Columns+`
		  from exchange.cards c
		  join exchange.card_recipients r on r.card_id = c.id and r.organisation_id = @organisation
		  join exchange.organisations o on o.id = r.organisation_id and o.state = 'verified'
		 where c.tier = 'direct' and c.state = 'open' and c.committed < c.quantity
		 order by c.window_to, c.id
		 limit 200`,
		pg.Args{"organisation": by.Organisation})
}
