package office_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/actor"
	"shanqiao/internal/pg"
	"shanqiao/needs"
	"shanqiao/needs/needstest"
	"shanqiao/needs/note"
	"shanqiao/portal/account"
)

// TestExcerpt walks from a district's switch to what a second person lets out.
func TestExcerpt(t *testing.T) {
	t.Parallel()
	d := open(t)
	need := d.w.Need("bathing", 2, needs.Draft)
	path := "/s/needs/" + string(need)
	require.NotContains(t, d.one.Get(path).Links(".actions a"), path+"/excerpt", "off: nothing is offered")
	require.Contains(t, d.one.Get(path+"/excerpt").Text(".notice"), "区里没有打开")
	require.Equal(t, http.StatusNotFound, d.one.Get("/s/excerpts").Status)
	require.Equal(t, http.StatusNotFound, d.city.Get(path+"/excerpt").Status)

	desk := d.district.Get("/s/excerpts")
	require.Contains(t, desk.Text("main"), "现在是关着的")
	require.Equal(t, http.StatusUnprocessableEntity, desk.Fill(url.Values{"decision": {"on"}}).Status)
	on := desk.Fill(url.Values{"decision": {"on"}, "source": {"区里的通知"}, "since": {"2026-01-01"}})
	require.Contains(t, on.Text("main"), "起：打开；原话留 30 天 区里的通知")

	require.Contains(t, d.one.Get(path).Links(".actions a"), path+"/excerpt")
	require.NotContains(t, d.two.Get(path).Links(".actions a"), path+"/excerpt", "only the assessor may write")
	write := d.one.Get(path + "/excerpt")
	require.Equal(t, http.StatusUnprocessableEntity, write.Fill(url.Values{"words": {" "}}).Status)
	saved := write.Fill(url.Values{"words": {"王秀兰一人在家，每周2次助浴，是唯一的一家。"}})
	require.Contains(t, saved.Text(".notice"), "等第二个人看")
	require.Empty(t, saved.All("[name=decision]"), "the assessor does not decide")

	require.Contains(t, d.two.Get(path+"/approve").Links("main a"), path+"/excerpt")
	page := d.two.Get(path + "/excerpt")
	require.Contains(t, page.Texts("del"), "王秀兰")
	require.Contains(t, page.Text("main"), "原话留 30 天就删掉。 依据 区里的通知")
	require.Contains(t, page.Text("main"), "这家的档案里有")
	require.NotContains(t, page.Texts("blockquote")[1], "秀兰")
	require.Contains(t, page.Texts("mark"), "唯一")
	require.Equal(t, http.StatusUnprocessableEntity, page.Fill(url.Values{"decision": {"as_shown"}}).Status, "a marked phrase needs its reason")

	d.one.Get(path + "/excerpt").Fill(url.Values{"words": {"每周2次助浴，是唯一的一家。"}})
	stale := page.Fill(url.Values{"decision": {"as_shown"}, "reason": {"不止一家"}})
	require.Contains(t, stale.Text("main"), "重新看一遍")
	done := d.two.Get(path + "/excerpt").Fill(url.Values{"decision": {"as_shown"}, "reason": {"不止一家"}})
	require.Equal(t, path, done.Path, done.Text("main"))
	require.Contains(t, d.two.Get(path+"/excerpt").Text(".notice"), "已同意放出去")
	require.Equal(t, http.StatusNotFound, d.stranger.Get(path+"/excerpt").Status)

	d.one.Get(path + "/excerpt").Fill(url.Values{"words": {"王秀兰"}})
	require.Contains(t, d.two.Get(path+"/excerpt").Text(".notice"), "等第二个人看", "written anew it waits anew")
	refused := d.two.Get(path + "/excerpt").Fill(url.Values{"decision": {"sentence"}})
	require.Equal(t, path, refused.Path)
	approved, err := pg.One[int](t.Context(), d.w.Admin, nil, `select count(*)::int from records.notes where excerpt <> ''`, pg.Args{})
	require.NoError(t, err)
	require.Zero(t, approved)
	d.w.Exec(`update records.notes set moved_at = moved_at - interval '31 days'`, pg.Args{})
	_, err = note.Forget(t.Context(), d.w.Pools.Records)
	require.NoError(t, err)
	gone := d.two.Get(path + "/excerpt")
	require.Contains(t, gone.Text(".notice"), "这段话已经删掉")
	require.Contains(t, gone.Text("main"), "依据 区里的通知")
	require.NotContains(t, gone.Text("main"), "秀兰")
	require.NotContains(t, d.Log.String(), "秀兰")
	require.NotContains(t, d.Log.String(), "助浴")
}

// TestTwoLetAChildsWordsOut walks a note of a child past two colleagues.
func TestTwoLetAChildsWordsOut(t *testing.T) {
	t.Parallel()
	d := open(t)
	d.district.Get("/s/excerpts").Fill(url.Values{"decision": {"on"}, "source": {"区里的通知"}, "since": {"2026-01-01"}})
	need := d.w.Need("tutoring", 2, needs.Draft)
	path := "/s/needs/" + string(need) + "/excerpt"
	d.one.Get(path).Fill(url.Values{"words": {"数学吃力，每周2次。"}})
	yes := url.Values{"decision": {"as_shown"}, "reason": {"想过了"}}

	page := d.two.Get(path)
	require.Contains(t, page.Text("main"), "要两位同事看过")
	require.Contains(t, page.Text("main"), "说的是孩子的事")
	require.Contains(t, page.Fill(yes).Text("main"), "还要另一位同事看过")
	page = d.two.Get(path)
	require.Contains(t, page.Text(".notice"), "您已同意，还差一个人")
	require.Empty(t, page.All("[value=as_shown]"), "the same person does not approve twice")

	three := d.As(t, account.New{Role: actor.SubdistrictRole, Region: needstest.Region, Name: "陈工"})
	page = three.Get(path)
	require.Contains(t, page.Text(".notice"), "还差一个人同意")
	require.Contains(t, page.Fill(yes).Text("main"), "已同意")
	require.Contains(t, d.two.Get(path).Text(".notice"), "已同意放出去")

	d.district.Get("/s/excerpts").Fill(url.Values{"decision": {"on"}, "reviewers": {"two"}, "source": {"更严的通知"}, "since": {"2026-01-02"}})
	require.Contains(t, d.district.Get("/s/excerpts").Text("main"), "每段话两个人看")
	require.NotEmpty(t, d.district.Get("/s/excerpts").All("[value=two][checked]"), "who changes one thing keeps the others")
	need = d.w.Need("bathing", 2, needs.Draft)
	path = "/s/needs/" + string(need) + "/excerpt"
	d.one.Get(path).Fill(url.Values{"words": {"每周2次助浴。"}})
	require.Contains(t, d.two.Get(path).Text("main"), "区里规定每段话都要两个人看")
}
