package office_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/needs"
)

// TestToday shows each office what is for it to do, and says who is next of the rest.
func TestToday(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.w.Need("bathing", 2, needs.Draft)
	d.w.Organisation("applied")

	own, colleague := d.one.Get("/s"), d.two.Get("/s")
	require.NotContains(t, own.Text("main"), "等您批准", "nobody approves what they assessed")
	require.Contains(t, colleague.Text("main"), "等您批准的需求")
	for _, street := range []string{own.Text("main"), colleague.Text("main")} {
		require.NotContains(t, street, "核验", "a subdistrict verifies nobody")
	}

	district := d.district.Get("/s")
	require.Equal(t, []string{"等您来办"}, district.Texts("main h2"))
	require.Equal(t, []string{"/p/organisations", "/s/approvals"}, district.Links(".figures a"))

	city := d.city.Get("/s")
	require.Equal(t, "今天全市的情况", city.Text("h1"))
	require.Equal(t, []string{"等您来办", "等街道和区来办"}, city.Texts("main h2"))
	require.Equal(t, []string{"/p/organisations", "/s/approvals"}, city.Links(".figures a"))
	require.NotContains(t, city.Text("main"), "等您批准", "the city looks")
	require.NotContains(t, d.city.Get("/s/approvals").Text(".lead"), "请看清楚再决定")

	mine := "/s/needs?view=mine"
	require.Contains(t, d.one.Get("/s/needs").Links(".chips a"), mine)
	require.NotContains(t, d.district.Get("/s/needs").Links(".chips a"), mine, "only a subdistrict assesses")
}
