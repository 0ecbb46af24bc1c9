// Package state is what nouns that have states share: the map of the moves that
// are allowed, and how a change of state asks it.
package state

import "slices"

// Moves says for each state where it may go. A noun's map is drawn in the
// documents and compared with its table by internal/statetest.
type Moves[S ~string] map[S][]S

// From lists the states that may move to one, for the where clause of the change.
func (m Moves[S]) From(to S) []string {
	var from []string
	for state, next := range m {
		if slices.Contains(next, to) {
			from = append(from, string(state))
		}
	}
	slices.Sort(from)
	return from
}
