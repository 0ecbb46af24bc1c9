package needs_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/pgtest"
	"shanqiao/internal/statetest"
	"shanqiao/needs"
)

// TestStates keeps the map of moves, the check constraint and docs/states.md the same.
func TestStates(t *testing.T) {
	t.Parallel()
	statetest.Agree(t, pgtest.New(t),
		statetest.Noun{Document: "../docs/states.md", Heading: "Need", Table: "records.needs"}, needs.Moves)
	require.Equal(t, []string{"approved", "claimed", "draft", "expired", "in_service", "introduced", "published"}, needs.Withdrawn.From(),
		"what a state may come from is what may move to it")
	require.Empty(t, needs.Draft.From())
}
