package public

import (
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/needs"
	"shanqiao/portal/html/htmltest"
	"shanqiao/portal/locale"
)

func TestPages(t *testing.T) {
	t.Parallel()
	all, err := proses()
	require.NoError(t, err)
	require.Len(t, all, 2*3)
	for _, l := range locale.Languages {
		for _, name := range []string{"help", "privacy", "a11y"} {
			v := all[string(l)+"/"+name]
			require.NotEmpty(t, v.Title)
			require.GreaterOrEqual(t, len(v.Sections), 3, name)
		}
	}
	htmltest.Pages(t, "public",
		htmltest.Of(frontPage, frontView{}, frontView{Figures: standing{Open: map[needs.Group]int{"care": 3, "goods": 47}}.show(locale.For(locale.En)), Source: "-"}),
		htmltest.Of(prosePage, proseView{Title: "-"}, all["en/help"]),
	)
}

// TestShown holds the two promises of a public figure: a small one is not told,
// and one household more or less does not show.
func TestShown(t *testing.T) {
	t.Parallel()
	l := locale.For(locale.Zh)
	for n, want := range map[int]string{0: "0", 1: "少于 11", 10: "少于 11", 11: "10", 12: "10", 13: "15", 48: "50", 1312: "1,310"} {
		require.Equal(t, want, shown(l, n), n)
	}
}
