package matcher_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shanqiao/charities"
	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/matcher"
	"shanqiao/matcher/assign"
	"shanqiao/needs"
	"shanqiao/needs/deid"
)

var city = actor.Officer{Account: "city", Level: actor.CityRole, Region: "110000"}

func (w *town) round(solver assign.Solver) matcher.Report {
	w.t.Helper()
	r, err := matcher.Round(w.t.Context(), w.Pools.Exchange, at, solver)
	require.NoError(w.t, err)
	return r
}

// evenly settles whether districts are served evenly from the first day on.
func (w *town) evenly(even bool) {
	w.t.Helper()
	require.NoError(w.t, matcher.SetEvenness(w.t.Context(), w.Pools.Exchange, city,
		matcher.Evenness{Even: even, Source: "京民发〔2026〕9号", Since: day(-30)}))
}

func (w *town) in(area string, units int) deid.Card {
	return w.card(func(k *deid.Card) { k.Area, k.Quantity = area, units })
}

func (w *town) gives(areas []string, units int) charities.Offer {
	return w.offer(w.organisation("verified"), func(o *charities.Offer) { o.Areas, o.Capacity = areas, units })
}

func TestARoundIsWrittenDistrictByDistrict(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	w.gives([]string{"110000"}, 100)
	here, there, wide := w.in("110105", 4), w.in("110101", 4), w.in("zone:central", 4)
	w.exec(`
		create function exchange.refuse() returns trigger language plpgsql as $$
		begin
		  if (select area from exchange.cards where id = new.card_id) = '110101' then
		    raise exception 'full' using errcode = '53100';
		  end if;
		  return new;
		end $$`, nil)
	w.exec(`create trigger refuse before insert or update on exchange.proposals for each row execute function exchange.refuse()`, nil)

	first := w.round(assign.Optimal{})
	require.Equal(t, []matcher.Failure{{Area: "110101", Code: "53100"}}, first.Failed)
	require.Equal(t, 2, first.Opened, "what was written is counted, and no more")
	require.Len(t, w.proposed(here), 1)
	require.Len(t, w.proposed(wide), 1)
	require.Empty(t, w.proposed(there))
	require.Contains(t, first.Text("zh"), "东城区没有写成（代码 53100）")
	require.Contains(t, first.Text("en"), "Dongcheng could not be written (code 53100)")

	w.exec(`drop trigger refuse on exchange.proposals`, nil)
	second := w.round(assign.Optimal{})
	require.Empty(t, second.Failed)
	require.Equal(t, []int{1, 2, 0}, []int{second.Opened, second.Kept, second.Lapsed}, "the second goes on where the first stopped")
	require.Len(t, w.proposed(there), 1)
	for card, round := range map[deid.CardID]string{here.ID: first.Round, there.ID: second.Round} {
		list, err := matcher.ForCard(t.Context(), w.Pools.Exchange, officer, card)
		require.NoError(t, err)
		require.Equal(t, round, list[0].Round, "what stands is the round's that gave it")
	}

	accounts, err := matcher.Rounds(t.Context(), w.Pools.Exchange, city, time.Now().AddDate(1, 0, 0), 9)
	require.NoError(t, err)
	require.Equal(t, []string{second.Round, first.Round}, []string{accounts[0].ID, accounts[1].ID})
	require.Len(t, accounts[1].Report.Failed, 1)
}

// The offers are alike but for one that does nothing else, which is worth some
// points more; how many, the kinds of help that the first one gives decide.
func TestWhatStandsMovesOnlyForAGain(t *testing.T) {
	t.Parallel()
	for codes, moves := range map[int]bool{1: false, 2: true} {
		t.Run(fmt.Sprintf("%d kinds of help", codes), func(t *testing.T) {
			t.Parallel()
			w := newTown(t)
			gives := []needs.Code{"bathing", "meals"}[:codes]
			standing := w.offer(w.organisation("verified"), func(o *charities.Offer) { o.Codes, o.Committed = gives, 1 })
			k := w.card()
			w.round(assign.Optimal{})
			better := w.gives([]string{"110105"}, 10) // a point more for what is free, and five for doing nothing else

			again := w.round(assign.Optimal{})

			list, err := matcher.ForCard(t.Context(), w.Pools.Exchange, officer, k.ID)
			require.NoError(t, err)
			holder := map[bool]charities.OfferID{false: standing.ID, true: better.ID}[moves]
			require.Equal(t, holder, list[0].Offer)
			require.Equal(t, moves, list[0].Round == again.Round)
			require.True(t, list[0].Assigned())
			require.False(t, list[1].Assigned())
			why, err := matcher.WhyNot(t.Context(), w.Pools.Exchange, officer, k.ID, better.ID, at)
			require.NoError(t, err)
			require.Equal(t, 1, why.Place, "it does score more")
		})
	}
}

