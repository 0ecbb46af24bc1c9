package matcher_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/charities"
	"shanqiao/matcher"
	"shanqiao/matcher/rule"
	"shanqiao/needs"
)

func TestNearMisses(t *testing.T) {
	t.Parallel()

	t.Run("volunteers who lack one thing are counted by what it is, and whose they are is said", func(t *testing.T) {
		t.Parallel()
		w := newTown(t)
		by, other := w.organisation("verified"), w.organisation("verified")
		volunteer := func(trained ...string) func(*charities.Offer) {
			return func(o *charities.Offer) { o.Kind, o.Trained = charities.Volunteer, trained }
		}
		for range 2 {
			w.offer(by, volunteer("care"))
		}
		w.offer(other, volunteer("care"))
		w.offer(other, volunteer()) // neither insured nor trained: two things short
		w.offer(by, func(o *charities.Offer) { o.Areas = []string{"110101"} })
		w.offer(other, func(o *charities.Offer) { o.Areas = []string{"110108"} })
		w.offer(by, func(o *charities.Offer) { o.State = "paused" })
		w.offer(by, func(o *charities.Offer) { o.State = "closed" })
		w.offer(by, func(o *charities.Offer) { o.Codes = []needs.Code{"meals"} })
		k := w.card()

		near, err := matcher.NearMisses(t.Context(), w.Pools.Exchange, officer, k.ID, at)

		require.NoError(t, err)
		require.Equal(t, 0, near.Fit)
		require.Equal(t, 7, near.Kind)
		require.Empty(t, near.Cause)
		require.Len(t, near.Misses, 3)
		require.Equal(t, rule.Insurance, near.Misses[0].Rule)
		require.Equal(t, 3, near.Misses[0].Offers)
		require.Equal(t, []matcher.Name{{Zh: "机构1", En: "Good Neighbours"}, {Zh: "机构2", En: "Good Neighbours"}}, near.Misses[0].Organisations)
		require.Equal(t, "2026-12-23", near.Misses[0].Words("zh")["last"])
		require.Equal(t, rule.Area, near.Misses[1].Rule)
		require.Equal(t, 2, near.Misses[1].Offers)
		require.Equal(t, "Dongcheng, Haidian", near.Misses[1].Words("en")["areas"])
		require.Equal(t, rule.OfferOpen, near.Misses[2].Rule)
	})

	t.Run("where nobody is near, the rule that fails most often is named", func(t *testing.T) {
		t.Parallel()
		w := newTown(t)
		by := w.organisation("verified")
		w.offer(by, func(o *charities.Offer) { o.Areas, o.Committed = []string{"110101"}, 10 })
		w.offer(by, func(o *charities.Offer) { o.Areas, o.EndsOn = []string{"110101"}, day(-1) })
		near, err := matcher.NearMisses(t.Context(), w.Pools.Exchange, officer, w.card().ID, at)
		require.NoError(t, err)
		require.Empty(t, near.Misses)
		require.Equal(t, rule.Area, near.Cause)
	})

	t.Run("where nobody gives this help, that is what is said", func(t *testing.T) {
		t.Parallel()
		w := newTown(t)
		near, err := matcher.NearMisses(t.Context(), w.Pools.Exchange, officer, w.card().ID, at)
		require.NoError(t, err)
		require.Equal(t, matcher.Near{Cause: rule.Kind}, near)
	})

	t.Run("who fits is counted and no miss", func(t *testing.T) {
		t.Parallel()
		w := newTown(t)
		w.offer(w.organisation("verified"))
		near, err := matcher.NearMisses(t.Context(), w.Pools.Exchange, officer, w.card().ID, at)
		require.NoError(t, err)
		require.Equal(t, matcher.Near{Fit: 1, Kind: 1}, near)
	})
}
