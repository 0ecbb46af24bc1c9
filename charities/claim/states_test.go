package claim_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/charities/charitytest"
	"shanqiao/charities/claim"
	"shanqiao/internal/pgtest"
)

func TestStates(t *testing.T) {
	t.Parallel()
	charitytest.States(t, pgtest.New(t), "Claim", "claims", claim.Moves)
	for state := range claim.Moves {
		require.Equal(t, state.IsOpen(), state.Next() != "", "%s: an open claim has someone who acts next", state)
	}
	require.Equal(t, []string{"in-progress", "on-hold"}, claim.Failed.From())
}
