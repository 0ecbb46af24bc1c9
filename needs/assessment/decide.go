package assessment

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
	"shanqiao/needs"
	"shanqiao/needs/chain"
	"shanqiao/needs/move"
)

// decided is what the chain says of one need.
type decided struct {
	Need     needs.ID   `json:"need"`
	Code     needs.Code `json:"code"`
	Quantity int        `json:"quantity"`
	Urgency  int        `json:"urgency"`
	Route    string     `json:"route,omitempty"`
	Reason   string     `json:"reason,omitempty"`
}

type row struct {
	HouseholdID string
	Code        needs.Code
	Quantity    int
	Urgency     int
	State       needs.State
	AssessedBy  string
	WindowTo    time.Time
	Today       time.Time
}

// hold locks a need of the officer's region until the transaction ends.
func hold(ctx context.Context, tx pg.DB, need needs.ID) (row, error) {
	return pg.One[row](ctx, tx, move.ErrNotFound, `
		select household_id, code, quantity, urgency, state, assessed_by, window_to,
		       (now() at time zone 'Asia/Shanghai')::date as today
		  from records.needs
		 where id = @need
		   for no key update`, pg.Args{"need": need})
}

// draft is hold for what only a draft allows. Told twice, the second answer is
// that it was decided.
func draft(ctx context.Context, tx pg.DB, need needs.ID) (row, error) {
	n, err := hold(ctx, tx, need)
	if err == nil && n.State != needs.Draft {
		return row{}, move.ErrMovedOn
	}
	return n, err
}

// Approve lets a draft need out, by an officer other than the one who assessed
// it. What is too urgent to wait for a cohort goes the direct way; what waited
// until its window was over gets new days first. The fact need.approved tells
// that there is something to publish.
func Approve(ctx context.Context, db pg.DB, by actor.Officer, need needs.ID) error {
	err := pg.As(ctx, db, by.Reach(), func(tx pg.DB) error {
		n, err := draft(ctx, tx, need)
		if err != nil {
			return err
		}
		if n.WindowTo.Before(n.Today) {
			return errWindowOver
		}
		to := route(needs.Urgency(n.Urgency))
		_, err = tx.Exec(ctx, `
			update records.needs
			   set approved_by = @by, approved_at = now(), route = @route, reason = ''
			 where id = @need and state = 'draft'`,
			pg.Args{"by": by.Account, "route": to, "need": need})
		if err != nil {
			return err
		}
		if err := move.To(ctx, tx, need, needs.Approved); err != nil {
			return err
		}
		err = chain.Append(ctx, tx, n.HouseholdID, by, chain.Approved, "",
			decided{Need: need, Code: n.Code, Quantity: n.Quantity, Urgency: n.Urgency, Route: to})
		if err != nil {
			return err
		}
		return outbox.Append(ctx, tx, outbox.Records, outbox.Fact{Kind: "need.approved", Ref: string(need)})
	})
	return pg.Constraints{"needs_two_people": errSecondPerson}.Explain(err)
}

// MaxReason is how many characters a reason may have.
const MaxReason = 200

// reasoned checks a reason that a person typed: it must be there and short.
func reasoned(s string) (string, error) {
	s = strings.TrimSpace(s)
	switch {
	case s == "":
		return "", fault.InvalidFields(map[string]string{"reason": "need.reason_missing"})
	case !utf8.ValidString(s) || strings.ContainsRune(s, 0):
		return "", fault.InvalidFields(map[string]string{"reason": "need.reason_unreadable"})
	case utf8.RuneCountInString(s) > MaxReason:
		return "", fault.InvalidFields(map[string]string{"reason": "need.reason_long"})
	}
	return s, nil
}

// SendBack returns a draft to its assessor with a reason. It stays a draft until
// it is revised or withdrawn, and shows on the assessor's list.
func SendBack(ctx context.Context, db pg.DB, by actor.Officer, need needs.ID, reason string) error {
	reason, err := reasoned(reason)
	if err != nil {
		return err
	}
	return pg.As(ctx, db, by.Reach(), func(tx pg.DB) error {
		n, err := draft(ctx, tx, need)
		if err != nil {
			return err
		}
		if n.AssessedBy == by.Account {
			return errSecondPerson
		}
		_, err = tx.Exec(ctx, `
			update records.needs set reason = @reason, state_at = now() where id = @need and state = 'draft'`,
			pg.Args{"reason": reason, "need": need})
		return err
	})
}

// Revise changes a draft. Who revises becomes its assessor, so that a second
// person still decides.
func Revise(ctx context.Context, db pg.DB, by actor.Officer, need needs.ID, l Line) error {
	if by.Level != actor.SubdistrictRole {
		return errSubdistrict
	}
	return pg.As(ctx, db, by.Reach(), func(tx pg.DB) error {
		n, err := draft(ctx, tx, need)
		if err != nil {
			return err
		}
		l.Code = n.Code
		a := Assessment{RequestKey: "revise", Needs: []Line{l}}
		if err := a.check(); err != nil {
			return err
		}
		if err := a.place(n.Today); err != nil {
			return err
		}
		l = a.Needs[0]
		_, err = tx.Exec(ctx, `
			update records.needs
			   set quantity = @quantity, urgency = @urgency, window_from = @from, window_to = @to,
			       route = @route, reason = '', assessed_by = @by, state_at = now()
			 where id = @need and state = 'draft'`,
			pg.Args{"quantity": l.Quantity, "urgency": l.Urgency, "from": l.WindowFrom, "to": l.WindowTo(),
				"route": route(l.Urgency), "by": by.Account, "need": need})
		return err
	})
}

// Withdraw ends a need that must not go on, with a reason. The fact
// need.withdrawn takes its cards down; claims on them are ended from there.
func Withdraw(ctx context.Context, db pg.DB, by actor.Officer, need needs.ID, reason string) error {
	reason, err := reasoned(reason)
	if err != nil {
		return err
	}
	return pg.As(ctx, db, by.Reach(), func(tx pg.DB) error {
		n, err := hold(ctx, tx, need)
		if err != nil {
			return err
		}
		if err := move.To(ctx, tx, need, needs.Withdrawn); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `
			update records.needs set reason = @reason where id = @need and state = 'withdrawn'`,
			pg.Args{"reason": reason, "need": need})
		if err != nil {
			return err
		}
		err = chain.Append(ctx, tx, n.HouseholdID, by, chain.NeedWithdrawn, "",
			decided{Need: need, Code: n.Code, Quantity: n.Quantity, Urgency: n.Urgency})
		if err != nil {
			return err
		}
		return outbox.Append(ctx, tx, outbox.Records,
			outbox.Fact{Kind: "need.withdrawn", Ref: string(need), Queue: outbox.Critical})
	})
}
