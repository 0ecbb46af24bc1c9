package main

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"time"

	"shanqiao/matcher/assign"
	"shanqiao/matcher/instance"
)

// matchAgain measures what a memory is good for.
type matchAgain struct {
	Dir     string `arg:"" type:"existingdir" help:"Folder with needs.csv, resources.csv and edges.csv."`
	Changed int    `default:"1" help:"So many needs come, and as many others go."`
	Fair    bool   `help:"Within a tier, serve the districts with the smallest share served first."`
	Cores   int    `help:"Use at most so many processors; 0 uses all."`
}

// again compares two solves of one changed problem. Warm says that the memory was
// all that was needed.
type again struct {
	Changed  int     `json:"changed"`
	Cold     float64 `json:"cold_s"`
	WithLast float64 `json:"with_memory_s"`
	Warm     bool    `json:"warm"`
	Same     bool    `json:"same_counts"`
	ColdGap  float64 `json:"cold_gap"`
	LastGap  float64 `json:"with_memory_gap"`
	Utility  int64   `json:"cold_utility"`
	Less     int64   `json:"with_memory_less"` // by so much lower
}

// Run prints one line of JSON.
func (c *matchAgain) Run(p *program) error {
	in, err := instance.Read(c.Dir)
	if err != nil {
		return err
	}
	order := rand.New(rand.NewPCG(1, 1)).Perm(len(in.Needs))
	changed := min(c.Changed, len(order)/2)
	before, after := without(in.Problem, order[:changed]), without(in.Problem, order[changed:2*changed])
	optimal := assign.Optimal{Fair: c.Fair, Cores: c.Cores}
	solve := func(p assign.Problem) (assign.Solution, float64) {
		from := time.Now()
		s := optimal.Solve(p)
		return s, time.Since(from).Seconds()
	}
	first, _ := solve(before)
	cold, coldTime := solve(after)
	optimal.Last = before.Remember(first)
	last, lastTime := solve(after)
	return json.NewEncoder(p.stdout).Encode(again{
		Changed: changed, Cold: coldTime, WithLast: lastTime, Warm: last.Proof.Warm,
		Same:    slices.Equal(cold.Proof.Served, last.Proof.Served),
		ColdGap: cold.Proof.Gap, LastGap: last.Proof.Gap,
		Utility: cold.Proof.Utility, Less: cold.Proof.Utility - last.Proof.Utility,
	})
}

// without is a problem that lacks some needs.
func without(p assign.Problem, gone []int) assign.Problem {
	left := assign.Problem{Resources: p.Resources}
	at := make([]int32, len(p.Needs))
	for _, n := range gone {
		at[n] = -1
	}
	for n, need := range p.Needs {
		if at[n] == 0 {
			at[n] = int32(len(left.Needs))
			left.Needs = append(left.Needs, need)
		}
	}
	for _, e := range p.Edges {
		if e.Need = at[e.Need]; e.Need >= 0 {
			left.Edges = append(left.Edges, e)
		}
	}
	return left
}
