package portaltest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/pg"
)

// Contents is what every table holds, as a number of rows and a sum of their
// hashes, so that a test can say "and nothing changed". Left out is what a
// refusal is meant to leave behind: the count of attempts to sign in, who read a
// family's record, and when a session was last seen.
func (s *Site) Contents(t testing.TB) map[string]string {
	t.Helper()
	tables, err := pg.Many[string](t.Context(), s.Admin, `
		select format('%I.%I', schemaname, tablename)
		  from pg_tables
		 where schemaname in ('access', 'records', 'gate', 'exchange')
		   and tablename not in ('attempts', 'record_reads')`, pg.Args{})
	require.NoError(t, err)
	require.Greater(t, len(tables), 30)
	var parts []string
	for _, table := range tables {
		row := "t::text"
		if table == "access.sessions" {
			row = "(to_jsonb(t) - 'last_seen')::text"
		}
		parts = append(parts, fmt.Sprintf(
			`select '%s' as name, count(*) || '/' || coalesce(sum(hashtextextended(%s, 0)), 0) as held from %s t`, table, row, table))
	}
	type held struct{ Name, Held string }
	all, err := pg.Many[held](t.Context(), s.Admin, strings.Join(parts, " union all "), pg.Args{})
	require.NoError(t, err)
	contents := map[string]string{}
	for _, h := range all {
		contents[h.Name] = h.Held
	}
	return contents
}

// Changed names the tables that hold something else than before.
func Changed(before, after map[string]string) []string {
	var changed []string
	for _, name := range slices.Sorted(maps.Keys(after)) {
		if before[name] != after[name] {
			changed = append(changed, name)
		}
	}
	return changed
}
