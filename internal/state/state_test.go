package state_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/state"
)

type door string

func TestFrom(t *testing.T) {
	t.Parallel()
	moves := state.Moves[door]{"shut": {"open", "ajar"}, "ajar": {"open", "shut"}, "open": {"shut"}, "walled": {}}
	require.Equal(t, []string{"ajar", "shut"}, moves.From("open"), "in an order that holds")
	require.Empty(t, moves.From("walled"))
	require.Empty(t, moves.From("painted"))
}
