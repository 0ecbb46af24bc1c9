package citizen_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/actor"
	"shanqiao/internal/pg"
	"shanqiao/needs"
	"shanqiao/needs/declaration"
	"shanqiao/needs/household"
	"shanqiao/portal/locale"
	"shanqiao/portal/portaltest"
)

// TestHelpIsTold follows one declaration through every state of its needs.
func TestHelpIsTold(t *testing.T) {
	t.Parallel()
	h := help(t, portaltest.New(t))
	id := h.status[len("/me/"):]
	own := func(need needs.ID) {
		h.w.Exec(`update records.assessments a set declaration_id = @d from records.needs n where n.assessment_id = a.id and n.id = @need`,
			pg.Args{"d": id, "need": need})
	}
	h.w.Exec(`update records.declarations set state = 'assessed' where id = @d`, pg.Args{"d": id})
	require.Contains(t, h.b.Get("/me").Text(".cards"), "暂时没有要安排的帮助")
	need := h.w.Need("reading", 2, needs.Approved)
	own(need)

	for state, want := range map[needs.State][2]string{
		needs.Draft: {"正在核对", "另一位同事"}, needs.Approved: {"正在安排", "街道正在安排找人"}, needs.Published: {"正在找人", "不会说出您家是谁"},
		needs.Claimed: {"有人愿意来", "先问您家同不同意"}, needs.Introduced: {"有人会来", "会和您家联系"}, needs.InService: {"正在帮助", "有人正在帮您家"},
		needs.Fulfilled: {"已经做完", "您家也确认了"}, needs.Withdrawn: {"已经结束", "这次的帮助已经结束"}, needs.Expired: {"还没找到人", "街道会和您家商量"},
	} {
		h.w.Exec(`update records.needs set state = @state where id = @need`, pg.Args{"state": state, "need": need})
		for _, path := range []string{"/me", h.status} {
			page := h.b.Get(path)
			require.Equal(t, want[0], page.Text(".badge"), "%s on %s", state, path)
			require.Contains(t, page.Text("main"), want[1], "%s on %s", state, path)
			require.NotContains(t, page.Text("main"), "正在安排帮助")
		}
	}

	h.w.Exec(`update records.needs set state = 'fulfilled' where id = @need`, pg.Args{"need": need})
	own(h.w.Need("meals", 20, needs.Published))
	require.Contains(t, h.b.Get(h.status).Text(".notice.waiting p"), "已经做完 1 项，一共 2 项。")
	for _, l := range locale.Languages {
		for _, help := range declaration.Helps {
			require.True(t, locale.For(l).Has("declaration.help."+string(help)), help)
			require.True(t, locale.For(l).Has("declaration.help.short."+string(help)), help)
		}
		for _, purpose := range household.Purposes {
			require.True(t, locale.For(l).Has("household.purpose."+string(purpose)), purpose)
		}
	}
}

func TestOfficesThatRead(t *testing.T) {
	t.Parallel()
	site := portaltest.New(t)
	h := help(t, site)
	require.Contains(t, h.b.Get("/me/data").Text("main"), "还没有工作人员打开过。")
	look := func(by actor.Officer, purpose household.Purpose) {
		_, err := household.Look(t.Context(), site.Pools.Records, site.Keys, by, h.w.Household, purpose)
		require.NoError(t, err)
	}
	look(h.w.Assessor, household.ToAssess)
	look(h.w.Assessor, household.ToAssess)
	look(actor.Officer{Account: "d", Level: actor.DistrictRole, Region: place[:6], Name: "刘科长"}, household.ToFollow)
	look(actor.Officer{Account: "c", Level: actor.CityRole, Region: "110000"}, household.ToFollow)

	page := h.b.Get("/me/data")
	require.Contains(t, page.Texts(".timeline h3"), "朝阳区八里庄街道的民政工作人员")
	require.Contains(t, page.Texts(".timeline h3"), "朝阳区的民政工作人员")
	require.Contains(t, page.Texts(".timeline h3"), "北京市的民政工作人员")
	require.Contains(t, page.Text("main"), "上门评估")
	require.NotContains(t, page.Body, "刘科长")
	require.NotContains(t, page.Body, h.w.Assessor.Account)
	require.NotContains(t, site.Citizen(t, "13800000008").Get("/me/data").Text("main"), "上门评估", "another family sees nothing of it")
}
