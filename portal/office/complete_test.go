package office_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/actor"
	"shanqiao/needs/household"
	"shanqiao/portal/account"
	"shanqiao/portal/portaltest"
)

// people are the members on record, the head first.
func (d *desk) people(t *testing.T) []household.Member {
	t.Helper()
	home, err := household.For(t.Context(), d.Pools.Records, d.Keys, d.w.Assessor, d.w.Household)
	require.NoError(t, err)
	return home.Living()
}

func TestComplete(t *testing.T) {
	t.Parallel()
	d := open(t)
	home := "/s/households/" + d.w.Household
	before := d.one.Get(home)

	require.Contains(t, before.Text("main"), "每月收入")
	require.Contains(t, before.Text("main"), "1 位成员的出生日期")

	wrong := d.one.Get(home + "/join").Fill(url.Values{"name": {""}, "relation": {""}})
	require.Equal(t, http.StatusUnprocessableEntity, wrong.Status)
	require.Equal(t, []string{"#f-name", "#f-relation"}, wrong.Links(".summary a"))
	wrong = wrong.Fill(url.Values{"name": {"王小宝"}, "relation": {"grandchild"}, "identity": {"123"}, "born": {time.Now().AddDate(0, 0, 3).Format(time.DateOnly)}})
	require.Equal(t, []string{"#f-identity"}, wrong.Links(".summary a"))
	require.Contains(t, wrong.Body, "王小宝", "what was typed is kept")
	form := wrong.Fill(url.Values{"identity": {""}})
	require.Equal(t, []string{"#f-born"}, form.Links(".summary a"))
	joined := form.Fill(url.Values{"born": {"2016-05-06"}, "sex": {"male"}, "student": {"yes"}})
	require.Equal(t, home, joined.Path)
	require.Contains(t, joined.Text(".timeline"), "添了一位家庭成员")
	form.Fill(url.Values{"born": {"2016-05-06"}})
	require.Len(t, d.people(t), 2, "sent twice adds one")

	child := d.people(t)[1]
	member := home + "/members/" + child.ID
	corrected := d.one.Get(member + "/correct").Fill(url.Values{"born": {"2016-06-05"}, "disability": {"hearing"}, "student": {"no"}})
	require.Equal(t, home, corrected.Path, corrected.Text("main"))
	require.Contains(t, corrected.Text(".timeline li"), "出生日期、残疾情况、是否在读")
	require.NotContains(t, corrected.Text(".timeline"), "听力", "which facts, not what they are")
	same := d.one.Get(member + "/correct").Fill(nil)
	require.Contains(t, same.Text(".said"), "没有改动", same.Text("main"))
	child = d.people(t)[1]
	require.Equal(t, "hearing", child.Disability)
	require.Equal(t, "2016-06-05", child.Born.Format(time.DateOnly))

	called := d.one.Get(member + "/phone").Fill(url.Values{"phone": {"139-0013-9000"}})
	require.Contains(t, called.Text(".said"), "电话已记下")
	require.Equal(t, http.StatusUnprocessableEntity, d.one.Get(member+"/phone").Fill(url.Values{"phone": {"12"}}).Status)
	require.Equal(t, "13900139000", d.people(t)[1].Phone.Reveal())

	lives := d.one.Get(home + "/address").Fill(url.Values{"address": {"幸福里9号楼9"}})
	require.Contains(t, lives.Text("aside"), "幸福里9号楼9")
	require.NotContains(t, lives.Text(".timeline"), "幸福里")
	require.Equal(t, http.StatusUnprocessableEntity, d.one.Get(home+"/address").Fill(url.Values{"address": {" "}}).Status)

	leaving := d.one.Get(member + "/leave")
	ahead := leaving.Fill(url.Values{"reason": {"moved"}, "on": {time.Now().AddDate(0, 0, 3).Format(time.DateOnly)}})
	require.Equal(t, []string{"#f-on"}, ahead.Links(".summary a"))
	left := leaving.Fill(url.Values{"reason": {"moved"}})
	require.Contains(t, left.Text(".timeline li"), "搬走")
	require.Len(t, d.people(t), 1)
	require.Equal(t, http.StatusNotFound, leaving.Fill(url.Values{"reason": {"moved"}}).Status, "who has left has no page any more")
	head := home + "/members/" + d.people(t)[0].ID
	require.Equal(t, http.StatusConflict, d.one.Get(head+"/leave").Status, "the head stays")
	require.Equal(t, http.StatusConflict, d.one.Post(head+"/leave", url.Values{"reason": {"died"}, "on": {"2026-01-01"}}).Status)
	require.Len(t, d.people(t), 1)
}

// TestPhoneRemoved empties a number: only whoever ticks that it should go removes it.
func TestPhoneRemoved(t *testing.T) {
	t.Parallel()
	d := open(t)
	head := d.people(t)[0]
	page := "/s/households/" + d.w.Household + "/members/" + head.ID + "/phone"
	first := d.one.Get(page)
	require.Empty(t, first.All("[name=remove]"), "nothing is asked before the number was emptied")

	asked := first.Fill(url.Values{"phone": {""}})
	require.Equal(t, http.StatusUnprocessableEntity, asked.Status)
	require.Equal(t, []string{"#f-remove"}, asked.Links(".summary a"))
	require.Contains(t, asked.Text(".notice"), "只能当面找", "nobody else here has a number")
	require.Equal(t, "13800138000", d.people(t)[0].Phone.Reveal(), "an emptied field alone removes nothing")
	require.Equal(t, http.StatusUnprocessableEntity, d.one.Post(page, url.Values{}).Status, "nor does a field that is not there")
	require.Equal(t, "13800138000", d.people(t)[0].Phone.Reveal())

	kept := asked.Fill(url.Values{"phone": {"13900139000"}, "remove": {"yes"}})
	require.Contains(t, kept.Text(".said"), "电话已记下", "a number that was typed is meant")
	require.Equal(t, "13900139000", d.people(t)[0].Phone.Reveal())

	for range 2 { // sent twice removes once
		gone := asked.Fill(url.Values{"remove": {"yes"}})
		require.Contains(t, gone.Text(".said"), "电话已删去")
		require.Empty(t, d.people(t)[0].Phone.Reveal())
	}
	none := d.one.Get(page).Fill(url.Values{"phone": {""}})
	require.Equal(t, []string{"#f-phone"}, none.Links(".summary a"), "there is none to remove")
}

