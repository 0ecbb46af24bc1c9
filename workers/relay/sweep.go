package relay

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
)

// sweep issues again what was lost between Postgres and a handler, whatever lost
// it: a relay that died, a Redis that was wiped, an orphan that blocks a task id.
func (r *Relay) sweep(ctx context.Context) error {
	for _, half := range halves {
		if err := r.stale(ctx, half); err != nil {
			return err
		}
		if err := r.lost(ctx, half); err != nil {
			return err
		}
	}
	return nil
}

// stale puts back what was marked as sent and never accepted. The generation
// stays: if it was sent after all, the next attempt conflicts.
func (r *Relay) stale(ctx context.Context, half outbox.Half) error {
	_, err := r.pool(half).Exec(ctx, fmt.Sprintf(`
		update %s.outbox set state = 0, sent_at = null
		 where state = 1 and accepted_at is null and sent_at < now() - @stale::interval`, half),
		pg.Args{"stale": r.Timing.Stale})
	return err
}

// lost issues under a new generation what was accepted and has shown no sign of
// life since. What was issued too often is a dead letter.
func (r *Relay) lost(ctx context.Context, half outbox.Half) error {
	dead, err := pg.Many[row](ctx, r.pool(half), fmt.Sprintf(`
		with swept as (
			update %s.outbox
			   set state     = case when (gen + 1) %% @block > @most or fails > 8 then 3 else 0 end,
			       last_code = case when (gen + 1) %% @block > @most then 'lost' else last_code end,
			       gen       = gen + 1, sent_at = null, accepted_at = null
			 where state = 1 and sent_at < now() - @lost::interval
			returning msg_id, kind, queue, ref, payload, gen, starts, fails, '' as epoch, state)
		select msg_id, kind, queue, ref, payload, gen, starts, fails, epoch from swept where state = 3`, half),
		pg.Args{"lost": r.Timing.Lost, "block": outbox.Generations, "most": outbox.MostGenerations})
	if err != nil {
		return err
	}
	for _, w := range dead {
		r.Log.LogAttrs(ctx, slog.LevelError, "dead letter", slog.String("job", w.Kind),
			slog.String("msg", w.MsgID.String()), slog.String("half", string(half)), slog.String("code", "lost"))
	}
	return nil
}

// reissue sends everything anew at once, because what Redis held is known to be
// gone or out of reach. What is running meanwhile meets its own note in the inbox.
func (r *Relay) reissue(ctx context.Context, why string) error {
	var total int64
	for _, half := range halves {
		tag, err := r.pool(half).Exec(ctx, fmt.Sprintf(`
			update %s.outbox set state = 0, gen = gen + 1, sent_at = null, accepted_at = null
			 where state = 1`, half))
		if err != nil {
			return err
		}
		total += tag.RowsAffected()
	}
	if total > 0 {
		r.Log.LogAttrs(ctx, slog.LevelWarn, "messages issued again", slog.String("why", why), slog.Int64("messages", total))
	}
	return nil
}

// How long finished rows stay. A note outlives its message, so that a late
// copy of the message still finds it.
const (
	keepDone = 14 * day
	keepNote = 30 * day
	trimming = 5000
)

// trim deletes what was finished long ago, a little at a time. Dead letters stay
// until somebody decides.
func (r *Relay) trim(ctx context.Context) error {
	for _, half := range halves {
		for _, t := range []struct {
			sql  string
			keep time.Duration
		}{
			{`delete from %[1]s.outbox where msg_id in (
				select msg_id from %[1]s.outbox
				 where state in (2, 4) and done_at < now() - @keep::interval limit @limit)`, keepDone},
			{`delete from %[1]s.inbox where (consumer, msg_id) in (
				select consumer, msg_id from %[1]s.inbox
				 where done_at < now() - @keep::interval limit @limit)`, keepNote},
		} {
			if _, err := r.pool(half).Exec(ctx, fmt.Sprintf(t.sql, half), pg.Args{"keep": t.keep, "limit": trimming}); err != nil {
				return err
			}
		}
	}
	return nil
}
