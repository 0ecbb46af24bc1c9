package card

import (
	"context"
	"slices"

	"shanqiao/internal/pg"
	"shanqiao/needs/deid"
	"shanqiao/needs/index"
)

// Drift is what Reconcile found and mended: cards the index lacked, held in
// another version or with another checksum, or held although Postgres says that
// nobody may find them. Held and Wanted are how many cards there were on either
// side, Buckets in how many parts they differed. Wiped says that the index had
// lost everything and was built anew.
type Drift struct {
	Missing, Stale, Orphans int
	Held, Wanted, Buckets   int
	Wiped                   bool
}

// Any says whether there was anything to mend.
func (d Drift) Any() bool { return d.Missing+d.Stale+d.Orphans > 0 }

// Reconcile compares a tier's index with Postgres and mends what differs.
// Orphans are the serious kind: someone could find what was taken down. Both
// sides are first summed up in parts, so that only the parts that differ are
// read card by card, and no more than one of them is held in memory.
func Reconcile(ctx context.Context, db pg.DB, idx index.Index) (Drift, error) {
	held, err := idx.Buckets(ctx)
	if err != nil {
		return Drift{}, err
	}
	wanted := index.Buckets{}
	err = Open(ctx, db, idx.Tier(), func(part []deid.Card) error {
		for _, c := range part {
			wanted.Add(index.LineOf(index.Document(c)))
		}
		return nil
	})
	if err != nil {
		return Drift{}, err
	}
	d := Drift{Held: held.Len(), Wanted: wanted.Len()}
	if d.Held == 0 && d.Wanted > 0 {
		// Filled card by card, it would answer with a part of them for a while.
		d.Wiped, d.Missing = true, d.Wanted
		_, err := Rebuild(ctx, db, idx)
		return d, err
	}
	parts := wanted.Differ(held)
	slices.Sort(parts)
	d.Buckets = len(parts)
	for _, bucket := range parts {
		if err := mend(ctx, db, idx, bucket, &d); err != nil {
			return d, err
		}
	}
	return d, nil
}

// mend compares one part card by card. The index is read before Postgres, so that
// what Postgres says is never older than what it is compared with.
func mend(ctx context.Context, db pg.DB, idx index.Index, bucket string, d *Drift) error {
	held, err := manifest(ctx, idx, bucket)
	if err != nil {
		return err
	}
	cards, err := pg.Many[deid.Card](ctx, db, `
		select`+Columns+`
		  from exchange.cards c
		 where c.tier = @tier
		   and (c.id = any(@held) or (c.state = 'open' and c.committed < c.quantity and left(c.id, @size) = @bucket))`,
		pg.Args{"tier": string(idx.Tier()), "held": ids(held), "bucket": bucket, "size": len(bucket)})
	if err != nil {
		return err
	}
	var changes []index.Change
	for _, c := range cards {
		change := index.ChangeOf(c)
		line, there := held[string(c.ID)]
		delete(held, string(c.ID))
		switch {
		case change.Delete && !there:
			continue
		case change.Delete:
			d.Orphans++
		case !there:
			d.Missing++
		case line != index.LineOf(*change.Doc):
			d.Stale++
		default:
			continue
		}
		change.Repair = true // the index may know this version and not have it
		if change.Delete {
			change.Version = max(change.Version, line.Version)
		}
		changes = append(changes, change)
	}
	for card, line := range held { // Postgres does not know it
		d.Orphans++
		changes = append(changes, index.Change{ID: card, Version: line.Version, Delete: true, Repair: true})
	}
	for part := range slices.Chunk(changes, page) {
		if err := apply(ctx, idx, part); err != nil {
			return err
		}
	}
	return nil
}

func manifest(ctx context.Context, idx index.Index, bucket string) (map[string]index.DocVersion, error) {
	held := map[string]index.DocVersion{}
	for after := ""; ; {
		part, err := idx.Manifest(ctx, bucket, after, page)
		if err != nil || len(part) == 0 {
			return held, err
		}
		for _, line := range part {
			held[line.ID] = line
		}
		after = part[len(part)-1].ID
	}
}

func ids(held map[string]index.DocVersion) []string {
	out := make([]string, 0, len(held))
	for card := range held {
		out = append(out, card)
	}
	return out
}
