package embedded

import (
	"cmp"
	"container/heap"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"shanqiao/needs/index"
)

func (g *generation) search(terms []index.Term, q index.Query) index.Page {
	g.mu.RLock()
	defer g.mu.RUnlock()
	found := g.live
	for _, c := range q.Must {
		found = roaring.And(found, g.holds(c))
	}
	var titled []*roaring.Bitmap
	for _, t := range terms {
		inTitle := g.titles.find(t, found)
		inText := g.bodies.find(t, found)
		titled = append(titled, inTitle)
		found = roaring.Or(inTitle, inText)
	}
	page := index.Page{Total: int(found.GetCardinality()), Generation: g.number}
	page.Facets = g.facets(found, page.Total, q.Facets)
	for _, slot := range g.first(found, q, titled) {
		page.Hits = append(page.Hits, index.Hit{ID: g.ids[slot], Version: g.versions[slot]})
	}
	return page
}

// holds is the set of documents for which a condition is true. The query was
// checked before, so every kind is known.
func (g *generation) holds(c index.Cond) *roaring.Bitmap {
	var any []*roaring.Bitmap
	switch c := c.(type) {
	case index.In:
		for _, name := range c.Codes {
			if n, ok := g.codes[c.Field].of[name]; ok {
				any = append(any, g.codes[c.Field].who[n])
			}
		}
	case index.Range:
		for n, who := range g.numbers[c.Field] {
			if (c.Min == nil || n >= *c.Min) && (c.Max == nil || n <= *c.Max) {
				any = append(any, who)
			}
		}
	case index.AnyOf:
		for _, of := range c.Of {
			any = append(any, g.holds(of))
		}
	case index.Not:
		return roaring.AndNot(g.live, g.holds(c.Of))
	}
	return roaring.FastOr(any...)
}

// few is below how many matches reading the column is cheaper than asking every code's bitmap.
const few = 512

func (g *generation) facets(found *roaring.Bitmap, total int, asked []index.Field) map[index.Field][]index.Count {
	out := map[index.Field][]index.Count{}
	for _, f := range asked {
		col := &g.codes[f]
		n := make([]int, len(col.names))
		if total < few {
			for it := found.Iterator(); it.HasNext(); {
				n[col.column[it.Next()]]++
			}
		} else {
			for i, who := range col.who {
				n[i] = int(found.AndCardinality(who))
			}
		}
		counts := []index.Count{}
		for i, count := range n {
			if count > 0 {
				counts = append(counts, index.Count{Code: col.names[i], N: count})
			}
		}
		slices.SortFunc(counts, func(a, b index.Count) int {
			return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Code, b.Code))
		})
		out[f] = counts
	}
	return out
}

// first puts the wanted page of what was found in order, holding no more of it
// than the page's end.
func (g *generation) first(found *roaring.Bitmap, q index.Query, titled []*roaring.Bitmap) []uint32 {
	key := g.order(q.Sort, titled)
	top := &nearest{less: func(a, b entry) bool {
		return a.key < b.key || a.key == b.key && g.ids[a.slot] < g.ids[b.slot]
	}}
	end := q.Offset + q.Limit
	for it := found.Iterator(); it.HasNext(); {
		slot := it.Next()
		e := entry{key(slot), slot}
		if len(top.all) < end {
			heap.Push(top, e)
		} else if top.less(e, top.all[0]) {
			top.all[0] = e
			heap.Fix(top, 0)
		}
	}
	slices.SortFunc(top.all, func(a, b entry) int {
		if top.less(a, b) {
			return -1
		}
		return 1
	})
	var slots []uint32
	for _, e := range top.all[min(q.Offset, len(top.all)):] {
		slots = append(slots, e.slot)
	}
	return slots
}

// order gives the number by which documents are put in order, smallest first.
func (g *generation) order(sort index.Sort, titled []*roaring.Bitmap) func(slot uint32) uint64 {
	switch sort {
	case index.Ending:
		return func(slot uint32) uint64 { return g.keys[slot] & dayMask }
	case index.Latest:
		return func(slot uint32) uint64 { return uint64(dayShift - g.ticks[slot]) }
	case index.Best:
		return func(slot uint32) uint64 {
			missing := uint64(0)
			for _, t := range titled {
				if !t.Contains(slot) {
					missing++
				}
			}
			return missing<<48 | g.keys[slot]
		}
	}
	return func(slot uint32) uint64 { return g.keys[slot] }
}

type entry struct {
	key  uint64
	slot uint32
}

// nearest is a heap with the worst of the kept entries on top.
type nearest struct {
	all  []entry
	less func(a, b entry) bool
}

func (h *nearest) Len() int           { return len(h.all) }
func (h *nearest) Less(i, j int) bool { return h.less(h.all[j], h.all[i]) }
func (h *nearest) Swap(i, j int)      { h.all[i], h.all[j] = h.all[j], h.all[i] }
func (h *nearest) Push(v any)         { h.all = append(h.all, v.(entry)) }
func (h *nearest) Pop() any {
	last := h.all[len(h.all)-1]
	h.all = h.all[:len(h.all)-1]
	return last
}
