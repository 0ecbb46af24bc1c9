// Package move changes the state of a need, and is the only place that does.
//
// A move names the state it starts from, is listed in needs.Moves, and finds
// the row still there: otherwise it is a conflict. What a need's claims, cards
// and deliveries add up to is worked out here too, from the rows as they are
// now and never from the message that woke us, so that messages may come late,
// twice or in any order. The chain entry is the caller's, in the same transaction.
package move

import (
	"context"
	"slices"
	"time"

	"shanqiao/internal/fault"
	"shanqiao/internal/pg"
	"shanqiao/needs"
)

// Failures of a move.
var (
	ErrNotFound = fault.New(fault.NotFound, "need.not_found")
	ErrMovedOn  = fault.New(fault.Conflict, "need.moved_on")
)

// To moves a need from any state that may move there. A need that is not in
// such a state any more is ErrMovedOn; one out of reach is ErrNotFound.
func To(ctx context.Context, tx pg.DB, id needs.ID, to needs.State) error {
	tag, err := tx.Exec(ctx, `
		update records.needs
		   set state = @to, state_at = now()
		 where id = @id and state = any(@from)`,
		pg.Args{"id": id, "to": to, "from": to.From()})
	if err != nil || tag.RowsAffected() == 1 {
		return err
	}
	_, err = pg.One[string](ctx, tx, ErrNotFound, `
		select state from records.needs where id = @id`, pg.Args{"id": id})
	if err != nil {
		return err
	}
	return ErrMovedOn
}

// Hold locks a need until the transaction ends. Whoever changes several rows of
// one need holds it first, so that nobody waits in a circle.
func Hold(ctx context.Context, tx pg.DB, id needs.ID) error {
	_, err := pg.One[string](ctx, tx, ErrNotFound, `
		select id from records.needs where id = @id for no key update`, pg.Args{"id": id})
	return err
}

type standing struct {
	State      needs.State
	Quantity   int
	Delivered  int
	Listed     bool
	Claimed    bool
	Introduced bool
	Serving    bool
	Unanswered bool
	Anew       bool // the household has another open need of this kind
}

// Settle brings a need to the state that its cards, claims, introductions and
// deliveries amount to: the furthest of its living claims, published while a
// card of it is open, approved otherwise. It takes two keys to fulfil a need:
// the provider says that the last unit was given, and the household, or an
// officer who asked it, says that every delivery came. A draft, and a need that
// has ended, stay as they are; one that expired comes back when there is help for
// it after all, unless it was asked for anew. It locks the need until the
// transaction ends.
func Settle(ctx context.Context, tx pg.DB, id needs.ID) (needs.State, error) {
	if err := Hold(ctx, tx, id); err != nil {
		return "", err
	}
	if err := takeOff(ctx, tx, id); err != nil {
		return "", err
	}
	n, err := stand(ctx, tx, id)
	if err != nil {
		return "", err
	}
	at := n.State
	for _, next := range Path(at, n.target()) {
		tag, err := tx.Exec(ctx, `
			update records.needs
			   set state = @to, state_at = now()
			 where id = @id and state = @from`,
			pg.Args{"id": id, "to": next, "from": at})
		if err != nil {
			return "", err
		}
		if tag.RowsAffected() == 0 {
			return "", ErrMovedOn
		}
		at = next
	}
	return at, nil
}

// takeOff ends the listings of cards that are open no more, whatever closed them.
// Where all of a card was given and the household then says that it did not come,
// the need must be free to be listed anew.
func takeOff(ctx context.Context, tx pg.DB, id needs.ID) error {
	_, err := tx.Exec(ctx, `
		update records.listings l
		   set closed_at = now()
		  from exchange.cards c
		 where l.need_id = @id
		   and l.closed_at is null
		   and c.id = l.card_id
		   and c.state <> 'open'`, pg.Args{"id": id})
	return err
}

