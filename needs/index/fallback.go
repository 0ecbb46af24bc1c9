package index

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"shanqiao/needs/deid"
)

// Patience is how a fallback judges the first engine: Budget is how long one
// search may take, Failures how many in a row break the circuit, Rest how long
// it is then left alone before one search tries it again.
type Patience struct {
	Budget   time.Duration
	Failures int
	Rest     time.Duration
}

// DefaultPatience is what a page can wait for.
var DefaultPatience = Patience{Budget: 300 * time.Millisecond, Failures: 3, Rest: 10 * time.Second}

// WithFallback answers from first, and from second, marked as degraded, while
// first fails or is too slow. Changes go to both; what counts is first's answer
// to them, because second also follows Postgres by itself.
func WithFallback(first, second Index, p Patience) Index {
	return &fallback{first: first, second: second, patience: p}
}

type fallback struct {
	first, second Index
	patience      Patience

	mu       sync.Mutex
	failures int
	open     bool // first is left alone
	probing  bool // one search is trying first again
	timer    *time.Timer
}

func (f *fallback) Tier() deid.Tier { return f.first.Tier() }

func (f *fallback) Apply(ctx context.Context, changes []Change) (Receipt, error) {
	if _, err := f.second.Apply(ctx, changes); err != nil {
		return Receipt{}, err
	}
	return f.first.Apply(ctx, changes)
}

func (f *fallback) WaitVisible(ctx context.Context, r Receipt) error {
	return f.first.WaitVisible(ctx, r)
}

// holder is an index that can say at once whether it holds a card.
type holder interface{ Holds(card string) bool }

// behind says that first found a card which second, following Postgres by itself,
// does not have: it was taken down while first was away, and first has not been
// told. A card so new that second has not seen it looks the same, for a moment.
// To find nothing is in doubt too: an engine that was wiped finds nothing.
func (f *fallback) behind(p Page) bool {
	h, ok := f.second.(holder)
	if !ok {
		return false
	}
	return p.Total == 0 || slices.ContainsFunc(p.Hits, func(hit Hit) bool { return !h.Holds(hit.ID) })
}

// Search tries first within its budget. What the caller did wrong, and a caller
// who left, say nothing about the engine. Nothing that was taken down comes back
// with an engine that comes back: if first has such a card, second answers.
func (f *fallback) Search(ctx context.Context, scope Scope, q Query) (Page, error) {
	if f.tries() {
		budget, cancel := context.WithTimeout(ctx, f.patience.Budget)
		page, err := f.first.Search(budget, scope, q)
		cancel()
		if ctx.Err() != nil {
			f.spared()
			return Page{}, ctx.Err()
		}
		down := errors.Is(err, ErrUnavailable) || errors.Is(err, ErrOverloaded) || errors.Is(err, context.DeadlineExceeded)
		if err != nil && !down {
			f.spared() // the query was refused, by whomever
			return page, err
		}
		f.judged(down)
		if !down && !f.behind(page) {
			return page, nil
		}
		if !down && page.Total == 0 {
			return f.agreed(ctx, scope, q, page)
		}
	}
	page, err := f.second.Search(ctx, scope, q)
	page.Degraded = true
	return page, err
}

// agreed is first's empty page if second finds nothing either.
func (f *fallback) agreed(ctx context.Context, scope Scope, q Query, empty Page) (Page, error) {
	page, err := f.second.Search(ctx, scope, q)
	if err == nil && page.Total == 0 {
		return empty, nil
	}
	page.Degraded = true
	return page, err
}

// tries says whether this search should ask first.
func (f *fallback) tries() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.open {
		return true
	}
	if f.probing {
		f.probing = false
		return true
	}
	return false
}

// spared gives the probe back when nothing was learnt from it.
func (f *fallback) spared() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.probing = f.open
}

func (f *fallback) judged(down bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !down {
		f.failures, f.open = 0, false
		return
	}
	if f.failures++; f.failures < f.patience.Failures && !f.open {
		return
	}
	f.open = true
	if f.timer != nil {
		f.timer.Stop()
	}
	f.timer = time.AfterFunc(f.patience.Rest, func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.probing = true
	})
}

func (f *fallback) Health(ctx context.Context) Health {
	h := f.first.Health(ctx)
	f.mu.Lock()
	open := f.open
	f.mu.Unlock()
	if h.Ready && !open {
		return h
	}
	second := f.second.Health(ctx)
	second.Degraded, second.Reason = true, h.Reason
	return second
}

func (f *fallback) BeginRebuild(ctx context.Context) (Rebuild, error) {
	return f.first.BeginRebuild(ctx)
}

func (f *fallback) Manifest(ctx context.Context, bucket, after string, n int) ([]DocVersion, error) {
	return f.first.Manifest(ctx, bucket, after, n)
}

func (f *fallback) Buckets(ctx context.Context) (Buckets, error) { return f.first.Buckets(ctx) }

func (f *fallback) Close() error {
	f.mu.Lock()
	if f.timer != nil {
		f.timer.Stop()
	}
	f.mu.Unlock()
	return errors.Join(f.first.Close(), f.second.Close())
}
