package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"time"

	"shanqiao/cmd/shanqiao/demo"
	"shanqiao/internal/migrate"
	"shanqiao/internal/pg"
)

// demoCommand fills an empty database with the demo city.
type demoCommand struct {
	Households int    `default:"3000" help:"Households that the city has."`
	Seed       uint64 `default:"1" help:"The same seed makes the same city."`
	Weeks      int    `default:"0" help:"Weekly ticks that the city has behind it, with arrivals, withdrawals and claims."`
	Starved    string `help:"Code of a district without organisations of its own or from around it, in a city that has less of everything."`
}

// Run works on what is configured, or on the services that up is running.
func (c *demoCommand) Run(p *program) error {
	return p.inHouse(func(h *house) error {
		return h.load(p, demo.Options{Households: c.Households, Seed: c.Seed, Weeks: c.Weeks, Starved: c.Starved})
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
	pools, err := h.hurried(p.ctx)
	if err != nil {
		return err
	}
	defer pools.Close()
	w := h.jobs(log)
	w.Pools = pools
	w.Redis = nil // drained here and now, from Postgres alone
	w.Ledger = ledger
	city := demo.City{
		Pools: pools, Keys: h.keys, Drain: w.Drain, Ledger: ledger, At: time.Now(), Log: log, Says: p.stdout,
	}
	empty, err := demo.Empty(p.ctx, h.pools)
	if err != nil {
		return err
	}
	if !empty {
		fmt.Fprintln(p.stdout, "There are households already; nothing was added.")
		if finished, err := demo.Finished(p.ctx, h.pools); err == nil && !finished {
			fmt.Fprintln(p.stdout, "The demo city was interrupted half-way. To make it anew, begin with an empty database"+h.ownData()+".")
		}
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

// ownData says which folder to remove where the database is one of our own.
func (h *house) ownData() string {
	if h.private == nil {
		return ""
	}
	return ": stop, and remove " + h.Data
}

// hurried are pools that do not wait for the disk at each commit. A crash may
// take the last moments of an invented city, which nobody misses.
func (h *house) hurried(ctx context.Context) (*pg.Pools, error) {
	at, err := url.Parse(h.Database)
	if err != nil {
		return nil, errors.New("DATABASE_URL is not an address")
	}
	q := at.Query()
	q.Set("synchronous_commit", "off")
	at.RawQuery = q.Encode()
	return migrate.Pools(ctx, at.String(), h.keys, h.Sizes)
}
