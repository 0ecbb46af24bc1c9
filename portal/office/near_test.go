package office

import (
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/matcher"
	"shanqiao/matcher/rule"
	"shanqiao/portal/locale"
)

func TestWhatIsNearIsToldInWords(t *testing.T) {
	t.Parallel()
	all := rule.Data{"area": "110105", "areas": "110101,110108", "from": "2026-11-23", "to": "2026-12-28", "starts": "2027-01-01", "ends": "2027-12-31",
		"last": "2026-12-28", "until": "2026-12-01", "training": "care",
		"fund": "district", "qualification": "legal"}
	found := matcher.Near{Kind: 9}
	for _, code := range matcher.Remedies() {
		found.Misses = append(found.Misses, matcher.Miss{Line: rule.Line{Rule: code, Data: all}, Offers: 3,
			Organisations: []matcher.Name{{Zh: "善邻", En: "Neighbours"}, {Zh: "同心"}}})
	}
	for _, language := range locale.Languages {
		l := locale.For(language)
		v := nearOf(l, "bathing", found, false)
		require.Empty(t, v.None)
		for _, line := range v.Lines {
			require.NotRegexp(t, `[{}⟦]|-11-|110105`, line.Text+line.Do)
			require.Regexp(t, "3", line.Text)
			require.Equal(t, "zh-CN", line.Whom[1].Lang, "a name without English is marked")
		}
		for _, none := range []matcher.Near{{Cause: rule.Kind}, {Kind: 4, Cause: rule.Area}} {
			require.NotRegexp(t, `[{}⟦]`, nearOf(l, "bathing", none, false).None)
		}
	}
}
