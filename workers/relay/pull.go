package relay

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"golang.org/x/sync/errgroup"

	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
)

// pull does what asynq would do, straight from the outbox: it takes a batch that
// no other process has, runs it through the same wrapper, and returns how many
// it took. It serves oldest first; the queues' shares are asynq's.
func (r *Relay) pull(ctx context.Context, half outbox.Half) (int, error) {
	rows, err := r.mark(ctx, half, 4*r.Workers, true)
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	var g errgroup.Group
	g.SetLimit(r.Workers)
	for _, w := range rows {
		g.Go(func() error {
			err := r.handle(ctx, half, w.MsgID)
			var f failed
			if errors.As(err, &f) {
				return r.later(ctx, half, w, f)
			}
			return err
		})
	}
	return len(rows), g.Wait()
}

// later puts a failed message back until its next try.
func (r *Relay) later(ctx context.Context, half outbox.Half, w row, f failed) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	wait := r.delay(f)
	if f.code == codeStopped {
		wait = 0
	}
	_, err := r.pool(half).Exec(ctx, fmt.Sprintf(`
		update %s.outbox set state = 0, sent_at = null, accepted_at = null, not_before = now() + @wait::interval
		 where msg_id = @msg and state = 1`, half),
		pg.Args{"msg": w.MsgID, "wait": wait})
	return err
}

// delay is how long to wait before the next try: doubling from the first, never
// longer than the last, and never all at the same moment. A neighbour's trouble
// is asked about at an even pace, however long it lasts.
func (r *Relay) delay(f failed) time.Duration {
	d := r.Timing.Longest / 4
	if !f.quiet {
		d = min(r.Timing.Backoff<<min(max(f.again-1, 0), 16), r.Timing.Longest)
	}
	return d/2 + rand.N(d/2+1)
}

// hurry is the patience of Drain: somebody is waiting for it to end.
var hurry = Timing{
	Poll: 50 * time.Millisecond, Stale: 2 * time.Second, Lost: time.Minute, Sweep: time.Second,
	Backoff: 20 * time.Millisecond, Longest: 500 * time.Millisecond,
}

// standstill is how many looks in a row may find nothing to do before Drain
// reports what it is waiting for.
const standstill = 200

// Drain does all the work there is, without Redis, and returns when both
// outboxes hold nothing that could run now. Dead letters and messages for later
// are left. It may run beside others; what they have in hand is waited for.
func (r *Relay) Drain(ctx context.Context) error {
	d := &Relay{Pools: r.Pools, Jobs: r.Jobs, Table: r.Table, Workers: r.Workers, Timing: hurry, Now: r.Now, Log: r.Log}
	if err := d.prepare(); err != nil {
		return err
	}
	for idle := 0; ; {
		moved, err := d.round(ctx)
		if err != nil {
			return err
		}
		if moved {
			idle = 0
			continue
		}
		left, err := d.left(ctx)
		if err != nil || left == 0 {
			return err
		}
		if idle++; idle > standstill {
			return fmt.Errorf("drain: %d messages are waiting and none moves", left)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(hurry.Poll):
		}
	}
}

// round looks once at both outboxes and says whether anything got done.
func (r *Relay) round(ctx context.Context) (moved bool, err error) {
	for _, half := range halves {
		if err := r.abandoned(ctx, half); err != nil {
			return false, err
		}
		before, err := r.open(ctx, half)
		if err != nil {
			return false, err
		}
		facts, err := r.expand(ctx, half)
		if err != nil {
			return false, err
		}
		for {
			n, err := r.pull(ctx, half)
			if err != nil {
				return false, err
			}
			if n == 0 {
				break
			}
		}
		after, err := r.open(ctx, half)
		if err != nil {
			return false, err
		}
		moved = moved || facts > 0 || after != before
	}
	return moved, ctx.Err()
}

// open counts the messages of a half that are not finished.
func (r *Relay) open(ctx context.Context, half outbox.Half) (int, error) {
	return pg.One[int](ctx, r.pool(half), nil, fmt.Sprintf(`
		select count(*)::int from %s.outbox where state in (0, 1)`, half), pg.Args{})
}

// left counts what could run now, or very soon, or runs elsewhere.
func (r *Relay) left(ctx context.Context) (int, error) {
	total := 0
	for _, half := range halves {
		n, err := pg.One[int](ctx, r.pool(half), nil, fmt.Sprintf(`
			select count(*)::int from %s.outbox
			 where state = 1
			    or state = 0 and not_before <= now() + interval '1 second'
			       and (strpos(kind, '.') > 0 or kind = any(@jobs))`, half),
			pg.Args{"jobs": r.names()})
		if err != nil {
			return 0, err
		}
		total += n
	}
	return total, nil
}

// abandoned takes over what was sent by somebody who shows no sign of life,
// perhaps to a Redis that is no more. Were they only slow, the inbox lets one win.
func (r *Relay) abandoned(ctx context.Context, half outbox.Half) error {
	_, err := r.pool(half).Exec(ctx, fmt.Sprintf(`
		update %s.outbox set state = 0, sent_at = null, accepted_at = null
		 where state = 1 and sent_at < now() - @stale::interval`, half),
		pg.Args{"stale": r.Timing.Stale})
	return err
}
