package relay

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
)

// A fact without a row in the table may belong to a newer program, so it is
// given time before it becomes a dead letter that somebody must look at.
const (
	strangeWait  = time.Minute
	strangeTries = 10
)

// expand turns up to a batch of facts into the rows of their jobs, and returns
// how many it saw. A fact and its jobs change together: either all jobs of a
// fact exist and it is done, or it waits as if nobody had looked.
func (r *Relay) expand(ctx context.Context, half outbox.Half) (int, error) {
	var seen int
	err := pg.InTx(ctx, r.pool(half), func(tx pg.DB) error {
		facts, err := pg.Many[row](ctx, tx, fmt.Sprintf(`
			select msg_id, kind, queue, ref, payload, gen, starts, fails, '' as epoch
			  from %s.outbox
			 where state = 0 and not_before <= now() and strpos(kind, '.') > 0
			 order by not_before, msg_id
			 limit @batch
			   for update skip locked`, half),
			pg.Args{"batch": batch})
		if err != nil {
			return err
		}
		seen = len(facts)
		return r.causes(ctx, tx, half, facts)
	})
	if err != nil {
		return 0, fmt.Errorf("expand %s: %w", half, err)
	}
	return seen, nil
}

// causes appends what each fact causes and closes the facts.
func (r *Relay) causes(ctx context.Context, tx pg.DB, half outbox.Half, facts []row) error {
	var done, strange []string
	var jobs []outbox.Fact
	for _, f := range facts {
		names, known := r.Table[f.Kind]
		if !known {
			r.Log.LogAttrs(ctx, slog.LevelWarn, "fact unknown", slog.String("kind", f.Kind), slog.String("msg", f.MsgID.String()))
			strange = append(strange, f.MsgID.String())
			continue
		}
		for _, name := range names {
			jobs = append(jobs, outbox.Fact{
				Kind: name, Ref: f.Ref, Key: f.MsgID.String() + ":" + name,
				Queue: r.job(name).Queue, Payload: f.Payload,
			})
		}
		done = append(done, f.MsgID.String())
	}
	if err := outbox.Append(ctx, tx, half, jobs...); err != nil {
		return err
	}
	if len(done) > 0 {
		_, err := tx.Exec(ctx, fmt.Sprintf(`
			update %s.outbox set state = 2, done_at = now() where msg_id = any(@done::uuid[])`, half),
			pg.Args{"done": done})
		if err != nil {
			return err
		}
	}
	if len(strange) == 0 {
		return nil
	}
	_, err := tx.Exec(ctx, fmt.Sprintf(`
		update %s.outbox
		   set fails = fails + 1, last_code = 'unknown_fact', not_before = now() + @wait::interval,
		       state = case when fails + 1 >= @tries then 3 else 0 end
		 where msg_id = any(@strange::uuid[])`, half),
		pg.Args{"strange": strange, "wait": strangeWait, "tries": strangeTries})
	return err
}
