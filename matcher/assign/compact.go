package assign

import (
	"cmp"
	"slices"
)

// compact is a problem in the one order that all solvers of it work in: needs by
// tier and key, resources by key, the edges of a need in a row and by resource.
// Whatever order the rows came in, this is the same.
type compact struct {
	need     []int32 // the problem's index of each need
	resource []int32 // of each resource
	group    []int32 // of each need: which needs are counted together
	units    []int32 // of each need
	capacity []int32 // of each resource
	first    []int32 // of each need, where its edges begin; one more ends the last
	to       []int32 // of each edge, the resource
	utility  []int32 // of each edge
	edge     []int32 // of each edge, the problem's index
	tier     []int32 // of each tier, where its needs begin; one more ends the last
	groups   []group
}

// group is needs of one tier that are counted together: those of one district
// where districts are to be served alike, and all otherwise.
type group struct {
	tier   int
	key    string
	units  int64
	served int64
}

// compactOf puts a problem in order. Utilities of one edge must fit 31 bits.
func compactOf(p Problem, fair bool) *compact {
	c := &compact{
		need: order(len(p.Needs), func(a, b int32) int {
			return cmp.Or(cmp.Compare(p.Needs[a].Tier, p.Needs[b].Tier), cmp.Compare(p.Needs[a].Key, p.Needs[b].Key))
		}),
		resource: order(len(p.Resources), func(a, b int32) int { return cmp.Compare(p.Resources[a].Key, p.Resources[b].Key) }),
		units:    make([]int32, len(p.Needs)), group: make([]int32, len(p.Needs)), first: make([]int32, len(p.Needs)+1),
		to: make([]int32, len(p.Edges)), utility: make([]int32, len(p.Edges)), edge: make([]int32, len(p.Edges)),
	}
	place := make([]int32, len(p.Needs))
	for at, i := range c.need {
		place[i] = int32(at)
		c.units[at] = int32(p.Needs[i].Units)
		if at == 0 || p.Needs[i].Tier != p.Needs[c.need[at-1]].Tier {
			c.tier = append(c.tier, int32(at))
		}
	}
	c.tier = append(c.tier, int32(len(p.Needs)))
	c.count(p, fair)
	c.join(p, place)
	return c
}

// count forms the groups: each tier's by the key of their district.
func (c *compact) count(p Problem, fair bool) {
	for t := range len(c.tier) - 1 {
		at := map[string]int32{}
		var keys []string
		for n := c.tier[t]; n < c.tier[t+1]; n++ {
			key := ""
			if fair {
				key = p.Needs[c.need[n]].District
			}
			if _, known := at[key]; !known {
				at[key] = 0
				keys = append(keys, key)
			}
		}
		// Numbers come in the order of numbers.
		slices.SortFunc(keys, func(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) })
		for _, key := range keys {
			at[key] = int32(len(c.groups))
			c.groups = append(c.groups, group{tier: t, key: key})
		}
		for n := c.tier[t]; n < c.tier[t+1]; n++ {
			key := ""
			if fair {
				key = p.Needs[c.need[n]].District
			}
			c.group[n] = at[key]
			c.groups[at[key]].units += int64(c.units[n])
		}
	}
}

// join lays the edges out. A resource that could give more than all who might
// ask has just that.
func (c *compact) join(p Problem, place []int32) {
	rank := make([]int32, len(p.Resources))
	for at, i := range c.resource {
		rank[i] = int32(at)
	}
	asked := make([]int64, len(p.Resources))
	for i := range p.Edges {
		n := place[p.Edges[i].Need]
		c.first[n+1]++
		asked[rank[p.Edges[i].Resource]] += int64(c.units[n])
	}
	for n := range c.need {
		c.first[n+1] += c.first[n]
	}
	c.capacity = make([]int32, len(p.Resources))
	for r, i := range c.resource {
		c.capacity[r] = int32(min(int64(p.Resources[i].Capacity), asked[r]))
	}
	next := slices.Clone(c.first)
	for i := range p.Edges {
		e := &p.Edges[i]
		n := place[e.Need]
		at, r := next[n], rank[e.Resource]
		next[n]++
		for ; at > c.first[n] && c.to[at-1] > r; at-- { // mostly sorted already
			c.to[at], c.utility[at], c.edge[at] = c.to[at-1], c.utility[at-1], c.edge[at-1]
		}
		c.to[at], c.utility[at], c.edge[at] = r, e.Utility, int32(i)
	}
}

func order(n int, compare func(a, b int32) int) []int32 {
	list := make([]int32, n)
	for i := range list {
		list[i] = int32(i)
	}
	slices.SortFunc(list, compare)
	return list
}
