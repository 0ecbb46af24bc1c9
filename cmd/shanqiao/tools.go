package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/pg"
	"shanqiao/matcher"
	"shanqiao/matcher/assign"
	"shanqiao/needs/chain"
)

// inHouse runs do with what is configured, or with what up is running.
func (p *program) inHouse(do func(*house) error) (err error) {
	h, err := open(p)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close()) }()
	return do(h)
}

// matchCommand matches the whole city once, or solves a problem in files.
type matchCommand struct {
	City  matchCity  `cmd:"" default:"1" help:"Match the whole city: proposals stand in the database."`
	Solve matchSolve `cmd:"" help:"Solve needs.csv, resources.csv and edges.csv of a folder; writes assignment.csv beside them."`
	Again matchAgain `cmd:"" help:"Solve a problem in files, change some of it, and solve that with and without the memory of the first."`
	Split matchSplit `cmd:"" help:"Solve a problem in files in parts, joined by what they share."`
	Make  matchMake  `cmd:"" help:"Invent a problem of that kind, for measuring."`
}

type matchCity struct{}

// Run prints the account of the round; proposals stand in the database.
func (*matchCity) Run(p *program) error {
	return p.inHouse(func(h *house) error {
		r, err := matcher.Round(p.ctx, h.pools.Exchange, time.Now(), assign.Optimal{})
		if err != nil {
			return err
		}
		fmt.Fprintf(p.stdout, "round %s: %d needs, %d offers, %d possible pairs in %.1f s\n",
			r.Round, r.Needs, r.Offers, r.Edges, r.Seconds)
		fmt.Fprintf(p.stdout, "proposals: %d new, %d kept, %d lapsed\n", r.Opened, r.Kept, r.Lapsed)
		for _, b := range r.ByUrgency {
			fmt.Fprintf(p.stdout, "  urgency %-8s %5d needs, %5d of %5d units served\n", b.Name, b.Needs, b.Served, b.Wanted)
		}
		for _, c := range r.Unserved {
			fmt.Fprintf(p.stdout, "  not served because of %s: %d needs, %d units\n", c.Rule, c.Needs, c.Units)
		}
		return nil
	})
}

// chainCommand looks after the households' chains.
type chainCommand struct {
	Verify chainVerify `cmd:"" help:"Verify every chain, and name what is damaged."`
}

type chainVerify struct {
	Household string `help:"Only this household, by its id."`
}

var errNoNumber = fault.New(fault.NotFound, "household.missing")

// Run ends with code 1 when anything is damaged. It reads as the audit login;
// only the number that people say is read from the records half.
func (c *chainVerify) Run(p *program) error {
	return p.inHouse(func(h *house) error {
		ledger, err := h.ledger()
		if err != nil {
			return err
		}
		report, err := chain.Verify(p.ctx, h.pools.Audit, chain.Options{
			Household: c.Household, Ledger: ledger, Number: h.number,
		})
		if err != nil {
			return err
		}
		for _, f := range report.Findings {
			fmt.Fprintln(p.stdout, f)
		}
		fmt.Fprintf(p.stdout, "%d chains, %d entries, %d lawfully erased, %d signed checkpoints: %d findings\n",
			report.Chains, report.Entries, report.Erased, report.Checkpoints, len(report.Findings))
		if !report.OK() {
			return exit(1)
		}
		return nil
	})
}

// number is what people say on the phone; a household that was removed has none.
func (h *house) number(ctx context.Context, household string) (string, error) {
	var number string
	err := pg.As(ctx, h.pools.Records, actor.Whole, func(tx pg.DB) (err error) {
		number, err = pg.One[string](ctx, tx, errNoNumber,
			`select number from records.households where id = @household`, pg.Args{"household": household})
		return err
	})
	if errors.Is(err, errNoNumber) {
		return "", nil
	}
	return number, err
}
