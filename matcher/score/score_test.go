package score_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/charities"
	"shanqiao/internal/region"
	"shanqiao/matcher/score"
	"shanqiao/needs"
	"shanqiao/needs/deid"
)

var weights = score.Weights{Duty: 40000, Area: 20000, Kind: 10000, Waiting: 10000, Load: 10000, Reliability: 6000, Newcomer: 4000}

func card(area string) deid.Card {
	return deid.Card{Tick: 1, Tuple: deid.Tuple{Area: area, Code: "bathing", Quantity: 4}}
}

func offer(kind charities.Kind, areas ...string) charities.Offer {
	return charities.Offer{Kind: kind, Areas: areas, Codes: []needs.Code{"bathing"}, Capacity: 10}
}

func part(t *testing.T, name score.Name, ps score.Parts) int {
	t.Helper()
	for _, p := range ps {
		if p.Name == name {
			return p.Points
		}
	}
	t.Fatalf("no part %s", name)
	return 0
}

func TestOf(t *testing.T) {
	t.Parallel()
	facts := score.Facts{Order: charities.Steps, Tick: 1}

	t.Run("the order of duty is the district's", func(t *testing.T) {
		t.Parallel()
		for i, k := range charities.Kinds {
			got := part(t, score.Duty, score.Of(card("110105"), offer(k, "110105"), facts, weights))
			require.Equal(t, []int{26666, 13333, 0}[i], got)
		}
		owed := offer(charities.Purchased, "110105")
		owed.Programme = "disability"
		require.Equal(t, 40000, part(t, score.Duty, score.Of(card("110105"), owed, facts, weights)), "what is owed by law comes first")
		turned := score.Facts{Order: []charities.Step{charities.Volunteered, charities.Given, charities.Bought, charities.Entitlement}}
		require.Equal(t, 40000, part(t, score.Duty, score.Of(card("110105"), offer(charities.Volunteer, "110105"), turned, weights)))
	})

	t.Run("the narrower two areas meet, the better", func(t *testing.T) {
		t.Parallel()
		points := func(card_, offered string) int {
			return part(t, score.Area, score.Of(card(card_), offer(charities.Charity, offered), facts, weights))
		}
		require.Equal(t, 20000, points("110101", "110101"))
		require.Equal(t, 10000, points("110101", "zone:core"))
		require.Equal(t, 10000, points("zone:core", "110101"))
		require.Equal(t, 10000, points("zone:core", "zone:core"))
		require.Equal(t, 1250, points("110101", region.City))
		require.Equal(t, 1250, points(region.City, region.City))
		require.Zero(t, points("110101", "110105"))
	})

	t.Run("several codes of one place count it once", func(t *testing.T) {
		t.Parallel()
		o := offer(charities.Charity, "110101", "zone:core", "110102")
		require.Equal(t, 10000, part(t, score.Area, score.Of(card("110101"), o, facts, weights)))
	})

	t.Run("specialists before generalists", func(t *testing.T) {
		t.Parallel()
		o := offer(charities.Charity, "110105")
		o.Codes = []needs.Code{"bathing", "meals", "cleaning", "errands"}
		require.Equal(t, 2500, part(t, score.Kind, score.Of(card("110105"), o, facts, weights)))
	})

	t.Run("waiting grows to its bound, and a direct card has not waited", func(t *testing.T) {
		t.Parallel()
		points := func(since, now int) int {
			k := card("110105")
			k.Tick = since
			return part(t, score.Waiting, score.Of(k, offer(charities.Charity, "110105"), score.Facts{Tick: now}, weights))
		}
		require.Equal(t, []int{0, 1250, 10000, 10000, 0, 0}, []int{points(3, 3), points(3, 4), points(3, 11), points(3, 99), points(0, 99), points(5, 3)})
	})

	t.Run("a newcomer is neither trusted nor distrusted, and has a chance", func(t *testing.T) {
		t.Parallel()
		of := func(kept, ended int) score.Parts {
			return score.Of(card("110105"), offer(charities.Charity, "110105"), score.Facts{Record: score.Record{Kept: kept, Ended: ended}}, weights)
		}
		require.Equal(t, 3000, part(t, score.Reliability, of(0, 0)))
		require.Greater(t, part(t, score.Reliability, of(9, 10)), 3000)
		require.Less(t, part(t, score.Reliability, of(1, 10)), 3000)
		require.Equal(t, 4000, part(t, score.Newcomer, of(0, 0)))
		require.Zero(t, part(t, score.Newcomer, of(3, 3)))
	})
}

