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

func TestWorkday(t *testing.T) {
	t.Parallel()
	on := func(s string) bool {
		d, err := time.Parse(time.DateOnly, s)
		require.NoError(t, err)
		return civil.Workday(d)
	}
	require.True(t, on("2026-11-23"), "a Monday")
	require.False(t, on("2026-11-22"), "a Sunday")
	require.False(t, on("2026-10-01"), "National Day, a Thursday")
	require.True(t, on("2026-10-10"), "a Saturday worked for it")
	require.False(t, on("2026-02-20"), "the Spring Festival")
	require.True(t, on("2026-02-28"))
	require.True(t, on("2027-01-01"), "the calendar of that year is not known here")
	require.Equal(t, 2026, civil.Calendar.To.Year())
	require.NotEmpty(t, civil.Calendar.Source)
	working := 0
	for d := civil.Calendar.From; !d.After(civil.Calendar.To); d = d.AddDate(0, 0, 1) {
		if civil.Workday(d) {
			working++
		}
	}
	require.Equal(t, 248, working)
}

func TestMidnight(t *testing.T) {
	t.Parallel()
	day := civil.Day(time.Date(2026, 11, 23, 17, 0, 0, 0, time.UTC))
	require.Equal(t, "2026-11-23T16:00:00Z", civil.Midnight(day).UTC().Format(time.RFC3339))
}
