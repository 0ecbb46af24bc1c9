package matcher

import (
	"context"
	"fmt"
	"slices"
	"time"

	"shanqiao/internal/pg"
	"shanqiao/matcher/view"
)

// Drift is what Check found and mended: open offers that memory lacked, held as
// they were before, or held although they are given no more, and organisations
// whose record it had wrong. Held is how many offers it holds now.
type Drift struct {
	Missing, Stale, Orphans, Records int
	Held                             int
}

// Any says whether there was anything to mend.
func (d Drift) Any() bool { return d.Missing+d.Stale+d.Orphans+d.Records > 0 }

// Check compares memory with Postgres, offer by offer, and mends what differs.
// What changed while it was reading is not drift: a look would have seen it.
func (f *Follower) Check(ctx context.Context) (Drift, error) {
	all, err := f.all(ctx)
	if err != nil {
		return Drift{}, err
	}
	if _, err := f.Look(ctx); err != nil {
		return Drift{}, err
	}
	ids := f.Online.view.IDs()
	for _, o := range all.Offers {
		ids = append(ids, o.ID)
	}
	slices.Sort(ids)
	suspects := f.Online.view.Differ(slices.Compact(ids), all)
	d, err := f.mend(ctx, suspects)
	if err != nil {
		return Drift{}, err
	}
	prices, err := allPrices(ctx, f.DB)
	if err != nil {
		return Drift{}, err
	}
	f.Online.view.PutPrices(prices)
	d.Held = f.Online.view.Len()
	f.mended += d.Missing + d.Stale + d.Orphans + d.Records
	return d, f.say(ctx)
}

// mend reads again what seemed to differ. What it reads is newer than memory,
// so where they still differ memory takes it over.
func (f *Follower) mend(ctx context.Context, suspects view.Difference) (Drift, error) {
	if len(suspects.Offers())+len(suspects.Records) == 0 {
		return Drift{}, nil
	}
	now, err := f.some(ctx, suspects.Offers())
	if err != nil {
		return Drift{}, err
	}
	wrong := f.Online.view.Differ(suspects.Offers(), now)
	f.Online.view.Put(wrong.Offers(), now)
	records, err := f.records(ctx, suspects.Records)
	if err != nil {
		return Drift{}, err
	}
	doubted := f.Online.view.Differ(nil, view.Contents{Records: records}).Records
	f.Online.view.PutRecords(suspects.Records, records)
	moved, err := f.Look(ctx) // what it sees now was on its way
	if err != nil {
		return Drift{}, err
	}
	return Drift{
		Missing: len(without(wrong.Missing, moved)),
		Stale:   len(without(wrong.Stale, moved)),
		Orphans: len(without(wrong.Orphans, moved)),
		Records: len(doubted),
	}, nil
}

func without[T comparable](all, some []T) []T {
	return slices.DeleteFunc(slices.Clone(all), func(x T) bool { return slices.Contains(some, x) })
}

// say leaves word in Postgres of how this memory stands, and clears away what
// processes said that are gone.
func (f *Follower) say(ctx context.Context) error {
	_, err := f.DB.Exec(ctx, `
		with gone as (
		  delete from exchange.match_views
		   where checked_at < now() - interval '20 minutes' and id <> @id)
		insert into exchange.match_views (id, offers, mended)
		values (@id, @offers, @mended)
		    on conflict (id) do update
		   set offers = excluded.offers, mended = excluded.mended, checked_at = now()`,
		pg.Args{"id": f.id, "offers": f.Online.view.Len(), "mended": f.mended})
	if err != nil {
		return fmt.Errorf("word of the offers in memory: %w", err)
	}
	return nil
}

// Copies is how the memories of all processes stood when they were last
// compared with Postgres: how many there are, the one that was compared longest
// ago, and how many offers were mended in all of them since they began.
type Copies struct {
	Views  int
	Oldest time.Duration
	Mended int64
}

// leave takes that word back when the process ends.
func (f *Follower) leave(ctx context.Context) error {
	_, err := f.DB.Exec(ctx, `
		delete from exchange.match_views
		 where id = @id`, pg.Args{"id": f.id})
	return err
}

// Views says how the memories stand that were heard of in the last twenty minutes.
func Views(ctx context.Context, db pg.DB) (Copies, error) {
	return pg.One[Copies](ctx, db, nil, `
		select count(*)::int as views, coalesce(now() - min(checked_at), '0')::interval as oldest,
		       coalesce(sum(mended), 0)::bigint as mended
		  from exchange.match_views
		 where checked_at > now() - interval '20 minutes'`, pg.Args{})
}
