package matcher_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/charities"
	"shanqiao/matcher"
	"shanqiao/matcher/assign"
	"shanqiao/matcher/rule"
	"shanqiao/matcher/score"
	"shanqiao/needs"
	"shanqiao/needs/deid"
)

func TestOthers(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	asked := w.offer(w.organisation("verified"), func(o *charities.Offer) { o.Codes = []needs.Code{"bathing", "meals"} })
	best := w.gives([]string{"110105"}, 4)
	later := w.offer(w.organisation("verified"), func(o *charities.Offer) { o.Kind = charities.Charity })
	full := w.offer(w.organisation("verified"), func(o *charities.Offer) { o.Capacity, o.Committed = 3, 3 })
	w.offer(w.organisation("verified"), func(o *charities.Offer) { o.Codes = []needs.Code{"meals"} })
	w.card(func(k *deid.Card) { k.Urgency = deid.Urgent }) // to which the best goes
	k := w.card()
	w.round(assign.Optimal{})

	others, err := matcher.Others(t.Context(), w.Pools.Exchange, officer, k.ID, asked.ID, at)
	require.NoError(t, err)
	require.Len(t, others, 3, "only those that give such help")
	require.Equal(t, []charities.OfferID{best.ID, later.ID, full.ID}, []charities.OfferID{others[0].Offer, others[1].Offer, others[2].Offer})
	require.Equal(t, []bool{true, true, true}, []bool{others[0].Ahead, others[0].Elsewhere, others[0].Proposed})
	require.Equal(t, []any{false, score.Owed}, []any{others[1].Ahead, others[1].Less})
	require.Equal(t, rule.Capacity, others[2].Failed.Rule)
	require.Equal(t, "Good Neighbours", others[0].OrganisationNameEn)

	others, err = matcher.Others(t.Context(), w.Pools.Exchange, officer, k.ID, later.ID, at)
	require.NoError(t, err)
	require.Equal(t, asked.ID, others[0].Offer, "who was given units comes first")
	require.Equal(t, 4, others[0].Units)
}
