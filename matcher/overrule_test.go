package matcher_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/charities"
	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/id"
	"shanqiao/matcher"
	"shanqiao/matcher/assign"
	"shanqiao/needs"
)

// meanwhile does something while a round thinks.
type meanwhile struct {
	solver assign.Solver
	do     func()
}

func (m meanwhile) Solve(p assign.Problem) assign.Solution {
	m.do()
	return m.solver.Solve(p)
}

func TestOverrule(t *testing.T) {
	t.Parallel()

	t.Run("what an officer puts first comes first, and not once it is taken back", func(t *testing.T) {
		t.Parallel()
		w := newTown(t)
		best := w.offer(w.organisation("verified"))
		worst := w.offer(w.organisation("verified"), func(o *charities.Offer) {
			o.Kind, o.Areas, o.Codes = charities.Charity, []string{"110000"}, []needs.Code{"bathing", "meals"}
		})
		k := w.card()
		first := func() charities.OfferID {
			list, err := matcher.ForCard(t.Context(), w.Pools.Exchange, officer, k.ID)
			require.NoError(t, err)
			require.Equal(t, list[0].Score, list[0].Parts.Sum())
			return list[0].Offer
		}
		require.NoError(t, matcher.Propose(t.Context(), w.Pools.Exchange, k.ID, at))
		require.Equal(t, best.ID, first())

		require.NoError(t, matcher.Overrule(t.Context(), w.Pools.Exchange, officer, k.ID, worst.ID, "sooner", at))
		require.Equal(t, worst.ID, first())
		standing, err := matcher.Overruled(t.Context(), w.Pools.Exchange, officer, k.ID)
		require.NoError(t, err)
		require.Len(t, standing, 1)
		require.Equal(t, matcher.Overruling{Way: matcher.First, Scope: "offer", Reason: "sooner"}, standing[0].Overruling)
		err = matcher.Overrule(t.Context(), w.Pools.Exchange, officer, k.ID, worst.ID, "unsuited", at)
		require.Equal(t, fault.Conflict, fault.Of(err), "one decision at a time")

		require.NoError(t, matcher.Lift(t.Context(), w.Pools.Exchange, officer, k.ID, worst.ID, at))
		require.Equal(t, best.ID, first())
		err = matcher.Lift(t.Context(), w.Pools.Exchange, officer, k.ID, worst.ID, at)
		require.Equal(t, fault.Conflict, fault.Of(err))
	})

	t.Run("what an officer rules out while a round thinks stays out", func(t *testing.T) {
		t.Parallel()
		w := newTown(t)
		by := w.organisation("verified")
		a, b := w.offer(by), w.offer(by)
		other := w.offer(w.organisation("verified"))
		k := w.card()
		require.NoError(t, matcher.Propose(t.Context(), w.Pools.Exchange, k.ID, at))
		w.round(meanwhile{assign.Optimal{}, func() {
			require.NoError(t, matcher.Overrule(t.Context(), w.Pools.Exchange, officer, k.ID, a.ID, "conflict", at))
		}})
		require.Equal(t, offers{a.ID: "lapsed", b.ID: "lapsed", other.ID: "open"}, w.proposed(k))
	})

	t.Run("who is left out for a conflict is left out with every offer, until it is taken back", func(t *testing.T) {
		t.Parallel()
		w := newTown(t)
		by := w.organisation("verified")
		a, b := w.offer(by), w.offer(by)
		other := w.offer(w.organisation("verified"))
		k, elsewhere := w.card(), w.card()
		require.NoError(t, matcher.Propose(t.Context(), w.Pools.Exchange, elsewhere.ID, at))

		require.NoError(t, matcher.Overrule(t.Context(), w.Pools.Exchange, officer, k.ID, a.ID, "conflict", at))

		require.Equal(t, offers{other.ID: "open"}, w.proposed(k))
		require.Len(t, w.proposed(elsewhere), 3, "it concerns this card alone")
		why, err := matcher.WhyNot(t.Context(), w.Pools.Exchange, officer, k.ID, b.ID, at)
		require.NoError(t, err)
		require.False(t, why.Held())
		theirs, err := matcher.WhyNot(t.Context(), w.Pools.Exchange, by, k.ID, b.ID, at)
		require.NoError(t, err)
		require.True(t, theirs.Held(), "the organisation is not told for which of so many cards it is")
		require.Equal(t, 2, theirs.Candidates)
		require.NoError(t, matcher.Lift(t.Context(), w.Pools.Exchange, officer, k.ID, a.ID, at))
		require.Len(t, w.proposed(k), 3)
	})

	t.Run("an unknown reason, an unknown offer and a closed card change nothing", func(t *testing.T) {
		t.Parallel()
		w := newTown(t)
		o, k := w.offer(w.organisation("verified")), w.card()
		err := matcher.Overrule(t.Context(), w.Pools.Exchange, officer, k.ID, o.ID, "because", at)
		require.Equal(t, fault.Invalid, fault.Of(err))
		err = matcher.Overrule(t.Context(), w.Pools.Exchange, officer, k.ID, charities.OfferID(id.New()), "safety", at)
		require.Equal(t, fault.NotFound, fault.Of(err))
		err = matcher.Overrule(t.Context(), w.Pools.Exchange, actor.Officer{Level: actor.AuditorRole}, k.ID, o.ID, "safety", at)
		require.Equal(t, fault.Forbidden, fault.Of(err))
		require.Empty(t, w.proposed(k))
	})
}

func TestAnswersOf(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	by := w.organisation("verified")
	a, b := w.offer(by), w.offer(w.organisation("verified"))
	k := w.card()
	require.NoError(t, matcher.Propose(t.Context(), w.Pools.Exchange, k.ID, at))
	require.NoError(t, matcher.Decline(t.Context(), w.Pools.Exchange, by, k.ID, a.ID, "too_far"))
	w.exec(`update exchange.proposals set state = 'taken' where offer_id = @offer`, map[string]any{"offer": b.ID})
	another := w.card()
	require.NoError(t, matcher.Propose(t.Context(), w.Pools.Exchange, another.ID, at))

	found, err := matcher.AnswersOf(t.Context(), w.Pools.Exchange, officer, day(-30000))
	require.NoError(t, err)
	require.Equal(t, matcher.Count{Made: 3, Taken: 1, Declined: 1}, found.All, "another card of the same area is not proposed to who said it is too far")
	require.Len(t, found.ByWeights, 1)
	require.Equal(t, found.All, found.ByWeights[0].Count)
	require.Equal(t, charities.Purchased, found.ByKind[0].Kind)
	require.NotEmpty(t, found.ByPart)
	require.Equal(t, "too_far", found.ByReason[0].Code)
	require.EqualValues(t, "area", found.ByReason[0].Against)

	found, err = matcher.AnswersOf(t.Context(), w.Pools.Exchange, actor.Officer{Level: actor.DistrictRole, Region: "110101"}, day(-30000))
	require.NoError(t, err)
	require.Zero(t, found.All, "a district sees the organisations registered with it")
	_, err = matcher.AnswersOf(t.Context(), w.Pools.Exchange, actor.Officer{Level: actor.SubdistrictRole, Region: "110105001"}, day(0))
	require.Equal(t, fault.Forbidden, fault.Of(err))
}
