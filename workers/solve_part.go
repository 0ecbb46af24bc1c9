package workers

import (
	"context"
	"strconv"
	"time"

	"shanqiao/internal/fault"
	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
	"shanqiao/matcher"
	"shanqiao/workers/relay"
)

// errPartRef is a message that names no part.
var errPartRef = fault.New(fault.Invalid, "match.part_gone")

// solvePart works on one part of a round that is under way elsewhere. The part's row
// says what is asked; one that is done or gone asks nothing.
func (w *Workers) solvePart() relay.Job {
	return relay.Job{
		Spec: relay.Spec{Name: matcher.SolvePartJob, Queue: outbox.Bulk, Room: relay.Exchange, Timeout: 5 * time.Minute, Retries: 3, External: true},
		Run: func(ctx context.Context, db pg.DB, m relay.Message) error {
			part, err := strconv.Atoi(m.Payload["part"])
			if err != nil {
				return errPartRef
			}
			turn, err := strconv.Atoi(m.Payload["turn"])
			if err != nil {
				return errPartRef
			}
			return matcher.SolvePart(ctx, db, m.Ref, part, turn, m.ID)
		},
	}
}
