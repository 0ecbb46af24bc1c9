package chain

import (
	"context"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/pg"
)

// Erasure is what an entry about an erased entry says.
type Erasure struct {
	Entry  int64  `json:"entry"`
	Reason string `json:"reason"` // a code
}

// Erase drops what the entry with number seq says, because the law asks for it,
// and keeps that it happened. The reason is a code; basis names the law or the
// decision. The database refuses to drop a payload that no entry accounts for.
func Erase(ctx context.Context, db pg.DB, by actor.Officer, household string, seq int64, basis, reason string) error {
	return pg.As(ctx, db, by.Reach(), func(tx pg.DB) error {
		_, err := write(ctx, tx, household, by, Erased, basis, seq, Erasure{Entry: seq, Reason: reason})
		if err != nil {
			return err
		}
		done, err := tx.Exec(ctx, `
			update records.chain_entries set payload = null, salt = null
			 where household_id = @household and seq = @seq and payload is not null and kind <> 'erased'`,
			pg.Args{"household": household, "seq": seq})
		if err == nil && done.RowsAffected() == 0 {
			return fault.New(fault.Conflict, "chain.already_erased")
		}
		return err
	})
}
