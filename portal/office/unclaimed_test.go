package office_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/pg"
	"shanqiao/needs"
	"shanqiao/needs/unclaimed"
)

// listed puts a need of the household on the list so many days ago.
func (d *desk) listed(t *testing.T, code needs.Code, days int) (needs.ID, string) {
	t.Helper()
	need := d.w.Need(code, 4, needs.Published)
	d.w.Card(need)
	d.w.Exec(`update records.listings set listed_at = now() - make_interval(days => @days) where need_id = @need`, pg.Args{"days": days, "need": need})
	return need, "/s/needs/" + string(need)
}

func (d *desk) climb(t *testing.T) {
	t.Helper()
	_, err := unclaimed.Climb(t.Context(), d.Pools.Records, time.Now())
	require.NoError(t, err)
}

// TestUnclaimed walks a need up to the meeting and takes its outcome down.
func TestUnclaimed(t *testing.T) {
	t.Parallel()
	d := open(t)
	require.Contains(t, d.one.Get("/s/needs/unclaimed").Text(".empty"), "没有等得太久")
	_, fresh := d.listed(t, "meals", 0)
	need, path := d.listed(t, "bathing", 16)
	page := d.one.Get(fresh)
	require.Contains(t, page.Text("main"), "在本地等人认领")
	require.Contains(t, page.Text("main"), "同一片的邻区一起找（")
	require.Contains(t, page.Text("main"), "没有文件规定", "the shipped days say what they rest on")
	require.Equal(t, http.StatusOK, d.one.Get(path+"/meeting").Status)
	require.Contains(t, d.one.Get(path+"/meeting").Text(".notice"), "没有要记的会商")

	d.climb(t)
	page = d.one.Get(path)
	require.Contains(t, page.Text("main"), "16天")
	require.Contains(t, page.Text("main"), "开会商量（")
	require.Len(t, page.All(".timeline li"), 5)
	require.Contains(t, page.Links(".actions a"), path+"/meeting")
	require.NotContains(t, d.city.Get(path).Links(".actions a"), path+"/meeting", "the city looks")
	require.Equal(t, http.StatusNotFound, d.city.Get(path+"/meeting").Status)
	require.Equal(t, http.StatusNotFound, d.stranger.Get(path+"/meeting").Status)

	require.Contains(t, d.one.Get("/s").Text("main"), "没人接，要记会商结果")
	list := d.one.Get("/s/needs/unclaimed")
	require.Contains(t, list.Links("main a"), path+"/meeting")
	require.NotContains(t, list.Text("main"), "去买", "a district buys")
	list = d.district.Get("/s/needs/unclaimed")
	buy := "/p/contracts/new?code=bathing&district=110105&units=4"
	require.Contains(t, list.Links("main a"), buy)
	form := d.district.Get(buy)
	require.Len(t, form.All("option[value=bathing][selected]"), 1)
	require.Len(t, form.All("input[name=units][value=4]"), 1)
	bad := d.district.Get("/p/contracts/new?code=x&district=9&units=-1")
	require.Equal(t, http.StatusOK, bad.Status)
	require.Empty(t, bad.All("option[value=bathing][selected]"))
	require.NotContains(t, d.stranger.Get("/s/needs/unclaimed").Text("main"), "助浴")
	require.Contains(t, d.stranger.Get("/s/needs/unclaimed").Text(".empty"), "没有等得太久")

	meet := d.one.Get(path + "/meeting")
	require.Equal(t, http.StatusUnprocessableEntity, meet.Fill(url.Values{"decided": {" "}}).Status)
	by := time.Now().AddDate(0, 0, 7).Format(time.DateOnly)
	right := url.Values{"decided": {"王秀兰家由社区照看，请残联来办"}, "next": {"department"}, "by": {by}}
	require.Equal(t, http.StatusUnprocessableEntity, meet.Fill(url.Values{"decided": {"好"}, "next": {"department"}, "by": {"2020-01-01"}}).Status)
	done := meet.Fill(right)
	require.Equal(t, path, done.Path, done.Text("main"))
	require.Contains(t, done.Text("main"), "请残联来办")
	require.Contains(t, done.Text("main"), "下一步 商定：请别的部门来办")
	again := meet.Fill(right)
	require.Contains(t, again.Text(".notice"), "没有要记的会商", "a colleague was quicker")
	require.NotContains(t, d.Log.String(), "秀兰")
	require.NotContains(t, d.one.Get("/s").Text("main"), "要记会商结果")
	story := d.one.Get("/s/households/" + d.w.Household).Text("main")
	require.Contains(t, story, "会商有了结果")
	require.Contains(t, story, "助浴：找了")
	require.NotContains(t, story, "残联", "what was said at the table is not in the chain")

	d.w.Exec(`update records.needs set state = 'withdrawn' where id = @need`, pg.Args{"need": need})
	require.NotContains(t, d.district.Get("/s/needs/unclaimed").Text("main"), "助浴")
}

// TestLadders is where a district says after how long each step is taken.
func TestLadders(t *testing.T) {
	t.Parallel()
	d := open(t)
	for _, path := range []string{"/s/needs/ladders", "/s/needs/ladders/new"} {
		require.Equal(t, http.StatusNotFound, d.one.Get(path).Status)
		require.Equal(t, http.StatusNotFound, d.city.Get(path).Status)
	}
	page := d.district.Get("/s/needs/ladders")
	require.Len(t, page.All("tbody tr"), 4)
	require.Contains(t, page.Text("main"), "国务院办公厅关于2026年部分节假日安排的通知")
	form := d.district.Get(page.Links("main p a")[3])
	require.Len(t, form.All("input[name=urgency][value=3][checked]"), 1)
	require.Len(t, form.All("input[name=meeting][value=14]"), 1, "it begins with what holds")
	right := url.Values{"urgency": {"3"}, "unit": {"workday"}, "wider_area": {"2"}, "neighbouring_district": {""}, "push": {"5"}, "purchase": {""}, "meeting": {"8"},
		"within": {"3"}, "source": {"朝民发〔2026〕9号"}, "since": {"2026-01-01"}}
	for field, wrong := range map[string]string{"urgency": "5", "unit": "month", "push": "1", "meeting": "400", "within": "0", "source": " ", "since": "soon"} {
		bad := url.Values{}
		for k, v := range right {
			bad[k] = v
		}
		bad.Set(field, wrong)
		refused := form.Fill(bad)
		require.Equal(t, http.StatusUnprocessableEntity, refused.Status, field)
		require.Len(t, refused.Links(".summary a"), 1, field)
		require.True(t, strings.HasPrefix(refused.Links(".summary a")[0], "#f-"+field), field)
	}
	done := form.Fill(right)
	require.Equal(t, "/s/needs/ladders", done.Path, done.Text(".summary"))
	form.Fill(right)
	page = d.district.Get("/s/needs/ladders")
	require.Len(t, page.All("tbody tr"), 5, "the same form twice stands once")
	require.Contains(t, page.Text("main"), "朝民发〔2026〕9号")
	require.Contains(t, page.Text("main"), "2个工作日")
	require.Contains(t, page.Text("main"), "不用")
	require.Equal(t, []string{"生效中", "生效中", "生效中", "已被代替", "生效中"}, page.Texts("tbody .badge"))
	_, path := d.listed(t, "bathing", 0)
	require.Contains(t, d.one.Get(path).Text("main"), "朝民发〔2026〕9号", "the need's page says which rule it follows")
}
