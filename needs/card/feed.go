package card

import (
	"context"
	"fmt"
	"time"

	"shanqiao/internal/id"
	"shanqiao/internal/pg"
	"shanqiao/needs/deid"
	"shanqiao/needs/index"
)

// page is how many cards are read at a time for the index.
const page = 2000

// Feed is where a reader of changes stands: all up to At, and at At up to ID.
type Feed struct {
	At time.Time
	ID string
}

// Changed reads the next cards that changed after a place in the feed, oldest
// change first, open or not, of both tiers that are searched.
func Changed(ctx context.Context, db pg.DB, since Feed, n int) ([]deid.Card, Feed, error) {
	type row struct {
		deid.Card
		ChangedAt time.Time
	}
	rows, err := pg.Many[row](ctx, db, `
		select`+Columns+`, c.changed_at
		  from exchange.cards c
		 where c.tier in ('public','verified') and (c.changed_at, c.id) > (@at, @id)
		 order by c.changed_at, c.id
		 limit @n`,
		pg.Args{"at": since.At, "id": since.ID, "n": n})
	if err != nil || len(rows) == 0 {
		return nil, since, err
	}
	cards := make([]deid.Card, len(rows))
	for i, r := range rows {
		cards[i] = r.Card
	}
	last := rows[len(rows)-1]
	return cards, Feed{last.ChangedAt, last.ID.String()}, nil
}

// Open reads the cards of a tier that the index should hold, page by page in the
// order of their ids, and hands each page on.
func Open(ctx context.Context, db pg.DB, tier deid.Tier, do func([]deid.Card) error) error {
	after := ""
	for {
		cards, err := pg.Many[deid.Card](ctx, db, `
			select`+Columns+`
			  from exchange.cards c
			 where c.tier = @tier and c.state = 'open' and c.id > @after
			 order by c.id
			 limit @n`,
			pg.Args{"tier": string(tier), "after": after, "n": page})
		if err != nil || len(cards) == 0 {
			return err
		}
		if err := do(cards); err != nil {
			return err
		}
		after = cards[len(cards)-1].ID.String()
	}
}

// Reindex makes the index say what Postgres says of one card now. It is the work
// of a job and may be done any number of times in any order. It asks two
// neighbours, so it must not be called inside a transaction.
func Reindex(ctx context.Context, db pg.DB, tiers index.Tiers, card string) error {
	if !id.Valid(card) {
		return errNotFound
	}
	found, err := pg.One[deid.Card](ctx, db, errNotFound, `
		select`+Columns+`
		  from exchange.cards c
		 where c.id = @id`,
		pg.Args{"id": card})
	if err != nil {
		return err
	}
	idx := tiers.Of(found.Tier)
	if idx == nil {
		return nil // direct cards are in no index
	}
	return apply(ctx, idx, []index.Change{index.ChangeOf(found)})
}

func apply(ctx context.Context, idx index.Index, changes []index.Change) error {
	receipt, err := idx.Apply(ctx, changes)
	if err != nil {
		return err
	}
	for i, result := range receipt.Items {
		if result == index.Rejected {
			return fmt.Errorf("index of tier %s rejects card %s", idx.Tier(), changes[i].ID)
		}
	}
	return idx.WaitVisible(ctx, receipt)
}

// Rebuild fills a new generation of a tier's index from Postgres while the old
// one answers, and swaps. What changes during the scan comes in with the tail.
func Rebuild(ctx context.Context, db pg.DB, idx index.Index) (index.Report, error) {
	start, err := pg.One[time.Time](ctx, db, nil, `select now() - @overlap::interval`, pg.Args{"overlap": overlap})
	if err != nil {
		return index.Report{}, err
	}
	next, err := idx.BeginRebuild(ctx)
	if err != nil {
		return index.Report{}, err
	}
	// After Commit there is nothing left to abort.
	defer next.Abort(context.WithoutCancel(ctx))
	err = Open(ctx, db, idx.Tier(), func(part []deid.Card) error {
		docs := make([]index.Doc, len(part))
		for i, c := range part {
			docs[i] = index.Document(c)
		}
		return next.Add(ctx, docs)
	})
	if err != nil {
		return index.Report{}, err
	}
	return next.Commit(ctx, func(ctx context.Context) ([]index.Change, error) {
		return tail(ctx, db, idx.Tier(), Feed{At: start})
	})
}

func tail(ctx context.Context, db pg.DB, tier deid.Tier, from Feed) ([]index.Change, error) {
	var out []index.Change
	for {
		part, to, err := Changed(ctx, db, from, page)
		if err != nil || len(part) == 0 {
			return out, err
		}
		for _, c := range part {
			if c.Tier == tier {
				out = append(out, index.ChangeOf(c))
			}
		}
		from = to
	}
}
