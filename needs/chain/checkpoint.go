package chain

import (
	"bytes"
	"context"
	"encoding/hex"
	"time"

	"shanqiao/internal/fault"
	"shanqiao/internal/pg"
)

// Checkpointed is what a checkpoint did. Line is 0 when nothing had changed.
type Checkpointed struct {
	Line  int64
	Heads int
}

// ErrDamaged refuses a checkpoint over chains or a file that are already harmed:
// a signature must never cover up what Verify would find.
var ErrDamaged = fault.New(fault.Internal, "chain.damaged")

// Checkpoint signs the last entry of every chain that grew since the last
// checkpoint. db is the audit login's pool. Two at once make one after the other.
func Checkpoint(ctx context.Context, db pg.DB, ledger *Ledger) (Checkpointed, error) {
	var done Checkpointed
	err := pg.InTx(ctx, db, func(tx pg.DB) error {
		if _, err := tx.Exec(ctx, `select pg_advisory_xact_lock(hashtext('shanqiao/chain-checkpoint'))`); err != nil {
			return err
		}
		past, err := ledger.read()
		if err != nil {
			return err
		}
		lost, err := unwitnessed(ctx, tx, past)
		if err != nil {
			return err
		}
		if len(past.broken) > 0 || lost != nil {
			return ErrDamaged
		}
		grown, at, err := grownSince(ctx, tx, past)
		if err != nil || len(grown) == 0 {
			return err
		}
		hash, err := ledger.append(past, at, grown)
		if err != nil {
			return err
		}
		done = Checkpointed{Line: past.lines + 1, Heads: len(grown)}
		_, err = tx.Exec(ctx, `insert into records.chain_checkpoints (line, line_hash) values (@line, @hash)`,
			pg.Args{"line": done.Line, "hash": hash})
		return err
	})
	return done, err
}

// grownSince lists the heads that are further than the ledger knows.
func grownSince(ctx context.Context, tx pg.DB, past *history) ([]mark, time.Time, error) {
	at, err := pg.One[time.Time](ctx, tx, nil, `select clock_timestamp()`, nil)
	if err != nil {
		return nil, at, err
	}
	heads, err := pg.Many[head](ctx, tx, `
		select household_id as household, seq, link from records.chain_heads
		 where seq > 0 order by household_id`, nil)
	if err != nil {
		return nil, at, err
	}
	var grown []mark
	for _, h := range heads {
		known := past.marks[h.Household]
		link := hex.EncodeToString(h.Link)
		if n := len(known); n > 0 {
			last := known[n-1]
			if h.Seq < last.Seq || h.Seq == last.Seq && link != last.Link {
				return nil, at, ErrDamaged
			}
			if h.Seq == last.Seq {
				continue
			}
		}
		grown = append(grown, mark{Household: h.Household, Seq: h.Seq, Link: link})
	}
	return grown, at, nil
}

// unwitnessed says whether the database remembers checkpoints that the file does
// not hold. A file that is one line ahead is none: the crash came in between.
func unwitnessed(ctx context.Context, tx pg.DB, past *history) (*Finding, error) {
	type remembered struct {
		Line int64
		Hash []byte
	}
	last, err := pg.Many[remembered](ctx, tx, `
		select line, line_hash as hash from records.chain_checkpoints order by line desc limit 1`, nil)
	if err != nil || len(last) == 0 {
		return nil, err
	}
	r := last[0]
	switch {
	case r.Line > past.lines:
		return &Finding{Damage: Unwitnessed, Line: r.Line, Detail: "the file ends before this line"}, nil
	case r.Line == past.lines && !bytes.Equal(r.Hash, past.hash):
		return &Finding{Damage: Unwitnessed, Line: r.Line, Detail: "the file has another line in this place"}, nil
	}
	return nil, nil
}
