package matcher_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"shanqiao/charities"
	"shanqiao/internal/actor"
	"shanqiao/internal/civil"
	"shanqiao/matcher"
	"shanqiao/matcher/assign"
	"shanqiao/needs"
	"shanqiao/needs/deid"
)

// refusal is what an organisation said, as this test remembers it.
type refusal struct {
	card   deid.Card
	offer  charities.Offer
	reason matcher.Reason
	on     time.Time
}

// forbids says, without the matcher's rules, whether the refusal keeps a pair
// from being proposed at a moment.
func (r refusal) forbids(k deid.Card, o charities.Offer, now time.Time) bool {
	if r.card.ID == k.ID && (r.offer.ID == o.ID || r.reason.Scope == "organisation" && r.offer.Organisation == o.Organisation) {
		return true
	}
	if r.offer.ID != o.ID || !civil.Day(now).Before(civil.Day(r.on).AddDate(0, 0, r.reason.RestDays)) {
		return false
	}
	switch r.reason.Scope {
	case "offer":
		return true
	case "code":
		return r.card.Code == k.Code
	case "area":
		return r.card.Area == k.Area
	case "people":
		return r.card.Age == k.Age && r.card.Category == k.Category
	}
	return false
}

func TestARejectedPairNeverComesBackBeforeItsRuleAllowsIt(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3) {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			rejected(t, rand.New(rand.NewPCG(seed, 4)))
		})
	}
}

func rejected(t *testing.T, dice *rand.Rand) {
	w := newTown(t)
	reasons, err := matcher.Reasons(t.Context(), w.Pools.Exchange)
	require.NoError(t, err)
	codes := []needs.Code{"bathing", "meals"}
	offers, whose := map[charities.OfferID]charities.Offer{}, map[charities.OfferID]actor.Member{}
	for range 4 {
		by := w.organisation("verified")
		for range 2 {
			o := w.offer(by, func(o *charities.Offer) {
				o.Codes, o.Areas, o.Capacity, o.EndsOn = codes, []string{"110000"}, 100, day(900)
			})
			offers[o.ID], whose[o.ID] = o, by
		}
	}
	cards := map[deid.CardID]deid.Card{}
	for i := range 8 {
		k := w.card(func(k *deid.Card) {
			k.Code, k.Area, k.WindowTo = codes[i%2], []string{"110105", "110101"}[i/2%2], day(800)
			k.Age, k.Category = []string{"60-79", "80+"}[i/4], []string{"near", "guaranteed"}[i%2]
		})
		cards[k.ID] = k
	}
	now, said, back := at, []refusal(nil), 0
	open := func() (pairs [][2]string) {
		rows, err := w.Admin.Query(t.Context(), `
			select card_id, offer_id from exchange.proposals where state = 'open' order by 1, 2`)
		require.NoError(t, err)
		pairs, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (p [2]string, err error) {
			return p, row.Scan(&p[0], &p[1])
		})
		require.NoError(t, err)
		return pairs
	}
	for range 40 {
		_, err := matcher.Round(t.Context(), w.Pools.Exchange, now, assign.Optimal{})
		require.NoError(t, err)
		found := open()
		for _, p := range found {
			k, o := cards[deid.CardID(p[0])], offers[charities.OfferID(p[1])]
			for _, r := range said {
				require.False(t, r.forbids(k, o, now), "%s on %s, and back on %s", r.reason.Code, r.on, now)
				if r.offer.ID == o.ID && r.reason.RestDays > 0 {
					back++
				}
			}
		}
		for _, i := range dice.Perm(len(found))[:min(len(found), dice.IntN(3))] {
			k, o := cards[deid.CardID(found[i][0])], offers[charities.OfferID(found[i][1])]
			reason := reasons[dice.IntN(len(reasons))]
			require.NoError(t, matcher.Decline(t.Context(), w.Pools.Exchange, whose[o.ID], k.ID, o.ID, reason.Code))
			w.exec(`update exchange.proposals set state_at = @now where card_id = @card and offer_id = @offer`,
				map[string]any{"now": now, "card": k.ID, "offer": o.ID})
			said = append(said, refusal{k, o, reason, now})
		}
		now = now.AddDate(0, 0, dice.IntN(12))
	}
	require.NotEmpty(t, said)
	require.Positive(t, back, "an offer that rested is proposed again afterwards")
}
