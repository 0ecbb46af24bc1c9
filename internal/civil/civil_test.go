package civil_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/civil"
)

func TestDay(t *testing.T) {
	t.Parallel()
	for at, day := range map[string]string{
		"2026-11-23T15:59:59Z":      "2026-11-23",
		"2026-11-23T16:00:00Z":      "2026-11-24",
		"2026-12-31T23:00:00-05:00": "2027-01-01",
	} {
		instant, err := time.Parse(time.RFC3339, at)
		require.NoError(t, err)
		got := civil.Day(instant)
		require.Equal(t, day, got.Format(time.DateOnly), at)
		require.Equal(t, time.UTC, got.Location())
	}
}
