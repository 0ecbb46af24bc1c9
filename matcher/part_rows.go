package matcher

import (
	"bytes"
	"context"
	"encoding/gob"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"shanqiao/internal/fault"
	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
	"shanqiao/matcher/assign"
)

// ask writes what parts are asked, with the job for each in the same transaction.
func (r *rows) ask(asks map[int]assign.Ask) error {
	return pg.InTx(r.ctx, r.db, func(tx pg.DB) error {
		var jobs []outbox.Fact
		for _, part := range slices.Sorted(maps.Keys(asks)) {
			ask, err := packed(asks[part])
			if err != nil {
				return err
			}
			_, err = tx.Exec(r.ctx, `
				update exchange.round_parts
				   set turn = @turn, ask = @ask, asked_at = clock_timestamp(), taken_at = null, found = null, done_by = ''
				 where round_id = @round and part = @part`,
				pg.Args{"round": r.round, "part": part, "turn": r.turn, "ask": ask})
			if err != nil {
				return err
			}
			jobs = append(jobs, outbox.Fact{Kind: SolvePartJob, Ref: r.round, Queue: outbox.Bulk,
				Key:     fmt.Sprintf("part:%s:%d:%d", r.round, part, r.turn),
				Payload: map[string]string{"part": strconv.Itoa(part), "turn": strconv.Itoa(r.turn)}})
		}
		return outbox.Append(r.ctx, tx, outbox.Exchange, jobs...)
	})
}

// collect reads what has been found and is not among the replies yet.
func (r *rows) collect(replies map[int]assign.Reply) error {
	type row struct {
		Part   int
		Found  []byte
		DoneBy string
	}
	list, err := pg.Many[row](r.ctx, r.db, `
		select part, found, done_by
		  from exchange.round_parts
		 where round_id = @round and turn = @turn and found is not null and part <> all(@known)`,
		pg.Args{"round": r.round, "turn": r.turn, "known": append([]int{}, slices.Collect(maps.Keys(replies))...)})
	if err != nil {
		return err
	}
	for _, one := range list {
		var reply assign.Reply
		if err := unpack(one.Found, &reply); err != nil {
			return err
		}
		replies[one.Part] = reply
		if one.DoneBy != byRound {
			r.elsewhere++
		}
	}
	return nil
}

// byRound is who did a part that the round did itself.
const byRound = "round"

// help does one part that nobody has taken, or whose taker is not heard of, and says
// whether there was one.
func (r *rows) help() (bool, error) {
	part, err := pg.One[int](r.ctx, r.db, errNoPart, `
		select part
		  from exchange.round_parts
		 where round_id = @round and turn = @turn and found is null
		   and (taken_at is null and asked_at <= clock_timestamp() - @help::interval
		        or taken_at < clock_timestamp() - @lease::interval)
		 order by part desc
		 limit 1`, pg.Args{"round": r.round, "turn": r.turn, "help": r.Help, "lease": r.Lease})
	if errors.Is(err, errNoPart) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, solvePart(r.ctx, r.db, partRef{r.round, part, r.turn}, byRound, r.Lease)
}

// partRef names a part of a round, and the turn in which it is asked.
type partRef struct {
	round      string
	part, turn int
}

var errNoPart = fault.New(fault.NotFound, "match.part_gone")

// SolvePart does what a part of a round was asked in a turn. Done by somebody already,
// asked something else since, or its round over: then nothing. by says who works.
// What comes of a part follows from its row, so two who work on one do no harm.
func SolvePart(ctx context.Context, db pg.DB, round string, part, turn int, by string) error {
	return solvePart(ctx, db, partRef{round, part, turn}, by, shippedLease)
}

func solvePart(ctx context.Context, db pg.DB, ref partRef, by string, lease time.Duration) error {
	type row struct {
		Problem []byte
		Ask     []byte
		Even    bool
	}
	args := pg.Args{"round": ref.round, "part": ref.part, "turn": ref.turn}
	with := func(more pg.Args) pg.Args {
		maps.Copy(more, args)
		return more
	}
	w, err := pg.One[row](ctx, db, errNoPart, `
		update exchange.round_parts
		   set taken_at = clock_timestamp()
		 where round_id = @round and part = @part and turn = @turn and found is null
		   and (taken_at is null or taken_at < clock_timestamp() - @lease::interval)
		returning problem, ask, even`, with(pg.Args{"lease": lease}))
	if errors.Is(err, errNoPart) {
		return nil
	}
	if err != nil {
		return err
	}
	var problem assign.Problem
	var ask assign.Ask
	if err := errors.Join(unpack(w.Problem, &problem), unpack(w.Ask, &ask)); err != nil {
		return err
	}
	found, err := packed(problem.Reply(ask, assign.Optimal{Fair: w.Even}))
	if err != nil {
		return err
	}
	_, err = db.Exec(ctx, `
		update exchange.round_parts
		   set found = @found, done_by = @by
		 where round_id = @round and part = @part and turn = @turn and found is null`, with(pg.Args{"found": found, "by": by}))
	return err
}

func packed(v any) ([]byte, error) {
	var b bytes.Buffer
	err := gob.NewEncoder(&b).Encode(v)
	return b.Bytes(), err
}

func unpack(from []byte, to any) error { return gob.NewDecoder(bytes.NewReader(from)).Decode(to) }
