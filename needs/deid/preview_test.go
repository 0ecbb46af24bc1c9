package deid

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/needs"
)

// alike makes n households of one look, each with a need of one code; conditions turn.
func alike(first, n int, home Registered, code needs.Code) []Waiting {
	conditions := []string{"none", "chronic", "mobility", "sensory"}
	all := make([]Waiting, n)
	for i := range all {
		key := string(rune('A'+first/26)) + string(rune('a'+first%26)) + string(rune('a'+i/26)) + string(rune('a'+i%26))
		all[i] = Waiting{Need: needs.ID("need-" + key), Household: "home-" + key, Home: home,
			Condition: conditions[i%4], Code: code, Quantity: 4, Urgency: needs.WithinTwoWeeks}
	}
	return all
}

func homes(waiting ...[]Waiting) []Registered {
	var all []Registered
	for _, w := range slices.Concat(waiting...) {
		all = append(all, w.Home)
	}
	return all
}

func TestPreview(t *testing.T) {
	t.Parallel()
	elder := Registered{Region: "110107001", Size: 2, Category: "minimum_living", Eldest: 84, Youngest: 80}

	t.Run("is what a tick does with each need", func(t *testing.T) {
		t.Parallel()
		for _, tier := range []Tier{Public, Verified} {
			waiting, _ := city(17, 600)
			_, register := city(18, 3000) // of whom so few wait that cards of other kinds stand in nobody's way
			register.households = append(register.households, homes(waiting)...)
			s := Defaults(tier)
			s.Districts = map[string]Settings{"110107": {K: s.K + 9, KMap: 40, L: 3, MostShare: 50, MostListed: 50}}
			placed := map[needs.ID]Cohort{}
			for _, c := range Form(tier, waiting, register, s) {
				for _, w := range c.Needs {
					placed[w.Need] = c
				}
			}
			require.NotEmpty(t, placed)
			for _, w := range waiting[:150] {
				o := Preview(tier, w, waiting, register, s)
				c, in := placed[w.Need]
				require.Equal(t, in, o.Placed)
				if !in {
					require.NotEmpty(t, o.Waits.Why)
					require.NotEqual(t, Others, o.Waits.Why, "what could be shown is shown")
					continue
				}
				require.Equal(t, c.Tuple, o.Tuple)
				require.Equal(t, c.K, o.Asked.K)
				require.Equal(t, c.Register, o.Fits)
				require.Len(t, c.Needs, o.Households)
				require.Equal(t, c.Level.Area == 0, o.Area.Why == Finest)
				require.Equal(t, c.Level.Age == 0, o.Age.Why == Finest)
				require.Equal(t, c.Level.Size == 0, o.Size.Why == Finest)
				require.Equal(t, c.Level.Category == 0, o.Category.Why == Finest)
			}
		}
	})

	t.Run("a column is coarser for want of others, of the register, or of difference", func(t *testing.T) {
		t.Parallel()
		need := alike(0, 1, elder, "bathing")[0]
		big := elder
		big.Size = 5
		many := homes(alike(1, 30, elder, "bathing"), alike(2, 30, big, "bathing"))

		few := alike(3, 4, big, "bathing")
		o := Preview(Verified, need, few, NewRegister(many), Defaults(Verified))
		require.True(t, o.Placed)
		require.Equal(t, Any, o.Tuple.Size)
		require.Equal(t, Reason{Few, 5}, o.Size)
		require.Equal(t, Reason{Why: Finest}, o.Age)
		require.Equal(t, "110107", o.Tuple.Area)

		same := slices.Concat(alike(4, 8, elder, "bathing"), few)
		rare := NewRegister(homes(alike(5, 7, elder, "bathing"), alike(6, 30, big, "bathing")))
		require.Equal(t, Reason{Scarce, 20}, Preview(Verified, need, same, rare, Defaults(Verified)).Size)

		twenty := NewRegister(homes(alike(5, 20, elder, "bathing"), alike(6, 30, big, "bathing")))
		both := slices.Concat(alike(4, 8, elder, "bathing"), alike(3, 10, big, "bathing"))
		require.Equal(t, "1-2", Preview(Verified, need, both, twenty, Defaults(Verified)).Tuple.Size, "nine of twenty")
		before := map[string]Registered{}
		for i := range 6 {
			before[string(rune('a'+i))] = elder
		}
		o = Preview(Verified, need, both, twenty.With(before, nil), Defaults(Verified))
		require.Equal(t, Any, o.Tuple.Size)
		require.Equal(t, Reason{Listed, 50}, o.Size, "with what is out already it would be fifteen of twenty")

		same, few[0].Condition = alike(4, 4, elder, "bathing"), "chronic"
		for i := range same {
			same[i].Condition = "none"
		}
		o = Preview(Verified, need, append(same, few...), NewRegister(many), Defaults(Verified))
		require.Equal(t, Reason{Alike, 3}, o.Size)
	})

	t.Run("what fits nowhere waits, and says for what", func(t *testing.T) {
		t.Parallel()
		need, three := alike(0, 1, elder, "bathing")[0], alike(1, 3, elder, "bathing")
		register := NewRegister(homes(alike(2, 40, elder, "bathing")))
		require.Equal(t, Reason{Few, 5}, Preview(Verified, need, three, register, Defaults(Verified)).Waits)
		require.Equal(t, Reason{Few, 11}, Preview(Public, need, three, register, Defaults(Public)).Waits)
		ten := alike(3, 10, elder, "bathing")
		require.Equal(t, Reason{Scarce, 20}, Preview(Verified, need, ten, NewRegister(homes(ten)), Defaults(Verified)).Waits)
		asks := Defaults(Verified)
		asks.Districts = map[string]Settings{"110107": {K: 30, KMap: 20, L: 3, MostShare: 60, MostListed: 50}}
		o := Preview(Verified, need, ten, register, asks)
		require.Equal(t, Reason{Few, 30}, o.Waits, "the district asks for more")
		require.Equal(t, 30, o.Asked.K)
		for i := range ten {
			ten[i].Condition = "none"
		}
		require.Equal(t, Reason{Alike, 3}, Preview(Verified, need, ten, register, Defaults(Verified)).Waits)
	})

	t.Run("a household has one need at a time", func(t *testing.T) {
		t.Parallel()
		need, ten := alike(0, 1, elder, "bathing")[0], alike(1, 10, elder, "bathing")
		register := NewRegister(homes(alike(2, 40, elder, "bathing")))
		ten[0].Household, ten[0].Need = need.Household, "before"
		o := Preview(Verified, need, ten, register, Defaults(Verified))
		require.True(t, o.Another)
		require.Equal(t, Reason{Why: Sibling}, o.Waits)
		o = Preview(Verified, need, append(ten[1:], need), register, Defaults(Verified))
		require.True(t, o.Placed, "a need that waits already is not its own sibling")
		require.False(t, o.Another)
	})
}
