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
	City  matchCity  `cmd:"" default:"withargs" help:"Match the whole city: proposals stand in the database."`
	Solve matchSolve `cmd:"" help:"Solve needs.csv, resources.csv and edges.csv of a folder; writes assignment.csv beside them."`
}

type matchCity struct {
	Language string `enum:"zh,en" default:"zh" help:"Language of the account: zh or en."`
}

// Run prints the account of the round; proposals stand in the database. It ends
// with code 1 when some district stayed as it was.
func (c *matchCity) Run(p *program) error {
	return p.inHouse(func(h *house) error {
		r, err := matcher.Round(p.ctx, h.pools.Exchange, time.Now(), assign.Optimal{})
		if err != nil {
			return err
		}
		fmt.Fprint(p.stdout, r.Text(c.Language))
		if len(r.Failed) > 0 {
			return exit(1)
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
