package chain

import (
	"context"
	"time"

	"shanqiao/internal/pg"
)

// Witness is how the file of checkpoints stands, without reading any chain.
type Witness struct {
	Lines int64     // checkpoints in the file
	Last  time.Time // when the last one was signed; zero without any
	Harm  []Finding // lines that do not hold, and what the database remembers and the file lacks
	Since time.Time // when the first entry was written that no checkpoint covers; zero without any
}

// Standing reads the file, and asks the database what the file should hold. db
// is the audit login's; without one only the file is judged.
func (l *Ledger) Standing(ctx context.Context, db pg.DB) (Witness, error) {
	past, err := l.read()
	if err != nil {
		return Witness{}, err
	}
	w := Witness{Lines: past.lines, Last: past.last, Harm: past.broken}
	if db == nil {
		return w, nil
	}
	lost, err := unwitnessed(ctx, db, past)
	if err != nil {
		return w, err
	}
	if lost != nil {
		w.Harm = append(w.Harm, *lost)
	}
	since, err := pg.One[*time.Time](ctx, db, nil, `
		select min(at) from records.chain_entries where @last::timestamptz is null or at > @last`,
		pg.Args{"last": orNull(past.last)})
	if err == nil && since != nil {
		w.Since = *since
	}
	return w, err
}

func orNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
