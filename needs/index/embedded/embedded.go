// Package embedded is the index that every process carries in memory: bitmaps of
// who has which code, day and gram, and columns of codes to order by. It answers
// exactly, sees a change as soon as Apply returns, and is rebuilt from Postgres
// in seconds, so nothing of it is ever written to disk.
//
// The rule a maintainer must not break: a generation is changed only under its
// own lock, and the pointer to the one that answers moves only under write.
package embedded

import (
	"context"
	"sync"
	"sync/atomic"

	"shanqiao/needs/deid"
	"shanqiao/needs/index"
)

// Index is one tier in memory.
type Index struct {
	tier  deid.Tier
	write sync.Mutex // one writer at a time, so that both generations get every change
	now   atomic.Pointer[generation]
	next  *generation // being rebuilt; guarded by write
}

var _ index.Index = (*Index)(nil)

// New makes an empty index of a tier.
func New(tier deid.Tier) *Index {
	x := &Index{tier: tier}
	x.now.Store(newGeneration(1))
	return x
}

// Tier is whose cards these are.
func (x *Index) Tier() deid.Tier { return x.tier }

// Apply takes changes; they are visible when it returns.
func (x *Index) Apply(ctx context.Context, changes []index.Change) (index.Receipt, error) {
	r := index.Receipt{Items: make([]index.ItemResult, len(changes))}
	x.write.Lock()
	defer x.write.Unlock()
	for i, c := range changes {
		if err := ctx.Err(); err != nil {
			return r, err
		}
		if !c.Valid() {
			r.Items[i] = index.Rejected
			continue
		}
		r.Items[i] = x.now.Load().apply(c)
		if x.next != nil {
			x.next.apply(c)
		}
	}
	return r, nil
}

// WaitVisible returns at once: Apply already made the changes visible.
func (x *Index) WaitVisible(ctx context.Context, _ index.Receipt) error { return ctx.Err() }

// Search answers q from the generation that is current when it starts.
func (x *Index) Search(ctx context.Context, scope index.Scope, q index.Query) (index.Page, error) {
	terms, err := q.Terms()
	if err != nil {
		return index.Page{}, err
	}
	if !scope.Allows(x.tier) {
		return index.Page{}, nil
	}
	if err := ctx.Err(); err != nil {
		return index.Page{}, err
	}
	return x.now.Load().search(terms, q), nil
}

// Health of an index in memory is how much it holds.
func (x *Index) Health(context.Context) index.Health {
	g := x.now.Load()
	g.mu.RLock()
	defer g.mu.RUnlock()
	return index.Health{Ready: true, Engine: "embedded", Docs: len(g.slotOf), Generation: g.number}
}

// Manifest lists what is held, ascending.
func (x *Index) Manifest(ctx context.Context, bucket, after string, n int) ([]index.DocVersion, error) {
	return x.now.Load().manifest(bucket, after, n), ctx.Err()
}

// Buckets sums up what is held.
func (x *Index) Buckets(ctx context.Context) (index.Buckets, error) {
	return x.now.Load().buckets(), ctx.Err()
}

// Holds says whether a search could find the card now.
func (x *Index) Holds(card string) bool {
	g := x.now.Load()
	g.mu.RLock()
	defer g.mu.RUnlock()
	_, held := g.slotOf[card]
	return held
}

// Close lets the memory go.
func (x *Index) Close() error {
	x.write.Lock()
	defer x.write.Unlock()
	x.now.Store(newGeneration(x.now.Load().number + 1))
	x.next = nil
	return nil
}

// BeginRebuild starts a second generation.
func (x *Index) BeginRebuild(ctx context.Context) (index.Rebuild, error) {
	x.write.Lock()
	defer x.write.Unlock()
	if x.next != nil {
		return nil, index.ErrRebuilding
	}
	x.next = newGeneration(x.now.Load().number + 1)
	return &rebuild{x: x, g: x.next}, ctx.Err()
}

type rebuild struct {
	x *Index
	g *generation
}

// Add puts documents in unless a live change already brought something newer.
func (r *rebuild) Add(ctx context.Context, docs []index.Doc) error {
	for _, d := range docs {
		if err := ctx.Err(); err != nil {
			return err
		}
		if d.Valid() {
			r.g.apply(index.Change{ID: d.ID, Version: d.Version, Doc: &d})
		}
	}
	return nil
}

// Commit adds the tail and swaps. Searches in flight finish on the generation they began with.
func (r *rebuild) Commit(ctx context.Context, tail func(context.Context) ([]index.Change, error)) (index.Report, error) {
	r.x.write.Lock()
	defer r.x.write.Unlock()
	if r.x.next != r.g {
		return index.Report{}, index.ErrRebuilding
	}
	if tail != nil {
		last, err := tail(ctx)
		if err != nil {
			return index.Report{}, err
		}
		for _, c := range last {
			if c.Valid() {
				r.g.apply(c)
			}
		}
	}
	if err := ctx.Err(); err != nil {
		return index.Report{}, err
	}
	r.g.inherit(r.x.now.Load())
	r.x.now.Store(r.g)
	r.x.next = nil
	return index.Report{Docs: len(r.g.slotOf)}, nil
}

// Abort forgets the new generation.
func (r *rebuild) Abort(context.Context) error {
	r.x.write.Lock()
	defer r.x.write.Unlock()
	if r.x.next == r.g {
		r.x.next = nil
	}
	return nil
}
