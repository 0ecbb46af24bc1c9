package assign

import (
	"cmp"
	"math"
	"slices"
)

// Memory is what one solve leaves to the next: who had what, and the prices at
// which nobody could do much better. It speaks in keys, so that in the meantime
// needs and resources may come and go. It makes the next solve shorter and its
// outcome no worse: what it says is checked, never believed.
type Memory struct {
	Held    []Held             `json:"held"`
	Price   map[string]float64 `json:"price"`   // of each resource, as in Proof
	Outside []Outside          `json:"outside"` // as in Proof
	Slack   float64            `json:"slack"`   // as in Proof
}

// Held is how many units of a resource a need had.
type Held struct {
	Need     string `json:"need"`
	Resource string `json:"resource"`
	Units    int    `json:"units"`
}

// Outside is the price of going without, for needs that are counted together: those
// of a tier, or of a tier and a district.
type Outside struct {
	Tier     int     `json:"tier"`
	District string  `json:"district,omitempty"`
	Price    float64 `json:"price"`
}

// Remember makes a memory of a solution.
func (p Problem) Remember(s Solution) *Memory {
	m := &Memory{Price: make(map[string]float64, len(p.Resources)), Outside: s.Proof.Outside, Slack: s.Proof.Slack}
	for _, share := range s.Shares {
		e := p.Edges[share.Edge]
		m.Held = append(m.Held, Held{p.Needs[e.Need].Key, p.Resources[e.Resource].Key, share.Units})
	}
	for r, price := range s.Proof.Price {
		m.Price[p.Resources[r].Key] = price
	}
	return m
}

// had is what a memory says that is still possible: units over an edge, in the
// order of the edges and so of the needs.
func (c *compact) had(p Problem, m *Memory) []hold {
	needs, resources := make(map[string]int32, len(c.need)), make(map[string]int32, len(c.resource))
	for n, i := range c.need {
		needs[p.Needs[i].Key] = int32(n)
	}
	for r, i := range c.resource {
		resources[p.Resources[i].Key] = int32(r)
	}
	var list []hold
	for _, h := range m.Held {
		n, here := needs[h.Need]
		r, there := resources[h.Resource]
		if !here || !there || h.Units <= 0 {
			continue
		}
		if at, suits := slices.BinarySearch(c.to[c.first[n]:c.first[n+1]], r); suits {
			list = append(list, hold{c.first[n] + int32(at), n, int32(min(h.Units, math.MaxInt32))})
		}
	}
	slices.SortFunc(list, func(a, b hold) int { return cmp.Or(cmp.Compare(a.edge, b.edge), cmp.Compare(a.units, b.units)) })
	return slices.CompactFunc(list, func(a, b hold) bool { return a.edge == b.edge })
}
