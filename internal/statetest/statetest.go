// Package statetest holds three tellings of a noun's states to one another: the
// map of moves in the code, the drawing in the documents and the check constraint
// of its table. Only tests import it.
package statetest

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/pg"
	"shanqiao/internal/pgtest"
)

// Noun is where the states of a noun are told. Document is a path from the
// package under test, Heading the section whose first drawing is meant, Table
// schema-qualified; its constraint is called <table>_state_check.
type Noun struct {
	Document, Heading, Table string
}

var (
	arrow  = regexp.MustCompile(`(?m)^\s+(\S+) --> ([^\s:]+)`)
	quoted = regexp.MustCompile(`'([a-z_-]+)'`)
)

// outside is where a drawing begins and ends.
const outside = "[*]"

// Agree compares the three.
func Agree[S ~string](t *testing.T, p *pgtest.DB, n Noun, moves map[S][]S) {
	t.Helper()
	text, err := os.ReadFile(n.Document)
	require.NoError(t, err)
	written := map[string][]string{}
	states := []string{}
	for from, to := range moves {
		states = append(states, string(from))
		written[string(from)] = []string{}
		for _, s := range to {
			require.Contains(t, moves, s, "a move leads to a state that is not in the map")
			written[string(from)] = append(written[string(from)], string(s))
		}
		slices.Sort(written[string(from)])
	}
	require.Equal(t, written, drawn(t, string(text), n.Heading), "map of moves and drawing of %s", n.Heading)

	_, table, _ := strings.Cut(n.Table, ".")
	check, err := pg.One[string](t.Context(), p.Admin, os.ErrNotExist, `
		select pg_get_constraintdef(oid)
		  from pg_constraint
		 where conrelid = to_regclass(@table)
		   and conname = @name`, pg.Args{"table": n.Table, "name": table + "_state_check"})
	require.NoError(t, err)
	allowed := []string{}
	for _, m := range quoted.FindAllStringSubmatch(check, -1) {
		allowed = append(allowed, m[1])
	}
	require.ElementsMatch(t, states, allowed, "map of moves and check constraint of %s", n.Table)
}

// drawn reads the moves of the first drawing under a heading.
func drawn(t *testing.T, text, heading string) map[string][]string {
	t.Helper()
	_, section, found := strings.Cut(text, "\n## "+heading+"\n")
	require.True(t, found, heading)
	section, _, _ = strings.Cut(section, "\n## ")
	_, drawing, found := strings.Cut(section, "```mermaid")
	require.True(t, found, "%s has no drawing", heading)
	drawing, _, _ = strings.Cut(drawing, "```")
	all := map[string][]string{}
	var last []string
	for _, m := range arrow.FindAllStringSubmatch(drawing, -1) {
		from, to := m[1], m[2]
		for _, s := range []string{from, to} {
			if s != outside && all[s] == nil {
				all[s] = []string{}
			}
		}
		switch {
		case to == outside:
			last = append(last, from)
		case from != outside:
			all[from] = append(all[from], to)
		}
	}
	for _, s := range last {
		require.Empty(t, all[s], "%s is drawn as an end and goes on", s)
	}
	for _, to := range all {
		slices.Sort(to)
	}
	return all
}
