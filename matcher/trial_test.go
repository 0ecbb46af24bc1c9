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
	require.Equal(t, []matcher.Tier{{Name: "soon", Wanted: 4, Now: 4, Then: 4}}, other.Tiers)
	require.Equal(t, 1, other.Others)
	w.exec(`insert into exchange.offer_prices (offer_id, price) values (@alone, 900000)`, map[string]any{"alone": alone.ID})
	priced, err := matcher.Try(t.Context(), db, at, day(-30000), weights, assign.Optimal{})
	require.NoError(t, err)
	require.Equal(t, 1, priced.Firsts, "what the last round's weights made dear, these need not")

	require.Equal(t, before, w.proposed(k), "nothing was stored")
	require.Equal(t, facts, w.facts())
	weights.Keep = -1
	_, err = matcher.Try(t.Context(), db, at, day(0), weights, assign.Optimal{})
	require.Equal(t, fault.Invalid, fault.Of(err))
}

var theCity = actor.Officer{Account: "chen", Level: actor.CityRole, Region: "110000", Name: "陈处长"}

func TestWeights(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	db := w.Pools.Exchange
	w.offer(w.organisation("verified"), func(o *charities.Offer) { o.Codes = []needs.Code{"bathing", "meals", "cleaning", "errands"} })
	w.offer(w.organisation("verified"), func(o *charities.Offer) { o.Areas = []string{"110000"} })
	w.card()
	now, err := matcher.WeightsOn(t.Context(), db, at)
	require.NoError(t, err)
	asked := matcher.Weighing{Weights: now, Source: " 京民发〔2026〕9号 "}
	asked.From, asked.Area, asked.Kind = day(1), 0, 30000

	t.Run("what cannot be counted, or rests on nothing, or is over, is refused", func(t *testing.T) {
		for name, change := range map[string]func(*matcher.Weighing){
			"match.weights_wrong": func(w *matcher.Weighing) { w.Duty = -1 },
			"match.weights_high":  func(w *matcher.Weighing) { w.Duty = 120000 },
			"source":              func(w *matcher.Weighing) { w.Source = "  " },
			"since":               func(w *matcher.Weighing) { w.From = day(-1) },
		} {
			wrong := asked
			change(&wrong)
			_, err := matcher.TryWeights(t.Context(), db, theCity, wrong, at)
			require.Equal(t, fault.Invalid, fault.Of(err), name)
			f := fault.As(err)
			require.True(t, f.Key == name || f.Fields[name] != "", name)
		}
		high := asked.Weights
		high.Duty += 1
		for matcher.CheckWeights(high) == nil {
			high.Duty += 1000
		}
		most, ok := fault.As(matcher.CheckWeights(high)).Data["most"].(int)
		require.True(t, ok)
		high.Duty -= high.Parts() - most*1000
		require.NoError(t, matcher.CheckWeights(high), "what the sentence allows can be counted")
		high.Duty += 1000
		require.Error(t, matcher.CheckWeights(high))
	})

	t.Run("it is the city's, and nothing is set without its trial", func(t *testing.T) {
		district := actor.Officer{Account: "li", Level: actor.DistrictRole, Region: "110105"}
		_, err := matcher.TryWeights(t.Context(), db, district, asked, at)
		require.Equal(t, fault.NotFound, fault.Of(err))
		for _, no := range []string{"", "x", id.New()} {
			require.Equal(t, fault.NotFound, fault.Of(matcher.SetWeights(t.Context(), db, theCity, no, at)))
		}
	})

	t.Run("what was tried is set once, from its day on, and a trial before it is too old then", func(t *testing.T) {
		earlier := asked
		earlier.From = day(0)
		old, err := matcher.TryWeights(t.Context(), db, theCity, asked, at)
		require.NoError(t, err)
		today, err := matcher.TryWeights(t.Context(), db, theCity, earlier, at)
		require.NoError(t, err)
		w.exec(`update exchange.weight_trials set tried_at = @at`, map[string]any{"at": at})
		tried, err := matcher.TriedWeights(t.Context(), db, theCity, today, at)
		require.NoError(t, err)
		require.Equal(t, []int{1, 1, 4, 4, 4}, []int{tried.Found.Others, tried.Found.Firsts, tried.Found.Moved, tried.Found.Tiers[0].Now, tried.Found.Tiers[0].Then})
		require.Equal(t, fault.Conflict, fault.Of(matcher.SetWeights(t.Context(), db, theCity, today, at.AddDate(0, 0, 1))), "its day is over")

		require.NoError(t, matcher.SetWeights(t.Context(), db, theCity, today, at))
		require.NoError(t, matcher.SetWeights(t.Context(), db, theCity, today, at), "sent twice")
		holds, err := matcher.WeightsOn(t.Context(), db, at)
		require.NoError(t, err)
		require.Equal(t, earlier.Weights, holds)
		all, err := matcher.Weighings(t.Context(), db, theCity)
		require.NoError(t, err)
		require.Len(t, all, 3, "two came with the program")
		require.Equal(t, []string{"京民发〔2026〕9号", "陈处长"}, []string{all[0].Source, all[0].Name})

		require.Equal(t, fault.Conflict, fault.Of(matcher.SetWeights(t.Context(), db, theCity, old, at)), "others hold since")
		tried, err = matcher.TriedWeights(t.Context(), db, theCity, old, at)
		require.NoError(t, err)
		require.True(t, tried.Stale)
	})

	t.Run("one at a time, and no more cards than a page can try", func(t *testing.T) {
		lock, err := w.Admin.Begin(t.Context())
		require.NoError(t, err)
		_, err = lock.Exec(t.Context(), `select pg_advisory_xact_lock(hashtextextended('matcher.trial', 0))`)
		require.NoError(t, err)
		_, err = matcher.TryWeights(t.Context(), db, theCity, asked, at)
		require.ErrorIs(t, err, fault.New(fault.Conflict, "match.trial_running"))
		require.NoError(t, lock.Rollback(t.Context()))
		w.exec(`
			insert into exchange.cards (id, tier, area, age, size, category, need_group, code, quantity, urgency, window_from, window_to, sentence_zh, sentence_en, tick)
			select translate(rpad(n::text, 26, 'a'), '0189', 'bcde'), tier, area, age, size, category, need_group, code, quantity, urgency, window_from, window_to, 'x', 'x', tick
			  from exchange.cards, generate_series(22222, 55555) n
			 limit @most`, map[string]any{"most": matcher.TrialMost})
		_, err = matcher.TryWeights(t.Context(), db, theCity, asked, at)
		require.ErrorIs(t, err, fault.New(fault.Conflict, "match.trial_large"))
	})
}
