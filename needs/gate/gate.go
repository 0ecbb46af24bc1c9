// Package gate is the only way from a need to a card: publish, the first of the
// two crossings. It works under a database login of its own, which sees of a
// household its region, size, ages and category, and nothing that names anyone;
// no other login may write a card.
//
// What a cohort must be is decided by needs/deid. The gate reads what waits,
// lets deid form cohorts, and writes cards, listings, the snapshot and the
// facts in one transaction. Nobody joins a cohort later and a cohort leaves
// whole; at the end of each tick the gate looks at what can be seen now beside
// all that could be seen before, and takes the tick back if it shows somebody.
package gate

import (
	"context"
	"fmt"
	"time"

	"shanqiao/internal/pg"
	"shanqiao/needs/deid"
)

// Report says what one tick did. Withheld needs wait for the next tick, unseen.
type Report struct {
	Tick, Waiting, Published, Cohorts, Withheld, Retired int
}

// alone waits until nobody else lists or takes down cards on the tiers, in
// whichever process, and keeps others waiting until the transaction ends. A tick
// that began before a need was withdrawn would list it after its cards had been
// taken down. Whoever needs several tiers names them in one call, so that all
// take them in one order.
func alone(ctx context.Context, tx pg.DB, tiers ...deid.Tier) error {
	_, err := tx.Exec(ctx, `
		select pg_advisory_xact_lock(hashtextextended('gate.tick:' || tier, 0))
		  from (select unnest(@tiers::text[]) as tier order by 1) t`, pg.Args{"tiers": tiers})
	return err
}

var allTiers = []deid.Tier{deid.Direct, deid.Public, deid.Verified}

// Tick publishes every cohort that can be formed of the waiting needs on one
// tier, after cohorts whose time is over have left. Day is the civil date that
// the cards' windows start from; s is the least that is asked, to which the city
// and the districts may have added. A tick that would show somebody to a reader
// who keeps every page does not happen, and its error is a *Refused.
func Tick(ctx context.Context, db pg.DB, tier deid.Tier, day time.Time, s deid.Settings) (Report, error) {
	var report Report
	err := pg.InTx(ctx, db, func(tx pg.DB) error {
		report = Report{}
		if err := alone(ctx, tx, tier); err != nil {
			return err
		}
		s, err := tightened(ctx, tx, tier, day, s)
		if err != nil {
			return fmt.Errorf("read the settings: %w", err)
		}
		if report.Retired, err = retire(ctx, tx, tier, day); err != nil {
			return fmt.Errorf("retire cohorts: %w", err)
		}
		homes, err := register(ctx, tx)
		if err != nil {
			return fmt.Errorf("read the register: %w", err)
		}
		waiting, err := waiting(ctx, tx, tier, day, homes, nil, "")
		if err != nil {
			return fmt.Errorf("read what waits: %w", err)
		}
		seen, err := out(ctx, tx, tier, homes, deid.NewRegister(homes.all()))
		if err != nil {
			return fmt.Errorf("read what is out: %w", err)
		}
		cohorts := deid.Form(tier, waiting, seen, s)
		report.Waiting, report.Cohorts = len(waiting), len(cohorts)
		for _, c := range cohorts {
			report.Published += len(c.Needs)
		}
		report.Withheld = report.Waiting - report.Published
		if report.Tick, err = begin(ctx, tx, tier, s, report); err != nil {
			return err
		}
		if err := publish(ctx, tx, tier, report.Tick, day, cohorts); err != nil {
			return fmt.Errorf("publish the cohorts: %w", err)
		}
		if err := observe(ctx, tx, tier, report.Tick); err != nil {
			return fmt.Errorf("write down what can be seen: %w", err)
		}
		return check(ctx, tx, tier, report.Tick, s)
	})
	return report, err
}

// begin writes the tick's own row.
func begin(ctx context.Context, tx pg.DB, tier deid.Tier, s deid.Settings, r Report) (int, error) {
	return pg.One[int](ctx, tx, nil, `
		insert into gate.ticks (tier, ladders, k, waiting, published, cohorts)
		values (@tier, @ladders, @k, @waiting, @published, @cohorts)
		returning id`,
		pg.Args{"tier": tier, "ladders": deid.LaddersVersion(), "k": s.K, "waiting": r.Waiting,
			"published": r.Published, "cohorts": r.Cohorts})
}
