package assessment

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

var clock = actor.System{Name: "expire-needs"}

// Expire ends the needs whose window was over before day and for which nobody
// came: no card of theirs is up, no claim lives. It returns how many. The family
// reads it in its chain; the officer finds it among what is overdue, and asks the
// family anew. Each need is a transaction of its own, so that one household's is
// not held while the city is gone through.
func Expire(ctx context.Context, db pg.DB, day time.Time) (int, error) {
	over, err := pg.ManyAs[needs.ID](ctx, db, clock.Reach(), `
		select n.id
		  from records.needs n
		 where n.state = any(@from)
		   and n.window_to < @day
		   and not exists (select
		                     from records.listings l
		                    where l.need_id = n.id
		                      and l.closed_at is null)
		 order by n.window_to, n.id`, pg.Args{"from": needs.Expired.From(), "day": day})
	if err != nil {
		return 0, err
	}
	expired := 0
	for _, need := range over {
		done, err := expire(ctx, db, need, day)
		if err != nil {
			return expired, err
		}
		if done {
			expired++
		}
	}
	return expired, nil
}

// expire ends one need, unless somebody was quicker: then it is left as it is.
func expire(ctx context.Context, db pg.DB, need needs.ID, day time.Time) (done bool, err error) {
	err = pg.As(ctx, db, clock.Reach(), func(tx pg.DB) error {
		if done, err = move.Expire(ctx, tx, need, day); err != nil || !done {
			return err
		}
		n, err := hold(ctx, tx, need)
		if err != nil {
			return err
		}
		return chain.Append(ctx, tx, n.HouseholdID, clock, chain.NeedExpired, "",
			decided{Need: need, Code: n.Code, Quantity: n.Quantity, Urgency: n.Urgency})
	})
	if fault.Of(err) == fault.Conflict {
		return false, nil
	}
	return done, err
}
