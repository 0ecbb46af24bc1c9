package charitytest

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/pgtest"
)

var (
	arrow  = regexp.MustCompile(`(?m)^\s+(\S+) --> (\S+)$`)
	quoted = regexp.MustCompile(`'([a-z_-]+)'`)
)

// States compares a noun's moves with its drawing under a heading of
// docs/states-exchange.md and with the check constraint of its table. The
// document is found from a package two folders down.
func States[S ~string](t *testing.T, p *pgtest.DB, heading, table string, moves map[S][]S) {
	t.Helper()
	text, err := os.ReadFile("../../docs/states-exchange.md")
	require.NoError(t, err)
	_, section, found := strings.Cut(string(text), "\n## "+heading+"\n")
	require.True(t, found, heading)
	section, _, _ = strings.Cut(section, "\n## ")

	drawn, written, states := []string{}, []string{}, []string{}
	for _, m := range arrow.FindAllStringSubmatch(section, -1) {
		drawn = append(drawn, m[1]+" "+m[2])
	}
	for from, to := range moves {
		states = append(states, string(from))
		for _, s := range to {
			written = append(written, string(from)+" "+string(s))
			require.Contains(t, moves, s, "a move leads to a state that is not in the map")
		}
	}
	slices.Sort(drawn)
	slices.Sort(written)
	slices.Sort(states)
	require.Equal(t, written, drawn, "map of moves and drawing")

	var constraint string
	require.NoError(t, p.Admin.QueryRow(t.Context(), `
		select pg_get_constraintdef(oid)
		  from pg_constraint
		 where conrelid = ('exchange.' || $1)::regclass and conname = $1 || '_state_check'`, table).Scan(&constraint))
	allowed := []string{}
	for _, m := range quoted.FindAllStringSubmatch(constraint, -1) {
		allowed = append(allowed, m[1])
	}
	slices.Sort(allowed)
	require.Equal(t, states, allowed, "map of moves and check constraint")
}
