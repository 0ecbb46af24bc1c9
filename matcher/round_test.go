package matcher_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"shanqiao/charities"
	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/matcher"
	"shanqiao/matcher/assign"
	"shanqiao/matcher/rule"
	"shanqiao/needs"
	"shanqiao/needs/deid"
)

func TestRound(t *testing.T) {
	t.Parallel()

	t.Run("the urgent card gets what there is, the other keeps its candidate, and a second run changes nothing", func(t *testing.T) {
		t.Parallel()
		w := newTown(t)
		by := w.organisation("verified")
		o := w.offer(by, func(o *charities.Offer) { o.Capacity = 5 })
		calm := w.card(func(k *deid.Card) { k.Urgency = deid.Open })
		pressing := w.card(func(k *deid.Card) { k.Urgency = deid.Urgent })

		report, err := matcher.Round(t.Context(), w.Pools.Exchange, at, assign.Greedy{})
		require.NoError(t, err)

		require.Equal(t, 8, report.Wanted())
		require.Equal(t, 5, report.Served())
		require.Equal(t, matcher.Band{Name: "urgent", Needs: 1, Wanted: 4, Served: 4}, report.ByUrgency[0])
		require.Equal(t, []matcher.Band{{Name: "110105", Needs: 2, Wanted: 8, Served: 5}}, report.ByArea)
		require.Equal(t, []matcher.Cause{{Rule: matcher.Outranked, Needs: 1, Units: 3}}, report.Unserved)
		require.Equal(t, 2, report.Opened)
		require.Len(t, w.facts(), 2)

		list, err := matcher.ForCard(t.Context(), w.Pools.Exchange, officer, calm.ID)
		require.NoError(t, err)
		require.Equal(t, 1, list[0].Units)
		require.True(t, list[0].Assigned())
		require.Equal(t, offers{o.ID: "open"}, w.proposed(pressing))

		again, err := matcher.Round(t.Context(), w.Pools.Exchange, at, assign.Greedy{})
		require.NoError(t, err)
		require.Equal(t, []int{0, 2, 0}, []int{again.Opened, again.Kept, again.Lapsed})
		require.Len(t, w.facts(), 2)
	})

	t.Run("what was sent directly because it is needed now comes before everything urgent", func(t *testing.T) {
		t.Parallel()
		w := newTown(t)
		by := w.organisation("verified")
		w.offer(by, func(o *charities.Offer) { o.Capacity = 4 })
		for range 3 { // more of them, so that no order of random ids passes by luck
			w.card(func(k *deid.Card) { k.Urgency = deid.Urgent })
		}
		now := w.card(func(k *deid.Card) { k.Tier, k.Urgency, k.Tick = deid.Direct, deid.Now, 0 })
		w.exec(`insert into exchange.card_recipients (card_id, organisation_id) values (@card, @by)`,
			map[string]any{"card": now.ID, "by": by.Organisation})

		report, err := matcher.Round(t.Context(), w.Pools.Exchange, at, assign.Greedy{})
		require.NoError(t, err)
		require.Equal(t, matcher.Band{Name: "now", Needs: 1, Wanted: 4, Served: 4}, report.ByUrgency[0])
		require.Equal(t, matcher.Band{Name: "urgent", Needs: 3, Wanted: 12}, report.ByUrgency[1])
	})

	t.Run("several offers share one card's units", func(t *testing.T) {
		t.Parallel()
		w := newTown(t)
		for range 2 {
			w.offer(w.organisation("verified"), func(o *charities.Offer) { o.Capacity = 2 })
		}
		k := w.card()

		report, err := matcher.Round(t.Context(), w.Pools.Exchange, at, assign.Greedy{})
		require.NoError(t, err)
		require.Equal(t, 4, report.Served())
		require.Empty(t, report.Unserved)

		list, err := matcher.ForCard(t.Context(), w.Pools.Exchange, officer, k.ID)
		require.NoError(t, err)
		require.Len(t, list, 2)
		require.Equal(t, 4, list[0].Units+list[1].Units)
	})

	t.Run("cards that were claimed away or withdrawn, and taken or declined pairs", func(t *testing.T) {
		t.Parallel()
		w := newTown(t)
		by, other := w.organisation("verified"), w.organisation("verified")
		o, second := w.offer(by), w.offer(other)
		full, withdrawn, half := w.card(), w.card(), w.card()
		_, err := matcher.Round(t.Context(), w.Pools.Exchange, at, assign.Greedy{})
		require.NoError(t, err)
		w.exec(`update exchange.cards set committed = quantity where id = @id`, map[string]any{"id": full.ID})
		w.exec(`update exchange.cards set state = 'withdrawn' where id = @id`, map[string]any{"id": withdrawn.ID})
		w.exec(`update exchange.proposals set state = 'taken' where card_id = @card and offer_id = @offer`,
			map[string]any{"card": half.ID, "offer": o.ID})
		require.NoError(t, matcher.Decline(t.Context(), w.Pools.Exchange, other, half.ID, second.ID, "period"))

		report, err := matcher.Round(t.Context(), w.Pools.Exchange, at, assign.Greedy{})
		require.NoError(t, err)

		require.Equal(t, 1, report.Needs)
		require.Equal(t, 0, report.Served())
		require.Equal(t, 4, report.Lapsed)
		require.Equal(t, offers{o.ID: "lapsed", second.ID: "lapsed"}, w.proposed(full))
		require.Equal(t, offers{o.ID: "lapsed", second.ID: "lapsed"}, w.proposed(withdrawn))
		require.Equal(t, offers{o.ID: "taken", second.ID: "declined"}, w.proposed(half))
	})

	t.Run("a later look at one card keeps what the round assigned", func(t *testing.T) {
		t.Parallel()
		w := newTown(t)
		by := w.organisation("verified")
		w.offer(by, func(o *charities.Offer) { o.Capacity = 1 })
		k := w.card()
		report, err := matcher.Round(t.Context(), w.Pools.Exchange, at, assign.Greedy{})
		require.NoError(t, err)
		w.offer(by)

		require.NoError(t, matcher.Propose(t.Context(), w.Pools.Exchange, k.ID, at))

		list, err := matcher.ForCard(t.Context(), w.Pools.Exchange, officer, k.ID)
		require.NoError(t, err)
		require.Equal(t, []string{report.Round, ""}, []string{list[0].Round, list[1].Round})
		require.Equal(t, 1, list[0].Units)
	})

	t.Run("a second round at the same time is a conflict", func(t *testing.T) {
		t.Parallel()
		w := newTown(t)
		w.offer(w.organisation("verified"))
		w.card()
		inner := solverFunc(func(p assign.Problem) assign.Solution {
			_, err := matcher.Round(t.Context(), w.Pools.Exchange, at, assign.Greedy{})
			require.Equal(t, fault.Conflict, fault.Of(err))
			return assign.Greedy{}.Solve(p)
		})
		report, err := matcher.Round(t.Context(), w.Pools.Exchange, at, inner)
		require.NoError(t, err)
		require.Equal(t, 4, report.Served())
	})

	t.Run("a round among proposals for single cards and offers ends in one state", func(t *testing.T) {
		t.Parallel()
		w := newTown(t)
		o := w.offer(w.organisation("verified"), func(o *charities.Offer) { o.Capacity = 99 })
		var cards []deid.Card
		for range 20 {
			cards = append(cards, w.card())
		}
		var all errgroup.Group
		for _, k := range cards {
			all.Go(func() error { return matcher.Propose(t.Context(), w.Pools.Exchange, k.ID, at) })
		}
		all.Go(func() error { return matcher.ProposeForOffer(t.Context(), w.Pools.Exchange, o.ID, at) })
		all.Go(func() error {
			_, err := matcher.Round(t.Context(), w.Pools.Exchange, at, assign.Greedy{})
			return err
		})
		require.NoError(t, all.Wait())
		for _, k := range cards {
			require.Equal(t, offers{o.ID: "open"}, w.proposed(k))
		}
		require.Len(t, w.facts(), len(cards))
	})

	t.Run("the report is kept, and names the rule that stood in the way", func(t *testing.T) {
		t.Parallel()
		w := newTown(t)
		by := w.organisation("verified")
		w.offer(by, func(o *charities.Offer) { o.Areas = []string{"110101"} })
		w.offer(by, func(o *charities.Offer) { o.Codes = []needs.Code{"meals"} })
		w.card()
		w.card(func(k *deid.Card) { k.Code = "legal_advice" })

		report, err := matcher.Round(t.Context(), w.Pools.Exchange, at, assign.Greedy{})
		require.NoError(t, err)
		require.Equal(t, []matcher.Cause{{Rule: rule.Area, Needs: 1, Units: 4}, {Rule: rule.Kind, Needs: 1, Units: 4}}, report.Unserved)

		var stored []byte
		require.NoError(t, w.Admin.QueryRow(t.Context(), `select report from exchange.rounds where finished_at is not null`).Scan(&stored))
		var back matcher.Report
		require.NoError(t, json.Unmarshal(stored, &back))
		require.Equal(t, report, back)
		require.Contains(t, report.Text("zh"), "朝阳区：2 项")
		require.Contains(t, report.Text("zh"), "没有人提供这类帮助：1 项，差 4 份")
		require.Contains(t, report.Text("en"), "those who could help do not serve the area: 1 needs, 4 units short")
	})

	t.Run("an empty city is no error", func(t *testing.T) {
		t.Parallel()
		w := newTown(t)
		report, err := matcher.Round(t.Context(), w.Pools.Exchange, at, assign.Greedy{})
		require.NoError(t, err)
		require.Contains(t, report.Text("zh"), "所有需求都有了安排")
	})
}

