package locale_test

import (
	"strings"
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
	fill := func(l locale.Language) string {
		return strings.NewReplacer("\u00a0", " ", "\u2060", "").Replace(locale.For(l).Fill("rule.window.held", values))
	}
	said := fill(locale.En)
	require.Contains(t, said, "needed 23 November to 28 December 2026, offered 1 November 2026 to 31 January 2027")
	require.NotContains(t, said, "2026-11-23")
	require.Contains(t, fill(locale.Zh), "2026年11月23日 至 2026年12月28日")
	require.NotContains(t, locale.For(locale.Zh).Fill("rule.window.held", values), "年11月", "a line may not end within a day")
	values["to"] = values["from"]
	require.Contains(t, fill(locale.Zh), "需求 2026年11月23日，", "one day is not said twice")
}
