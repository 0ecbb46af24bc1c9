package assessment_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/needs"
	"shanqiao/needs/assessment"
)

func care(unmet int) assessment.SelfCare {
	s := assessment.SelfCare{Assessed: true}
	for _, item := range assessment.SelfCareItems[:unmet] {
		s.Set(item.Key, true)
	}
	return s
}

func TestSelfCareLevel(t *testing.T) {
	t.Parallel()
	want := []assessment.SelfCareLevel{"able", "partial", "partial", "partial", "complete", "complete", "complete"}
	for unmet, level := range want {
		require.Equal(t, level, care(unmet).Level(), "%d unmet", unmet)
		require.Equal(t, unmet, care(unmet).Unmet())
	}
	require.Equal(t, assessment.NotAssessed, assessment.SelfCare{}.Level(), "not asked is not able")
	require.Equal(t, assessment.NotAssessed, assessment.SelfCare{Eating: true}.Level())
	require.False(t, new(assessment.SelfCare).Set("sleeping", true))
}

func TestInstrument(t *testing.T) {
	t.Parallel()
	keys := []string{}
	var a assessment.Answers
	for i, d := range assessment.Dimensions() {
		keys = append(keys, d.Key)
		require.NotEmpty(t, d.Zh)
		require.NotEmpty(t, d.En)
		for _, l := range d.Levels {
			require.NotEmpty(t, l.Zh)
			require.NotEmpty(t, l.En)
		}
		require.True(t, a.Set(d.Key, i%4))
		require.Equal(t, i%4, a.Of(d.Key))
	}
	require.Equal(t, []string{"economy", "health", "education", "housing", "employment", "guardianship", "inclusion"}, keys)
	require.Equal(t, -1, a.Of("luck"))
	require.False(t, a.Set("luck", 1))
}

func TestSuggest(t *testing.T) {
	t.Parallel()
	t.Run("nothing is amiss, nothing is suggested", func(t *testing.T) {
		t.Parallel()
		require.Empty(t, assessment.Suggest(assessment.Answers{}, care(0), assessment.Facts{People: 2, Elders: 2}))
	})
	t.Run("self-care lost completely asks for the larger packages soon", func(t *testing.T) {
		t.Parallel()
		got := assessment.Suggest(assessment.Answers{Health: 3}, care(6), assessment.Facts{People: 1, Elders: 1, LivesAlone: true, Condition: "mobility"})
		require.Contains(t, got, assessment.Suggestion{
			Line: assessment.Line{Code: "nursing", Quantity: 8, Urgency: 2}, Reason: "suggest.self_care_complete"})
		require.Contains(t, got, assessment.Suggestion{
			Line: assessment.Line{Code: "bathing", Quantity: 4, Urgency: 2}, Reason: "suggest.self_care_complete"})
		require.True(t, slices.IsSortedFunc(got, func(a, b assessment.Suggestion) int { return int(a.Urgency - b.Urgency) }))
	})
	t.Run("a scale that was not used suggests nothing of its own", func(t *testing.T) {
		t.Parallel()
		require.Empty(t, assessment.Suggest(assessment.Answers{}, assessment.SelfCare{Bathing: true}, assessment.Facts{People: 1}))
	})
	t.Run("schoolwork without a child suggests no tutor", func(t *testing.T) {
		t.Parallel()
		require.Empty(t, assessment.Suggest(assessment.Answers{Education: 3}, care(0), assessment.Facts{People: 1}))
	})
	t.Run("every suggestion could be saved as it is, and each kind comes once", func(t *testing.T) {
		t.Parallel()
		all := assessment.Answers{Economy: 3, Health: 3, Education: 3, Housing: 3, Employment: 3, Guardianship: 3, Inclusion: 3}
		for unmet := range 7 {
			for _, elders := range []int{0, 1, 2} {
				got := assessment.Suggest(all, care(unmet), assessment.Facts{People: 2, Elders: elders, Children: 1, Students: 1,
					Blind: true, Condition: "mobility", LivesAlone: elders == 1, WorkingAges: 1})
				seen := map[needs.Code]bool{}
				for _, s := range got {
					item, known := needs.ItemOf(s.Code)
					require.True(t, known, s.Code)
					require.Contains(t, item.Packages, s.Quantity)
					require.False(t, seen[s.Code], s.Code)
					require.NotEmpty(t, s.Reason)
					seen[s.Code] = true
				}
			}
		}
	})
}
