package main

import (
	"fmt"
	"log/slog"
	"time"

	"shanqiao/cmd/shanqiao/demo"
)

// demoCommand fills an empty database with the demo city.
type demoCommand struct {
	Households int    `default:"3000" help:"Households that the city has."`
	Seed       uint64 `default:"1" help:"The same seed makes the same city."`
}

// Run works on what is configured, or on the services that up is running.
func (c *demoCommand) Run(p *program) error {
	return p.inHouse(func(h *house) error {
		return h.load(p, demo.Options{Households: c.Households, Seed: c.Seed})
	})
}

// load fills an empty database, and tells what is in it either way. A demo is
// never mixed into somebody's records.
func (h *house) load(p *program, o demo.Options) error {
	log := slog.New(slog.NewTextHandler(p.stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	ledger, err := h.ledger()
	if err != nil {
		return err
	}
	w := h.jobs(log)
	w.Redis = nil // drained here and now, from Postgres alone
	w.Ledger = ledger
	city := demo.City{
		Pools: h.pools, Keys: h.keys, Drain: w.Drain, Ledger: ledger, At: time.Now(), Log: log, Says: p.stdout,
	}
	empty, err := demo.Empty(p.ctx, h.pools)
	if err != nil {
		return err
	}
	if !empty {
		fmt.Fprintln(p.stdout, "There are households already; nothing was added.")
		account, err := demo.Count(p.ctx, city)
		if err == nil {
			account.Print(p.stdout)
		}
		return err
	}
	fmt.Fprintf(p.stdout, "Filling the demo city with %d households (seed %d) …\n", o.Households, o.Seed)
	account, err := demo.Load(p.ctx, city, o)
	if err == nil {
		account.Print(p.stdout)
	}
	return err
}
