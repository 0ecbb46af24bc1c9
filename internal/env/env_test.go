package env_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/env"
)

func TestReader(t *testing.T) {
	t.Parallel()
	of := func(set map[string]string) *env.Reader {
		return env.From(func(name string) string { return set[name] })
	}

	t.Run("every mistake is reported, and no value", func(t *testing.T) {
		t.Parallel()
		r := of(map[string]string{
			"A": "hunter2", "B": "hunter2", "C": "ftp://hunter2",
		})
		r.Whole("A", 1, 0, 9)
		r.OneOf("B", "x", "y")
		r.URL("C", "postgres")
		r.Mistake("F", "must be set")
		err := r.Err()
		require.Error(t, err)
		for _, name := range []string{"A: ", "B: ", "C: ", "F: "} {
			require.Contains(t, err.Error(), name)
		}
		require.NotContains(t, err.Error(), "hunter2")
	})

	t.Run("what is not set has its default", func(t *testing.T) {
		t.Parallel()
		r := of(map[string]string{"BLANK": "  "})
		require.Equal(t, 7, r.Whole("BLANK", 7, 0, 9))
		require.Equal(t, "x", r.OneOf("B", "x", "y"))
		require.Empty(t, r.URL("C", "postgres"))
		require.NoError(t, r.Err())
	})

	t.Run("what is set is taken", func(t *testing.T) {
		t.Parallel()
		r := of(map[string]string{"A": "3", "B": "y", "C": "postgres://h/d"})
		require.Equal(t, 3, r.Whole("A", 7, 0, 9))
		require.Equal(t, "y", r.OneOf("B", "x", "y"))
		require.Equal(t, "postgres://h/d", r.URL("C", "postgres"))
		require.NoError(t, r.Err())
	})

	t.Run("what was read may be shown, and what is secret in it may not", func(t *testing.T) {
		t.Parallel()
		r := of(map[string]string{
			"KEY": "hunter2", "DB": "postgres://me:hunter2@db.example:5432/bridge?sslpassword=hunter2", "WORD": "x",
			"GATEWAY": "https://sms.example/send/hunter2?key=hunter2", "ODD": "hunter2:hunter2", "BAD": "://hunter2",
		})
		require.Equal(t, "hunter2", r.Secret("KEY"))
		require.Empty(t, r.Secret("NO_KEY"))
		require.Contains(t, r.URL("DB", "postgres"), "hunter2", "the program itself is told")
		r.URL("GATEWAY", "https")
		r.Address("ODD")
		r.Address("BAD")
		r.Whole("N", 7, 0, 9)
		r.Text("WORD", "y")
		require.Equal(t, []env.Setting{
			{Name: "KEY", Set: true, Secret: true}, {Name: "NO_KEY", Secret: true},
			{Name: "DB", Value: "postgres://db.example:5432/bridge", Set: true},
			{Name: "GATEWAY", Value: "https://sms.example", Set: true},
			{Name: "ODD", Value: "…", Set: true}, {Name: "BAD", Value: "…", Set: true},
			{Name: "N", Value: "7"}, {Name: "WORD", Value: "x", Set: true},
		}, r.Settings())
	})
}
