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
		r.Required("F")
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
}