func TestAnUnchangedCityStaysAsItIs(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	seedCity(w, 400, 60)
	first := w.round(assign.Optimal{})
	for range 2 {
		again := w.round(assign.Optimal{})
		require.Equal(t, []int{0, first.Opened, 0}, []int{again.Opened, again.Kept, again.Lapsed})
		require.Equal(t, first.Served(), again.Served())
		require.True(t, again.Proof.Exact)
	}
	rounds, assigned := 0, 0
	require.NoError(t, w.Admin.QueryRow(t.Context(), `
		select count(distinct round_id), count(*) from exchange.proposals where state = 'open' and round_id is not null`).Scan(&rounds, &assigned))
	require.Equal(t, 1, rounds, "what stands keeps the name of its round, and is not written again")

	// Three cards are withdrawn. What follows from that moves, and no more.
	w.exec(`update exchange.cards set state = 'withdrawn' where id in (
		select card_id from exchange.proposals where state = 'open' and round_id is not null order by card_id limit 3)`, nil)
	w.round(assign.Optimal{})
	stayed := 0
	require.NoError(t, w.Admin.QueryRow(t.Context(), `
		select count(*) from exchange.proposals where state = 'open' and round_id = $1`, first.Round).Scan(&stayed))
	require.Greater(t, 5*stayed, 4*assigned)
}

func TestTheListOfTheBestDoesNotChangeForNothing(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	for range matcher.Best + 1 {
		w.offer(w.organisation("verified"), func(o *charities.Offer) { o.Capacity, o.Committed = 10, 1 })
	}
	k := w.card()
	w.round(assign.Optimal{})
	before := w.proposed(k)
	w.gives([]string{"110105"}, 10) // a point more
	again := w.round(assign.Optimal{})
	require.Equal(t, before, w.proposed(k))
	require.Equal(t, []int{0, 0}, []int{again.Opened, again.Lapsed})
}

// starved is a city in which Mentougou asked last, so that every score is higher
// elsewhere, and there is half of what is wanted.
func (w *town) starved() {
	w.gives([]string{"110000"}, 30)
	for _, area := range []string{"110101", "110105", "110109"} {
		for range 4 {
			w.card(func(k *deid.Card) {
				if k.Area, k.Quantity = area, 5; area == "110109" {
					k.Tick = 8
				}
			})
		}
	}
}

func TestAStarvedDistrict(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	w.starved()
	w.evenly(false)
	plain := w.round(assign.Optimal{})
	require.False(t, plain.Evenness.Evenness.Even)
	w.exec(`delete from exchange.proposals`, nil)
	w.evenly(true)
	even := w.round(assign.Optimal{})

	require.Equal(t, 30, plain.Served())
	require.Equal(t, 30, even.Served(), "not a unit is lost")
	require.Equal(t, plain.Evenness.Areas, even.Evenness.Areas, "either round tells of both ways")
	for i, a := range even.Evenness.Areas {
		require.Equal(t, plain.ByArea[i].Served, a.Without, a.Name)
		require.Equal(t, even.ByArea[i].Served, a.With, a.Name)
		require.Equal(t, 10, a.With, a.Name)
	}
	require.Zero(t, even.Evenness.Areas[2].Without, "nothing is left for who asked last")
	require.EqualValues(t, 10*7000, even.Evenness.Without-even.Evenness.With, "ten units at 7 points of waiting")
	require.InDelta(t, 0.014, even.Evenness.Price(), 0.005)

	t.Run("the price is the same when the even round stands already", func(t *testing.T) {
		again := w.round(assign.Optimal{})
		require.Equal(t, even.Evenness, again.Evenness)
		require.Equal(t, []int{0, 0}, []int{again.Opened, again.Lapsed})
	})
}

