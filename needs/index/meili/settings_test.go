package meili

import (
	"reflect"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestNothingIsHidden: whatever can be searched, filtered or sorted gives its
// values away, displayed or not. So it is displayed, and nothing else is stored.
func TestNothingIsHidden(t *testing.T) {
	t.Parallel()
	asked := append(slices.Clone(searchable), sortable...)
	for _, rule := range filterable() {
		names, ok := rule.(map[string]any)["attributePatterns"].([]string)
		require.True(t, ok)
		asked = append(asked, names...)
	}
	slices.Sort(asked)
	asked = slices.Compact(asked)
	require.ElementsMatch(t, displayed, asked, "displayed is what can be searched, filtered or sorted")
	var keys []string
	for f := range reflect.TypeFor[stored]().Fields() {
		keys = append(keys, f.Tag.Get("json"))
	}
	require.ElementsMatch(t, displayed, keys, "and what a document has")
	for _, name := range asked {
		require.NotContains(t, name, "*", "no pattern lets in what is not named")
	}
}
