package matcher

import (
	"context"
	"sync"
	"time"

	"shanqiao/internal/outbox"
)

// breath is the least time between two looks, however often the bell rings, and
// hang how long one may take.
const breath, hang = 50 * time.Millisecond, 20 * time.Second

// Run follows until ctx ends: it looks when a fact was committed, and every so
// often all the same, and now and then it compares everything.
func (f *Follower) Run(ctx context.Context) {
	bell := make(chan struct{}, 1)
	var ear sync.WaitGroup
	ear.Go(func() { f.listen(ctx, bell) })
	defer ear.Wait()
	looks, checks := time.NewTicker(f.Looks), time.NewTicker(f.Checks)
	defer looks.Stop()
	defer checks.Stop()
	defer func() {
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		if err := f.leave(last); err != nil {
			f.Failed(err)
		}
	}()
	for {
		work := f.lookOnce
		select {
		case <-ctx.Done():
			return
		case <-checks.C:
			work = f.checkOnce
		case <-looks.C:
		case <-bell:
		}
		limited, cancel := context.WithTimeout(ctx, hang)
		err := work(limited)
		cancel()
		if err != nil && ctx.Err() == nil {
			f.Failed(err)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(breath):
		}
	}
}

func (f *Follower) lookOnce(ctx context.Context) error {
	_, err := f.Look(ctx)
	return err
}

func (f *Follower) checkOnce(ctx context.Context) error {
	drift, err := f.Check(ctx)
	if err == nil && drift.Any() {
		f.Mended(drift)
	}
	return err
}

// listen rings when a fact enters the exchange half's outbox. It only saves
// waiting: when the connection is lost, looks go on without.
func (f *Follower) listen(ctx context.Context, bell chan<- struct{}) {
	for {
		err := f.hear(ctx, bell)
		if ctx.Err() != nil {
			return
		}
		f.Failed(err)
		select {
		case <-ctx.Done():
			return
		case <-time.After(5 * time.Second):
		}
	}
}

func (f *Follower) hear(ctx context.Context, bell chan<- struct{}) error {
	pooled, err := f.DB.Acquire(ctx)
	if err != nil {
		return err
	}
	// It will be held for good, so it is not counted against the pool.
	conn := pooled.Hijack()
	defer func() {
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		conn.Close(last)
	}()
	if _, err := conn.Exec(ctx, `listen outbox`); err != nil {
		return err
	}
	for {
		n, err := conn.WaitForNotification(ctx)
		if err != nil {
			return err
		}
		if n.Payload != string(outbox.Exchange) {
			continue
		}
		select {
		case bell <- struct{}{}:
		default: // it rings already
		}
	}
}
