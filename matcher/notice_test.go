package matcher_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/charities"
	"shanqiao/internal/actor"
	"shanqiao/matcher"
	"shanqiao/matcher/rule"
	"shanqiao/needs"
	"shanqiao/needs/deid"
)

func (w *town) step(k deid.Card, steps ...needs.Step) {
	w.t.Helper()
	w.exec(`insert into exchange.card_steps (card_id, step) select @card, s from unnest(@steps::text[]) s`,
		map[string]any{"card": k.ID, "steps": steps})
}

func (w *town) offered(k deid.Card) []charities.OfferID {
	w.t.Helper()
	require.NoError(w.t, matcher.Propose(w.t.Context(), w.Pools.Exchange, k.ID, at))
	found, err := matcher.ForCard(w.t.Context(), w.Pools.Exchange, actor.Officer{Level: actor.CityRole}, k.ID)
	require.NoError(w.t, err)
	var offers []charities.OfferID
	for _, p := range found {
		if p.State == matcher.Open {
			offers = append(offers, p.Offer)
		}
	}
	return offers
}

// TestWiderArea looks for help for a card of Chaoyang: Haidian lies next to it in
// its zone, Tongzhou next to it in another, Pinggu does not adjoin it.
func TestWiderArea(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	in := func(areas ...string) func(*charities.Offer) { return func(o *charities.Offer) { o.Areas = areas } }
	haidian := w.offer(w.organisation("verified"), in("110108"))
	tongzhou := w.offer(w.organisation("verified"), in("110112"))
	w.offer(w.organisation("verified"), in("110117"))
	own, zone, next := w.card(), w.card(), w.card()
	require.Empty(t, w.offered(own))
	w.step(zone, needs.WiderArea)
	require.Equal(t, []charities.OfferID{haidian.ID}, w.offered(zone))
	w.step(next, needs.NextDistrict, needs.Push)
	require.ElementsMatch(t, []charities.OfferID{haidian.ID, tongzhou.ID}, w.offered(next))

	why, err := matcher.WhyNot(t.Context(), w.Pools.Exchange, actor.Officer{Level: actor.CityRole}, next.ID, tongzhou.ID, at)
	require.NoError(t, err)
	require.True(t, why.Held())
	for _, l := range why.Trace.Lines {
		if l.Rule == rule.Area {
			require.Equal(t, "rule.area.wider", l.Key(), "it is told why a place next door is proposed")
		}
	}
	home := w.offer(w.organisation("verified"))
	require.Equal(t, home.ID, w.offered(next)[0], "the card's own area comes first all the same")
}

func TestNotify(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	k := w.card()
	by := map[string]actor.Member{}
	put := func(name string, state string, change ...func(*charities.Offer)) {
		by[name] = w.organisation(state)
		w.offer(by[name], change...)
	}
	full := func(o *charities.Offer) { o.Committed = 10 }
	put("full", "verified", full)
	put("next door", "verified", func(o *charities.Offer) { o.Areas = []string{"110108"} })
	put("too far", "verified", func(o *charities.Offer) { o.Areas = []string{"110117"} })
	put("two in the way", "verified", full, func(o *charities.Offer) { o.EndsOn = day(-1) })
	put("another kind", "verified", func(o *charities.Offer) { o.Codes = []needs.Code{"meals"} })
	put("not verified", "applied", full)
	put("fits", "verified")
	w.offer(by["fits"], full)
	put("turned it down", "verified")
	turned := w.offer(by["turned it down"], full)
	require.NoError(t, matcher.Propose(t.Context(), w.Pools.Exchange, k.ID, at))
	w.exec(`update exchange.proposals set state = 'declined', reason = 'period'
	         where offer_id in (select id from exchange.offers where organisation_id = @by)`, map[string]any{"by": turned.Organisation})
	for range 2 { // sent twice
		require.NoError(t, matcher.Notify(t.Context(), w.Pools.Exchange, k.ID, at))
	}
	told := map[string]rule.Code{}
	for name, m := range by {
		notices, err := matcher.Notices(t.Context(), w.Pools.Exchange, m)
		require.NoError(t, err)
		for _, n := range notices {
			require.Equal(t, k.ID, n.Card)
			told[name] = n.Missing
		}
	}
	require.Equal(t, map[string]rule.Code{"full": rule.Capacity, "next door": rule.Area}, told)
	w.claim(k, by["next door"], "cancelled", "household")
	notices, err := matcher.Notices(t.Context(), w.Pools.Exchange, by["next door"])
	require.NoError(t, err)
	require.Empty(t, notices, "whom the family would not have is not told again")

	w.exec(`update exchange.cards set committed = quantity where id = @card`, map[string]any{"card": k.ID})
	notices, err = matcher.Notices(t.Context(), w.Pools.Exchange, by["full"])
	require.NoError(t, err)
	require.Empty(t, notices, "what is taken is not asked for")

	direct := w.card(func(k *deid.Card) { k.Tier = deid.Direct })
	w.exec(`insert into exchange.card_recipients (card_id, organisation_id) values (@card, @by)`,
		map[string]any{"card": direct.ID, "by": by["full"].Organisation})
	require.NoError(t, matcher.Notify(t.Context(), w.Pools.Exchange, direct.ID, at))
	for name, n := range map[string]int{"full": 1, "next door": 0} {
		notices, err := matcher.Notices(t.Context(), w.Pools.Exchange, by[name])
		require.NoError(t, err)
		require.Len(t, notices, n, "a direct card is pushed to nobody whom staff did not choose")
	}
	taken := w.card(func(k *deid.Card) { k.Committed = 4 })
	require.NoError(t, matcher.Notify(t.Context(), w.Pools.Exchange, taken.ID, at))
	many := w.card()
	for range matcher.MostNotified + 3 {
		w.offer(w.organisation("verified"), full)
	}
	require.NoError(t, matcher.Notify(t.Context(), w.Pools.Exchange, many.ID, at))
	var n int
	require.NoError(t, w.Admin.QueryRow(t.Context(), `select count(*) from exchange.card_notices where card_id = $1`, many.ID).Scan(&n))
	require.Equal(t, matcher.MostNotified, n)
}
