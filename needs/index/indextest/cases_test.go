package indextest

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestCases holds the list against the tests: every number is there once, and a
// test of that name stands in each file that the list names.
func TestCases(t *testing.T) {
	t.Parallel()
	var want, got []string
	for _, part := range []struct {
		letter string
		n      int
	}{{"T", 20}, {"F", 10}, {"I", 9}, {"S", 9}, {"V", 12}, {"P", 8}, {"L", 15}} {
		for i := range part.n {
			want = append(want, fmt.Sprintf("%s%d", part.letter, i+1))
		}
	}
	require.Len(t, want, 83)
	for _, c := range Cases() {
		got = append(got, c.Number)
		require.NotEmpty(t, c.Files, c.Number)
		for _, file := range c.Files {
			text, err := os.ReadFile(filepath.Join("..", file))
			require.NoError(t, err)
			assert.Regexp(t, regexp.MustCompile(`"`+c.Number+` [^"]`), string(text), "%s has no test named %s", file, c.Number)
		}
	}
	require.Equal(t, want, got)
}
