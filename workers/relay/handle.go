package relay

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/google/uuid"

	"shanqiao/internal/actor"
	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
)

// poison is how often a message may start without ending before it is taken
// to be killing its process.
const poison = 4

var (
	errGone      = errors.New("message is not waiting")
	errCancelled = errors.New("message was cancelled")
)

// handle runs one message, whichever way it came. Nil means that nobody need
// send it again: it is done, cancelled, or a dead letter in Postgres. Any other
// error is a failed, and says with a code that it should be tried again.
func (r *Relay) handle(ctx context.Context, half outbox.Half, msg uuid.UUID) error {
	w, err := r.start(ctx, half, msg)
	if errors.Is(err, errGone) {
		return nil
	}
	if err != nil {
		return r.notCounted(ctx, err)
	}
	job, known := r.byName[w.Kind]
	if !known {
		// A newer program wrote it, and a newer program must run it.
		return r.settle(ctx, half, w, wait, "unknown_job")
	}
	if w.Starts-w.Fails >= poison {
		return r.settle(ctx, half, w, refuse, "poison")
	}
	work, cancel := context.WithTimeout(ctx, job.Timeout)
	defer cancel()
	alive := r.stayAlive(work, half, msg)
	err = r.work(work, job, w.message(half))
	alive()
	if err == nil || errors.Is(err, errCancelled) {
		return nil
	}
	v, code := judge(err)
	level := slog.LevelWarn
	if v == accept {
		level = slog.LevelInfo
	}
	r.Log.LogAttrs(ctx, level, "job failed", slog.String("job", w.Kind), slog.String("msg", msg.String()), slog.String("code", code))
	return r.settle(ctx, half, w, v, code)
}

// start counts a start, so that a job that kills its process is found out, and
// is the sign of life that the sweeper looks for.
func (r *Relay) start(ctx context.Context, half outbox.Half, msg uuid.UUID) (row, error) {
	return pg.One[row](ctx, r.pool(half), errGone, fmt.Sprintf(`
		update %s.outbox set starts = starts + 1, sent_at = case when state = 1 then now() end
		 where msg_id = @msg and state in (0, 1)
		returning msg_id, kind, queue, ref, payload, gen, starts, fails, '' as epoch`, half),
		pg.Args{"msg": msg})
}

// guarded runs a job so that a panic rolls its transaction back like any failure.
func (r *Relay) guarded(ctx context.Context, job Job, db pg.DB, m Message) (err error) {
	defer func() {
		if p := recover(); p != nil {
			// The value of a panic may quote a row; its type and the stack do not.
			r.Log.LogAttrs(ctx, slog.LevelError, "job panicked", slog.String("job", m.Kind),
				slog.String("type", fmt.Sprintf("%T", p)), slog.String("stack", string(debug.Stack())))
			err = errPanic
		}
	}()
	return job.Run(ctx, db, m)
}

// work does the job and notes it, so that a second time does nothing.
func (r *Relay) work(ctx context.Context, job Job, m Message) error {
	if job.External {
		again, err := noted(ctx, r.room(job.Room), job, m)
		if err != nil {
			return err
		}
		if again {
			return markDone(ctx, r.pool(m.Half), m)
		}
		if err := r.guarded(ctx, job, r.room(job.Room), m); err != nil {
			return err
		}
	}
	err := r.inRoom(ctx, job.Room, func(tx pg.DB) error {
		first, err := note(ctx, tx, job, m)
		if err != nil {
			return err
		}
		if first && !job.External {
			if err := r.guarded(ctx, job, tx, m); err != nil {
				return err
			}
		}
		if string(job.Room) != string(m.Half) {
			return nil
		}
		return markDone(ctx, tx, m)
	})
	if err != nil || string(job.Room) == string(m.Half) {
		return err
	}
	// The work stands in the other half. If the process dies here, the message
	// comes again, finds its note, and gets no further than this line.
	return markDone(ctx, r.pool(m.Half), m)
}

// note writes the inbox row and tells whether it is the first. A second run
// waits here until the first has committed or given up.
func note(ctx context.Context, tx pg.DB, job Job, m Message) (bool, error) {
	tag, err := tx.Exec(ctx, fmt.Sprintf(`
		insert into %s.inbox (consumer, msg_id) values (@consumer, @msg) on conflict do nothing`, job.Room.inbox()),
		pg.Args{"consumer": job.Name, "msg": m.ID})
	return tag.RowsAffected() == 1, err
}

