package embedded

import (
	"container/heap"
	"slices"
	"sync"

	"github.com/RoaringBitmap/roaring/v2"

	"shanqiao/needs/index"
)

// generation is one whole copy of the index. A document lives in a slot, a small
// number that bitmaps can hold; the slot of a removed one is used again.
type generation struct {
	mu     sync.RWMutex
	number uint64

	live   *roaring.Bitmap
	slotOf map[string]uint32
	gone   map[string]int64 // versions of removed documents, so that a late change cannot bring one back
	free   []uint32

	ids      []string
	versions []int64
	sums     []uint64
	keys     []uint64 // rank, then last day: the order of Pressing
	ticks    []int64

	codes   [7]codes
	numbers [2]map[int64]*roaring.Bitmap
	titles  texts
	bodies  texts
}

func newGeneration(number uint64) *generation {
	g := &generation{
		number: number, live: roaring.New(),
		slotOf: map[string]uint32{}, gone: map[string]int64{},
		titles: newTexts(), bodies: newTexts(),
	}
	for i := range g.codes {
		g.codes[i].of = map[string]uint16{}
	}
	for i := range g.numbers {
		g.numbers[i] = map[int64]*roaring.Bitmap{}
	}
	return g
}

// apply makes one change if it is newer than what is known.
func (g *generation) apply(c index.Change) index.ItemResult {
	g.mu.Lock()
	defer g.mu.Unlock()
	slot, held := g.slotOf[c.ID]
	known := g.gone[c.ID]
	if held {
		known = g.versions[slot]
	}
	if c.Version < known || c.Version == known && !c.Repair {
		return index.Stale
	}
	if held {
		g.remove(slot)
	}
	if c.Delete {
		g.gone[c.ID] = c.Version
		return index.Applied
	}
	delete(g.gone, c.ID)
	g.put(*c.Doc)
	return index.Applied
}

func (g *generation) put(d index.Doc) {
	slot := g.slot()
	g.slotOf[d.ID] = slot
	g.live.Add(slot)
	g.ids[slot], g.versions[slot], g.sums[slot] = d.ID, d.Version, d.Sum()
	g.keys[slot], g.ticks[slot] = pressing(d), d.Tick
	for _, f := range index.Fields() {
		g.codes[f].set(slot, d.Get(f))
	}
	for _, f := range []index.NumField{index.Tick, index.Until} {
		day := g.numbers[f][d.Number(f)]
		if day == nil {
			day = roaring.New()
			g.numbers[f][d.Number(f)] = day
		}
		day.Add(slot)
	}
	g.titles.set(slot, d.Title)
	g.bodies.set(slot, d.Text)
}

func (g *generation) slot() uint32 {
	if last := len(g.free) - 1; last >= 0 {
		slot := g.free[last]
		g.free = g.free[:last]
		return slot
	}
	g.ids = append(g.ids, "")
	g.versions = append(g.versions, 0)
	g.sums = append(g.sums, 0)
	g.keys = append(g.keys, 0)
	g.ticks = append(g.ticks, 0)
	return uint32(len(g.ids) - 1)
}

func (g *generation) remove(slot uint32) {
	delete(g.slotOf, g.ids[slot])
	g.live.Remove(slot)
	for f := range g.codes {
		g.codes[f].clear(slot)
	}
	drop(g.numbers[index.Tick], g.ticks[slot], slot)
	drop(g.numbers[index.Until], lastDay(g.keys[slot]), slot)
	g.titles.clear(slot)
	g.bodies.clear(slot)
	g.ids[slot] = ""
	g.free = append(g.free, slot)
}

func drop(m map[int64]*roaring.Bitmap, n int64, slot uint32) {
	if bm := m[n]; bm != nil {
		bm.Remove(slot)
		if bm.IsEmpty() {
			delete(m, n)
		}
	}
}

// inherit takes over what the old generation knows to be gone, so that a change
// that was late before the swap is still late after it.
func (g *generation) inherit(old *generation) {
	old.mu.RLock()
	defer old.mu.RUnlock()
	g.mu.Lock()
	defer g.mu.Unlock()
	for id, version := range old.gone {
		if _, held := g.slotOf[id]; !held && version > g.gone[id] {
			g.gone[id] = version
		}
	}
}

// pressing packs rank and last day so that smaller is more pressing. Days are
// shifted to be positive; a window cannot end before the year -3000 or after 5000.
func pressing(d index.Doc) uint64 { return uint64(d.Rank&0xff)<<40 | uint64(d.Until+dayShift)&dayMask }

const (
	dayShift = 1 << 38
	dayMask  = 1<<40 - 1
)

func lastDay(key uint64) int64 { return int64(key&dayMask) - dayShift }

// codes is one column of codes and, for each code, who has it.
type codes struct {
	of     map[string]uint16
	names  []string
	who    []*roaring.Bitmap
	column []uint16
}

func (c *codes) set(slot uint32, name string) {
	n, ok := c.of[name]
	if !ok {
		n = uint16(len(c.names))
		c.of[name] = n
		c.names = append(c.names, name)
		c.who = append(c.who, roaring.New())
	}
	for int(slot) >= len(c.column) {
		c.column = append(c.column, 0)
	}
	c.column[slot] = n
	c.who[n].Add(slot)
}

func (c *codes) clear(slot uint32) { c.who[c.column[slot]].Remove(slot) }

// manifest keeps the n smallest ids in a heap, so that reading a whole index
// page by page never sorts all of it.
func (g *generation) manifest(bucket, after string, n int) []index.DocVersion {
	g.mu.RLock()
	defer g.mu.RUnlock()
	var largest lines
	for id, slot := range g.slotOf {
		if id <= after || n <= 0 || bucket != "" && index.Bucket(id) != bucket {
			continue
		}
		if len(largest) < n {
			heap.Push(&largest, g.line(id, slot))
		} else if id < largest[0].ID {
			largest[0] = g.line(id, slot)
			heap.Fix(&largest, 0)
		}
	}
	slices.SortFunc(largest, func(a, b index.DocVersion) int {
		if a.ID < b.ID {
			return -1
		}
		return 1
	})
	return largest
}

func (g *generation) line(id string, slot uint32) index.DocVersion {
	return index.DocVersion{ID: id, Version: g.versions[slot], Sum: g.sums[slot]}
}

func (g *generation) buckets() index.Buckets {
	g.mu.RLock()
	defer g.mu.RUnlock()
	sums := index.Buckets{}
	for id, slot := range g.slotOf {
		sums.Add(g.line(id, slot))
	}
	return sums
}

type lines []index.DocVersion

func (l lines) Len() int           { return len(l) }
func (l lines) Less(i, j int) bool { return l[i].ID > l[j].ID }
func (l lines) Swap(i, j int)      { l[i], l[j] = l[j], l[i] }
func (l *lines) Push(v any)        { *l = append(*l, v.(index.DocVersion)) }
func (l *lines) Pop() any {
	last := (*l)[len(*l)-1]
	*l = (*l)[:len(*l)-1]
	return last
}
