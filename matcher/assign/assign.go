// Package assign shares out what there is among those who need it: whole
// units, under quantities and capacities, the most urgent first.
//
// It knows integers and keys, not people and not places. A Solver must be a
// function of the problem alone: the same answer whatever the order of the rows.
package assign

import "time"

// Need wants Units. Tier 0 is the most urgent. Key decides between equals and
// must be different for each need. District is for whom shares are compared where
// districts are to be served alike.
type Need struct {
	Key      string
	District string
	Tier     int
	Units    int
}

// Resource can give Capacity units. Key must be different for each resource.
type Resource struct {
	Key      string
	Capacity int
}

// MostUtility is the highest utility that an edge may have; the least is 0.
const MostUtility = 1 << 20

// Edge says that a resource suits a need, and how well. Need and Resource are
// indexes into the problem. What has no edge is not possible.
type Edge struct {
	Need     int32
	Resource int32
	Utility  int32
}

// Problem is who needs, who gives, and what suits: at most one edge per pair.
type Problem struct {
	Needs     []Need
	Resources []Resource
	Edges     []Edge
}

// Share is how many units of a need one resource gives: at least one.
type Share struct {
	Edge  int // index into the problem's edges
	Units int
}

// Solution lists the shares, at most one per edge, and says how good they are.
type Solution struct {
	Shares []Share
	Proof  Proof
}

// Proof says how good a solution is. Bound is what no solution that serves as many
// units of each tier could exceed, and Gap how far Utility is below it, as a share
// of it. A solver that proves nothing leaves them zero, and what follows too.
type Proof struct {
	Served  []int64 // units by tier
	Utility int64
	Bound   float64
	Gap     float64
	Price   []float64     // of each resource, what one more unit would be worth, in utility
	Outside []Outside     // what it takes that just so many go without
	Slack   float64       // at these prices nobody could do better by more than this
	Exact   bool          // there is no higher utility
	Warm    bool          // a memory was all that was needed to begin with
	Serve   time.Duration // it took to find how many can be served
	Share   time.Duration // and by whom
}

// Solver shares out. Implementations may differ in how near the best they come,
// never in feasibility.
type Solver interface {
	Solve(p Problem) Solution
}

// Served counts the units that each need gets.
func (s Solution) Served(p Problem) []int {
	served := make([]int, len(p.Needs))
	for _, share := range s.Shares {
		served[p.Edges[share.Edge].Need] += share.Units
	}
	return served
}

// Used counts the units that each resource gives.
func (s Solution) Used(p Problem) []int {
	used := make([]int, len(p.Resources))
	for _, share := range s.Shares {
		used[p.Edges[share.Edge].Resource] += share.Units
	}
	return used
}
