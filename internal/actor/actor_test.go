package actor_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/actor"
)

func TestArea(t *testing.T) {
	t.Parallel()
	for who, area := range map[actor.Officer]string{
		{Level: actor.CityRole, Region: "110000"}:           "11",
		{Level: actor.DistrictRole, Region: "110107"}:       "110107",
		{Level: actor.SubdistrictRole, Region: "110107001"}: "110107001",
	} {
		got, ok := who.Area()
		require.True(t, ok)
		require.Equal(t, area, got)
	}
	for _, odd := range []actor.Officer{
		{}, {Level: actor.DistrictRole}, {Level: actor.DistrictRole, Region: "110107001"},
		{Level: actor.SubdistrictRole, Region: "110107"}, {Level: actor.AuditorRole, Region: "110107"},
	} {
		_, ok := odd.Area()
		require.False(t, ok, "an empty beginning would be the beginning of everything")
	}
}
