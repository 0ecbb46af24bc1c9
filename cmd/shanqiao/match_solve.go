package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"time"

	"shanqiao/matcher/assign"
	"shanqiao/matcher/instance"
)

// matchSolve solves a problem in files with the solver that rounds use.
type matchSolve struct {
	Dir   string `arg:"" type:"existingdir" help:"Folder with needs.csv, resources.csv and edges.csv."`
	Fair  bool   `help:"Within a tier, serve the districts with the smallest share served first."`
	Cores int    `help:"Use at most so many processors; 0 uses all. The answer is the same."`
}

// solved is the account of a problem in files, one line of JSON. Served counts
// units by urgency, the most urgent first. Bound is what no solution that serves
// as many could exceed.
type solved struct {
	Needs     int     `json:"needs"`
	Resources int     `json:"resources"`
	Edges     int     `json:"edges"`
	Served    []int64 `json:"served_by_urgency"`
	Utility   int64   `json:"utility"`
	Bound     float64 `json:"bound"`
	Gap       float64 `json:"gap"`
	Exact     bool    `json:"exact"`
	Read      float64 `json:"read_s"`
	Serve     float64 `json:"serve_s"`
	Share     float64 `json:"share_s"`
	Write     float64 `json:"write_s"`
	Peak      float64 `json:"peak_mb"`
	Instance  float64 `json:"instance_mb"` // of this, before solving began
}

// Run prints the account; the shares are in assignment.csv.
func (c *matchSolve) Run(p *program) error {
	from := time.Now()
	in, err := instance.Read(c.Dir)
	if err != nil {
		return err
	}
	account := solved{Needs: len(in.Needs), Resources: len(in.Resources), Edges: len(in.Edges),
		Read: time.Since(from).Seconds(), Instance: peak()}
	s := assign.Optimal{Fair: c.Fair, Cores: c.Cores, Now: time.Now}.Solve(in.Problem)
	proof := s.Proof
	account.Served, account.Utility, account.Bound = proof.Served, proof.Utility, proof.Bound
	account.Gap, account.Exact = proof.Gap, proof.Exact
	account.Serve, account.Share = proof.Serve.Seconds(), proof.Share.Seconds()
	from = time.Now()
	if err := in.Write(filepath.Join(c.Dir, "assignment.csv"), s); err != nil {
		return err
	}
	account.Write, account.Peak = time.Since(from).Seconds(), peak()
	return json.NewEncoder(p.stdout).Encode(account)
}

var highWater = regexp.MustCompile(`VmHWM:\s+(\d+) kB`)

// peak is the most memory that this process ever held, in MB; where the system
// does not tell, what the runtime took from it.
func peak() float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err == nil {
		if m := highWater.FindSubmatch(status); m != nil {
			if kb, err := strconv.Atoi(string(m[1])); err == nil {
				return float64(kb) / 1024
			}
		}
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.Sys) / (1 << 20)
}
