package meili

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/meilisearch/meilisearch-go"

	"shanqiao/needs/index"
)

var (
	searchable = []string{"title", "title_each", "text", "text_each"}
	sortable   = []string{"id", "rank", "tick", "until"}
	displayed  = []string{"id", "version", "sum", "area", "age", "size", "category", "group", "code", "urgency",
		"tick", "until", "rank", "title", "title_each", "text", "text_each"}
	// After words in the name of the help, the order is ours to the end, and the
	// id ends it, so that it is the same after a rebuild.
	ranking = []string{"sort", "words", "attributeRank", "rank:asc", "until:asc", "id:asc"}
)

const maxFacets = 512

func codeNames() []string {
	var names []string
	for _, f := range index.Fields() {
		names = append(names, f.String())
	}
	return names
}

func filterable() []any {
	features := func(comparison bool) map[string]any {
		return map[string]any{
			"facetSearch": false,
			"filter":      map[string]any{"equality": !comparison, "comparison": comparison},
		}
	}
	return []any{
		map[string]any{"attributePatterns": append(codeNames(), "version", "sum"), "features": features(false)},
		map[string]any{"attributePatterns": []string{"id", "tick", "until"}, "features": features(true)},
	}
}

// wanted is what the engine should say its settings are, for telling drift.
func (x *Index) wanted() map[string]any {
	return map[string]any{
		"searchableAttributes": searchable, "displayedAttributes": displayed, "sortableAttributes": sorted(sortable),
		"filterableAttributes": filterable(), "rankingRules": ranking,
		"typoTolerance.enabled": false, "prefixSearch": "disabled", "facetSearch": false,
		"pagination.maxTotalHits": index.MaxDepth, "faceting.maxValuesPerFacet": maxFacets,
		"searchCutoffMs": x.cutoff.Milliseconds(), "proximityPrecision": "byWord",
		"stopWords": []string{}, "synonyms": map[string]any{},
	}
}

// configure sends every setting by the call of its own: the call for all of them
// leaves out what is empty or false.
func (x *Index) configure(ctx context.Context, uid string) error {
	ix := x.writer.Index(uid)
	filters := filterable()
	typo := meilisearch.TypoTolerance{Enabled: false, DisableOnWords: []string{}, DisableOnAttributes: []string{},
		MinWordSizeForTypos: meilisearch.MinWordSizeForTypos{OneTypo: 5, TwoTypos: 9}}
	calls := []func() (*meilisearch.TaskInfo, error){
		func() (*meilisearch.TaskInfo, error) {
			return ix.UpdateSearchableAttributesWithContext(ctx, &searchable)
		},
		func() (*meilisearch.TaskInfo, error) { return ix.UpdateDisplayedAttributesWithContext(ctx, &displayed) },
		func() (*meilisearch.TaskInfo, error) { return ix.UpdateSortableAttributesWithContext(ctx, &sortable) },
		func() (*meilisearch.TaskInfo, error) { return ix.UpdateFilterableAttributesWithContext(ctx, &filters) },
		func() (*meilisearch.TaskInfo, error) { return ix.UpdateRankingRulesWithContext(ctx, &ranking) },
		func() (*meilisearch.TaskInfo, error) { return ix.UpdateTypoToleranceWithContext(ctx, &typo) },
		func() (*meilisearch.TaskInfo, error) { return ix.UpdatePrefixSearchWithContext(ctx, "disabled") },
		func() (*meilisearch.TaskInfo, error) { return ix.UpdateFacetSearchWithContext(ctx, false) },
		func() (*meilisearch.TaskInfo, error) {
			return ix.UpdateSearchCutoffMsWithContext(ctx, x.cutoff.Milliseconds())
		},
		func() (*meilisearch.TaskInfo, error) {
			return ix.UpdateProximityPrecisionWithContext(ctx, meilisearch.ByWord)
		},
		func() (*meilisearch.TaskInfo, error) {
			return ix.UpdatePaginationWithContext(ctx, &meilisearch.Pagination{MaxTotalHits: index.MaxDepth})
		},
		func() (*meilisearch.TaskInfo, error) {
			return ix.UpdateFacetingWithContext(ctx, &meilisearch.Faceting{MaxValuesPerFacet: maxFacets,
				SortFacetValuesBy: map[string]meilisearch.SortFacetType{"*": meilisearch.SortFacetTypeCount}})
		},
		func() (*meilisearch.TaskInfo, error) { return ix.ResetStopWordsWithContext(ctx) },
		func() (*meilisearch.TaskInfo, error) { return ix.ResetSynonymsWithContext(ctx) },
	}
	for _, call := range calls {
		task, err := call()
		if err != nil {
			return trouble(ctx, err)
		}
		if err := x.done(ctx, task.TaskUID); err != nil {
			return err
		}
	}
	return nil
}

// drift names the settings of an index that are not as they should be.
func (x *Index) drift(ctx context.Context, uid string) ([]string, error) {
	// The library cannot read filterable attributes that say what they allow.
	raw, err := x.raw(ctx, "/indexes/"+uid+"/settings")
	if err != nil {
		return nil, err
	}
	var is map[string]any
	if err := json.Unmarshal(raw, &is); err != nil {
		return nil, fmt.Errorf("settings of the search engine: %w", index.ErrUnavailable)
	}
	if list, ok := is["sortableAttributes"].([]any); ok {
		is["sortableAttributes"] = sorted(list)
	}
	for _, path := range [][2]string{{"typoTolerance", "enabled"}, {"pagination", "maxTotalHits"}, {"faceting", "maxValuesPerFacet"}} {
		if sub, ok := is[path[0]].(map[string]any); ok {
			is[path[0]+"."+path[1]] = sub[path[1]]
		}
	}
	var drifted []string
	for name, want := range x.wanted() {
		if !reflect.DeepEqual(plain(want), plain(is[name])) {
			drifted = append(drifted, name)
		}
	}
	return sorted(drifted), nil
}

// plain is a value as JSON would give it back.
func plain(v any) any {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil
	}
	var out any
	if json.Unmarshal(raw, &out) != nil {
		return nil
	}
	return out
}
