package claim

import (
	"context"
	"time"

	"shanqiao/charities/organisation"
	"shanqiao/charities/request"
	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/id"
	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
	"shanqiao/needs"
	"shanqiao/needs/deid"
)

// Request is what an organisation asks for: so many units of a card, drawn from
// an offer of its own or from none, and who would go. RequestKey makes the same
// request one claim.
type Request struct {
	Card       string
	Offer      string `json:",omitempty"`
	Units      int
	Worker     string
	RequestKey string `json:"-"`
}

// Failures of Take that callers act on. Each of the first three carries the
// placeholder "remaining": units of the card that nobody has promised.
var (
	ErrTaken  = fault.New(fault.Conflict, "claim.taken")
	ErrTwice  = fault.New(fault.Conflict, "claim.yours_already")
	ErrClosed = fault.New(fault.Conflict, "claim.card_closed")
	ErrNoCard = fault.New(fault.NotFound, "claim.card_gone")

	errBanned = fault.New(fault.Conflict, "claim.banned")
	errAway   = fault.New(fault.Conflict, "claim.left_to_others")
)

var constraints = pg.Constraints{
	"cards_quantity":                   ErrTaken,
	"claims_one_open_per_organisation": ErrTwice,
	"offers_within_budget":             fault.New(fault.Conflict, "claim.offer_full"),
	"offers_within_capacity":           fault.New(fault.Conflict, "claim.offer_full"),
}

// Take asks for a part of a need. The organisation must be verified, the card
// open and shown to it, and as many units left as are asked for; otherwise
// nothing changes. Of any number of organisations that ask at once, exactly as
// many succeed as there are units: the card's row decides in one statement. Who
// comes too late gets Conflict "claim.taken" with the remaining quantity.
func Take(ctx context.Context, db pg.DB, by actor.Member, r Request) (Claim, error) {
	if err := r.check(); err != nil {
		return Claim{}, err
	}
	var c Claim
	err := pg.InTx(ctx, db, func(tx pg.DB) error {
		made, err := request.Once(ctx, tx, by.Account, r.RequestKey, "claim.take", r, func() (string, error) {
			return take(ctx, tx, by, r)
		})
		if err != nil {
			return err
		}
		c, err = For(ctx, tx, by, made)
		return err
	})
	if err != nil {
		return Claim{}, remaining(ctx, db, by, r.Card, err)
	}
	return c, nil
}

func (r Request) check() error {
	wrong := map[string]string{}
	if r.Units < 1 || r.Units > 99 {
		wrong["units"] = "claim.units_wrong"
	}
	if r.Worker == "" {
		wrong["worker"] = "claim.worker_missing"
	}
	if r.Offer != "" && !id.Valid(r.Offer) {
		wrong["offer"] = "claim.offer_unknown"
	}
	if len(wrong) == 0 && !id.Valid(r.Card) {
		return ErrNoCard
	}
	return fault.InvalidFields(wrong)
}

func take(ctx context.Context, tx pg.DB, by actor.Member, r Request) (string, error) {
	most, err := organisation.Standing(ctx, tx, by.Organisation)
	if err != nil {
		return "", err
	}
	if err := room(ctx, tx, by, most); err != nil {
		return "", err
	}
	if err := worker(ctx, tx, by, r.Worker); err != nil {
		return "", err
	}
	k, err := shown(ctx, tx, by, r)
	if err != nil {
		return "", err
	}
	if err := away(ctx, tx, by, r); err != nil {
		return "", err
	}
	if r.Offer != "" {
		if err := draw(ctx, tx, by, r, k); err != nil {
			return "", err
		}
	}
	if err := safe(ctx, tx, by.Organisation, r.Worker); err != nil {
		return "", err
	}
	if err := commit(ctx, tx, r); err != nil {
		return "", err
	}
	return enter(ctx, tx, by, r)
}

// room keeps an organisation from gathering more than it may have open. Its row
// is locked, so two of its own requests cannot both be the last.
func room(ctx context.Context, tx pg.DB, by actor.Member, most int) error {
	open, err := pg.One[int](ctx, tx, nil, `
		select count(*)::int
		  from exchange.claims
		 where organisation_id = @organisation and state = any(@open)`,
		pg.Args{"organisation": by.Organisation, "open": Open})
	if err == nil && open >= most {
		return fault.New(fault.Conflict, "claim.too_many_open").With("most", most)
	}
	return err
}

