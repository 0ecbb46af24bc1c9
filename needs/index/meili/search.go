package meili

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"

	"github.com/meilisearch/meilisearch-go"

	"shanqiao/needs/index"
)

// Search compiles the query and asks by POST, so that nothing typed stands in a
// URL. It wants all words, and gets ids and versions only.
func (x *Index) Search(ctx context.Context, scope index.Scope, q index.Query) (index.Page, error) {
	terms, err := q.Terms()
	if err != nil {
		return index.Page{}, err
	}
	if !scope.Allows(x.tier) {
		return index.Page{}, nil
	}
	facets := make([]string, len(q.Facets))
	for i, f := range q.Facets {
		facets[i] = f.String()
	}
	// The library writes into the request, so each search has one of its own.
	req := &meilisearch.SearchRequest{
		Query: query(terms), MatchingStrategy: meilisearch.All,
		Limit: int64(q.Limit), Offset: int64(q.Offset),
		AttributesToRetrieve: []string{"id", "version"},
		Facets:               facets, Sort: orders[q.Sort],
	}
	if len(q.Must) > 0 {
		req.Filter = filter(q.Must)
	}
	resp, err := x.searcher.Index(x.uid).SearchWithContext(ctx, "", req)
	if err != nil {
		return index.Page{}, trouble(ctx, err)
	}
	return x.page(resp, q)
}

var errAnswer = index.ErrUnavailable.Because(errors.New("search engine: answer not understood"))

func (x *Index) page(resp *meilisearch.SearchResponse, q index.Query) (index.Page, error) {
	p := index.Page{
		Total: int(resp.EstimatedTotalHits), Generation: x.generation.Load() + 1,
		Facets: map[index.Field][]index.Count{},
		// The engine does not say that it stopped early; it shows in the time.
		Degraded: resp.ProcessingTimeMs >= x.cutoff.Milliseconds(),
	}
	for _, h := range resp.Hits {
		var hit struct {
			ID      string `json:"id"`
			Version int64  `json:"version"`
		}
		if err := h.DecodeInto(&hit); err != nil {
			return index.Page{}, errAnswer
		}
		p.Hits = append(p.Hits, index.Hit{ID: hit.ID, Version: hit.Version})
	}
	if len(q.Facets) == 0 {
		return p, nil
	}
	var counts map[string]map[string]int
	if err := json.Unmarshal(resp.FacetDistribution, &counts); err != nil {
		return index.Page{}, errAnswer
	}
	for _, f := range q.Facets {
		values := counts[f.String()]
		if len(values) >= maxFacets {
			return index.Page{}, errAnswer // it may have left some out
		}
		list := []index.Count{}
		for code, n := range values {
			list = append(list, index.Count{Code: code, N: n})
		}
		slices.SortFunc(list, func(a, b index.Count) int {
			return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Code, b.Code))
		})
		p.Facets[f] = list
	}
	return p, nil
}

// line is what a manifest reads of a stored document.
type line struct {
	ID      string `json:"id"`
	Version int64  `json:"version"`
	Sum     string `json:"sum"`
}

// Manifest reads ids, versions and checksums from the documents themselves.
func (x *Index) Manifest(ctx context.Context, bucket, after string, n int) ([]index.DocVersion, error) {
	req := &meilisearch.DocumentsQuery{Fields: []string{"id", "version", "sum"}, Limit: int64(n), Sort: []string{"id:asc"}}
	var filter []string
	if after != "" {
		filter = append(filter, `id > "`+after+`"`)
	}
	if bucket != "" {
		filter = append(filter, `id >= "`+bucket+`"`, `id < "`+bucket+`~"`) // ~ comes after every letter of an id
	}
	if len(filter) > 0 {
		req.Filter = filter
	}
	var resp meilisearch.DocumentsResult
	if err := x.writer.Index(x.uid).GetDocumentsWithContext(ctx, req, &resp); err != nil {
		return nil, trouble(ctx, err)
	}
	out := make([]index.DocVersion, len(resp.Results))
	for i, h := range resp.Results {
		var d line
		if err := h.DecodeInto(&d); err != nil {
			return nil, errAnswer
		}
		// What is no checksum of ours is none that anything could equal but by chance.
		sum, err := strconv.ParseUint(d.Sum, 16, 64)
		if err != nil {
			sum = 0
		}
		out[i] = index.DocVersion{ID: d.ID, Version: d.Version, Sum: sum}
	}
	return out, nil
}

// lines is how many lines of the manifest are read at once when all are wanted.
const lines = 5000

// Buckets reads the whole manifest, because the engine cannot add up, and keeps
// of it only the sums. It is the first thing that a comparison does, so an engine
// that lost its index and its keys is given them again here: empty, it differs
// from Postgres, and that is found.
func (x *Index) Buckets(ctx context.Context) (index.Buckets, error) {
	if err := x.present(ctx); err != nil {
		return nil, err
	}
	sums := index.Buckets{}
	for after := ""; ; {
		part, err := x.Manifest(ctx, "", after, lines)
		if err != nil || len(part) == 0 {
			return sums, err
		}
		for _, v := range part {
			sums.Add(v)
		}
		after = part[len(part)-1].ID
	}
}

// Health asks for the number of documents and for settings that drifted.
func (x *Index) Health(ctx context.Context) index.Health {
	h := index.Health{Engine: "meilisearch " + x.version, Generation: x.generation.Load() + 1}
	stats, err := x.writer.Index(x.uid).GetStatsWithContext(ctx, nil)
	if err != nil {
		h.Reason = "unreachable"
		return h
	}
	h.Docs = int(stats.NumberOfDocuments)
	drifted, err := x.drift(ctx, x.uid)
	switch {
	case err != nil:
		h.Reason = "unreachable"
	case len(drifted) > 0:
		h.Reason = "settings"
	default:
		h.Ready = true
	}
	return h
}

// Close gives back idle connections. The engine keeps what it holds.
func (x *Index) Close() error {
	x.http.CloseIdleConnections()
	return nil
}
