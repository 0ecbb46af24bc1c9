package matcher

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"shanqiao/internal/fault"
	"shanqiao/internal/id"
	"shanqiao/internal/pg"
	"shanqiao/matcher/assign"
	"shanqiao/needs/deid"
)

// Round matches the whole city anew: every open card with every open offer,
// shared out by the solver, the most urgent first. Cards keep their best
// candidates beside what was assigned; the rest lapses. What was assigned before
// stays where a change would gain less than the weight Keep, and then keeps the
// name of the round that assigned it. The search begins with what the last round
// left, where that is of use, and is as good without it.
//
// The city is read in one look and written district by district, each in a
// transaction of its own: what cannot be written in one leaves it as it was and
// the others whole, and stands in the report. The next round goes on from there.
// What became impossible while it thought is asked about again before it is
// written, and left out; the report counts what was given before that.
// The report is kept in exchange.rounds. Only one round runs at a time; a second
// is a conflict. db is a pool; inside a transaction all districts are part of it.
func Round(ctx context.Context, db pg.DB, at time.Time, solver assign.Solver) (Report, error) {
	var report Report
	err := alone(ctx, db, func(look pg.DB) error {
		name := id.New()
		// clock_timestamp and not now: now stands still in a transaction.
		_, err := db.Exec(ctx, `
			insert into exchange.rounds (id, started_at)
			values (@id, clock_timestamp())`, pg.Args{"id": name})
		if err != nil {
			return err
		}
		c, even, err := everything(ctx, look, at)
		if err != nil {
			return err
		}
		p := c.plan()
		shares, start, joined, err := p.solve(ctx, look, db, name, solver, even.Even)
		if err != nil {
			return err
		}
		shares = p.settle(shares, even.Even)
		err = pg.InTx(ctx, db, func(tx pg.DB) error { return p.price(ctx, tx, shares.Proof.Price) })
		if err != nil {
			return err
		}
		report = p.report(name, shares, joined)
		if report.Proof != nil {
			report.Proof.Start = start
		}
		report.Evenness = p.evenness(even, oneProcess(solver), shares, joined != nil)
		if err := p.write(ctx, look, db, &report, p.rows(name, shares)); err != nil {
			return err
		}
		if err := p.leave(ctx, db, name, evenly(solver, even.Even), shares, even.Even); err != nil {
			return err
		}
		return finish(ctx, db, &report)
	})
	if err != nil {
		return Report{}, fmt.Errorf("match the city: %w", err)
	}
	return report, nil
}

// alone runs do while no other round runs, with one unchanging look at the city.
func alone(ctx context.Context, db pg.DB, do func(look pg.DB) error) error {
	return pg.InTx(ctx, db, func(look pg.DB) error {
		if _, nested := db.(pgx.Tx); !nested {
			// One picture, however long we think about it.
			_, err := look.Exec(ctx, `set transaction isolation level repeatable read`)
			if err != nil {
				return err
			}
			_, err = look.Exec(ctx, `set local idle_in_transaction_session_timeout = 0`)
			if err != nil {
				return err
			}
		}
		free, err := pg.One[bool](ctx, look, errRunning, `
			select pg_try_advisory_xact_lock(hashtextextended('matcher.round', 0))`, pg.Args{})
		if err != nil {
			return err
		}
		if !free {
			return errRunning
		}
		return do(look)
	})
}

// everything reads the whole city.
func everything(ctx context.Context, look pg.DB, at time.Time) (*city, Evenness, error) {
	even, err := evenness(ctx, look, at)
	if err != nil {
		return nil, even, err
	}
	cards, err := openCards(ctx, look, nil)
	if err != nil {
		return nil, even, err
	}
	offers, err := openOffers(ctx, look, nil)
	if err != nil {
		return nil, even, err
	}
	c, err := load(ctx, look, cards, offers, at)
	return c, even, err
}

// write makes the proposals of the city follow a plan, area by area. A failure
// goes into the report and stops no other area.
func (p *plan) write(ctx context.Context, look, db pg.DB, report *Report, rows []row) error {
	of := map[string][]row{}
	for _, r := range rows {
		of[p.area[r.card]] = append(of[p.area[r.card]], r)
	}
	areas, err := pg.Many[string](ctx, look, `
		select distinct k.area
		  from exchange.proposals p
		  join exchange.cards k on k.id = p.card_id
		 where p.state = 'open'`, pg.Args{})
	if err != nil {
		return err
	}
	for _, k := range p.city.cards {
		areas = append(areas, k.Area)
	}
	slices.Sort(areas)
	for _, area := range slices.Compact(areas) {
		var did changes
		err := pg.InTx(ctx, db, func(tx pg.DB) error {
			part := p.city.district(area)
			rows, err := part.still(ctx, tx, of[area])
			if err != nil {
				return err
			}
			if did, err = part.write(ctx, tx, rows); err != nil {
				return err
			}
			gone, err := lapseUnmatched(ctx, tx, area)
			did.lapsed += gone
			return err
		})
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			report.Failed = append(report.Failed, Failure{Area: area, Code: codeOf(err)})
			continue
		}
		report.Opened, report.Kept, report.Lapsed = report.Opened+did.opened, report.Kept+did.kept, report.Lapsed+did.lapsed
	}
	return nil
}

// codeOf names a failure without quoting anything: Postgres' own code, or the
// kind of ours.
func codeOf(err error) string {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		return e.Code
	}
	return fault.Of(err).String()
}

// district is the part of the city whose cards lie in an area.
func (c *city) district(area string) *city {
	part := *c
	part.cards, part.standing = nil, map[pair]standing{}
	mine := map[deid.CardID]bool{}
	for _, k := range c.cards {
		if k.Area == area {
			part.cards = append(part.cards, k)
			mine[k.ID] = true
		}
	}
	for at, s := range c.standing {
		if mine[at.card] {
			part.standing[at] = s
		}
	}
	return &part
}

// lapseUnmatched ends proposals of an area's cards that were not in the round at
// all: closed, withdrawn, or promised to the last unit.
func lapseUnmatched(ctx context.Context, tx pg.DB, area string) (int, error) {
	tag, err := tx.Exec(ctx, `
		update exchange.proposals p
		   set state = 'lapsed', state_at = now(), round_id = null
		  from exchange.cards k
		 where p.state = 'open' and k.id = p.card_id and k.area = @area
		   and not (k.state = 'open' and k.tier in ('verified', 'direct') and k.committed < k.quantity)`,
		pg.Args{"area": area})
	return int(tag.RowsAffected()), err
}

func finish(ctx context.Context, db pg.DB, r *Report) error {
	var err error
	r.Seconds, err = pg.One[float64](ctx, db, errNoCard, `
		update exchange.rounds
		   set finished_at = clock_timestamp()
		 where id = @id
		returning round(extract(epoch from finished_at - started_at), 3)::float8`, pg.Args{"id": r.Round})
	if err != nil {
		return err
	}
	_, err = db.Exec(ctx, `
		update exchange.rounds
		   set report = @report
		 where id = @id`, pg.Args{"id": r.Round, "report": r})
	return err
}
