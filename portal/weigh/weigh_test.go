package weigh_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/matcher"
	"shanqiao/matcher/rule"
	"shanqiao/matcher/score"
	"shanqiao/portal/locale"
	"shanqiao/portal/weigh"
)

func TestParts(t *testing.T) {
	t.Parallel()
	for _, language := range locale.Languages {
		l := locale.For(language)
		said := map[string]bool{}
		for _, name := range []score.Name{score.Duty, score.Area, score.Kind, score.Waiting, score.Load, score.Reliability, score.Newcomer} {
			for points, bar := range []int{0, 50, 100} {
				parts := weigh.Parts(l, score.Parts{{Name: "none"}, {Name: name, Points: points, Most: 2}})
				require.Len(t, parts, 1, "what weighs nothing is not told")
				require.Equal(t, bar, parts[0].Bar)
				require.NotContains(t, parts[0].Words, "2", "no points")
				said[parts[0].Words] = true
			}
		}
		require.Len(t, said, 21, "each has words of its own")
	}
	l := locale.For(locale.En)
	parts := weigh.Parts(l, score.Parts{{Name: score.Load, Most: 1}, {Name: score.Duty, Most: 9}})
	require.Equal(t, "Whose turn it is", parts[0].Name, "what counts most comes first")
}

func TestOther(t *testing.T) {
	t.Parallel()
	l := locale.For(locale.En)
	said := map[string]bool{}
	for _, o := range []matcher.Other{
		{Failed: &rule.Line{Rule: rule.OfferOpen}}, {Units: 2}, {Ahead: true, Elsewhere: true}, {Ahead: true}, {Less: score.Duty}, {Less: "new"}, {},
	} {
		said[weigh.Other(l, o)] = true
	}
	require.Len(t, said, 6, "only the last two are alike")
}
