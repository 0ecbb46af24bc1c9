package main

import (
	"errors"
	"fmt"
	"time"

	"shanqiao/needs/card"
	"shanqiao/needs/index"
)

// indexCommand looks after the search index, which is derived and may be lost.
type indexCommand struct {
	Status  indexStatus  `cmd:"" help:"Say how the indexes stand; code 1 if one is not ready."`
	Rebuild indexRebuild `cmd:"" help:"Fill the indexes anew from Postgres while the old ones answer."`
	Verify  indexVerify  `cmd:"" help:"Compare the indexes with Postgres and mend what differs; code 1 if anything did."`
}

type (
	indexStatus  struct{}
	indexRebuild struct{}
	indexVerify  struct{}
)

// Run prints one line for each tier.
func (*indexStatus) Run(p *program) error {
	ready := true
	err := p.eachHouseIndex(func(_ *house, idx index.Index) error {
		h := idx.Health(p.ctx)
		state := "ready"
		if !h.Ready {
			state, ready = "not ready: "+h.Reason, false
		}
		fmt.Fprintf(p.stdout, "%s: %s, %s, %d cards, generation %d\n", idx.Tier(), h.Engine, state, h.Docs, h.Generation)
		return nil
	})
	if err == nil && !ready {
		return exit(1)
	}
	return err
}

// Run prints how many cards went in, and how long it took.
func (*indexRebuild) Run(p *program) error {
	return p.eachHouseIndex(func(h *house, idx index.Index) error {
		from := time.Now()
		report, err := card.Rebuild(p.ctx, h.pools.Exchange, idx)
		if err == nil {
			fmt.Fprintf(p.stdout, "%s: %d cards in %.1f s\n", idx.Tier(), report.Docs, time.Since(from).Seconds())
		}
		return err
	})
}

// Run mends, because an orphan is a card that someone could find after it was
// taken down, and must not wait for a person.
func (*indexVerify) Run(p *program) error {
	drifted := false
	err := p.eachHouseIndex(func(h *house, idx index.Index) error {
		d, err := card.Reconcile(p.ctx, h.pools.Exchange, idx)
		if err == nil {
			drifted = drifted || d.Any()
			fmt.Fprintf(p.stdout, "%s: %d cards held, %d in Postgres; %d of 1024 parts differed: %d missing, %d stale, %d orphans\n",
				idx.Tier(), d.Held, d.Wanted, d.Buckets, d.Missing, d.Stale, d.Orphans)
		}
		if err == nil && d.Wiped {
			fmt.Fprintf(p.stdout, "%s: the index was empty and has been built anew\n", idx.Tier())
		}
		return err
	})
	if err == nil && drifted {
		return exit(1)
	}
	return err
}

func (p *program) eachHouseIndex(do func(*house, index.Index) error) error {
	return p.inHouse(func(h *house) error {
		if err := h.search(p.ctx, nil); err != nil {
			return err
		}
		return errors.Join(do(h, h.index.Public), do(h, h.index.Verified))
	})
}
