package office_test

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/needs"
)

// TestExpired shows a need for which nobody came, and what can be done about it.
func TestExpired(t *testing.T) {
	t.Parallel()
	d := open(t)
	need := d.w.Need("bathing", 2, needs.Expired)
	page := "/s/needs/" + string(need)
	require.Contains(t, d.one.Get("/s/needs?view=overdue").Links("main a"), page)

	seen := d.one.Get(page)
	require.Equal(t, "已过期", seen.Text(".badge"))
	require.Contains(t, seen.Text("main"), "问问家庭")
	require.Equal(t, []string{"/s/households/" + d.w.Household + "/assess", page + "/withdraw"}, seen.Links(".actions a"))
	require.Equal(t, []string{page + "/withdraw"}, d.district.Get(page).Links(".actions a"), "the district does not visit")
	require.Empty(t, d.city.Get(page).Links(".actions a"))

	gone := d.one.Get(page + "/withdraw").Fill(url.Values{"reason": {"不用了"}})
	require.Equal(t, "已撤回", gone.Text(".badge"))
	require.NotContains(t, d.one.Get("/s/needs?view=overdue").Links("main a"), page)
}
