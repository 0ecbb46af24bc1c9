package locale_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/portal/locale"
)

func TestPick(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		reader           locale.Language
		english          string
		words, spokenTag string
	}{
		"an English name on an English page":               {locale.En, "Good Neighbours", "Good Neighbours", "en"},
		"the Chinese one, marked, where there is no other": {locale.En, " ", "善邻公益", "zh-CN"},
		"the Chinese name on a Chinese page":               {locale.Zh, "Good Neighbours", "善邻公益", "zh-CN"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			words, tag := locale.For(c.reader).Pick("善邻公益", c.english)
			require.Equal(t, c.words, words)
			require.Equal(t, c.spokenTag, tag)
		})
	}
}

func TestFill(t *testing.T) {
	t.Parallel()
	values := map[string]string{"from": "2026-11-23", "to": "2026-12-28", "starts": "2026-11-01", "ends": "2027-01-31"}
	said := locale.For(locale.En).Fill("rule.window.held", values)
	require.Contains(t, said, "23 November 2026")
	require.NotContains(t, said, "2026-11-23")
	require.Contains(t, locale.For(locale.Zh).Fill("rule.window.held", values), "2026年11月23日")
}
