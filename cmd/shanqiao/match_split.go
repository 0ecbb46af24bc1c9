package main

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"shanqiao/matcher/assign"
	"shanqiao/matcher/instance"
)

// matchSplit solves a problem in files in parts.
type matchSplit struct {
	Dir       string `arg:"" type:"existingdir" help:"Folder with needs.csv, resources.csv and edges.csv."`
	Districts int    `default:"1" help:"So many districts, by their numbers, are a part."`
	Rounds    int    `default:"40" help:"How often units may be moved between parts."`
	Offers    int    `default:"40" help:"How often prices may be offered to all parts for the proof."`
	Cores     int    `help:"Solve at most so many parts at a time; 0: one for each processor."`
	Whole     bool   `help:"Also solve it whole, to compare."`
}

// split is the account of a problem solved in parts.
type split struct {
	Parts   int     `json:"parts"`
	Shared  int     `json:"shared_resources"`
	Rounds  int     `json:"rounds"`
	Solved  int     `json:"parts_solved"`
	Start   []int64 `json:"served_before_moving"`
	Served  []int64 `json:"served_by_urgency"`
	Most    []int64 `json:"at_most_so_far"` // of each urgency and those before it
	Utility int64   `json:"utility"`
	Bound   float64 `json:"bound"`
	Gap     float64 `json:"gap"`
	Seconds float64 `json:"seconds"`
	Work    float64 `json:"part_seconds"` // of the parts as they are in the end
	Peak    float64 `json:"peak_mb"`

	WholeServed  []int64 `json:"whole_served,omitempty"`
	WholeUtility int64   `json:"whole_utility,omitempty"`
	WholeSeconds float64 `json:"whole_seconds,omitempty"`
}

// Run prints one line of JSON.
func (c *matchSplit) Run(p *program) error {
	if c.Districts < 1 {
		return fmt.Errorf("a part is at least one district")
	}
	in, err := instance.Read(c.Dir)
	if err != nil {
		return err
	}
	from := time.Now()
	s, joined := assign.Split{
		Optimal: assign.Optimal{Cores: c.Cores, Now: time.Now},
		Part:    c.part,
		Rounds:  c.Rounds,
		Offers:  c.Offers,
	}.Solve(in.Problem)
	account := split{
		Parts: joined.Parts, Shared: joined.Shared, Rounds: joined.Rounds, Solved: joined.Solved, Start: joined.Start,
		Served: s.Proof.Served, Most: joined.Most, Utility: s.Proof.Utility, Bound: s.Proof.Bound, Gap: s.Proof.Gap,
		Seconds: time.Since(from).Seconds(), Work: (s.Proof.Serve + s.Proof.Share).Seconds(), Peak: peak(),
	}
	if c.Whole {
		from = time.Now()
		whole := assign.Optimal{Cores: c.Cores}.Solve(in.Problem).Proof
		account.WholeServed, account.WholeUtility, account.WholeSeconds = whole.Served, whole.Utility, time.Since(from).Seconds()
	}
	return json.NewEncoder(p.stdout).Encode(account)
}

// part is a district, or several whose numbers follow each other.
func (c *matchSplit) part(n assign.Need) string {
	number, err := strconv.Atoi(n.District)
	if err != nil {
		return n.District
	}
	return strconv.Itoa(number / c.Districts)
}
