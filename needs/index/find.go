package index

import (
	"cmp"
	"context"
	"slices"

	"shanqiao/needs/deid"
)

// Tiers are the indexes that a process asks: one for each tier that may be
// searched. The tier is chosen by the reader's scope and never by the query.
type Tiers struct {
	Public   Index
	Verified Index
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

// told is how much a tier may learn. Counts below least are not told. A query
// narrows at most that many code fields at once, because each combination is a
// cell, and the finer the cells the fewer are in them. Pages end at depth.
type told struct{ least, narrow, depth int }

var tells = map[deid.Tier]told{
	deid.Public:   {least: 11, narrow: 3, depth: 200},
	deid.Verified: {least: 5, narrow: 5, depth: MaxDepth},
}

// Least is the smallest count that is told on a tier.
func Least(tier deid.Tier) int { return tells[tier].least }

// Find is how a page searches. It asks the index of the scope's tier, asks again
// with only the words we know if nothing has all the words that were typed, and
// hides small counts. A scope that reads nothing finds nothing.
func (t Tiers) Find(ctx context.Context, scope Scope, q Query) (Result, error) {
	tier := scope.Tier()
	idx := t.Of(tier)
	if idx == nil {
		return Result{}, nil
	}
	may := tells[tier]
	if narrowed(q.Must) > may.narrow {
		return Result{}, ErrNarrow
	}
	if q.Limit > 0 && q.Offset > may.depth-q.Limit { // no sum: an offset may be as large as a number can be
		return Result{}, ErrDeep
	}
	page, err := idx.Search(ctx, scope, q)
	if err != nil {
		return Result{}, err
	}
	plainer := false
	if page.Total == 0 && q.Text != "" {
		if p, ok := q.plainer(); ok {
			if page, err = idx.Search(ctx, scope, p); err != nil {
				return Result{}, err
			}
			plainer = page.Total > 0
		}
	}
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
	return r, nil
}

// tallies are in the order of what is told, because the order of the counts
// themselves would tell which of two hidden ones is larger.
func tallies(counts []Count, least int) []Tally {
	out := make([]Tally, len(counts))
	for i, c := range counts {
		out[i] = Tally{c.Code, Shown(c.N, least)}
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

// narrowed counts the different code fields that conditions speak of.
func narrowed(conds []Cond) int {
	seen := map[Field]bool{}
	var walk func(c Cond)
	walk = func(c Cond) {
		switch c := c.(type) {
		case In:
			seen[c.Field] = true
		case Not:
			walk(c.Of)
		case AnyOf:
			for _, of := range c.Of {
				walk(of)
			}
		}
	}
	for _, c := range conds {
		walk(c)
	}
	return len(seen)
}
