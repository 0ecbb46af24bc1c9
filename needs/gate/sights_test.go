package gate_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/needs/deid"
	"shanqiao/needs/gate"
)

func TestSights(t *testing.T) {
	t.Parallel()
	soon := deid.Tuple{Area: "110105", Age: "60+", Size: "1-2", Category: deid.Any, Group: "care", Code: "bathing", Quantity: 2, Urgency: deid.Soon}
	open := deid.Tuple{Area: "110000", Age: deid.Any, Size: "3+", Category: "near", Group: "concern", Quantity: 1, Urgency: deid.Open}

	life := gate.Reason{Kind: gate.Changed, What: "2-3 " + soon.String() + "; 4- " + open.String()}
	require.Equal(t, []gate.Sight{{Tuple: soon, From: 2, To: 3}, {Tuple: open, From: 4}}, life.Sights())

	pair := gate.Reason{Kind: gate.Pair, What: soon.String() + " and " + open.String()}
	require.Equal(t, []gate.Sight{{Tuple: soon}, {Tuple: open}}, pair.Sights())

	for _, what := range []string{"", "3- 110105|60-79", "3- 110105|60+|1-2|*|care|bathing|two|soon"} {
		require.Empty(t, gate.Reason{Kind: gate.Trajectory, What: what}.Sights(), what)
	}
}
