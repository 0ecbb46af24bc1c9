// Package delivery is the account of help that was given: which claim, how
// much, on which day, how it went, and what the household said of it.
//
// Recording is one key and confirming is the other: only both together complete
// a claim. A visit on which the person was absent is recorded and counts for
// nothing; help that the household did not receive is taken back.
package delivery

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"shanqiao/charities/claim"
	"shanqiao/charities/request"
	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/id"
	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
)

// Result is how a visit went.
type Result string

// The results. Absent counts no units.
const (
	AsAgreed Result = "as_agreed"
	Partly   Result = "partly"
	Absent   Result = "person_absent"
)

// Results in the order in which they are offered.
var Results = []Result{AsAgreed, Partly, Absent}

// Answer is what the household said.
type Answer string

// The answers.
const (
	Received    Answer = "received"
	ReceivedBit Answer = "partly"
	NotReceived Answer = "not_received"
)

// Answers in the order in which they are offered.
var Answers = []Answer{Received, ReceivedBit, NotReceived}

// Report is what a provider says was done. Minutes is 0 where time says
// nothing, for goods. DeliveredOn is a civil date, UTC midnight.
type Report struct {
	Claim       string
	Units       int
	DeliveredOn time.Time
	Minutes     int
	Result      Result
	RequestKey  string `json:"-"`
}

// Delivery is one recorded visit or parcel.
type Delivery struct {
	ID          string
	Claim       string
	Units       int
	DeliveredOn time.Time
	Minutes     *int
	Result      Result
	RecordedAt  time.Time
	ConfirmedAt *time.Time
	Answer      Answer // "" until the household has said
}

// Record enters what was delivered. by is a member of the claim's organisation
// or the volunteer whom the claim names. No more than the claim has left, not in
// the future and not before the claim; the same report sent twice is one.
func Record(ctx context.Context, db pg.DB, by actor.Actor, r Report) (Delivery, error) {
	if err := r.check(); err != nil {
		return Delivery{}, err
	}
	_, account := by.Signature()
	var d Delivery
	err := pg.InTx(ctx, db, func(tx pg.DB) error {
		made, err := request.Once(ctx, tx, account, r.RequestKey, "delivery.record", r, func() (string, error) {
			return record(ctx, tx, by, r)
		})
		if err != nil {
			return err
		}
		d, err = one(ctx, tx, made)
		return err
	})
	return d, err
}

func (r Report) check() error {
	wrong := map[string]string{}
	if r.Units < 1 || r.Units > 99 {
		wrong["units"] = "delivery.units_wrong"
	}
	if r.DeliveredOn.IsZero() {
		wrong["delivered_on"] = "delivery.day_missing"
	}
	if r.Minutes < 0 || r.Minutes > 6000 {
		wrong["minutes"] = "delivery.minutes_wrong"
	}
	if !slices.Contains(Results, r.Result) {
		wrong["result"] = "delivery.result_missing"
	}
	if len(wrong) == 0 && !id.Valid(r.Claim) {
		return errNoClaim
	}
	return fault.InvalidFields(wrong)
}

var errNoClaim = fault.New(fault.NotFound, "claim.not_found")

func record(ctx context.Context, tx pg.DB, by actor.Actor, r Report) (string, error) {
	given := r.Units
	if r.Result == Absent {
		given = 0
	}
	err := claim.AddDelivered(ctx, tx, by, r.Claim, given)
	if err == nil || fault.Of(err) == fault.Invalid {
		err = both(err, day(ctx, tx, r))
	}
	if err != nil {
		return "", err
	}
	made := id.New()
	_, account := by.Signature()
	_, err = tx.Exec(ctx, `
		insert into exchange.deliveries (id, claim_id, units, delivered_on, minutes, result, recorded_by)
		values (@id, @claim, @units, @day, nullif(@minutes, 0), @result, @by)`,
		pg.Args{"id": made, "claim": r.Claim, "units": r.Units, "day": r.DeliveredOn, "minutes": r.Minutes,
			"result": string(r.Result), "by": account})
	if err != nil {
		return "", err
	}
	return made, outbox.Append(ctx, tx, outbox.Exchange,
		outbox.Fact{Kind: "delivery.recorded", Ref: made, Queue: outbox.Critical})
}

// both adds a day that cannot be to a number that cannot be, so that one answer
// names all that must change.
func both(number, day error) error {
	n, d := fault.As(number), fault.As(day)
	switch {
	case n == nil:
		return day
	case d == nil || d.Kind != fault.Invalid:
		return cmp.Or(day, number)
	}
	told := *n
	told.Fields = maps.Clone(n.Fields)
	maps.Copy(told.Fields, d.Fields)
	return &told
}

// day refuses a date that cannot be: Beijing's calendar decides what today is.
func day(ctx context.Context, tx pg.DB, r Report) error {
	type bounds struct{ Future, Early bool }
	b, err := pg.One[bounds](ctx, tx, errNoClaim, `
		select @day > (now() at time zone 'Asia/Shanghai')::date as future,
		       @day < (made_at at time zone 'Asia/Shanghai')::date as early
		  from exchange.claims
		 where id = @claim`, pg.Args{"claim": r.Claim, "day": r.DeliveredOn})
	switch {
	case err != nil:
		return err
	case b.Future:
		return fault.InvalidFields(map[string]string{"delivered_on": "delivery.day_future"})
	case b.Early:
		return fault.InvalidFields(map[string]string{"delivered_on": "delivery.day_early"})
	}
	return nil
}

const columns = `d.id, d.claim_id as claim, d.units, d.delivered_on, d.minutes, d.result, d.recorded_at,
	d.confirmed_at, coalesce(d.answer, '') as answer`

func one(ctx context.Context, db pg.DB, delivery string) (Delivery, error) {
	return pg.One[Delivery](ctx, db, fault.New(fault.NotFound, "delivery.not_found"), `
		select `+columns+`
		  from exchange.deliveries d
		 where d.id = @id`, pg.Args{"id": delivery})
}

// List is the deliveries of one claim, oldest first, for whoever has found the
// claim by a verb of charities/claim that checks whose it is.
func List(ctx context.Context, db pg.DB, claim string) ([]Delivery, error) {
	return pg.Many[Delivery](ctx, db, `
		select `+columns+`
		  from exchange.deliveries d
		 where d.claim_id = @claim
		 order by d.delivered_on, d.recorded_at, d.id`, pg.Args{"claim": claim})
}
