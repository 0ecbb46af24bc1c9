package matcher_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/matcher"
)

// BenchmarkOnline asks who could help with a new card in a city of 20,000 offers.
func BenchmarkOnline(b *testing.B) {
	w := newTown(b)
	w.many(20000, 300)
	cards := w.asks(400)
	b.Run("propose from Postgres", func(b *testing.B) {
		for i := range b.N {
			require.NoError(b, matcher.Propose(b.Context(), w.Pools.Exchange, cards[i%len(cards)].ID, at))
		}
	})
}
