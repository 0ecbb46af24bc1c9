package indextest

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"

	"shanqiao/needs/index"
)

// oracle answers by looking at every document, one after the other.
type oracle []index.Doc

func (o oracle) search(q index.Query) index.Page {
	var match []index.Doc
	for _, d := range o {
		if all(d, q.Must) && reads(d, q.Text) {
			match = append(match, d)
		}
	}
	slices.SortFunc(match, func(a, b index.Doc) int {
		switch q.Sort {
		case index.Ending:
			return cmp.Or(cmp.Compare(a.Until, b.Until), cmp.Compare(a.ID, b.ID))
		case index.Latest:
			return cmp.Or(cmp.Compare(b.Tick, a.Tick), cmp.Compare(a.ID, b.ID))
		}
		return cmp.Or(cmp.Compare(a.Rank, b.Rank), cmp.Compare(a.Until, b.Until), cmp.Compare(a.ID, b.ID))
	})
	p := index.Page{Total: len(match), Facets: map[index.Field][]index.Count{}}
	for _, d := range match[min(q.Offset, len(match)):min(q.Offset+q.Limit, len(match))] {
		p.Hits = append(p.Hits, index.Hit{ID: d.ID, Version: d.Version})
	}
	for _, f := range q.Facets {
		n := map[string]int{}
		for _, d := range match {
			n[d.Get(f)]++
		}
		counts := []index.Count{}
		for code, count := range n {
			counts = append(counts, index.Count{Code: code, N: count})
		}
		slices.SortFunc(counts, func(a, b index.Count) int {
			return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Code, b.Code))
		})
		p.Facets[f] = counts
	}
	return p
}

func all(d index.Doc, conds []index.Cond) bool {
	for _, c := range conds {
		if !holds(d, c) {
			return false
		}
	}
	return true
}

func holds(d index.Doc, c index.Cond) bool {
	switch c := c.(type) {
	case index.In:
		return slices.Contains(c.Codes, d.Get(c.Field))
	case index.Range:
		n := d.Number(c.Field)
		return (c.Min == nil || n >= *c.Min) && (c.Max == nil || n <= *c.Max)
	case index.Not:
		return !holds(d, c.Of)
	case index.AnyOf:
		return slices.ContainsFunc(c.Of, func(of index.Cond) bool { return holds(d, of) })
	}
	return false
}

func reads(d index.Doc, text string) bool {
	for _, t := range index.Terms(text) {
		if !contains(d.Title, t) && !contains(d.Text, t) {
			return false
		}
	}
	return true
}

func contains(text string, t index.Term) bool {
	for _, run := range runsOf(text) {
		if run == t.Run || t.Han && strings.Contains(run, t.Run) {
			return true
		}
	}
	return false
}

// question makes up a query over the documents.
func question(r *rand.Rand, docs []index.Doc) index.Query {
	q := index.Query{Limit: 1 + r.IntN(index.MaxLimit), Offset: r.IntN(30), Sort: index.Sort(1 + r.IntN(3))}
	for range r.IntN(4) {
		q.Must = append(q.Must, condition(r, docs, 3))
	}
	for _, f := range index.Fields() {
		if r.IntN(3) == 0 {
			q.Facets = append(q.Facets, f)
		}
	}
	if r.IntN(3) == 0 {
		q.Text = snippet(r, docs[r.IntN(len(docs))])
	}
	return q
}

// snippet is a piece of a document's text, or of two.
func snippet(r *rand.Rand, d index.Doc) string {
	chars := []rune(pick(r, d.Title, d.Text))
	from := r.IntN(len(chars))
	return string(chars[from:min(len(chars), from+1+r.IntN(6))])
}

func condition(r *rand.Rand, docs []index.Doc, depth int) index.Cond {
	kinds := 4
	if depth == 0 {
		kinds = 2
	}
	switch r.IntN(kinds) {
	case 0:
		in := index.In{Field: index.Field(r.IntN(len(index.Fields())))}
		for range r.IntN(4) {
			in.Codes = append(in.Codes, pick(r, docs[r.IntN(len(docs))].Get(in.Field), "nobody"))
		}
		return in
	case 1:
		rg := index.Range{Field: index.NumField(r.IntN(2))}
		if r.IntN(3) > 0 {
			n := docs[r.IntN(len(docs))].Number(rg.Field)
			rg.Min = &n
		}
		if r.IntN(3) > 0 {
			n := docs[r.IntN(len(docs))].Number(rg.Field)
			rg.Max = &n
		}
		return rg
	case 2:
		return index.Not{Of: condition(r, docs, depth-1)}
	}
	var of []index.Cond
	for range r.IntN(4) {
		of = append(of, condition(r, docs, depth-1))
	}
	return index.AnyOf{Of: of}
}

// cut keeps what texts are made of: the oracle reads the same ones again and again.
var cut sync.Map

func runsOf(text string) []string {
	if runs, ok := cut.Load(text); ok {
		return runs.([]string)
	}
	runs := strings.Fields(index.Normal(text))
	cut.Store(text, runs)
	return runs
}
