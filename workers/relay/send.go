package relay

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/hibiken/asynq"
	"golang.org/x/sync/errgroup"

	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
)

// envelope is the whole payload of a task: where to find the message.
type envelope struct {
	Half outbox.Half `json:"half"`
	Msg  uuid.UUID   `json:"msg"`
}

// taskID is new for every database (epoch), message and issue (generation): an
// orphan in Redis can block one issue of a message, never the message.
func (w row) taskID() string {
	return fmt.Sprintf("%.8s-%s-g%d", w.Epoch, w.MsgID, w.Gen)
}

// send hands up to a batch of jobs to asynq, and returns how many it took from
// the outbox. No lock is held while it talks to Redis: a crash in between
// leaves rows sent and not accepted, which the sweeper puts back.
func (r *Relay) send(ctx context.Context, half outbox.Half) (int, error) {
	rows, err := r.mark(ctx, half, batch, false)
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	accepted := make([]bool, len(rows))
	var g errgroup.Group
	g.SetLimit(senders)
	for i, w := range rows {
		g.Go(func() error {
			accepted[i] = r.health.mode() == sending && r.enqueue(ctx, half, w)
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return 0, err
	}
	var yes, no []uuid.UUID
	for i, w := range rows {
		if accepted[i] {
			yes = append(yes, w.MsgID)
		} else {
			no = append(no, w.MsgID)
		}
	}
	// What was sent is written down even when the process is being stopped.
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	return len(rows), errors.Join(r.accepted(last, half, yes), r.putBack(last, half, no))
}

// mark takes jobs from the outbox in one short transaction. Jobs that this
// process will do itself are accepted as they are taken.
func (r *Relay) mark(ctx context.Context, half outbox.Half, limit int, ours bool) ([]row, error) {
	rows, err := pg.Many[row](ctx, r.pool(half), fmt.Sprintf(`
		update %[1]s.outbox o
		   set state = 1, sent_at = now(), accepted_at = case when @ours then now() end
		 where msg_id in (select msg_id from %[1]s.outbox
		                   where state = 0 and not_before <= now() and kind = any(@jobs)
		                   order by not_before, msg_id
		                   limit @limit
		                     for update skip locked)
		returning msg_id, kind, queue, ref, payload, gen, starts, fails,
		          (select epoch::text from %[1]s.cluster_epoch order by since desc limit 1) as epoch`, half),
		pg.Args{"jobs": r.names(), "limit": limit, "ours": ours})
	if err != nil {
		return nil, fmt.Errorf("mark %s: %w", half, err)
	}
	return rows, nil
}

// enqueue tells whether asynq has the task. A task id that is there already is
// our own earlier attempt whose answer was lost; were it an orphan, the sweeper
// would issue the message again under another id.
func (r *Relay) enqueue(ctx context.Context, half outbox.Half, w row) bool {
	body, err := json.Marshal(envelope{Half: half, Msg: w.MsgID})
	if err != nil {
		return false
	}
	job := r.job(w.Kind)
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	_, err = r.client.EnqueueContext(ctx, asynq.NewTask(w.Kind, body),
		asynq.TaskID(w.taskID()), asynq.Queue(job.Queue), asynq.MaxRetry(job.Retries),
		// Later than the wrapper's own limit, so that a slow job is recorded by us.
		asynq.Timeout(job.Timeout+5*time.Second))
	if err == nil || errors.Is(err, asynq.ErrTaskIDConflict) {
		return true
	}
	if ctx.Err() == nil || errors.Is(ctx.Err(), context.DeadlineExceeded) {
		r.health.failed()
	}
	return false
}

func (r *Relay) accepted(ctx context.Context, half outbox.Half, ids []uuid.UUID) error {
	if len(ids) == 0 {
		return nil
	}
	_, err := r.pool(half).Exec(ctx, fmt.Sprintf(`
		update %s.outbox set accepted_at = now() where msg_id = any(@ids) and state = 1`, half),
		pg.Args{"ids": ids})
	return err
}

// putBack returns what Redis would not take, under the same generation: if
// Redis did take it and only the answer was lost, the next attempt conflicts.
func (r *Relay) putBack(ctx context.Context, half outbox.Half, ids []uuid.UUID) error {
	if len(ids) == 0 {
		return nil
	}
	_, err := r.pool(half).Exec(ctx, fmt.Sprintf(`
		update %s.outbox
		   set state = 0, sent_at = null, not_before = now() + @backoff::interval * (0.5 + random())
		 where msg_id = any(@ids) and state = 1 and accepted_at is null`, half),
		pg.Args{"ids": ids, "backoff": r.Timing.Backoff})
	return err
}