// noted saves an External job from being done again; two at once may both do it.
func noted(ctx context.Context, db pg.DB, job Job, m Message) (bool, error) {
	return pg.One[bool](ctx, db, nil, fmt.Sprintf(`
		select exists (select from %s.inbox where consumer = @consumer and msg_id = @msg)`, job.Room.inbox()),
		pg.Args{"consumer": job.Name, "msg": m.ID})
}

func markDone(ctx context.Context, db pg.DB, m Message) error {
	tag, err := db.Exec(ctx, fmt.Sprintf(`
		update %s.outbox set state = 2, done_at = now(), last_code = null
		 where msg_id = @msg and state <> 4`, m.Half),
		pg.Args{"msg": m.ID})
	if err == nil && tag.RowsAffected() == 0 {
		return errCancelled
	}
	return err
}

// room is the login of a room.
func (r *Relay) room(room Room) pg.DB {
	switch room {
	case Records:
		return r.Pools.Records
	case Gate:
		return r.Pools.Gate
	}
	return r.Pools.Exchange
}

// inRoom opens a transaction of a room; the machine's own work on the records
// half reaches the whole city, because a reference does not say where it lives.
func (r *Relay) inRoom(ctx context.Context, room Room, do func(tx pg.DB) error) error {
	if room == Records {
		return pg.As(ctx, r.Pools.Records, actor.Whole, do)
	}
	return pg.InTx(ctx, r.room(room), do)
}

// settle writes down what becomes of a message that failed.
func (r *Relay) settle(ctx context.Context, half outbox.Half, w row, v verdict, code string) error {
	// The job's time may be up; what became of it is written all the same.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	state, err := pg.One[int](ctx, r.pool(half), errGone, fmt.Sprintf(`
		update %s.outbox
		   set state     = case when @verdict::text = 'accept' then 2
		                        when @verdict::text = 'refuse' or @verdict::text = 'retry' and fails + 1 > @retries then 3
		                        else state end,
		       fails     = fails + case when @verdict::text in ('retry', 'refuse') then 1 else 0 end,
		       starts    = starts - case when @verdict::text = 'wait' then 1 else 0 end,
		       done_at   = case when @verdict::text = 'accept' then now() end,
		       sent_at   = case when state = 1 then now() end,
		       last_code = @code
		 where msg_id = @msg and state in (0, 1)
		returning state::int`, half),
		pg.Args{"verdict": v.String(), "code": code, "msg": w.MsgID, "retries": r.retries(w.Kind)})
	switch {
	case errors.Is(err, errGone):
		return nil
	case err != nil:
		return r.notCounted(ctx, err)
	case state == 3:
		r.Log.LogAttrs(ctx, slog.LevelError, "dead letter", slog.String("job", w.Kind),
			slog.String("msg", w.MsgID.String()), slog.String("half", string(half)), slog.String("code", code))
		return nil
	case state == 2:
		return nil
	}
	return failed{code: code, quiet: v == wait, again: w.Fails + 1}
}

func (r *Relay) retries(kind string) int {
	if job, known := r.byName[kind]; known {
		return job.Retries
	}
	return 8
}

// notCounted reports that Postgres could not be asked; nothing was written.
func (r *Relay) notCounted(ctx context.Context, err error) error {
	_, code := judge(err)
	r.Log.LogAttrs(ctx, slog.LevelWarn, "job not started", slog.String("code", code))
	return failed{code: code, quiet: true, again: 1}
}

// stayAlive moves the sign of life of a long job along until it is told to stop.
func (r *Relay) stayAlive(ctx context.Context, half outbox.Half, msg uuid.UUID) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		tick := time.NewTicker(r.Timing.Lost / 3)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			_, err := r.pool(half).Exec(ctx, fmt.Sprintf(`
				update %s.outbox set sent_at = now() where msg_id = @msg and state = 1`, half), pg.Args{"msg": msg})
			if err != nil && ctx.Err() == nil {
				_, code := judge(err)
				r.Log.LogAttrs(ctx, slog.LevelWarn, "no sign of life", slog.String("code", code))
			}
		}
	}()
	return cancel
}
