package deid_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/needs/deid"
)

func TestWhatABandMayMean(t *testing.T) {
	t.Parallel()
	require.ElementsMatch(t, []string{"extreme_poverty", "minimum_living"}, deid.Within("guaranteed"))
	require.Len(t, deid.Within(deid.Any), 6)
	require.ElementsMatch(t, deid.Within(deid.Any), deid.Within(""))
	require.Empty(t, deid.Within("nobody"))
	for band, want := range map[string][2]int{"0-17": {0, 17}, "18-59": {18, 59}, "60-79": {60, 79}, "60+": {60, 200}, "*": {0, 200}, "": {0, 200}} {
		least, most := deid.Ages(band)
		require.Equal(t, want, [2]int{least, most}, band)
	}
}
