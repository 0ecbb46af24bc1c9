package deid

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"shanqiao/internal/region"
	"shanqiao/needs"
)

// city makes n households with one need each, and a register in which as many
// again and once more live who need nothing, the same for one seed.
func city(seed uint64, n int) ([]Waiting, *Register) {
	r := rand.New(rand.NewPCG(seed, 1))
	conditions := []string{"none", "chronic", "mobility", "sensory", "serious_illness"}
	categories := []string{"extreme_poverty", "minimum_living", "marginal", "rigid_expenditure", "other"}
	districts := region.Districts()
	catalogue := needs.Catalogue()
	waiting := make([]Waiting, n)
	homes := make([]Registered, 3*n)
	for i := range homes {
		d := districts[r.IntN(len(districts))]
		eldest := 20 + r.IntN(75)
		home := Registered{Region: d.Subdistricts[r.IntN(len(d.Subdistricts))].Code, Size: 1 + r.IntN(5),
			Category: categories[r.IntN(len(categories))], Eldest: eldest, Youngest: r.IntN(eldest)}
		homes[i] = home
		if i >= n {
			continue
		}
		item := catalogue[r.IntN(len(catalogue))]
		waiting[i] = Waiting{Need: needs.ID(fmt.Sprintf("need-%05d", i)), Household: fmt.Sprintf("household-%05d", i),
			Home: home, Condition: conditions[r.IntN(len(conditions))], Code: item.Code,
			Quantity: item.Packages[r.IntN(len(item.Packages))], Urgency: needs.Urgency(2 + r.IntN(3))}
	}
	return waiting, NewRegister(homes)
}

func TestForm(t *testing.T) {
	t.Parallel()
	for _, tier := range []Tier{Public, Verified} {
		t.Run("every cohort of the "+string(tier)+" tier keeps the promises of its settings", func(t *testing.T) {
			t.Parallel()
			waiting, register := city(7, 3000)
			s := Defaults(tier)
			cohorts := Form(tier, waiting, register, s)
			require.NotEmpty(t, cohorts)

			var behind []Registered
			for _, c := range cohorts {
				for _, w := range c.Needs {
					behind = append(behind, w.Home)
				}
			}
			seen := map[needs.ID]bool{}
			for _, c := range cohorts {
				families, conditions := map[string]bool{}, map[string]int{}
				fits := 0
				for _, w := range c.Needs {
					require.False(t, seen[w.Need], "a need in two cohorts")
					seen[w.Need] = true
					families[w.Household] = true
					conditions[w.Condition]++
					require.Equal(t, c.Tuple, w.tuple(tier, c.Level))
				}
				require.GreaterOrEqual(t, len(families), s.K)
				require.GreaterOrEqual(t, len(conditions), s.L)
				for _, n := range conditions {
					require.LessOrEqual(t, n*100, s.MostShare*len(families))
				}
				count := func(in []Registered) (n int) { // anew, without the register's index
					for _, h := range in {
						p := h.by(tier == Verified && ForYoungest(c.Tuple.Code)).at(c.Level)
						if p.Area == c.Tuple.Area && p.Age == c.Tuple.Age && p.Size == c.Tuple.Size && p.Category == c.Tuple.Category {
							n++
						}
					}
					return n
				}
				fits = count(register.households)
				require.Equal(t, fits, c.Register)
				require.GreaterOrEqual(t, fits, s.KMap)
				require.LessOrEqual(t, 2*count(behind), fits, "%v points at its families, whatever their cards say", c.Tuple)
			}
			require.Greater(t, len(seen), len(waiting)*8/10, "most needs find a cohort")
		})
	}

	t.Run("the order of rows changes nothing", func(t *testing.T) {
		t.Parallel()
		waiting, register := city(11, 1500)
		first := Form(Verified, waiting, register, Defaults(Verified))
		for seed := range uint64(5) {
			shuffled := slices.Clone(waiting)
			rand.New(rand.NewPCG(seed, 2)).Shuffle(len(shuffled), func(i, j int) {
				shuffled[i], shuffled[j] = shuffled[j], shuffled[i]
			})
			again := Form(Verified, shuffled, register, Defaults(Verified))
			require.Empty(t, cmp.Diff(first, again))
		}
	})

	t.Run("two needs of one household count as one household", func(t *testing.T) {
		t.Parallel()
		waiting, register := city(3, 400)
		for i := range waiting {
			waiting[i].Household = fmt.Sprint("household-", i%4)
		}
		require.Empty(t, Form(Public, waiting, register, Defaults(Public)))
	})

	t.Run("a cohort in which all share one condition is refused", func(t *testing.T) {
		t.Parallel()
		waiting, register := city(5, 1000)
		for i := range waiting {
			waiting[i].Condition = "serious_illness"
		}
		require.Empty(t, Form(Verified, waiting, register, Defaults(Verified)))
	})

	t.Run("the public tier shows neither the kind, nor the quantity, nor how urgent it is", func(t *testing.T) {
		t.Parallel()
		waiting, register := city(9, 2000)
		for _, c := range Form(Public, waiting, register, Defaults(Public)) {
			require.Empty(t, c.Tuple.Code)
			require.Equal(t, 1, c.Tuple.Quantity)
			require.Equal(t, Unsaid, c.Tuple.Urgency)
		}
	})
}

func TestNewCard(t *testing.T) {
	t.Parallel()
	day := time.Date(2026, 11, 23, 15, 4, 5, 0, time.UTC)

	t.Run("every combination of codes has a sentence in both languages", func(t *testing.T) {
		t.Parallel()
		areas := []string{region.City, "110107"}
		for _, z := range region.Zones {
			areas = append(areas, z.Code)
		}
		codes := []needs.Item{{Group: needs.Care}, {Group: needs.Living}, {Group: needs.Concern}, {Group: needs.Goods}}
		codes = append(codes, needs.Catalogue()...)
		for _, area := range areas {
			for _, age := range Bands("age") {
				for _, size := range Bands("size") {
					for _, category := range Bands("category") {
						for _, item := range codes {
							for _, u := range append(Bands("urgency"), string(Now)) {
								tuple := Tuple{area, age, size, category, item.Group, item.Code, 2, UrgencyBand(u)}
								c := NewCard("id", Verified, tuple, 1, day)
								require.NotContains(t, c.SentenceZh, "，，")
								require.NotContains(t, c.SentenceZh, "的的")
								require.NotContains(t, c.SentenceEn, "  ")
								require.NotContains(t, c.SentenceEn, " ,")
								require.NotContains(t, c.SentenceEn, ",.")
								require.Regexp(t, `^\p{Han}.*一户.*需要\p{Han}.*。$`, c.SentenceZh)
								require.Regexp(t, `^[A-Z].* needs .*\.$`, c.SentenceEn)
								if age != Any {
									require.NotEmpty(t, agePhrase(tuple, ageZh, youngZh), age)
									require.NotEmpty(t, agePhrase(tuple, ageEn, youngEn), age)
								}
							}
						}
					}
				}
			}
		}
	})

	t.Run("cards of one tuple and tick differ by their id alone", func(t *testing.T) {
		t.Parallel()
		tuple := Tuple{region.City, "60+", "1-2", Any, needs.Care, "bathing", 4, Urgent}
		a, b := NewCard("a", Verified, tuple, 3, day), NewCard("b", Verified, tuple, 3, day.Add(time.Hour))
		b.ID = a.ID
		require.Empty(t, cmp.Diff(a, b))
		require.Equal(t, time.UTC, a.WindowFrom.Location())
		require.Zero(t, a.WindowFrom.Hour(), "a card knows a day, not a time")
	})
}
