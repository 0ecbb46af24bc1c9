package index

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"shanqiao/needs/deid"
)

// Tiers are the indexes that a process asks: one for each tier that may be
// searched. The tier is chosen by the reader's scope and never by the query.
// Budget is how much one reader may ask; nil sets no bounds, for tools and tests.
type Tiers struct {
	Public   Index
	Verified Index
	Budget   *Budget
}

// Of is the index of a tier, or nil for a tier that has none.
func (t Tiers) Of(tier deid.Tier) Index {
	switch tier {
	case deid.Public:
		return t.Public
	case deid.Verified:
		return t.Verified
	}
	return nil
}

// All lists the indexes.
func (t Tiers) All() []Index { return []Index{t.Public, t.Verified} }

// Result is what a page may show of a search. Read the cards of IDs from
// Postgres under the reader's own rights; the order of IDs is the order to show.
// When Total is Few and there are no IDs, the conditions single out too few
// cards to be shown: say that the search should be wider.
type Result struct {
	IDs      []string
	Total    Figure
	More     bool // there is a next page
	Facets   map[Field][]Tally
	Plainer  bool // nothing matched all that was typed; this matches the words we know
	Degraded bool // the second engine answered; say that it may be a little behind
}

// Tally is a facet value with its figure.
type Tally struct {
	Code string
	Figure
}

// Figure is a count that may be shown: N is a multiple of 5, or Few says that
// it is below the least that is told, and N is then 0.
type Figure struct {
	N   int
	Few bool
}

// told is how much a tier may learn. Counts below least are not told, nor the
// cards behind them if conditions singled them out. A query narrows at most that
// many dimensions at once, because each combination is a cell, and the finer the
// cells the fewer are in them. Pages end at depth.
type told struct{ least, narrow, depth int }

var tells = map[deid.Tier]told{
	deid.Public:   {least: 11, narrow: 3, depth: 200},
	deid.Verified: {least: 5, narrow: 3, depth: 200},
}

// Least is the smallest count that is told on a tier.
func Least(tier deid.Tier) int { return tells[tier].least }

// Find is how a page searches. It asks the index of the scope's tier, asks again
// for less if nothing has all the words that were typed, and hides small counts
// and what stands behind them. A scope that reads nothing finds nothing.
func (t Tiers) Find(ctx context.Context, scope Scope, q Query) (Result, error) {
	tier := scope.Tier()
	idx := t.Of(tier)
	if idx == nil {
		return Result{}, nil
	}
	if _, err := q.Terms(); err != nil && !errors.Is(err, ErrWords) {
		return Result{}, err // so that nothing below is asked of what no engine would take
	}
	may := tells[tier]
	if dimensions(q.Must) > may.narrow {
		return Result{}, ErrNarrow
	}
	if q.Limit > 0 && q.Offset > may.depth-q.Limit { // no sum: an offset may be as large as a number can be
		return Result{}, ErrDeep
	}
	asked := questionOf(q)
	if err := t.Budget.ask(ctx, scope, asked); err != nil {
		return Result{}, err
	}
	page, plainer, err := descend(ctx, idx, scope, q, may)
	if err != nil {
		return Result{}, err
	}
	few := page.Total > 0 && page.Total < may.least
	t.Budget.found(ctx, scope, asked, few)
	if few && len(asked) > 0 {
		return Result{Total: Figure{Few: true}, Plainer: plainer, Degraded: page.Degraded}, nil
	}
	return may.result(q, page, plainer), nil
}

// descend asks as was typed, and while nothing is found and something plainer
// can be asked that is no finer than may be asked, that.
func descend(ctx context.Context, idx Index, scope Scope, q Query, may told) (Page, bool, error) {
	page, err := idx.Search(ctx, scope, q)
	long := errors.Is(err, ErrWords)
	if err != nil && !long || page.Total > 0 || q.Text == "" {
		return page, false, err
	}
	for _, p := range q.plainer(idx.Tier()) {
		if dimensions(p.Must) > may.narrow {
			continue
		}
		page, err := idx.Search(ctx, scope, p)
		if err != nil || page.Total > 0 {
			return page, err == nil, err
		}
		long = false // it was understood, and there is none
	}
	if long {
		return page, false, ErrWords
	}
	return page, false, nil
}

func (may told) result(q Query, page Page, plainer bool) Result {
	end := q.Offset + len(page.Hits)
	r := Result{
		Total:   Shown(page.Total, may.least),
		More:    page.Total > end && end+q.Limit <= may.depth,
		Facets:  map[Field][]Tally{},
		Plainer: plainer, Degraded: page.Degraded,
	}
	for _, h := range page.Hits {
		r.IDs = append(r.IDs, h.ID)
	}
	for f, counts := range page.Facets {
		r.Facets[f] = tallies(counts, may.least)
	}
	return r
}

// tallies leave out what is too small to be told: that there is one at all is the
// cell with its condition. The others are in the order of what is told, because
// the order of the counts themselves would tell more.
func tallies(counts []Count, least int) []Tally {
	out := []Tally{}
	for _, c := range counts {
		if c.N >= least {
			out = append(out, Tally{c.Code, Shown(c.N, least)})
		}
	}
	slices.SortFunc(out, func(a, b Tally) int {
		return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Code, b.Code))
	})
	return out
}

// Shown is what may be told of a count: nothing between one and k, and otherwise
// the nearest multiple of five, so that two counts do not differ by one household.
func Shown(n, k int) Figure {
	if n > 0 && n < k {
		return Figure{Few: true}
	}
	return Figure{N: (n + 2) / 5 * 5}
}

// dimensions counts what conditions narrow: code fields, and days. A kind of help
// lies in one group, so that the two are one dimension.
func dimensions(conds []Cond) int {
	seen := map[string]bool{}
	for _, c := range conds {
		for _, name := range named(c) {
			if name == Code.String() {
				name = Group.String()
			}
			seen[name] = true
		}
	}
	return len(seen)
}

// named lists the fields that a condition narrows. That the window is not over is
// asked of every list and narrows nothing.
func named(c Cond) []string {
	var out []string
	switch c := c.(type) {
	case In:
		out = append(out, c.Field.String())
	case Range:
		if c.Field != Until || c.Max != nil {
			out = append(out, c.Field.String())
		}
	case Not:
		return named(c.Of)
	case AnyOf:
		for _, of := range c.Of {
			out = append(out, named(of)...)
		}
	}
	return out
}
