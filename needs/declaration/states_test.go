package declaration_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/pgtest"
	"shanqiao/internal/statetest"
	"shanqiao/needs/declaration"
)

// TestStates keeps the map of moves, the check constraint and docs/states.md the same.
func TestStates(t *testing.T) {
	t.Parallel()
	require.ElementsMatch(t, declaration.States, slices.Collect(maps.Keys(declaration.Moves)))
	statetest.Agree(t, pgtest.New(t),
		statetest.Noun{Document: "../../docs/states.md", Heading: "Declaration", Table: "records.declarations"}, declaration.Moves)
}
