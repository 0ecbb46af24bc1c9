package needs_test

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/pg"
	"shanqiao/internal/pgtest"
	"shanqiao/needs"
)

// TestStates keeps the map of moves, the check constraint and docs/states.md the same.
func TestStates(t *testing.T) {
	t.Parallel()
	want := map[string][]string{}
	for from, to := range needs.Moves {
		want[string(from)] = []string{}
		for _, s := range to {
			want[string(from)] = append(want[string(from)], string(s))
		}
		slices.Sort(want[string(from)])
	}

	t.Run("drawn in docs/states.md", func(t *testing.T) {
		t.Parallel()
		file, err := os.ReadFile("../docs/states.md")
		require.NoError(t, err)
		_, section, found := strings.Cut(string(file), "\n## Need\n")
		require.True(t, found)
		_, drawing, _ := strings.Cut(section, "```mermaid")
		drawing, _, _ = strings.Cut(drawing, "```")
		drawn := map[string][]string{}
		for _, arrow := range regexp.MustCompile(`(?m)^\s+(\S+) --> ([\w\[\]*]+)`).FindAllStringSubmatch(drawing, -1) {
			from, to := arrow[1], arrow[2]
			if from == "[*]" {
				continue
			}
			if drawn[from] == nil {
				drawn[from] = []string{}
			}
			if to != "[*]" {
				drawn[from] = append(drawn[from], to)
			}
		}
		for _, to := range drawn {
			slices.Sort(to)
		}
		require.Equal(t, want, drawn)
	})

	t.Run("listed in the check constraint of records.needs", func(t *testing.T) {
		t.Parallel()
		p := pgtest.New(t)
		check, err := pg.One[string](t.Context(), p.Admin, nil, `
			select pg_get_constraintdef(oid)
			  from pg_constraint
			 where conrelid = 'records.needs'::regclass
			   and conname = 'needs_state_check'`, pg.Args{})
		require.NoError(t, err)
		var listed []string
		for _, s := range regexp.MustCompile(`'(\w+)'`).FindAllStringSubmatch(check, -1) {
			listed = append(listed, s[1])
		}
		slices.Sort(listed)
		require.Equal(t, slices.Sorted(maps.Keys(want)), listed)
	})

	t.Run("what a state may come from is what may move to it", func(t *testing.T) {
		t.Parallel()
		require.Equal(t, []string{"approved", "claimed", "draft", "expired", "in_service", "introduced", "published"}, needs.Withdrawn.From())
		require.Empty(t, needs.Draft.From())
	})
}
