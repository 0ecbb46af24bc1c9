package outbox

import (
	"context"
	"fmt"
	"time"

	"shanqiao/internal/pg"
)

// Queued is how one queue of a half stands: how many messages are not done, how
// long the oldest of those that could run has waited, and how many are dead.
// An age that grows means that nobody does the work.
type Queued struct {
	Queue   string
	Waiting int
	Oldest  time.Duration
	Dead    int
}

// Backlog lists the queues of a half that hold anything, by name.
func Backlog(ctx context.Context, db pg.DB, half Half) ([]Queued, error) {
	return pg.Many[Queued](ctx, db, fmt.Sprintf(`
		select queue,
		       count(*) filter (where state in (0, 1))::int as waiting,
		       coalesce(now() - min(greatest(created_at, not_before))
		                filter (where state in (0, 1) and not_before <= now()), interval '0') as oldest,
		       count(*) filter (where state = 3)::int as dead
		  from %s.outbox
		 where state in (0, 1, 3)
		 group by queue
		 order by queue`, half), pg.Args{})
}
