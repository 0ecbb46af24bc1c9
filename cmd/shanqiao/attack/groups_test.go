package attack

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/pg"
	"shanqiao/needs"
	"shanqiao/needs/deid"
)

// spread looks at everything that shows the same in one snapshot: it is of many
// families, they have different conditions, and no condition is that of most. The
// needs that came up in one tick are each of another family, so no pair is a fingerprint.
func (w *watched) spread(t *testing.T) {
	classes := 0
	for tier, k := range tiers {
		for n, s := range w.kept[tier] {
			class := map[string][]listed{}
			for id := range s {
				l := w.behind[id]
				key := fmt.Sprint(l.tuple(), l.Tick)
				class[key] = append(class[key], l)
			}
			for key, members := range class {
				classes++
				require.NoError(t, uneven(members, k), "%s, snapshot %d: %s", tier, n, key)
			}
		}
	}
	require.Greater(t, classes, 20)

	var some []listed
	for _, l := range w.behind {
		if len(some) < 10 && !slices.ContainsFunc(some, func(o listed) bool { return o.Household == l.Household }) {
			l.At.Condition = []string{"mobility", "chronic", "none"}[max(0, len(some)-7)]
			some = append(some, l)
		}
	}
	require.Error(t, uneven(some, 5), "eight of ten with one condition")
	require.Error(t, uneven(some[7:], 5), "few")
}

// uneven says what is wrong with a class.
func uneven(members []listed, k int) error {
	conditions, homes, most := map[string]int{}, map[string]bool{}, 0
	for _, l := range members {
		conditions[l.At.Condition]++
		homes[l.Household] = true
		most = max(most, conditions[l.At.Condition])
	}
	if len(homes) < k || len(homes) < len(members) || len(conditions) < 3 || most*10 > 6*len(members) {
		return fmt.Errorf("%d households in %d cards, %d conditions, %d with one", len(homes), len(members), len(conditions), most)
	}
	return nil
}

// waiting is the city's needs as the gate would find them on the first day.
func (w *watched) waiting(t *testing.T) (all []deid.Waiting, register []deid.Registered) {
	t.Helper()
	type row struct {
		ID, Household     string
		Code              needs.Code
		Quantity, Urgency int
	}
	rows, err := pg.Many[row](t.Context(), w.Admin, `
		select id, household_id as household, code, quantity, urgency from records.needs where route = 'cohort' and state <> 'draft' order by id`, pg.Args{})
	require.NoError(t, err)
	by := map[string]home{}
	for _, h := range w.homes {
		by[h.ID] = h
		register = append(register, h.registered())
	}
	for _, r := range rows {
		h := by[r.Household]
		all = append(all, deid.Waiting{Need: needs.ID(r.ID), Household: h.ID, Home: h.registered(), Condition: h.Condition,
			Code: r.Code, Quantity: r.Quantity, Urgency: needs.Urgency(r.Urgency)})
	}
	return all, register
}

func (h home) registered() deid.Registered {
	return deid.Registered{Region: h.Region, Size: h.Size, Category: h.Category, Eldest: h.Eldest, Youngest: h.Youngest}
}

// shown is what cohorts tell: their tuples and sizes, in order.
func shown(cohorts []deid.Cohort) []string {
	var all []string
	for _, c := range cohorts {
		all = append(all, fmt.Sprint(c.Tuple, c.Level, len(c.Needs)))
	}
	slices.Sort(all)
	return all
}

// coarser asks whether the level at which a family is shown tells of that family:
// it is one for the whole cohort, the order of arrival does not change it, and
// neither does anything finer than the finest step, of any one record.
func (w *watched) coarser(t *testing.T) {
	all, register := w.waiting(t)
	for tier := range tiers {
		form := func(waiting []deid.Waiting) []deid.Cohort {
			return deid.Form(tier, waiting, deid.NewRegister(register), deid.Defaults(tier))
		}
		plainly := form(all)
		require.Greater(t, len(plainly), 3)
		coarse := 0
		for _, c := range plainly {
			if c.Level.Area > 0 || c.Level.Age > 0 {
				coarse++
			}
			for _, n := range c.Needs {
				l := listed{Area: c.Tuple.Area, Age: c.Tuple.Age, Size: c.Tuple.Size, Category: c.Tuple.Category, Code: c.Tuple.Code}
				h := home{Region: n.Home.Region, Size: n.Home.Size, Category: n.Home.Category, Eldest: n.Home.Eldest, Youngest: n.Home.Youngest}
				require.True(t, l.fits(h), "one level for all of a cohort")
			}
		}
		require.Positive(t, coarse, "something was made coarser")
		r := rand.New(rand.NewPCG(1, 2))
		for range 3 {
			mixed := slices.Clone(all)
			r.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
			require.Equal(t, shown(plainly), shown(form(mixed)))
		}
		for range 8 {
			other := slices.Clone(all)
			i := r.IntN(len(other))
			was := other[i]
			for j := range other {
				if other[j].Household == was.Household {
					other[j].Home.Region = was.Home.Region[:6] + "999"
					other[j].Household = "z" + was.Household
				}
			}
			require.Equal(t, shown(plainly), shown(form(other)), "another family in the place of %s", was.Household)
		}
	}
	require.Equal(t, "0", w.one(t, `
		select count(*)::text
		  from gate.cohorts o
		 where 1 < (select count(distinct a.tuple) from gate.snapshots s join gate.appearances a on a.card_id = s.card_id where s.cohort_id = o.id)`, pg.Args{}))
}

// mostListed is the share of the families fitting a card that may be listed with it.
const mostListed = 0.5

// presence asks whether it follows from what is shown that a given family is
// listed. Whoever holds the register counts how many families fit what a card
// shows; of these some are behind cards at that time, whatever their own cards
// show: the share is how often one of them, picked by name, is listed. Where it
// is all of them a pick is certain.
func (w *watched) presence(t *testing.T) {
	for tier := range tiers {
		worst, guess := 0.0, 0.0
		for _, s := range w.kept[tier] {
			var there []listed
			for id := range s {
				there = append(there, w.behind[id])
			}
			homes := map[string]bool{}
			for _, l := range there {
				homes[l.Household] = true
			}
			worst = max(worst, share(there, w.homes))
			guess = max(guess, float64(len(homes))/float64(len(w.homes)))
		}
		t.Logf("%s: of the families fitting a card at most %.0f%% are listed; of the whole register at most %.0f%%", tier, 100*worst, 100*guess)
		require.LessOrEqual(t, worst, mostListed, tier)
		require.Positive(t, worst)
	}
	for _, cards := range w.village(t) {
		require.LessOrEqual(t, share(cards, w.homes), mostListed, "too many who fit are listed: %v", cards[0].tuple())
	}
	var all []listed
	var theirs []home
	for id := range w.kept[deid.Public][0] {
		l := w.behind[id]
		all, theirs = append(all, l), append(theirs, l.At)
	}
	require.Greater(t, share(all, theirs), mostListed, "a register in which all are listed would be seen")
}

// share is the largest share of the families fitting one place and people, as
// some card shows them, that is behind any of the cards.
func share(cards []listed, register []home) (most float64) {
	behind, of := map[string]bool{}, map[string]listed{}
	for _, l := range cards {
		behind[l.Household] = true
		of[fmt.Sprint(l.Area, l.Age, l.Size, l.Category, deid.ForYoungest(l.Code))] = l
	}
	for _, shown := range of {
		fit, there := 0, 0
		for _, h := range register {
			if shown.fits(h) {
				fit++
				if behind[h.ID] {
					there++
				}
			}
		}
		most = max(most, float64(there)/float64(fit))
	}
	return most
}
