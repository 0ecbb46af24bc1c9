package office_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/pg"
	"shanqiao/needs"
	"shanqiao/needs/deid"
	"shanqiao/needs/needstest"
	"shanqiao/portal/locale"
)

// neighbours puts n households like the desk's own into its subdistrict, each
// with an approved need like the one at hand, and rather more who need nothing.
func (d *desk) neighbours(t *testing.T, need needs.ID, n int) {
	t.Helper()
	_, err := d.Admin.Exec(t.Context(), `
		with homes as (
		  select i, 'h' || i as id from generate_series(1, 2 * @n + 2) i
		), households as (
		  insert into records.households (id, number, region, category, condition)
		  select id, id, @region, 'minimum_living', (array['none','chronic','mobility','sensory'])[1 + i % 4] from homes
		), members as (
		  insert into records.members (id, household_id, region, head, relation, name_sealed, born)
		  select 'm' || i, id, @region, true, 'self', 'x', current_date - 50 * 365 from homes
		), assessments as (
		  insert into records.assessments (id, household_id, region, request_key, instrument, dimensions, self_care, self_care_level, assessor_id)
		  select 'a' || i, id, @region, 'a' || i, 'test', '{}', '{}', 'able', 'first' from homes
		)
		insert into records.needs (id, household_id, region, assessment_id, code, quantity, urgency, window_from, window_to,
		       route, state, assessed_by, approved_by, approved_at)
		select 'n' || h.i, h.id, @region, 'a' || h.i, o.code, o.quantity, o.urgency, o.window_from, o.window_to,
		       o.route, 'approved', 'first', 'second', now()
		  from homes h, records.needs o
		 where o.id = @need
		   and h.i <= @n`, pg.Args{"n": n, "region": needstest.Region, "need": need})
	require.NoError(t, err)
}

func TestAhead(t *testing.T) {
	t.Parallel()
	d := open(t)
	need := d.w.Need("bathing", 2, needs.Draft)
	path := "/s/needs/" + string(need) + "/approve"

	alone := d.two.Get(path)
	require.Equal(t, http.StatusOK, alone.Status)
	require.Equal(t, []string{"已核验的机构会读到", "任何人会读到", "另一条路：直接发给选定的机构"}, alone.Texts("main h3"))
	require.Contains(t, strings.Join(alone.Texts(".notice"), " "), "不足5户")
	require.Contains(t, strings.Join(alone.Texts(".notice"), " "), "不足11户")
	require.Len(t, alone.All("blockquote"), 1, "nothing but the direct way can be told yet")
	require.Contains(t, alone.Text("blockquote"), "朝阳区的一户困难家庭")

	d.w.Exec(`update records.needs set route = 'direct' where id = @need`, pg.Args{"need": need})
	urgent := d.two.Get(path)
	require.Equal(t, []string{"选定的机构会读到"}, urgent.Texts("main h3"), "there is one way, and no other")
	require.NotContains(t, urgent.Text("main"), "今晚", "no round is waited for")
	d.w.Exec(`update records.needs set route = 'cohort' where id = @need`, pg.Args{"need": need})

	d.neighbours(t, need, 24)
	page := d.two.Get(path)
	require.Empty(t, page.All(".notice"))
	require.Len(t, page.All("blockquote"), 3)
	require.Contains(t, page.Texts("blockquote")[0], "需要上门助浴，共2次")
	require.Contains(t, page.Texts("blockquote")[0], "Chaoyang")
	require.NotContains(t, page.Texts("blockquote")[1], "助浴", "the public reads the group")
	row := page.Texts("table td")[:8]
	require.Equal(t, "八里庄街道", strings.TrimPrefix(row[1], "朝阳区"))
	require.Equal(t, []string{"朝阳区", "对谁都不写得更细。"}, row[2:4])
	require.Equal(t, []string{"年龄", "40岁", "40至59岁"}, row[4:7])
	require.Contains(t, page.Text("main"), "25户一起出现")
	require.Contains(t, page.Text("main"), "其中在名单上的不超过50%")
	last := page.Texts("table td")
	require.Equal(t, []string{"两周内", "对谁都不写得更细。"}, last[26:28], "organisations read how soon")
	require.Equal(t, []string{"不写", "公开的名单从不写得更细。"}, last[len(last)-2:], "the public does not")
	for _, hidden := range []string{"王秀兰", "幸福里", "13800138000"} {
		require.NotContains(t, strings.Join(page.Texts("blockquote"), ""), hidden)
	}
	require.Contains(t, d.two.Get(path+"?lang=en").Text("main"), "Verified organisations would read")
	d.two.Get(path + "?lang=zh")
	require.Equal(t, http.StatusNotFound, d.stranger.Get(path).Status)

	sent := page.Fill(url.Values{"decision": {"direct"}})
	require.Equal(t, "/s/needs/"+string(need)+"/direct", sent.Path)
	require.Equal(t, needs.Approved, d.w.State(need))
	settled := d.two.Get(path)
	require.Contains(t, settled.Text(".notice"), "已经决定过")
	require.Contains(t, settled.Text(".notice"), "凑够同类需求后一起发布。", "by the way that this need goes")
	d.w.Exec(`update records.needs set route = 'direct' where id = @need`, pg.Args{"need": need})
	require.Contains(t, d.two.Get(path).Text(".notice"), "直接发给选定的机构")
	require.Empty(t, settled.All("blockquote"), "what was decided is not foreseen any more")
}

func TestEveryReasonHasWords(t *testing.T) {
	t.Parallel()
	for _, language := range locale.Languages {
		l := locale.For(language)
		for _, why := range []deid.Why{deid.Few, deid.Scarce, deid.Listed, deid.Alike, deid.Others} {
			require.True(t, l.Has("office.ahead.why."+string(why)), why)
			require.True(t, l.Has("office.ahead.waits."+string(why)), why)
		}
	}
}