func TestOneMore(t *testing.T) {
	t.Parallel()

	t.Run("as many as it serves itself and as those serve whom it frees", func(t *testing.T) {
		t.Parallel()
		w := newTown(t)
		w.gives([]string{"110000"}, 6) // the middle one of the two
		w.gives([]string{"110101"}, 2)
		w.in("110105", 4) // in Chaoyang nothing lacks once the citywide one is there
		w.card(func(k *deid.Card) { k.Area, k.Quantity, k.Urgency = "110101", 9, deid.Open })
		report := w.round(assign.Optimal{})
		require.Equal(t, 8, report.Served())
		more := map[string][]matcher.More{}
		for _, d := range report.Districts {
			more[d.Name] = d.More
		}
		require.Equal(t, map[string][]matcher.More{
			"110101": {{Code: "bathing", Capacity: 6, Units: 5}}, // what lacks
			"110105": {{Code: "bathing", Capacity: 6, Units: 4}}, // it frees four of the citywide one's
		}, more)

		for area, said := range more { // and it is true
			z := newTown(t)
			z.gives([]string{"110000"}, 6)
			z.gives([]string{"110101"}, 2)
			z.in("110105", 4)
			z.card(func(k *deid.Card) { k.Area, k.Quantity, k.Urgency = "110101", 9, deid.Open })
			z.gives([]string{area}, said[0].Capacity)
			require.Equal(t, report.Served()+said[0].Units, z.round(assign.Optimal{}).Served(), area)
		}
	})

	t.Run("where nobody gives such help, and where a direct card is for others", func(t *testing.T) {
		t.Parallel()
		w := newTown(t)
		w.gives([]string{"110105"}, 3)
		w.card(func(k *deid.Card) { k.Code = "legal_advice" })
		w.card(func(k *deid.Card) { k.Tier, k.Urgency, k.Tick, k.Code = deid.Direct, deid.Now, 0, "meals" })
		report := w.round(assign.Optimal{})
		require.Equal(t, []matcher.More{{Code: "legal_advice", Capacity: 3, Units: 3}}, report.Districts[0].More)
		require.Contains(t, report.Text("en"), "one more provider of")
	})

	t.Run("what one more gives is what the round with one more gives, in many cities", func(t *testing.T) {
		t.Parallel()
		for seed := range 2 {
			build := func() *town {
				w := newTown(t)
				for i := range 9 {
					w.in([]string{"110101", "110105", "110107"}[(i*7+seed)%3], 1+(i*3+seed)%5)
				}
				for i := range 4 {
					areas := [][]string{{"110101"}, {"110105", "110107"}, {"110101", "110105"}, {"110000"}}[(i+seed)%4]
					w.gives(areas, 2+(i+seed)%3)
				}
				return w
			}
			report := build().round(assign.Optimal{})
			for _, d := range report.Districts {
				for _, m := range d.More {
					w := build()
					w.gives([]string{d.Name}, m.Capacity)
					require.Equal(t, report.Served()+m.Units, w.round(assign.Optimal{}).Served(), "seed %d, %s", seed, d.Name)
				}
			}
		}
	})
}

func TestWhoReadsARound(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	w.gives([]string{"110105"}, 3)
	w.in("110105", 4)
	w.in("110101", 4)
	w.in("zone:hills", 4)
	w.in("110000", 2)
	report := w.round(assign.Optimal{})

	own, err := matcher.RoundFor(t.Context(), w.Pools.Exchange, actor.Officer{Level: actor.DistrictRole, Region: "110105"}, report.Round)
	require.NoError(t, err)
	r := own.Report
	require.Equal(t, []string{"110000", "110105"}, []string{r.ByArea[0].Name, r.ByArea[1].Name}, "its own, and what may be its own")
	require.Equal(t, []int{2, 6, 3, 0, 0}, []int{r.Needs, r.Wanted(), r.Served(), r.Offers, r.Opened})
	require.Equal(t, []matcher.Cause{{Rule: matcher.Outranked, Needs: 2, Units: 3}}, r.Unserved)
	require.Len(t, r.Districts, 2)
	require.Len(t, r.Evenness.Areas, 2)
	require.Empty(t, r.Failed)

	whole, err := matcher.RoundFor(t.Context(), w.Pools.Exchange, city, report.Round)
	require.NoError(t, err)
	require.Len(t, whole.Report.Districts, 4)
	hills, err := matcher.RoundFor(t.Context(), w.Pools.Exchange, actor.Officer{Level: actor.DistrictRole, Region: "110109"}, report.Round)
	require.NoError(t, err)
	require.Equal(t, 6, hills.Report.Wanted(), "its zone's and the city's")
	_, err = matcher.RoundFor(t.Context(), w.Pools.Exchange, city, "never")
	require.Equal(t, fault.NotFound, fault.Of(err))
}

func TestEvennessIsTheCitys(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	db, e := w.Pools.Exchange, matcher.Evenness{Source: " 京民发〔2026〕9号 ", Since: day(-1)}
	require.Equal(t, fault.NotFound, fault.Of(matcher.SetEvenness(t.Context(), db, officer, e)))
	require.Equal(t, fault.Invalid, fault.Of(matcher.SetEvenness(t.Context(), db, city, matcher.Evenness{Source: " ", Since: day(0)})))
	for range 2 {
		require.NoError(t, matcher.SetEvenness(t.Context(), db, city, e))
	}
	require.NoError(t, matcher.SetEvenness(t.Context(), db, city, matcher.Evenness{Even: true, Source: "later", Since: day(9)}))
	all, err := matcher.Evennesses(t.Context(), db, officer)
	require.NoError(t, err)
	require.Equal(t, []string{"later", "京民发〔2026〕9号", "随系统提供"}, []string{all[0].Source, all[1].Source, all[2].Source})
	w.card()
	require.False(t, w.round(assign.Optimal{}).Evenness.Evenness.Even, "what has begun holds, not what is to come")
}
