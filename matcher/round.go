package matcher

import (
	"context"
	"fmt"
	"time"

	"shanqiao/charities"
	"shanqiao/internal/id"
	"shanqiao/internal/pg"
	"shanqiao/matcher/assign"
	"shanqiao/matcher/rule"
	"shanqiao/needs/deid"
)

// Round matches the whole city anew: every open card with every open offer,
// shared out by the solver, the most urgent first. Cards keep their best
// candidates beside what was assigned; the rest lapses. The report is kept in
// exchange.rounds. Only one round runs at a time; a second is a conflict.
func Round(ctx context.Context, db pg.DB, at time.Time, solver assign.Solver) (Report, error) {
	var report Report
	err := pg.InTx(ctx, db, func(tx pg.DB) error {
		free, err := pg.One[bool](ctx, tx, errRunning, `
			select pg_try_advisory_xact_lock(hashtextextended('matcher.round', 0))`, pg.Args{})
		if err != nil {
			return err
		}
		if !free {
			return errRunning
		}
		report, err = round(ctx, tx, at, solver)
		return err
	})
	if err != nil {
		return Report{}, fmt.Errorf("match the city: %w", err)
	}
	return report, nil
}

func round(ctx context.Context, tx pg.DB, at time.Time, solver assign.Solver) (Report, error) {
	name := id.New()
	// clock_timestamp and not now: now stands still in a transaction.
	_, err := tx.Exec(ctx, `
		insert into exchange.rounds (id, started_at)
		values (@id, clock_timestamp())`, pg.Args{"id": name})
	if err != nil {
		return Report{}, err
	}
	cards, err := openCards(ctx, tx, nil)
	if err != nil {
		return Report{}, err
	}
	offers, err := openOffers(ctx, tx, nil)
	if err != nil {
		return Report{}, err
	}
	c, err := load(ctx, tx, cards, offers, at)
	if err != nil {
		return Report{}, err
	}
	p := c.plan()
	shares := solver.Solve(p.Problem)
	if err := p.price(ctx, tx, shares.Proof.Price); err != nil {
		return Report{}, err
	}
	report := p.report(name, shares)
	did, err := c.write(ctx, tx, p.rows(name, shares))
	if err != nil {
		return Report{}, err
	}
	unmatched, err := lapseUnmatched(ctx, tx)
	if err != nil {
		return Report{}, err
	}
	report.Opened, report.Kept, report.Lapsed = did.opened, did.kept, did.lapsed+unmatched
	return report, finish(ctx, tx, &report)
}

// plan is the city as a problem for a solver, with what each row stands for.
type plan struct {
	assign.Problem
	city  *city
	found [][]candidate // by card
	cause []rule.Code   // by card: what stood in the way of all, or ""
}

// tiers is how urgency orders the sharing out. Only direct cards are "now". What
// is not said may be urgent for one of a group and not for the next.
var tiers = map[deid.UrgencyBand]int{deid.Now: 0, deid.Urgent: 1, deid.Soon: 2, deid.Unsaid: 2, deid.Open: 3}

func (c *city) plan() *plan {
	p := &plan{city: c, found: make([][]candidate, len(c.cards)), cause: make([]rule.Code, len(c.cards))}
	for _, o := range c.offers {
		p.Resources = append(p.Resources, assign.Resource{Key: o.ID.String(), Capacity: max(0, o.Left())})
	}
	for i, card := range c.cards {
		p.Needs = append(p.Needs, assign.Need{Key: card.ID.String(), Tier: tiers[card.Urgency], Units: card.Left()})
		p.found[i], p.cause[i] = c.candidates(card)
		for _, f := range p.found[i] {
			e := assign.Edge{Need: int32(i), Resource: int32(f.offer), Utility: int32(f.sum)}
			if s, ok := c.standing[pair{card.ID, c.offers[f.offer].ID}]; ok && s.State == Open && s.RoundID != "" {
				e.Utility += int32(c.weights.Keep)
			}
			p.Edges = append(p.Edges, e)
		}
	}
	return p
}

// rows are the proposals that follow from a solution.
func (p *plan) rows(round string, s assign.Solution) []row {
	assigned := make([]map[charities.OfferID]given, len(p.Needs))
	for _, share := range s.Shares {
		e := p.Edges[share.Edge]
		if assigned[e.Need] == nil {
			assigned[e.Need] = map[charities.OfferID]given{}
		}
		assigned[e.Need][p.city.offers[e.Resource].ID] = given{share.Units, round}
	}
	var rows []row
	for i, card := range p.city.cards {
		rows = append(rows, p.city.rows(card, p.found[i], assigned[i])...)
	}
	return rows
}

// lapseUnmatched ends proposals of cards that were not in the round at all:
// closed, withdrawn, or promised to the last unit.
func lapseUnmatched(ctx context.Context, tx pg.DB) (int, error) {
	tag, err := tx.Exec(ctx, `
		update exchange.proposals p
		   set state = 'lapsed', state_at = now(), round_id = null
		  from exchange.cards k
		 where p.state = 'open' and k.id = p.card_id
		   and not (k.state = 'open' and k.tier in ('verified', 'direct') and k.committed < k.quantity)`)
	return int(tag.RowsAffected()), err
}

func finish(ctx context.Context, tx pg.DB, r *Report) error {
	var err error
	r.Seconds, err = pg.One[float64](ctx, tx, errNoCard, `
		update exchange.rounds
		   set finished_at = clock_timestamp()
		 where id = @id
		returning round(extract(epoch from finished_at - started_at), 3)::float8`, pg.Args{"id": r.Round})
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
		update exchange.rounds
		   set report = @report
		 where id = @id`, pg.Args{"id": r.Round, "report": r})
	return err
}
