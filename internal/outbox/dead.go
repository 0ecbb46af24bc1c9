package outbox

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/pg"
)

// A message is issued under a generation. Generations come in blocks: the
// machine may use MostGenerations of a block, and each retry by hand opens the
// next one, so that no issue ever repeats an earlier one's name.
const (
	Generations     = 16
	MostGenerations = 10
)

// Letter is a message that could not be delivered, for an administrator to
// decide on. It names the thing by reference only.
type Letter struct {
	Msg     uuid.UUID
	Half    Half
	Kind    string
	Ref     string
	Code    string // why, as a code
	Starts  int
	Fails   int
	Gen     int
	Created time.Time
}

// Dead lists a half's dead letters, oldest first, at most limit of them.
func Dead(ctx context.Context, db pg.DB, half Half, limit int) ([]Letter, error) {
	return pg.Many[Letter](ctx, db, fmt.Sprintf(`
		select msg_id as msg, '%[1]s' as half, kind, ref, coalesce(last_code, '') as code,
		       starts, fails, gen, created_at as created
		  from %[1]s.outbox
		 where state = 3
		 order by created_at, msg_id
		 limit @limit`, half),
		pg.Args{"limit": limit})
}

var (
	errNoLetter = fault.New(fault.NotFound, "jobs.no_letter")
	errMoved    = fault.New(fault.Conflict, "jobs.letter_moved")
)

// Retry sends a dead letter again with its counters at zero. Doing it twice is
// a conflict the second time, because the letter is then no longer dead.
func Retry(ctx context.Context, db pg.DB, half Half, msg uuid.UUID) error {
	return move(ctx, db, half, msg, fmt.Sprintf(`
		update %s.outbox
		   set state = 0, starts = 0, fails = 0, gen = (gen / @block + 1) * @block,
		       not_before = now(), sent_at = null, accepted_at = null
		 where msg_id = @msg and state = 3`, half),
		pg.Args{"msg": msg, "block": Generations})
}

// Cancel decides that a dead letter will never be delivered. The row stays,
// with the code it died of and the account that let it go.
func Cancel(ctx context.Context, db pg.DB, half Half, by actor.Administrator, msg uuid.UUID) error {
	return move(ctx, db, half, msg, fmt.Sprintf(`
		update %s.outbox
		   set state = 4, done_at = now(),
		       last_code = concat_ws(' ', last_code, 'cancelled_by:' || @account::text)
		 where msg_id = @msg and state = 3`, half),
		pg.Args{"msg": msg, "account": by.Account})
}

// move changes one dead letter, and tells one that is not there from one that
// somebody else has dealt with.
func move(ctx context.Context, db pg.DB, half Half, msg uuid.UUID, sql string, args pg.Args) error {
	tag, err := db.Exec(ctx, sql, args)
	if err != nil || tag.RowsAffected() == 1 {
		return err
	}
	_, err = pg.One[int](ctx, db, errNoLetter, fmt.Sprintf(`
		select state::int from %s.outbox where msg_id = @msg`, half), pg.Args{"msg": msg})
	if err != nil {
		return err
	}
	return errMoved
}
