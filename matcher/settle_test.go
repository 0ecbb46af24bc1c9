package matcher

import (
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/charities"
	"shanqiao/matcher/assign"
	"shanqiao/needs/deid"
)

// twoRings is a plan and a solution that moved two units of what stood: one of x
// from Chaoyang to Dongcheng, which gained 2000, and one of y the other way, which
// lost 2000 less extra.
func twoRings(extra int32) (*plan, assign.Solution) {
	p := &plan{city: &city{standing: map[pair]standing{}}, keep: []int32{0, 1, 2, 3}}
	for _, n := range []assign.Need{
		{Key: "a", District: "110105", Units: 2}, {Key: "b", District: "110101", Units: 2},
		{Key: "c", District: "110105", Units: 2}, {Key: "d", District: "110101", Units: 2},
	} {
		p.Needs = append(p.Needs, n)
		p.city.cards = append(p.city.cards, deid.Card{ID: deid.CardID(n.Key)})
	}
	for _, x := range []string{"x", "y"} {
		p.Resources = append(p.Resources, assign.Resource{Key: x, Capacity: 2})
		p.city.offers = append(p.city.offers, charities.Offer{ID: charities.OfferID(x)})
	}
	for n, worth := range []int32{5000, 7000, 5000, 7000 - extra} {
		offer := p.city.offers[n/2].ID
		p.Edges = append(p.Edges, assign.Edge{Need: int32(n), Resource: int32(n / 2), Utility: worth})
		p.city.standing[pair{p.city.cards[n].ID, offer}] = standing{State: Open, RoundID: "r", Units: 1}
	}
	return p, assign.Solution{Shares: []assign.Share{{Edge: 1, Units: 2}, {Edge: 2, Units: 2}}}
}

func TestWhatOnlyTogetherGainedNothingGoesBackTogether(t *testing.T) {
	p, moved := twoRings(0)
	settled := p.settle(moved, true)
	require.Equal(t, []assign.Share{{Edge: 0, Units: 1}, {Edge: 1, Units: 1}, {Edge: 2, Units: 1}, {Edge: 3, Units: 1}}, settled.Shares)

	p, moved = twoRings(1)
	settled = p.settle(moved, true)
	require.Equal(t, moved.Shares, settled.Shares, "what gained something stays as it is now")

	p, moved = twoRings(0)
	p.city.standing[pair{"c", "y"}] = standing{State: Open, RoundID: "r", Units: 2}
	settled = p.settle(moved, true)
	require.Equal(t, moved.Shares, settled.Shares, "alone, either would take a unit from a district")
}
