package volunteer

import (
	"context"

	"shanqiao/charities/offer"
	"shanqiao/charities/organisation"
	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
)

// Pause takes a volunteer of the member's organisation off the list of those
// who can be asked. What was promised stays promised.
func Pause(ctx context.Context, db pg.DB, by actor.Member, volunteer string) error {
	return set(ctx, db, by, volunteer, "active", "paused", "paused")
}

// Resume puts a paused volunteer back.
func Resume(ctx context.Context, db pg.DB, by actor.Member, volunteer string) error {
	return set(ctx, db, by, volunteer, "paused", "active", "open")
}

func set(ctx context.Context, db pg.DB, by actor.Member, volunteer, from, to, offerState string) error {
	return pg.InTx(ctx, db, func(tx pg.DB) error {
		if _, err := organisation.Standing(ctx, tx, by.Organisation); err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, `
			update exchange.volunteers
			   set state = @to
			 where id = @id and organisation_id = @organisation and state = @from`,
			pg.Args{"id": volunteer, "organisation": by.Organisation, "from": from, "to": to})
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return moved(ctx, tx, by, volunteer)
		}
		o, err := pg.One[string](ctx, tx, errNone, `
			update exchange.offers
			   set state = @state
			 where volunteer_id = @id
			returning id`, pg.Args{"id": volunteer, "state": offerState})
		if err != nil {
			return err
		}
		return outbox.Append(ctx, tx, outbox.Exchange, offer.Changed(o))
	})
}

func moved(ctx context.Context, tx pg.DB, by actor.Member, volunteer string) error {
	_, err := pg.One[string](ctx, tx, errNone, `
		select id
		  from exchange.volunteers
		 where id = @id and organisation_id = @organisation`,
		pg.Args{"id": volunteer, "organisation": by.Organisation})
	if err != nil {
		return err
	}
	return fault.New(fault.Conflict, "volunteer.moved_on")
}

// Renew begins a new month, by Beijing's calendar, for every active volunteer whose
// month is over: what was given stays counted, and units_per_month more can be
// promised on top of it. Run again in the same month it changes nothing. It
// says how many offers changed.
func Renew(ctx context.Context, db pg.DB) (int, error) {
	var n int
	err := pg.InTx(ctx, db, func(tx pg.DB) error {
		changed, err := pg.Many[string](ctx, tx, `
			with due as (
			  update exchange.volunteers
			     set renewed_on = (now() at time zone 'Asia/Shanghai')::date
			   where state = 'active'
			     and renewed_on < date_trunc('month', now() at time zone 'Asia/Shanghai')::date
			  returning id, units_per_month
			)
			update exchange.offers o
			   set capacity = greatest(o.committed, done.given + due.units_per_month)
			  from due,
			       lateral (select coalesce(sum(c.delivered), 0)::int as given
			                  from exchange.claims c
			                 where c.offer_id in (select f.id from exchange.offers f where f.volunteer_id = due.id)) done
			 where due.id = o.volunteer_id and o.state = 'open'
			   and o.capacity <> greatest(o.committed, done.given + due.units_per_month)
			returning o.id`, pg.Args{})
		if err != nil {
			return err
		}
		n = len(changed)
		for _, o := range changed {
			if err := outbox.Append(ctx, tx, outbox.Exchange, offer.Changed(o)); err != nil {
				return err
			}
		}
		return nil
	})
	return n, err
}
