package deid

import (
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/needs"
)

func TestListedOrNot(t *testing.T) {
	t.Parallel()
	elder := Registered{Region: "110107001", Size: 2, Category: "minimum_living", Eldest: 84, Youngest: 80}
	shown := func(cohorts []Cohort) (n int) {
		for _, c := range cohorts {
			n += len(c.Needs)
		}
		return n
	}

	t.Run("where everybody waits, half are shown, however finely or roughly", func(t *testing.T) {
		t.Parallel()
		for _, tier := range []Tier{Public, Verified} {
			waiting := alike(1, 40, elder, "bathing")
			register := NewRegister(homes(waiting))
			require.Equal(t, 20, shown(Form(tier, waiting, register, Defaults(tier))))
			s := Defaults(tier)
			s.MostListed = 30
			require.Equal(t, 12, shown(Form(tier, waiting, register, s)))
		}
	})

	t.Run("the most urgent go first", func(t *testing.T) {
		t.Parallel()
		waiting := alike(1, 40, elder, "bathing")
		for i := range waiting {
			waiting[i].Urgency = needs.WithinTwoWeeks
			if i%4 > 1 {
				waiting[i].Urgency = needs.WithinFiveDays
			}
			waiting[i].Condition = string(rune('a' + i/4%4))
		}
		for _, c := range Form(Public, waiting, NewRegister(homes(waiting)), Defaults(Public)) {
			for _, w := range c.Needs {
				require.Equal(t, needs.WithinFiveDays, w.Urgency)
			}
		}
	})

	t.Run("other kinds of help and other words for the same place count", func(t *testing.T) {
		t.Parallel()
		both := append(alike(1, 20, elder, "bathing"), alike(2, 20, elder, "meals")...)
		register := NewRegister(homes(both))
		require.Equal(t, 20, shown(Form(Verified, both, register, Defaults(Verified))))

		listed := map[string]Registered{}
		for _, w := range both[:20] {
			listed[w.Household] = w.Home
		}
		wide := []Shown{{Area: "110000", Age: Any, Size: Any, Category: Any}}
		require.Empty(t, Form(Verified, both[20:], register.With(listed, wide), Defaults(Verified)), "half are listed already")
		require.Equal(t, 20, shown(Form(Verified, both[:20], register.With(listed, wide), Defaults(Verified))),
			"a second card of a household lists nobody else")
	})

	t.Run("nor may what is shown already lose its share", func(t *testing.T) {
		t.Parallel()
		big := elder
		big.Size = 5
		few, more := alike(1, 20, elder, "bathing"), alike(2, 60, big, "bathing")
		register := NewRegister(homes(few, more))
		listed := map[string]Registered{}
		for _, w := range few[:10] {
			listed[w.Household] = w.Home
		}
		before := []Shown{{Area: "110107", Age: "80+", Size: "1-2", Category: "guaranteed"}}
		waiting := append(few[10:16:16], more[:4]...) // ten, if they do not say how many live there
		require.Equal(t, 10, shown(Form(Verified, waiting, register.With(listed, nil), Defaults(Verified))))
		require.Empty(t, Form(Verified, waiting, register.With(listed, before), Defaults(Verified)))
		o := Preview(Verified, waiting[0], waiting, register.With(listed, before), Defaults(Verified))
		require.Equal(t, Reason{Listed, 50}, o.Waits)
	})
}