// Where the order is strict no other part, nor all of them with a standing
// assignment, makes up for one step of public duty.
func TestPublicDutyOutweighsEverythingElseWhereTheOrderIsStrict(t *testing.T) {
	t.Parallel()
	w := weights
	w.Keep, w.Exposure = 2000, 3000
	facts := score.Facts{Order: charities.Steps, Strict: true, Tick: 1}
	for i := range 2 { // what is owed by law before what is bought, and that before charity
		worst := offer(charities.Purchased, "110000")
		worst.Programme = []string{"disability", "service"}[i]
		worst.Codes = make([]needs.Code, 20)
		worst.Committed = worst.Capacity
		best := offer(charities.Kinds[i], "110105")
		poor, rich := facts, facts
		poor.Record, poor.Seen = score.Record{Kept: 0, Ended: 1000}, 50
		rich.Record, rich.Tick = score.Record{Kept: 1000, Ended: 1000}, 99
		require.Greater(t, score.Of(card("110105"), worst, poor, w).Sum(), score.Of(card("110105"), best, rich, w).Sum()+w.Keep)
	}
	stranger, neighbour := offer(charities.Charity, "110000"), offer(charities.Volunteer, "110105")
	require.Less(t, score.Of(card("110105"), stranger, facts, w).Sum(), score.Of(card("110105"), neighbour, facts, w).Sum(),
		"between charity and volunteers the better suited comes first")
	chosen := facts
	chosen.Chosen = true
	require.Greater(t, score.Of(card("110105"), offer(charities.Volunteer, "110000"), chosen, w).Sum(),
		score.Of(card("110105"), offer(charities.Purchased, "110105"), facts, w).Most(), "a person decides")
}

func TestWhatFewWereAskedAboutIsOwedMore(t *testing.T) {
	t.Parallel()
	w := weights
	w.Exposure = 5000
	points := func(seen int) int {
		return part(t, score.Exposure, score.Of(card("110105"), offer(charities.Charity, "110105"), score.Facts{Seen: seen}, w))
	}
	require.Equal(t, []int{5000, 4000, 0, 0}, []int{points(0), points(1), points(5), points(99)})
}

func TestEveryPartStaysWithinItsWeight(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	codes := []string{"110101", "110105", "110112", "zone:core", "zone:hills", "110000", "nowhere", ""}
	pick := func() string { return codes[r.IntN(len(codes))] }
	for range 5000 {
		k, o := card(pick()), offer(charities.Kinds[r.IntN(3)], pick(), pick())
		k.Tick = r.IntN(20)
		o.Capacity, o.Committed = r.IntN(20), r.IntN(20)
		ended := r.IntN(30)
		ps := score.Of(k, o, score.Facts{Order: charities.Steps, Tick: r.IntN(20),
			Record: score.Record{Kept: r.IntN(ended + 1), Ended: ended}}, weights)
		for _, p := range ps {
			require.GreaterOrEqual(t, p.Points, 0, p.Name)
			require.LessOrEqual(t, p.Points, p.Most, p.Name)
		}
	}
}

// What the card says of age, household and category must not move the score:
// those columns are there to describe the help, not to choose among families.
func TestTheFamilyDoesNotMoveTheScore(t *testing.T) {
	t.Parallel()
	k, o := card("110105"), offer(charities.Charity, "110105")
	plain := score.Of(k, o, score.Facts{Order: charities.Steps}, weights)
	k.Age, k.Size, k.Category, k.SentenceZh = "80+", "1", "tekun", "任何话"
	require.Equal(t, plain, score.Of(k, o, score.Facts{Order: charities.Steps}, weights))
}

func TestWords(t *testing.T) {
	t.Parallel()
	require.Equal(t, "12.5", score.Points(12500))
	require.Equal(t, "40", score.Points(40000))
	p := score.Part{Name: score.Duty, Points: 20000, Most: 40000}
	require.Equal(t, "score.duty", p.Key())
	require.Equal(t, map[string]string{"points": "20", "most": "40"}, p.Words())
}

func TestStoredPartsAreScoredAgain(t *testing.T) {
	t.Parallel()
	w := weights
	w.Keep, w.Exposure = 2000, 3000
	for _, strict := range []bool{true, false} {
		for _, chosen := range []bool{true, false} {
			facts := score.Facts{Order: charities.Steps, Strict: strict, Chosen: chosen, Tick: 5, Seen: 2}
			stored := score.Of(card("110105"), offer(charities.Charity, "110105"), facts, w)
			require.Equal(t, stored, stored.Again(w), "the same weights give the same score")
			other := w
			other.Area, other.Waiting, other.Keep = 0, 40000, 0
			require.Equal(t, score.Of(card("110105"), offer(charities.Charity, "110105"), facts, other), stored.Again(other))
		}
	}
}

// TestHighest finds the highest score by trying every order of duty and kind of offer.
func TestHighest(t *testing.T) {
	t.Parallel()
	w := score.Weights{Duty: 40000, Area: 20001, Kind: 10, Waiting: 7, Load: 10000, Reliability: 6000, Newcomer: 4000, Exposure: 2000, Keep: 2003}
	highest := 0
	for _, kind := range charities.Kinds {
		for _, programme := range []string{"", "service", "basic_living"} {
			for i := range charities.Steps {
				order := slices.Concat(charities.Steps[i:], charities.Steps[:i])
				parts := score.Of(deid.Card{}, charities.Offer{Kind: kind, Programme: programme}, score.Facts{Order: order, Strict: true, Chosen: true}, w)
				highest = max(highest, parts.Most())
			}
		}
	}
	require.Equal(t, w.Highest(), highest)
}
