// Package needs says what a need is: one thing that a household lacks and that
// somebody could give, with a code, a quantity and an urgency. Its states and
// the moves between them are here; who the household is, is not: names live in
// needs/household and nowhere else.
package needs

import "shanqiao/internal/state"

// ID identifies a need. It never leaves the records half: a card has its own.
type ID string

func (id ID) String() string { return string(id) }

// State is where a need stands on its way to help.
type State string

// The states of a need, as stored.
const (
	Draft      State = "draft"
	Approved   State = "approved"
	Published  State = "published"
	Claimed    State = "claimed"
	Introduced State = "introduced"
	InService  State = "in_service"
	Fulfilled  State = "fulfilled"
	Closed     State = "closed"
	Withdrawn  State = "withdrawn"
	Expired    State = "expired"
)

// Moves is every change of state that is allowed: docs/states.md draws it, the
// check constraint of records.needs lists its states, and a test compares the three.
// A published need goes back to approved when its cohort leaves before anyone helped,
// and a claimed one to published when the claim falls through. An expired one is
// approved again only by help that comes after all.
var Moves = state.Moves[State]{
	Draft:      {Approved, Withdrawn},
	Approved:   {Published, Withdrawn, Expired},
	Published:  {Claimed, Approved, Withdrawn, Expired},
	Claimed:    {Introduced, Published, Withdrawn},
	Introduced: {InService, Published, Withdrawn},
	InService:  {Fulfilled, Published, Withdrawn},
	Fulfilled:  {Closed},
	Closed:     {},
	Withdrawn:  {},
	Expired:    {Approved, Withdrawn},
}

// From lists the states that may move to s, for the where clause of the change.
func (s State) From() []string { return Moves.From(s) }

// Urgency is how soon help must come: 1 within two days, 2 within five days,
// 3 within two weeks, 4 any time.
type Urgency int

// The four bands of urgency.
const (
	WithinTwoDays  Urgency = 1
	WithinFiveDays Urgency = 2
	WithinTwoWeeks Urgency = 3
	AnyTime        Urgency = 4
)

// Direct says whether a need of this urgency is too urgent to wait for a cohort.
func (u Urgency) Direct() bool { return u == WithinTwoDays }