type solverFunc func(assign.Problem) assign.Solution

func (f solverFunc) Solve(p assign.Problem) assign.Solution { return f(p) }

func TestWhyNot(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	by, other := w.organisation("verified"), w.organisation("verified")
	mine := w.offer(by, func(o *charities.Offer) { o.Kind, o.Areas = charities.Charity, []string{"110101"} })
	holder := w.offer(other)
	k := w.card()
	_, err := matcher.Round(t.Context(), w.Pools.Exchange, at, assign.Greedy{})
	require.NoError(t, err)

	t.Run("a member learns which rule failed and the kind of who holds it, not whose it is", func(t *testing.T) {
		why, err := matcher.WhyNot(t.Context(), w.Pools.Exchange, by, k.ID, mine.ID, at)
		require.NoError(t, err)
		failed := why.Trace.Failed()
		require.Len(t, failed, 1)
		require.Equal(t, "rule.area.failed", failed[0].Key())
		require.Equal(t, "朝阳区", failed[0].Words("zh")["area"])
		require.Equal(t, 0, why.Place)
		require.Equal(t, 1, why.Candidates)
		require.Nil(t, why.Proposal)
		require.Equal(t, []matcher.Holder{{Kind: charities.Purchased, Units: 4, Score: why.Holders[0].Score}}, why.Holders)
	})
	t.Run("an officer sees whose it is, and why the holder was proposed", func(t *testing.T) {
		why, err := matcher.WhyNot(t.Context(), w.Pools.Exchange, officer, k.ID, mine.ID, at)
		require.NoError(t, err)
		require.Equal(t, holder.ID, why.Holders[0].Offer)
		why, err = matcher.WhyNot(t.Context(), w.Pools.Exchange, officer, k.ID, holder.ID, at)
		require.NoError(t, err)
		require.True(t, why.Held())
		require.Equal(t, 1, why.Place)
		require.Equal(t, why.Score, why.Proposal.Score)
		require.Empty(t, why.Holders)
	})
	t.Run("another's offer, a citizen, and a member of nothing: not there", func(t *testing.T) {
		for _, who := range []actor.Actor{by, actor.Citizen{}, actor.Member{}} {
			_, err := matcher.WhyNot(t.Context(), w.Pools.Exchange, who, k.ID, holder.ID, at)
			require.Equal(t, fault.NotFound, fault.Of(err))
		}
	})
}

func TestAnEarlierDutyIsUsedUpFirst(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	owed := w.offer(w.organisation("verified"), func(o *charities.Offer) { o.Capacity, o.Areas = 2, []string{"110000"} })
	given := w.offer(w.organisation("verified"), func(o *charities.Offer) { o.Kind, o.Capacity = charities.Charity, 50 })
	cards := []deid.Card{w.card(), w.card()}

	_, err := matcher.Round(t.Context(), w.Pools.Exchange, at, assign.Optimal{})

	require.NoError(t, err)
	units := map[charities.OfferID]int{}
	for _, k := range cards {
		list, err := matcher.ForCard(t.Context(), w.Pools.Exchange, officer, k.ID)
		require.NoError(t, err)
		for _, p := range list {
			if p.Assigned() {
				units[p.Offer] += p.Units
			}
		}
	}
	require.Equal(t, map[charities.OfferID]int{owed.ID: 2, given.ID: 6}, units,
		"what was bought is used up although it serves the whole city, and who is near gives the rest")
}
