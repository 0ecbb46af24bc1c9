package citizen_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/pg"
	"shanqiao/needs"
	"shanqiao/needs/unclaimed"
	"shanqiao/portal/portaltest"
)

// TestWaiting tells a family how long nobody came, and what is done about it.
func TestWaiting(t *testing.T) {
	t.Parallel()
	site := portaltest.New(t)
	h := help(t, site)
	require.NotContains(t, h.b.Get(h.status).Text("main"), "还在找人的", "somebody has what there is")

	need := h.w.Need("meals", 3, needs.Published)
	h.w.Card(need)
	aged := func(days int) string {
		t.Helper()
		h.w.Exec(`update records.listings set listed_at = now() - make_interval(days => @days) where need_id = @need`, pg.Args{"days": days, "need": need})
		_, err := unclaimed.Climb(t.Context(), site.Pools.Records, time.Now())
		require.NoError(t, err)
		return h.b.Get(h.status).Text("main")
	}
	require.Contains(t, aged(0), "刚刚发布，正在找人。")
	said := aged(6)
	require.Contains(t, said, "还在找人的")
	require.Contains(t, said, "已经找了6天，还没有人接。现在相邻的区都在一起找。")
	require.Contains(t, said, "就直接去问能做的机构")
	said = aged(14)
	require.Contains(t, said, "街道和区里要坐下来商量")
	require.Contains(t, said, "还没有人接，我们又多走了一步", "its own record has each step")
	require.Contains(t, h.b.Get("/lang?to=en&back="+h.status).Text("main"), "The subdistrict and the district will sit down together")

	stranger := site.Citizen(t, "13800000010")
	require.NotContains(t, stranger.Get("/me").Text("main"), "助餐")
	h.w.Exec(`update records.needs set state = 'withdrawn' where id = @need`, pg.Args{"need": need})
	require.NotContains(t, h.b.Get(h.status).Text("main"), "Still being looked for")
}
