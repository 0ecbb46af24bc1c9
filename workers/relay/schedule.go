package relay

import (
	"context"
	"fmt"
	"time"

	"shanqiao/internal/civil"
	"shanqiao/internal/outbox"
)

const day = 24 * time.Hour

// Schedule is a job that nothing causes but time. The day is cut into slots of
// Every, each beginning At later than the cut; a slot makes one job, however
// many instances run.
type Schedule struct {
	Job   string
	Ref   string // what the job is about, where there is a choice; may be empty
	Half  outbox.Half
	Every time.Duration
	At    time.Duration
}

// Slot is the last beginning of a slot at or before now. Slots that passed while
// nothing ran are not made up for one by one: the latest stands for all of them.
func (s Schedule) Slot(now time.Time) time.Time {
	now = now.In(civil.Beijing)
	midnight := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, civil.Beijing)
	since := now.Sub(midnight) - s.At
	if since < 0 {
		since += day
		midnight = midnight.Add(-day)
	}
	return midnight.Add(since.Truncate(s.Every) + s.At)
}

// key makes a slot one row.
func (s Schedule) key(slot time.Time) string {
	name := s.Job
	if s.Ref != "" {
		name += "/" + s.Ref
	}
	return "sched:" + name + ":" + slot.In(civil.Beijing).Format(time.RFC3339)
}

// SlotOf is the time a scheduled message stands for.
func SlotOf(m Message) (time.Time, error) {
	at, err := time.Parse(time.RFC3339, m.Payload["slot"])
	if err != nil {
		return time.Time{}, fmt.Errorf("slot of %s: %w", m.Kind, err)
	}
	return at, nil
}

// plan writes the row of every slot that has begun. Every instance does it and
// the key lets one of them win, so no instance leads.
func (r *Relay) plan(ctx context.Context, now time.Time) error {
	for _, s := range r.Schedules {
		slot := s.Slot(now)
		key := s.key(slot)
		if r.planned(s, key) {
			continue
		}
		err := outbox.Append(ctx, r.pool(s.Half), s.Half, outbox.Fact{
			Kind: s.Job, Ref: s.Ref, Key: key, Queue: r.job(s.Job).Queue,
			Payload: map[string]string{"slot": slot.Format(time.RFC3339)},
		})
		if err != nil {
			return err
		}
		r.remember(s, key)
	}
	return nil
}

// planned says whether this instance wrote the slot already; forgetting costs
// one refused insert.
func (r *Relay) planned(s Schedule, key string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.slots[s] == key
}

func (r *Relay) remember(s Schedule, key string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.slots == nil {
		r.slots = map[Schedule]string{}
	}
	r.slots[s] = key
}
