package unclaimed

import (
	"time"

	"shanqiao/internal/civil"
)

// Cover is what one claim takes of a need: its units while it lives, and after
// it ended what was delivered under it and not denied.
type Cover struct {
	From  time.Time
	To    *time.Time // nil while it lives
	Units int
	Kept  int
}

// Wait is all that a need's age depends on: when it was first listed, how much
// is needed and what was claimed of it.
type Wait struct {
	Listed   time.Time
	Quantity int
	Covers   []Cover
}

// Open says whether something of the need was taken by nobody at an instant.
func (w Wait) Open(at time.Time) bool { return w.Left(at) > 0 }

// Left is how much of it was taken by nobody.
func (w Wait) Left(at time.Time) int {
	left := w.Quantity
	for _, c := range w.Covers {
		switch {
		case c.From.After(at):
		case c.To == nil || at.Before(*c.To):
			left -= c.Units
		default:
			left -= c.Kept
		}
	}
	return max(left, 0)
}

// Age is how many days the need has waited by a day: those after the one on
// which it was listed that began with something of it taken by nobody.
func (w Wait) Age(day time.Time, u Unit) int {
	age := 0
	for d := civil.Day(w.Listed).AddDate(0, 0, 1); !d.After(day); d = d.AddDate(0, 0, 1) {
		if u.counts(d) && w.Open(civil.Midnight(d)) {
			age++
		}
	}
	return age
}