// worker makes sure that whoever would meet the family belongs to the
// organisation that asks.
func worker(ctx context.Context, tx pg.DB, by actor.Member, account string) error {
	if account == by.Account {
		return organisation.Join(ctx, tx, by, by.Account, nameOf(by))
	}
	known, err := pg.One[bool](ctx, tx, nil, `
		select exists (select from exchange.members
		                where account_id = @account and organisation_id = @organisation and left_at is null)`,
		pg.Args{"account": account, "organisation": by.Organisation})
	if err == nil && !known {
		return fault.InvalidFields(map[string]string{"worker": "claim.worker_unknown"})
	}
	return err
}

// safe refuses to send anybody to a family while a ban lies on the organisation,
// or on whoever would go: also where the claim draws on no offer, or on one that
// is not the banned volunteer's own.
func safe(ctx context.Context, tx pg.DB, organisation, worker string) error {
	banned, err := pg.One[bool](ctx, tx, nil, `
		select exists (select from exchange.bans b
		                 left join exchange.volunteers v on v.id = b.volunteer_id
		                where b.lifted_at is null
		                  and b.until >= (now() at time zone 'Asia/Shanghai')::date
		                  and (b.volunteer_id is null and b.organisation_id = @organisation or v.account_id = @worker))`,
		pg.Args{"organisation": organisation, "worker": worker})
	if err == nil && banned {
		return errBanned
	}
	return err
}

// away refuses an organisation that is not to help with this card: the household
// or staff ended a claim of its, it said itself that it is related to the family,
// or an officer keeps it or this offer away, here or under an earlier card. It is one answer for all of them,
// because each would tell something of the family. What the organisation gave
// back, or turned down for a reason of its own, it may think better of.
func away(ctx context.Context, tx pg.DB, by actor.Member, r Request) error {
	out, err := pg.One[bool](ctx, tx, nil, `
		select exists (select from exchange.claims c
		                where c.card_id = @card and c.organisation_id = @organisation
		                  and c.state in ('rejected', 'cancelled', 'failed') and c.declined_by in ('household', 'staff'))
		    or exists (select from exchange.proposals p
		                 join exchange.decline_reasons r on r.code = p.reason and r.scope = 'organisation'
		                 join exchange.offers o on o.id = p.offer_id and o.organisation_id = @organisation
		                where p.card_id = @card and p.state = 'declined')
		    or exists (select from exchange.overrulings v
		                 join exchange.overrule_reasons r on r.code = v.reason and r.way = 'out'
		                 join exchange.offers o on o.id = v.offer_id and o.organisation_id = @organisation
		                where v.card_id = @card and v.lifted_at is null and (r.scope = 'organisation' or v.offer_id = @offer))
		    or exists (select from exchange.card_exclusions x
		                where x.card_id = @card and x.organisation_id = @organisation and x.offer_id in ('', @offer))`,
		pg.Args{"card": r.Card, "organisation": by.Organisation, "offer": r.Offer})
	if err == nil && out {
		return errAway
	}
	return err
}

func nameOf(by actor.Member) string {
	if by.Name == "" {
		return by.Account
	}
	return by.Name
}

// asked is what a card asks for, and how it stands.
type asked struct {
	Code       needs.Code
	Area       string
	Age        string
	Category   string
	State      string
	WindowFrom time.Time
	WindowTo   time.Time
	Today      time.Time
	Enough     bool
	Twice      bool
}

func (k asked) card() deid.Card {
	return deid.Card{Tuple: deid.Tuple{Code: k.Code, Area: k.Area, Age: k.Age, Category: k.Category}, WindowFrom: k.WindowFrom, WindowTo: k.WindowTo}
}

