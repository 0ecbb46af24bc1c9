package matcher_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/charities"
	"shanqiao/internal/fault"
	"shanqiao/matcher"
	"shanqiao/matcher/assign"
	"shanqiao/needs"
)

func TestTry(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	db := w.Pools.Exchange
	by := w.organisation("verified")
	// Near, and busy with many kinds; or anywhere, and for this alone.
	near := w.offer(by, func(o *charities.Offer) { o.Codes = []needs.Code{"bathing", "meals", "cleaning", "errands"} })
	alone := w.offer(w.organisation("verified"), func(o *charities.Offer) { o.Areas = []string{"110000"} })
	past, k := w.card(), w.card()
	require.NoError(t, matcher.Propose(t.Context(), db, past.ID, at))
	require.NoError(t, matcher.Decline(t.Context(), db, by, past.ID, near.ID, "period"))
	w.exec(`update exchange.proposals set state = 'taken' where offer_id = @offer and card_id = @card`, map[string]any{"offer": alone.ID, "card": past.ID})
	w.exec(`update exchange.cards set committed = quantity where id = @card`, map[string]any{"card": past.ID})
	before, facts := w.proposed(k), w.facts()

	weights, err := matcher.WeightsOn(t.Context(), db, at)
	require.NoError(t, err)
	same, err := matcher.Try(t.Context(), db, at, day(-30000), weights, assign.Optimal{})
	require.NoError(t, err)
	require.Equal(t, same.Now, same.Then)
	require.Zero(t, same.Firsts+same.Moved)
	require.Equal(t, []int{1, 2, 4, 1, 1}, []int{same.Cards, same.Offers, same.Wanted, same.Taken, same.Declined})
	require.Equal(t, 4, same.Now.Served)
	require.Zero(t, same.Now.Order, "the one who was near was put first, and turned it down")

	weights.Area, weights.Kind = 0, 30000
	other, err := matcher.Try(t.Context(), db, at, day(-30000), weights, assign.Optimal{})
	require.NoError(t, err)
	require.Equal(t, 1, other.Firsts)
	require.Equal(t, 4, other.Moved)
	require.Equal(t, 100.0, other.Then.Order)
	require.Equal(t, map[charities.Kind]int{charities.Purchased: 4}, other.Then.ByKind)

	require.Equal(t, before, w.proposed(k), "nothing was stored")
	require.Equal(t, facts, w.facts())
	weights.Keep = -1
	_, err = matcher.Try(t.Context(), db, at, day(0), weights, assign.Optimal{})
	require.Equal(t, fault.Invalid, fault.Of(err))
}