func TestChange(t *testing.T) {
	t.Parallel()
	d := open(t)
	home := "/s/households/" + d.w.Household
	mine, theirs := d.one.Get(home+"/change"), d.two.Get(home+"/change")

	for bad, at := range map[string]string{"income": "一千", "basis": "身份证 110101194912310024", "category": "poor"} {
		answers := url.Values{"condition": {"chronic"}}
		answers.Set(bad, at)
		p := mine.Fill(answers)
		require.Equal(t, http.StatusUnprocessableEntity, p.Status, bad)
		require.Equal(t, []string{"#f-" + bad}, p.Links(".summary a"))
	}
	changed := mine.Fill(url.Values{"category": {"marginal"}, "condition": {"chronic"}, "income": {"1200.50"}, "basis": {"核对报告"}})
	require.Equal(t, home, changed.Path, changed.Text("main"))
	require.Contains(t, changed.Text(".timeline li"), "救助类别、主要情况、月收入")
	require.Contains(t, changed.Text(".timeline li"), "核对报告")
	require.Contains(t, changed.Text("aside"), "1,200.50")

	again := mine.Fill(url.Values{"category": {"marginal"}, "condition": {"chronic"}, "income": {"1200.50"}, "basis": {"核对报告"}})
	require.Equal(t, home, again.Path, "sent twice is one")
	require.Equal(t, 1, strings.Count(again.Text(".timeline"), "家庭情况有更新"))

	require.Contains(t, again.Text("main"), "已记下，并写入救助链")
	require.Contains(t, d.one.Get(home+"/change").Fill(nil).Text("main"), "没有改动", "nothing is said to be on the chain that is not")

	late := theirs.Fill(url.Values{"income": {"900"}})
	require.Equal(t, http.StatusUnprocessableEntity, late.Status)
	require.Contains(t, late.Text(".notice"), "低保边缘，慢性病，月收入1,200.50")
	require.Contains(t, late.Text(".summary"), "请对照后再保存", "the page shows what is new: nothing is to be loaded again")
	require.Contains(t, late.Fill(url.Values{"category": {"marginal"}, "condition": {"chronic"}, "income": {"900"}}).Text("aside"), "900")
	forged := d.one.Get(home + "/change").Fill(url.Values{"seen": {"x"}, "income": {"1"}})
	require.Equal(t, http.StatusUnprocessableEntity, forged.Status)
}

// TestNotTheirs asks for every page of a record as those who may not.
func TestNotTheirs(t *testing.T) {
	t.Parallel()
	d := open(t)
	home := "/s/households/" + d.w.Household
	member := home + "/members/" + d.people(t)[0].ID
	other := home + "/members/" + "aaaaaaaaaaaaaaaaaaaaaaaaaa"
	for _, path := range []string{home + "/join", home + "/change", home + "/address", member + "/correct", member + "/phone", member + "/leave"} {
		for _, b := range []*portaltest.Browser{d.stranger, d.city, d.Role(t, actor.MemberRole)} {
			require.Equal(t, http.StatusNotFound, b.Get(path).Status, path)
			require.Equal(t, http.StatusNotFound, b.Post(path, url.Values{"name": {"x"}, "relation": {"child"}, "address": {"x"}, "reason": {"died"}, "on": {"2026-01-01"}}).Status, path)
		}
		if path != member+"/leave" { // the only member is the head, who stays
			require.Equal(t, http.StatusOK, d.district.Get(path).Status, path)
		}
	}
	require.Equal(t, http.StatusNotFound, d.one.Get(other+"/correct").Status)
	require.Equal(t, http.StatusNotFound, d.one.Get(home+"/members/x/phone").Status)
	require.NotContains(t, d.city.Get(home).Text("main"), "完善档案", "the city looks")
	require.Len(t, d.people(t), 1)
}

// TestReadings opens a record and finds the look written down, once for each page
// that names the family, in offices and never in names.
func TestReadings(t *testing.T) {
	t.Parallel()
	d := open(t)
	home := "/s/households/" + d.w.Household
	d.one.Get(home)
	d.one.Get(home + "/assess")
	d.one.Get(home + "/address")
	d.stranger.Get(home)
	d.As(t, account.New{Role: actor.SubdistrictRole, Region: "110105016"}).Get(home)
	require.Equal(t, 1, strings.Count(d.district.Get(home).Text("main"), "谁打开过档案"))
	list, err := household.Readings(t.Context(), d.Pools.Records, d.w.Assessor, d.w.Household)
	require.NoError(t, err)
	got := map[household.Purpose]string{}
	for _, r := range list {
		require.Equal(t, 1, r.Times)
		got[r.Purpose] += string(r.Role) + " " + r.Office + ";"
	}
	require.Equal(t, map[household.Purpose]string{household.ToAssess: "subdistrict 110105015;", household.ToComplete: "subdistrict 110105015;",
		household.ToFollow: "district 110105;subdistrict 110105015;"}, got)
	require.NotContains(t, d.district.Get(home).Text("main"), "张工")
}
