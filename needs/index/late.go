package index

import (
	"context"
	"sync/atomic"

	"shanqiao/needs/deid"
)

// Late is an index that may not be there yet: an engine that was away when the
// program began. Until Arrive it is unavailable, so that with a fallback searches
// are answered and marked as such from the first one on.
type Late struct {
	tier deid.Tier
	here atomic.Pointer[Index]
}

// NewLate stands for an index of a tier that has not come yet.
func NewLate(tier deid.Tier) *Late { return &Late{tier: tier} }

// Arrive puts the index in its place, once.
func (l *Late) Arrive(x Index) { l.here.CompareAndSwap(nil, &x) }

func (l *Late) index() (Index, error) {
	if x := l.here.Load(); x != nil {
		return *x, nil
	}
	return nil, ErrUnavailable
}

// Tier is whose cards these will be.
func (l *Late) Tier() deid.Tier { return l.tier }

// Apply is unavailable until the index is there, as are the others.
func (l *Late) Apply(ctx context.Context, changes []Change) (Receipt, error) {
	x, err := l.index()
	if err != nil {
		return Receipt{}, err
	}
	return x.Apply(ctx, changes)
}

// WaitVisible waits for the index that is there.
func (l *Late) WaitVisible(ctx context.Context, r Receipt) error {
	x, err := l.index()
	if err != nil {
		return err
	}
	return x.WaitVisible(ctx, r)
}

// Search asks the index that is there.
func (l *Late) Search(ctx context.Context, scope Scope, q Query) (Page, error) {
	x, err := l.index()
	if err != nil {
		return Page{}, err
	}
	return x.Search(ctx, scope, q)
}

// Health says that the index is away, or what it says itself.
func (l *Late) Health(ctx context.Context) Health {
	x, err := l.index()
	if err != nil {
		return Health{Reason: "away since the start"}
	}
	return x.Health(ctx)
}

// BeginRebuild begins one in the index that is there.
func (l *Late) BeginRebuild(ctx context.Context) (Rebuild, error) {
	x, err := l.index()
	if err != nil {
		return nil, err
	}
	return x.BeginRebuild(ctx)
}

// Manifest lists what the index that is there holds.
func (l *Late) Manifest(ctx context.Context, bucket, after string, n int) ([]DocVersion, error) {
	x, err := l.index()
	if err != nil {
		return nil, err
	}
	return x.Manifest(ctx, bucket, after, n)
}

// Buckets sums up what the index that is there holds.
func (l *Late) Buckets(ctx context.Context) (Buckets, error) {
	x, err := l.index()
	if err != nil {
		return nil, err
	}
	return x.Buckets(ctx)
}

// Close closes the index if it came.
func (l *Late) Close() error {
	x, err := l.index()
	if err != nil {
		return nil
	}
	return x.Close()
}
