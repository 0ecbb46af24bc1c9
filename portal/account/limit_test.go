package account

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/message"
)

// together runs do n times at once and counts how often each answer came.
func together(n int, do func(i int) error) map[string]int {
	var mu sync.Mutex
	var wg sync.WaitGroup
	answers := map[string]int{}
	for i := range n {
		wg.Go(func() {
			answer := "taken"
			if err := do(i); err != nil {
				answer = fault.Of(err).String()
			}
			mu.Lock()
			defer mu.Unlock()
			answers[answer]++
		})
	}
	wg.Wait()
	return answers
}

func TestLimitsHoldForManyAtOnce(t *testing.T) {
	t.Parallel()

	t.Run("forty browsers at once get five codes for a telephone", func(t *testing.T) {
		t.Parallel()
		d, _ := newDoor(t)
		got := together(40, func(i int) error {
			return d.AskCode(context.Background(), &message.Shown{}, fmt.Sprint("browser ", i), "13800000001", "192.0.2.1", "{code}")
		})
		require.Equal(t, map[string]int{"taken": 5, "too_many": 35}, got)
	})

	t.Run("forty guesses at once are ten", func(t *testing.T) {
		t.Parallel()
		d, _ := newDoor(t)
		_, err := Create(t.Context(), d.DB, New{Role: actor.AuditorRole, Login: "auditor", Password: password})
		require.NoError(t, err)
		got := together(40, func(int) error {
			_, err := d.Password(context.Background(), "auditor", "not the password", "192.0.2.1")
			return err
		})
		require.Equal(t, map[string]int{"invalid": 10, "too_many": 30}, got)
	})

	t.Run("whoever knows the password is not counted", func(t *testing.T) {
		t.Parallel()
		d, p := newDoor(t)
		_, err := Create(t.Context(), d.DB, New{Role: actor.AuditorRole, Login: "auditor", Password: password})
		require.NoError(t, err)
		for range perLoginHere.most + 1 {
			_, err := d.Password(t.Context(), "auditor", password, "192.0.2.1")
			require.NoError(t, err)
		}
		var n int
		require.NoError(t, p.Admin.QueryRow(t.Context(), `select count(*) from access.attempts`).Scan(&n))
		require.Zero(t, n)
	})
}