// stand reads what there is of a need, in a statement begun after the lock was
// had, so that it sees what was committed meanwhile.
func stand(ctx context.Context, tx pg.DB, id needs.ID) (standing, error) {
	return pg.One[standing](ctx, tx, ErrNotFound, `
		with living as (
		  select c.id
		    from records.listings l
		    join exchange.claims c on c.card_id = l.card_id
		   where l.need_id = @id and c.state in ('requested','accepted','on-hold','in-progress')
		)
		select n.state, n.quantity, n.delivered,
		       exists (select from records.listings l
		                where l.need_id = n.id and l.closed_at is null) as listed,
		       exists (select from living) as claimed,
		       exists (select from records.introductions i join living on living.id = i.claim_id
		                where i.ended_at is null) as introduced,
		       exists (select from records.outcomes o join living on living.id = o.claim_id
		                where o.result <> 'person_absent' and o.answer is distinct from 'not_received') as serving,
		       exists (select from records.outcomes o
		                where o.need_id = n.id and o.result <> 'person_absent' and o.answer is null) as unanswered,
		       exists (select from records.needs o
		                where o.household_id = n.household_id and o.code = n.code and o.id <> n.id
		                  and o.state not in ('fulfilled','closed','withdrawn','expired')) as anew
		  from records.needs n
		 where n.id = @id`, pg.Args{"id": id})
}

func (s standing) target() needs.State {
	switch {
	case !slices.Contains(settled, s.State) && (s.State != needs.Expired || s.Anew):
		return s.State
	case s.Delivered >= s.Quantity && !s.Unanswered:
		return needs.Fulfilled
	case s.Delivered >= s.Quantity || s.Serving:
		return needs.InService
	case s.Introduced:
		return needs.Introduced
	case s.Claimed:
		return needs.Claimed
	case s.Listed:
		return needs.Published
	case s.State == needs.Expired:
		return needs.Expired
	}
	return needs.Approved
}

// Expire moves a need to expired whose window ended before day, and tells whether
// it did. It does not while anything is under way: a card that can be claimed, a
// claim that lives, a contact that somebody may look at, units all delivered. A
// claim can only be made while a card is open and is seen once the card is seen
// to be closed, so none slips in between. The need stays locked until the
// transaction ends.
func Expire(ctx context.Context, tx pg.DB, id needs.ID, day time.Time) (bool, error) {
	at, err := Settle(ctx, tx, id)
	if err != nil || at != needs.Approved {
		return false, err
	}
	tag, err := tx.Exec(ctx, `
		update records.needs n
		   set state = 'expired', state_at = now()
		 where n.id = @id
		   and n.state = 'approved'
		   and n.window_to < @day
		   and not exists (select from records.introductions i
		                     join records.consents c on c.id = i.consent_id
		                    where c.need_id = n.id and i.ended_at is null and i.until > now())`,
		pg.Args{"id": id, "day": day})
	return tag.RowsAffected() == 1, err
}

// settled are the states between which a need moves by what happens on the
// exchange half; the others take a person's decision.
var settled = []needs.State{needs.Approved, needs.Published, needs.Claimed,
	needs.Introduced, needs.InService, needs.Fulfilled}

// Path is the shortest way from one state to another over allowed moves,
// without the first and with the last, through states that events may set. It
// is empty when there is none: the need then stays where it is.
func Path(from, to needs.State) []needs.State {
	type step struct {
		at   needs.State
		path []needs.State
	}
	seen := map[needs.State]bool{from: true}
	for queue := []step{{at: from}}; len(queue) > 0; queue = queue[1:] {
		s := queue[0]
		if s.at == to {
			return s.path
		}
		for _, next := range needs.Moves[s.at] {
			if seen[next] || !slices.Contains(settled, next) {
				continue
			}
			seen[next] = true
			queue = append(queue, step{next, append(slices.Clone(s.path), next)})
		}
	}
	return nil
}
