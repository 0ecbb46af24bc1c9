package relay

import (
	"context"
	"fmt"
	"time"

	"shanqiao/internal/outbox"
)

// listen rings the relay of a half when a row enters its outbox. It only saves
// waiting: when the connection is lost, the relay looks by itself.
func (r *Relay) listen(ctx context.Context, bells map[outbox.Half]chan struct{}) error {
	return r.every(ctx, 5*time.Second, nil, "bell", func() error {
		pooled, err := r.Pools.Records.Acquire(ctx)
		if err != nil {
			return fmt.Errorf("bell: %w", err)
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
			select {
			case bells[outbox.Half(n.Payload)] <- struct{}{}:
			default: // it rings already, or the half is not ours
			}
		}
	})
}
