package assign

import (
	"runtime"
	"sync/atomic"
)

// stretch is how many needs of a list one of a crew takes at a time.
const stretch = 64

// crew looks round on several cores. A list is a few tens of microseconds of
// work, less than it takes to wake anybody, so its hands stay awake between lists
// and watch for the next; they are dismissed when the auction is over. Nobody
// waits for a hand that is elsewhere: what it has not begun the others do.
type crew struct {
	look  func(needs []int32, from int)
	needs atomic.Pointer[[]int32]
	list  atomic.Uint64 // which list this is, how long it is and where its next stretch begins
	done  atomic.Int32  // needs of the list that are looked after
	over  atomic.Bool
}

// The three parts of list. A list is never longer than a block.
const (
	lengthAt, turnAt = 16, 32
	field            = 1<<16 - 1
)

// hire sets hands to work beside the one who calls all. look fills the views of
// needs, the first of them at place from.
func hire(hands int, look func(needs []int32, from int)) *crew {
	c := &crew{look: look}
	c.needs.Store(&[]int32{})
	for range hands {
		go func() {
			for !c.over.Load() {
				if !c.take() {
					runtime.Gosched()
				}
			}
		}()
	}
	return c
}

func (c *crew) dismiss() { c.over.Store(true) }

// all returns when every need of a list has been looked after.
func (c *crew) all(needs []int32) {
	c.done.Store(0)
	c.needs.Store(&needs)
	c.list.Store((c.list.Load()>>turnAt+1)<<turnAt | uint64(len(needs))<<lengthAt)
	for c.take() {
	}
	for int(c.done.Load()) < len(needs) {
		runtime.Gosched()
	}
}

// take looks after the next stretch, if there is one. While a stretch is to be
// had the list is not over, so the needs that are read are those of this list.
func (c *crew) take() bool {
	list := c.list.Load()
	from, length := int(list&field), int(list>>lengthAt&field)
	if from >= length {
		return false
	}
	needs := *c.needs.Load()
	to := min(from+stretch, length)
	if !c.list.CompareAndSwap(list, list+uint64(to-from)) {
		return true // somebody else was quicker
	}
	c.look(needs[from:to], from)
	c.done.Add(int32(to - from))
	return true
}
