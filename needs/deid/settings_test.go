package deid

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/fault"
	"shanqiao/needs"
)

func TestSettings(t *testing.T) {
	t.Parallel()
	require.NoError(t, Defaults(Public).Check(Public))
	require.NoError(t, Defaults(Verified).Check(Verified))
	require.Equal(t, fault.Invalid, fault.Of(Defaults(Verified).Check(Public)), "5 is too few for everybody's eyes")

	city := Defaults(Verified)
	city.Districts = map[string]Settings{"110107": {K: 9, KMap: 50, L: 2, MostShare: 80, MostListed: 40}}
	require.Equal(t, 5, city.Of("110105001").K)
	strict := city.Of("110107001")
	require.Equal(t, []int{9, 50, 3, 60, 40}, []int{strict.K, strict.KMap, strict.L, strict.MostShare, strict.MostListed}, "never less than the city")
	for _, wrong := range []int{51, 100, 4, 0} {
		asks := Defaults(Verified)
		asks.MostListed = wrong
		require.Equal(t, fault.Invalid, fault.Of(asks.Check(Verified)), wrong)
	}
}

// twoDistricts waits with so many homes of Shijingshan and of Chaoyang that want
// the same, in the same zone.
func twoDistricts(here, there int) ([]Waiting, *Register) {
	conditions := []string{"none", "chronic", "mobility"}
	var all []Waiting
	var homes []Registered
	for i := range here + there {
		home := Registered{Region: "110107001", Size: 1, Category: "minimum_living", Eldest: 70, Youngest: 70}
		if i >= here {
			home.Region = "110105015"
		}
		homes = append(homes, home)
		all = append(all, Waiting{Need: needs.ID(fmt.Sprintf("need-%03d", i)), Household: fmt.Sprintf("household-%03d", i), Home: home,
			Condition: conditions[i%3], Code: "bathing", Quantity: 2, Urgency: needs.AnyTime, New: true})
	}
	for range 40 {
		homes = append(homes, homes...)
		if len(homes) > 200 {
			break
		}
	}
	return all, NewRegister(homes)
}

func TestADistrictThatAsksForMore(t *testing.T) {
	t.Parallel()
	s := Defaults(Verified)
	s.Districts = map[string]Settings{"110107": {K: 12, MostShare: 60, MostListed: 50}}

	t.Run("is not shown in anything smaller", func(t *testing.T) {
		t.Parallel()
		waiting, register := twoDistricts(9, 0)
		require.Len(t, Form(Verified, waiting, register, Defaults(Verified)), 1)
		require.Empty(t, Form(Verified, waiting, register, s))
	})

	t.Run("may share a larger one with its neighbours", func(t *testing.T) {
		t.Parallel()
		waiting, register := twoDistricts(9, 4)
		cohorts := Form(Verified, waiting, register, s)
		require.Len(t, cohorts, 1)
		require.Equal(t, 13, cohorts[0].Households)
		require.Equal(t, 12, cohorts[0].K)
		require.Equal(t, "zone:central", cohorts[0].Tuple.Area)
	})

	t.Run("does not keep its neighbours from being shown", func(t *testing.T) {
		t.Parallel()
		waiting, register := twoDistricts(3, 6)
		cohorts := Form(Verified, waiting, register, s)
		require.Len(t, cohorts, 1)
		require.Equal(t, "110105", cohorts[0].Tuple.Area)
		require.Equal(t, 5, cohorts[0].K)
	})
}

func TestHold(t *testing.T) {
	t.Parallel()
	s := Defaults(Verified)
	waiting, register := city(21, 3000)
	for i := range waiting {
		waiting[i].New = true
	}
	every := Form(Verified, waiting, register, s)
	s.Hold = 50
	some := Form(Verified, waiting, register, s)
	require.InDelta(t, float64(len(every))/2, float64(len(some)), float64(len(every))/8, "about half of them wait")
	s.Hold = 100
	require.Empty(t, Form(Verified, waiting, register, s))
	for i := range waiting {
		waiting[i].New = false
	}
	require.Len(t, Form(Verified, waiting, register, s), len(every), "nothing waits a second time")
}

func TestAHouseholdAppearsOnceInATick(t *testing.T) {
	t.Parallel()
	for _, tier := range []Tier{Public, Verified} {
		waiting, register := city(13, 4000)
		for i := range waiting[:2000] {
			waiting[i].Household = waiting[i+2000].Household
		}
		seen := map[string]bool{}
		for _, c := range Form(tier, waiting, register, Defaults(tier)) {
			require.Equal(t, c.Households, len(c.Needs))
			for _, w := range c.Needs {
				require.False(t, seen[w.Household], "a household with two cards in one tick")
				seen[w.Household] = true
			}
		}
		require.Greater(t, len(seen), 1700)
	}
}

func TestHierarchyAgreesWithTheLadders(t *testing.T) {
	t.Parallel()
	for column, leaves := range map[string]int{"area": 349, "age": 111, "size": 10, "category": 6} {
		rows := Hierarchy(column)
		require.Len(t, rows, leaves)
		for _, row := range rows {
			require.Equal(t, Any, row[len(row)-1])
		}
	}
	require.Equal(t, []string{"110107001", "110107", "zone:central", "110000", "*"}, Hierarchy("area")[indexOf(t, "110107001")])
}

func indexOf(t *testing.T, leaf string) int {
	t.Helper()
	for i, row := range Hierarchy("area") {
		if row[0] == leaf {
			return i
		}
	}
	t.Fatal("no such subdistrict")
	return 0
}
