package matcher

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"shanqiao/internal/pg"
	"shanqiao/internal/region"
	"shanqiao/matcher/assign"
)

// Division is how a round falls into parts.
type Division string

// The divisions. A card that names only a zone or the city is a part with its like.
const (
	Whole       Division = "whole"     // it does not
	ByDistrict  Division = "districts" // a part for each area that cards name
	ByZone      Division = "zones"     // a part for each functional zone
	moves                = 60          // rounds of moving units between parts
	priceOffers          = 12          // offers of prices for the proof
)

// InParts is a solver of rounds that works part by part, in jobs that any worker may
// take (SolvePart). Every duration left zero is the shipped one.
type InParts struct {
	assign.Optimal
	Division Division
	Help     time.Duration // a part that nobody took for so long the round works on itself; zero: at once
	Lease    time.Duration // a part that was taken so long ago is taken again
	Deadline time.Duration // for all parts together; then the rest is done in one process
}

// Joined says how the parts of a round came together.
type Joined struct {
	Division  Division `json:"division"`
	Parts     int      `json:"parts"`
	Shared    int      `json:"shared"`           // offers that several parts could use
	Proven    bool     `json:"proven"`           // no way serves more of any urgency
	Elsewhere int      `json:"elsewhere"`        // tasks that workers did, and not the round itself
	Broke     string   `json:"broke,omitempty"`  // why the rest was done in one process: "late" or a code
	Failed    []string `json:"failed,omitempty"` // parts that had not answered then
}

const shippedLease, shippedDeadline = time.Minute, 5 * time.Minute

// partOf names the part that a need belongs to.
func (d Division) partOf(n assign.Need) string {
	if _, district := region.DistrictOf(n.District); d == ByZone && district {
		return region.ZoneOf(n.District).Code
	}
	return n.District
}

// parts are the names of all parts, in the order of their numbers.
func (d Division) parts(needs []assign.Need) []string {
	var names []string
	for _, n := range needs {
		names = append(names, d.partOf(n))
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// oneProcess is the solver that does a whole city at once.
func oneProcess(s assign.Solver) assign.Solver {
	if parts, ok := s.(InParts); ok {
		return parts.Optimal
	}
	return s
}

// solve shares the city out, as one problem or in parts.
func (p *plan) solve(ctx context.Context, look, db pg.DB, round string, solver assign.Solver, even bool) (assign.Solution, Start, *Joined, error) {
	parts, divided := solver.(InParts)
	if !divided || parts.Division == Whole {
		last, start, err := p.remember(ctx, look, even)
		if err != nil {
			return assign.Solution{}, "", nil, err
		}
		s := after(evenly(oneProcess(solver), even), last).Solve(p.Problem)
		return s, begun(start, s), nil, nil
	}
	if parts.Lease == 0 {
		parts.Lease = shippedLease
	}
	if parts.Deadline == 0 {
		parts.Deadline = shippedDeadline
	}
	parts.Fair = even
	limited, cancel := context.WithTimeout(ctx, parts.Deadline)
	defer cancel()
	hands := &rows{ctx: limited, db: db, round: round, InParts: parts}
	s, joined := assign.Split{Optimal: parts.Optimal, Part: parts.Division.partOf, Rounds: moves, Offers: priceOffers, Hands: hands}.Solve(p.Problem)
	if err := hands.clear(ctx); err != nil {
		return s, "", nil, err
	}
	j := &Joined{Division: parts.Division, Parts: joined.Parts, Shared: joined.Shared, Elsewhere: hands.elsewhere}
	names := parts.Division.parts(p.Needs)
	for _, part := range hands.failed {
		j.Failed = append(j.Failed, names[part])
	}
	if joined.Broke != nil {
		j.Broke = codeOf(joined.Broke)
		if errors.Is(joined.Broke, context.DeadlineExceeded) {
			j.Broke = "late"
		}
	}
	sum := int64(0)
	j.Proven = true
	for t, served := range s.Proof.Served {
		sum += served
		j.Proven = j.Proven && sum == joined.Most[t]
	}
	return s, "", j, ctx.Err()
}

// rows are the parts of a round as rows of exchange.round_parts.
type rows struct {
	InParts
	ctx       context.Context
	db        pg.DB
	round     string
	turn      int
	elsewhere int
	failed    []int
}

// SolvePartJob is the job that takes a part; its message names the round, the part
// and the turn, and nothing else.
const SolvePartJob = "solve-part"

// Begin writes the rows. Those of other rounds are of rounds that broke off, since
// only one runs at a time.
func (r *rows) Begin(parts []assign.Problem) error {
	err := pg.InTx(r.ctx, r.db, func(tx pg.DB) error {
		if _, err := tx.Exec(r.ctx, `delete from exchange.round_parts`); err != nil {
			return err
		}
		for i, p := range parts {
			problem, err := packed(p)
			if err != nil {
				return err
			}
			_, err = tx.Exec(r.ctx, `
				insert into exchange.round_parts (round_id, part, problem, even)
				values (@round, @part, @problem, @even)`,
				pg.Args{"round": r.round, "part": i, "problem": problem, "even": r.Fair})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("write parts: %w", err)
	}
	return nil
}

// clear takes the rows away.
func (r *rows) clear(ctx context.Context) error {
	_, err := r.db.Exec(ctx, `
		delete from exchange.round_parts
		 where round_id = @round`, pg.Args{"round": r.round})
	return err
}

// pause is how long the round waits between looks at parts that others work on.
const pause = 50 * time.Millisecond

// Do asks parts and collects what they found. While it waits it takes parts itself,
// so a round goes on where nobody else works, and where whoever took one died.
func (r *rows) Do(asks map[int]assign.Ask) (map[int]assign.Reply, error) {
	r.turn++
	if err := r.ask(asks); err != nil {
		return nil, fmt.Errorf("ask parts: %w", err)
	}
	replies := make(map[int]assign.Reply, len(asks))
	wait := time.NewTicker(pause)
	defer wait.Stop()
	for {
		err := r.collect(replies)
		if err == nil && len(replies) == len(asks) {
			return replies, nil
		}
		var did bool
		if err == nil {
			did, err = r.help()
		}
		if err == nil && !did {
			select {
			case <-r.ctx.Done():
				err = r.ctx.Err()
			case <-wait.C:
			}
		}
		if err != nil {
			for part := range asks {
				if _, done := replies[part]; !done {
					r.failed = append(r.failed, part)
				}
			}
			slices.Sort(r.failed)
			return nil, fmt.Errorf("wait for parts: %w", err)
		}
	}
}
