package index_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"shanqiao/needs/deid"
	"shanqiao/needs/index"
	"shanqiao/needs/index/embedded"
	"shanqiao/needs/index/indextest"
)

// engine is an embedded index that can be made to fail.
type engine struct {
	index.Index
	asked atomic.Int64
	fails func(ctx context.Context) error
}

func (e *engine) Search(ctx context.Context, s index.Scope, q index.Query) (index.Page, error) {
	e.asked.Add(1)
	if e.fails != nil {
		if err := e.fails(ctx); err != nil {
			return index.Page{}, err
		}
	}
	return e.Index.Search(ctx, s, q)
}

func pair(t *testing.T) (*engine, index.Index, func() index.Page) {
	t.Helper()
	first := &engine{Index: embedded.New(deid.Verified)}
	x := index.WithFallback(first, embedded.New(deid.Verified), index.DefaultPatience)
	var changes []index.Change
	for _, c := range indextest.Cards(10, 1, deid.Verified) {
		changes = append(changes, index.ChangeOf(c))
	}
	_, err := x.Apply(t.Context(), changes)
	require.NoError(t, err)
	return first, x, func() index.Page {
		t.Helper()
		p, err := x.Search(t.Context(), index.VerifiedReader(), index.Query{Limit: 10})
		require.NoError(t, err)
		require.Equal(t, 10, p.Total)
		return p
	}
}

func TestFallback(t *testing.T) {
	t.Parallel()
	t.Run("while the first answers it is asked", func(t *testing.T) {
		t.Parallel()
		_, _, search := pair(t)
		require.False(t, search().Degraded)
	})
	t.Run("L8 one that is down is answered for, left alone, and tried again later", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			first, x, search := pair(t)
			defer x.Close()
			first.fails = func(context.Context) error { return index.ErrUnavailable.Because(errors.New("refused")) }
			for range 50 {
				require.True(t, search().Degraded)
			}
			require.EqualValues(t, 3, first.asked.Load(), "no storm of attempts")
			require.True(t, x.Health(t.Context()).Degraded)
			<-time.After(11 * time.Second) // of the bubble's clock
			synctest.Wait()
			require.True(t, search().Degraded)
			require.True(t, search().Degraded)
			require.EqualValues(t, 4, first.asked.Load(), "one search tries again")
			first.fails = nil
			<-time.After(11 * time.Second) // of the bubble's clock
			synctest.Wait()
			require.False(t, search().Degraded)
			require.False(t, search().Degraded)
			require.False(t, x.Health(t.Context()).Degraded)
		})
	})
	t.Run("L8 one that hangs costs its budget and no more", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			first, x, search := pair(t)
			defer x.Close()
			first.fails = func(ctx context.Context) error { <-ctx.Done(); return index.ErrUnavailable }
			before := time.Now()
			require.True(t, search().Degraded)
			require.Equal(t, index.DefaultPatience.Budget, time.Since(before))
		})
	})
	t.Run("one that was away from the start is answered for until it arrives", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			engine, _, _ := pair(t)
			late := index.NewLate(deid.Verified)
			second := embedded.New(deid.Verified)
			var changes []index.Change
			for _, c := range indextest.Cards(10, 1, deid.Verified) {
				changes = append(changes, index.ChangeOf(c))
			}
			_, err := second.Apply(t.Context(), changes)
			require.NoError(t, err)
			x := index.WithFallback(late, second, index.DefaultPatience)
			defer x.Close()
			search := func() index.Page {
				p, err := x.Search(t.Context(), index.VerifiedReader(), index.Query{Limit: 10})
				require.NoError(t, err)
				require.Equal(t, 10, p.Total)
				return p
			}
			for range 5 {
				require.True(t, search().Degraded)
			}
			require.Equal(t, "away since the start", x.Health(t.Context()).Reason)
			late.Arrive(engine)
			<-time.After(11 * time.Second) // of the bubble's clock
			synctest.Wait()
			require.False(t, search().Degraded)
		})
	})
	t.Run("one that lost everything, or has what was taken down, is not believed", func(t *testing.T) {
		t.Parallel()
		first, x, search := pair(t)
		defer x.Close()
		cards := indextest.Cards(11, 1, deid.Verified)
		stray := index.ChangeOf(cards[10])
		_, err := first.Apply(t.Context(), []index.Change{stray})
		require.NoError(t, err)
		require.True(t, search().Degraded, "it has a card that the other knows nothing of")
		var gone []index.Change
		for _, c := range cards {
			gone = append(gone, index.Change{ID: string(c.ID), Version: c.Version + 1, Delete: true})
		}
		_, err = first.Apply(t.Context(), gone)
		require.NoError(t, err)
		require.True(t, search().Degraded, "it has none at all")
	})
	t.Run("an overloaded one is not asked again and again", func(t *testing.T) {
		t.Parallel()
		first, x, search := pair(t)
		defer x.Close()
		first.fails = func(context.Context) error { return index.ErrOverloaded }
		for range 20 {
			require.True(t, search().Degraded)
		}
		require.EqualValues(t, 3, first.asked.Load())
	})
	t.Run("a bad query is the caller's fault and says nothing of the engine", func(t *testing.T) {
		t.Parallel()
		first, x, search := pair(t)
		for range 10 {
			_, err := x.Search(t.Context(), index.VerifiedReader(), index.Query{})
			require.ErrorIs(t, err, index.ErrQuery)
		}
		require.False(t, search().Degraded)
		require.EqualValues(t, 11, first.asked.Load())
	})
	t.Run("a caller who left is told so", func(t *testing.T) {
		t.Parallel()
		_, x, search := pair(t)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := x.Search(ctx, index.VerifiedReader(), index.Query{Limit: 1})
		require.ErrorIs(t, err, context.Canceled)
		require.False(t, search().Degraded)
	})
}
