package outcome

import (
	"context"
	"time"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
	"shanqiao/needs"
	"shanqiao/needs/chain"
	"shanqiao/needs/move"
)

// PersonAbsent is the result of a visit at which nobody was there. It stands on
// the chain as an attempt and counts no units.
const PersonAbsent = "person_absent"

type delivered struct {
	Need         needs.ID   `json:"need"`
	Code         needs.Code `json:"code"`
	Claim        string     `json:"claim"`
	Delivery     string     `json:"delivery"`
	Organisation string     `json:"organisation"`
	Name         string     `json:"name"`
	NameEn       string     `json:"name_en,omitempty"`
	Units        int        `json:"units"`
	Result       string     `json:"result"`
	On           string     `json:"on"` // civil date
}

// Delivered enters one delivery, once whatever is sent twice, and counts its
// units. It may be the first that this half hears of the claim.
func Delivered(ctx context.Context, tx pg.DB, ref string) error {
	type row struct {
		ClaimID, Result string
		Units           int
		DeliveredOn     time.Time
	}
	d, err := pg.One[row](ctx, tx, errNoDelivery, `
		select claim_id, result, units, delivered_on
		  from exchange.deliveries
		 where id = @delivery`, pg.Args{"delivery": ref})
	if err != nil {
		return err
	}
	c, l, err := claimOf(ctx, tx, d.ClaimID)
	if err != nil {
		return err
	}
	if err := c.enter(ctx, tx, l); err != nil {
		return err
	}
	if c.accepted() {
		if err := c.answer(ctx, tx, l, "accepted"); err != nil {
			return err
		}
	}
	tag, err := tx.Exec(ctx, `
		insert into records.outcomes (delivery_id, claim_id, need_id, household_id, region, units, result, delivered_on)
		values (@delivery, @claim, @need, @household, @region, @units, @result, @on)
		on conflict (delivery_id) do nothing`,
		pg.Args{"delivery": ref, "claim": c.ID, "need": l.NeedID, "household": l.HouseholdID,
			"region": l.Region, "units": d.Units, "result": d.Result, "on": d.DeliveredOn})
	if err != nil || tag.RowsAffected() == 0 {
		return err
	}
	err = chain.Append(ctx, tx, l.HouseholdID, bridge, chain.Delivered, "", delivered{
		Need: l.NeedID, Code: l.Code, Claim: c.ID, Delivery: ref, Organisation: c.Organisation, Name: c.Name, NameEn: c.NameEn,
		Units: d.Units, Result: d.Result, On: d.DeliveredOn.Format(time.DateOnly)})
	if err != nil {
		return err
	}
	return count(ctx, tx, bridge, l.HouseholdID, l.NeedID)
}

// count adds up what a need has received: units of visits at which somebody was
// there, and that the household did not deny. More than was asked for is kept in
// the outcomes and on the chain; the need is then simply full. The moment in
// which both keys have turned is an entry of its own.
func count(ctx context.Context, tx pg.DB, by actor.Actor, household string, need needs.ID) error {
	type row struct {
		Code  needs.Code
		State needs.State
	}
	before, err := pg.One[row](ctx, tx, move.ErrNotFound, `
		update records.needs n
		   set delivered = least(n.quantity, (
		         select coalesce(sum(o.units), 0)
		           from records.outcomes o
		          where o.need_id = n.id
		            and o.result <> 'person_absent'
		            and o.answer is distinct from 'not_received'))
		 where n.id = @need
		returning n.code, n.state`, pg.Args{"need": need})
	if err != nil {
		return err
	}
	after, err := move.Settle(ctx, tx, need)
	if err != nil || after != needs.Fulfilled || before.State == needs.Fulfilled {
		return err
	}
	return chain.Append(ctx, tx, household, by, chain.NeedFulfilled, "", struct {
		Need needs.ID   `json:"need"`
		Code needs.Code `json:"code"`
	}{need, before.Code})
}

// Answer is what the household says of a delivery.
type Answer string

// The answers: it came, part of it came, it did not come.
const (
	Received    Answer = "received"
	Partly      Answer = "partly"
	NotReceived Answer = "not_received"
)

// Answers lists them in the order of the form.
var Answers = []Answer{Received, Partly, NotReceived}

var (
	errAnswer    = fault.InvalidFields(map[string]string{"answer": "outcome.answer"})
	errConfirmed = fault.New(fault.Conflict, "outcome.confirmed_already")
)

type confirmed struct {
	Need     needs.ID `json:"need"`
	Claim    string   `json:"claim"`
	Delivery string   `json:"delivery"`
	Units    int      `json:"units"`
	Answer   Answer   `json:"answer"`
}

// Confirm takes the household's word on a delivery, from its own account or
// through an officer who asked. It is asked once; what the provider said stays,
// and help that did not come is not counted any more.
func Confirm(ctx context.Context, db pg.DB, by actor.Actor, delivery string, answer Answer) error {
	switch by.(type) {
	case actor.Citizen, actor.Officer:
	default:
		return errNoDelivery
	}
	if answer != Received && answer != Partly && answer != NotReceived {
		return errAnswer
	}
	return pg.As(ctx, db, by.Reach(), func(tx pg.DB) error {
		o, err := unconfirmed(ctx, tx, delivery)
		if err != nil {
			return err
		}
		_, account := by.Signature()
		_, err = tx.Exec(ctx, `
			update records.outcomes
			   set confirmed_at = now(), confirmed_by = @by, answer = @answer
			 where delivery_id = @delivery and confirmed_at is null`,
			pg.Args{"by": account, "answer": answer, "delivery": delivery})
		if err != nil {
			return err
		}
		err = chain.Append(ctx, tx, o.HouseholdID, by, chain.Confirmed, "",
			confirmed{o.NeedID, o.ClaimID, delivery, o.Units, answer})
		if err != nil {
			return err
		}
		if err := count(ctx, tx, by, o.HouseholdID, o.NeedID); err != nil {
			return err
		}
		return outbox.Append(ctx, tx, outbox.Records, outbox.Fact{Kind: "outcome.confirmed", Ref: delivery,
			Payload: map[string]string{"answer": string(answer)}})
	})
}

type received struct {
	NeedID               needs.ID
	HouseholdID, ClaimID string
	Units                int
	Done                 bool
}

// unconfirmed holds the need and then its delivery until the transaction ends, in
// the order that everyone uses, and refuses one on which the household was heard.
func unconfirmed(ctx context.Context, tx pg.DB, delivery string) (received, error) {
	need, err := pg.One[needs.ID](ctx, tx, errNoDelivery, `
		select need_id from records.outcomes where delivery_id = @delivery`, pg.Args{"delivery": delivery})
	if err != nil {
		return received{}, err
	}
	if err := move.Hold(ctx, tx, need); err != nil {
		return received{}, err
	}
	o, err := pg.One[received](ctx, tx, errNoDelivery, `
		select need_id, household_id, claim_id, units, confirmed_at is not null as done
		  from records.outcomes
		 where delivery_id = @delivery
		   for update`, pg.Args{"delivery": delivery})
	if err == nil && o.Done {
		return received{}, errConfirmed
	}
	return o, err
}
