package meili

import (
	"context"
	"encoding/json"
	"net/http"
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

// settings are what an index is to be like. They go to the engine in one task,
// since it does tasks one at a time; the library cannot send what is empty or
// false, nor read filterable attributes that say what they allow.
func (x *Index) settings() map[string]any {
	return map[string]any{
		"searchableAttributes": searchable, "displayedAttributes": displayed, "sortableAttributes": sorted(sortable),
		"filterableAttributes": filterable(), "rankingRules": ranking,
		"typoTolerance": map[string]any{"enabled": false}, "prefixSearch": "disabled", "facetSearch": false,
		"pagination":     map[string]any{"maxTotalHits": index.MaxDepth},
		"faceting":       map[string]any{"maxValuesPerFacet": maxFacets},
		"searchCutoffMs": x.cutoff.Milliseconds(), "proximityPrecision": "byWord",
		"stopWords": []string{}, "synonyms": map[string]any{},
	}
}

// configure sends the settings and waits until they hold.
func (x *Index) configure(ctx context.Context, uid string) error {
	var task meilisearch.TaskInfo
	if err := x.ask(ctx, http.MethodPatch, "/indexes/"+uid+"/settings", x.settings(), &task); err != nil {
		return err
	}
	return x.done(ctx, task.TaskUID)
}

// drift names the settings of an index that are not as they should be.
func (x *Index) drift(ctx context.Context, uid string) ([]string, error) {
	var is map[string]any
	if err := x.ask(ctx, http.MethodGet, "/indexes/"+uid+"/settings", nil, &is); err != nil {
		return nil, err
	}
	if list, ok := is["sortableAttributes"].([]any); ok {
		is["sortableAttributes"] = sorted(list)
	}
	var drifted []string
	for name, want := range x.settings() {
		if differs(plain(want), plain(is[name])) {
			drifted = append(drifted, name)
		}
	}
	return sorted(drifted), nil
}

// differs compares what is wanted; the rest of what an engine says is its own.
func differs(want, is any) bool {
	parts, some := want.(map[string]any)
	has, also := is.(map[string]any)
	if !some || !also || len(parts) == 0 {
		return !reflect.DeepEqual(want, is)
	}
	for name, part := range parts {
		if differs(part, has[name]) {
			return true
		}
	}
	return false
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
