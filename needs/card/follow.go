package card

import (
	"context"
	"time"

	"shanqiao/internal/pg"
	"shanqiao/needs/deid"
	"shanqiao/needs/index"
)

// overlap is how far back each look reaches. A change carries the time at which
// its transaction began and is seen when it ends, so a look must reach back
// further than any transaction of ours lasts.
const overlap = 2 * time.Minute

// Follower keeps an index in this process equal to Postgres. Every portal has
// one, so that several portals need nothing between them but Postgres.
type Follower struct {
	DB    pg.DB
	Tiers index.Tiers // indexes of this process
	Every time.Duration
	// Failed is told of a look that failed; the next one makes up for it.
	Failed func(error)

	seen time.Time // the newest change that was applied
}

// Load fills the indexes with all open cards. Until it returns, searches find nothing.
func (f *Follower) Load(ctx context.Context) error {
	start, err := pg.One[time.Time](ctx, f.DB, nil, `select now()`, pg.Args{})
	if err != nil {
		return err
	}
	for _, idx := range f.Tiers.All() {
		if _, err := Rebuild(ctx, f.DB, idx); err != nil {
			return err
		}
	}
	f.seen = start
	return nil
}

// Look applies what changed since the last look. It reads some changes again;
// the index knows their versions and ignores them.
func (f *Follower) Look(ctx context.Context) error {
	from := Feed{At: f.seen.Add(-overlap)}
	for {
		part, to, err := Changed(ctx, f.DB, from, page)
		if err != nil || len(part) == 0 {
			return err
		}
		byTier := map[deid.Tier][]index.Change{}
		for _, c := range part {
			byTier[c.Tier] = append(byTier[c.Tier], index.ChangeOf(c))
		}
		for tier, changes := range byTier {
			if err := apply(ctx, f.Tiers.Of(tier), changes); err != nil {
				return err
			}
		}
		from = to
		if to.At.After(f.seen) {
			f.seen = to.At
		}
	}
}

// Run looks again and again until its context ends.
func (f *Follower) Run(ctx context.Context) {
	tick := time.NewTicker(f.Every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := f.Look(ctx); err != nil && ctx.Err() == nil && f.Failed != nil {
			f.Failed(err)
		}
	}
}

// Follow loads the indexes and then follows Postgres until ctx ends. It returns
// when the indexes are loaded; failures of later looks go to failed.
func Follow(ctx context.Context, db pg.DB, tiers index.Tiers, every time.Duration, failed func(error)) error {
	f := &Follower{DB: db, Tiers: tiers, Every: every, Failed: failed}
	if err := f.Load(ctx); err != nil {
		return err
	}
	go f.Run(ctx)
	return nil
}