// shown finds the card among those that this organisation may see, looks
// whether there is anything to take before any row is locked, and says what the
// card asks for. A public card is for looking at: it is not there for a claim.
func shown(ctx context.Context, tx pg.DB, by actor.Member, r Request) (asked, error) {
	k, err := pg.One[asked](ctx, tx, ErrNoCard, `
		select k.code, k.area, k.age, k.category, k.state, k.window_from, k.window_to,
		       (now() at time zone 'Asia/Shanghai')::date as today,
		       k.committed + @units <= k.quantity as enough,
		       exists (select from exchange.claims c
		                where c.card_id = k.id and c.organisation_id = @organisation and c.state = any(@open)) as twice
		  from exchange.cards k
		 where k.id = @card
		   and (k.tier = 'verified'
		     or k.tier = 'direct' and exists (select from exchange.card_recipients r
		                                       where r.card_id = k.id and r.organisation_id = @organisation))`,
		pg.Args{"card": r.Card, "units": r.Units, "organisation": by.Organisation, "open": Open})
	switch {
	case err != nil:
		return k, err
	case k.State != "open" || k.WindowTo.Before(k.Today):
		return k, ErrClosed
	case k.Twice:
		return k, ErrTwice
	case !k.Enough:
		return k, ErrTaken
	}
	return k, nil
}

// commit is the one statement that decides who is in time.
func commit(ctx context.Context, tx pg.DB, r Request) error {
	tag, err := tx.Exec(ctx, `
		update exchange.cards
		   set committed = committed + @units, version = version + 1, changed_at = now()
		 where id = @card and state = 'open' and committed + @units <= quantity`,
		pg.Args{"card": r.Card, "units": r.Units})
	if err == nil && tag.RowsAffected() == 0 {
		return ErrTaken
	}
	return constraints.Explain(err)
}

func enter(ctx context.Context, tx pg.DB, by actor.Member, r Request) (string, error) {
	made := id.New()
	_, err := tx.Exec(ctx, `
		insert into exchange.claims (id, card_id, organisation_id, offer_id, units, worker_id, made_by, due_at)
		select @id, k.id, @organisation, nullif(@offer, ''), @units, @worker, @by,
		       exchange.claim_due('requested', k.urgency)
		  from exchange.cards k
		 where k.id = @card`,
		pg.Args{"id": made, "card": r.Card, "organisation": by.Organisation, "offer": r.Offer,
			"units": r.Units, "worker": r.Worker, "by": by.Account})
	if err != nil {
		return "", constraints.Explain(err)
	}
	if r.Offer != "" {
		if err := proposal(ctx, tx, r.Card, r.Offer, "open", "taken"); err != nil {
			return "", err
		}
	}
	return made, outbox.Append(ctx, tx, outbox.Exchange,
		outbox.Fact{Kind: "claim.requested", Ref: made}, cardChanged(r.Card))
}

// proposal records what became of the matcher's proposal, if there was one.
func proposal(ctx context.Context, tx pg.DB, card, offer, from, to string) error {
	_, err := tx.Exec(ctx, `
		update exchange.proposals
		   set state = @to, state_at = now()
		 where card_id = @card and offer_id = @offer and state = @from`,
		pg.Args{"card": card, "offer": offer, "from": from, "to": to})
	return err
}

// cardChanged is a fact of its own each time: a card changes often.
func cardChanged(card string) outbox.Fact {
	return outbox.Fact{Kind: "card.changed", Ref: card, Queue: outbox.Index, Key: "card.changed:" + card + ":" + id.New()}
}

// remaining adds to a refusal how much is left now, after the transaction that
// was refused; an organisation that may not see the card is told nothing.
func remaining(ctx context.Context, db pg.DB, by actor.Member, card string, err error) error {
	f := fault.As(err)
	if f == nil || f.Kind != fault.Conflict {
		return err
	}
	left, lookErr := pg.One[int](ctx, db, ErrNoCard, `
		select case when k.state = 'open' then k.quantity - k.committed else 0 end
		  from exchange.cards k
		 where k.id = @card
		   and exists (select from exchange.organisations g where g.id = @organisation and g.state = 'verified')
		   and (k.tier = 'verified'
		     or k.tier = 'direct' and exists (select from exchange.card_recipients r
		                                       where r.card_id = k.id and r.organisation_id = @organisation))`,
		pg.Args{"card": card, "organisation": by.Organisation})
	if lookErr != nil {
		return err
	}
	return f.With("remaining", left)
}
