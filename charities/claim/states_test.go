package claim_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/charities/claim"
	"shanqiao/internal/pgtest"
	"shanqiao/internal/statetest"
)

func TestStates(t *testing.T) {
	t.Parallel()
	statetest.Agree(t, pgtest.New(t),
		statetest.Noun{Document: "../../docs/states-exchange.md", Heading: "Claim", Table: "exchange.claims"}, claim.Moves)
	for state := range claim.Moves {
		require.Equal(t, state.IsOpen(), claim.Claim{State: state, Units: 1}.Next() != "", "%s: an open claim has someone who acts next", state)
	}
	require.Equal(t, []string{"in-progress", "on-hold"}, claim.Failed.From())
}
