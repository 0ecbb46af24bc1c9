package office_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/id"
	"shanqiao/internal/pg"
	"shanqiao/needs"
	"shanqiao/needs/household"
	"shanqiao/needs/introduction"
	"shanqiao/needs/needstest"
	"shanqiao/needs/outcome"
	"shanqiao/portal/account"
	"shanqiao/portal/portaltest"
)

// desk is a site with a household, two officers of its subdistrict, one of the
// district, one of the city and one of another subdistrict, all signed in.
type desk struct {
	*portaltest.Site
	w                                  *needstest.World
	one, two, district, city, stranger *portaltest.Browser
}

func open(t *testing.T) *desk {
	t.Helper()
	d := &desk{Site: portaltest.New(t)}
	d.one = d.As(t, account.New{Role: actor.SubdistrictRole, Region: needstest.Region, Name: "张工"})
	d.two = d.As(t, account.New{Role: actor.SubdistrictRole, Region: needstest.Region, Name: "刘工"})
	d.district = d.Role(t, actor.DistrictRole)
	d.city = d.Role(t, actor.CityRole)
	d.stranger = d.As(t, account.New{Role: actor.SubdistrictRole, Region: "110101001"})
	officer := actor.Officer{Account: d.one.Account, Level: actor.SubdistrictRole, Region: needstest.Region}
	home, err := household.Register(t.Context(), d.Pools.Records, d.Keys, officer, household.New{
		Region: needstest.Region, Address: "幸福里3号楼201", Category: "minimum_living", Condition: "mobility",
		Members: []household.Member{{Head: true, Relation: "self", Name: "王秀兰", Phone: "13800138000"}}})
	require.NoError(t, err)
	d.w = needstest.Around(t, d.DB, home)
	d.w.Assessor, d.w.Approver = officer, actor.Officer{Account: d.two.Account, Level: actor.SubdistrictRole, Region: needstest.Region}
	return d
}

func (d *desk) system(t *testing.T, do func(ctx context.Context, tx pg.DB, ref string) error, ref string) {
	t.Helper()
	require.NoError(t, d.w.System(func(ctx context.Context, tx pg.DB) error { return do(ctx, tx, ref) }))
}

// TestDay walks through an officer's work from a person at the counter to the
// family's word that help came.
func TestDay(t *testing.T) {
	t.Parallel()
	d := open(t)

	filed := d.one.Get("/s/declare").Fill(url.Values{"name": {"李桂芳"}, "contact_time": {"any"}, "hardships": {"elder_care", "medical"},
		"people": {"1"}, "elders": {"1"}, "phone": {"13900139000"}, "pledged": {"yes"}, "check_agreed": {"yes"}, "words": {"腿脚不好"}})
	require.Equal(t, http.StatusOK, filed.Status, filed.Text("main"))
	require.True(t, strings.HasPrefix(filed.Path, "/s/declarations/"), filed.Path)
	require.Contains(t, filed.Text("main"), "李桂芳")
	require.Contains(t, filed.Text("main"), "腿脚不好")
	require.Equal(t, "1 新的申报", d.one.Get("/s").Text(".figures a"))

	taken := d.one.Post(filed.Path+"/accept", url.Values{})
	require.Contains(t, taken.Text(".said"), "已开始办理")
	assess := ""
	for _, to := range taken.Links(".actions a") {
		if strings.HasSuffix(to, "/assess") {
			assess = to
		}
	}
	home := strings.TrimSuffix(assess, "/assess")

	suggested := d.one.Get(assess).Fill(answers(url.Values{"health": {"2"}, "guardianship": {"2"}, "scale": {"used"},
		"self_care": {"bathing", "walking"}, "step": {"suggest"}}))
	require.Equal(t, http.StatusOK, suggested.Status)
	require.Contains(t, suggested.Text("main"), "不能自己洗澡")
	require.Contains(t, suggested.Text("main"), "部分不能自理")

	wanting := suggested.Fill(url.Values{"quantity_reading": {"2"}, "step": {"save"}})
	require.Equal(t, http.StatusUnprocessableEntity, wanting.Status, "how soon is the officer's word")
	require.Equal(t, []string{"#f-urgency_reading"}, wanting.Links(".summary a"))
	saved := wanting.Fill(url.Values{"quantity_reading": {""}, "quantity_bathing": {"2"}, "step": {"save"}})
	require.Equal(t, home, saved.Path, saved.Text("main"))
	require.Contains(t, saved.Text(".timeline"), "需求评估")
	require.Equal(t, []string{"助浴"}, saved.Texts(".table td[data-h=需要] a"))

	draft := saved.Links(".table td[data-h=需要] a")[0]
	require.Contains(t, d.one.Get(draft+"/approve").Text(".notice"), "不能自己批准")
	require.Empty(t, d.one.Get("/s/approvals").All(".cards li"))
	own := d.one.Post(draft+"/approve", url.Values{"decision": {"approve"}})
	require.Equal(t, http.StatusForbidden, own.Status)
	approvals := d.two.Get("/s/approvals")
	require.Len(t, approvals.All(".cards li"), 1)
	require.Contains(t, approvals.Text("blockquote"), "助浴")
	require.NotContains(t, approvals.Text("blockquote"), "李桂芳")
	approved := d.two.Get(draft + "/approve").Fill(url.Values{"decision": {"approve"}})
	require.Equal(t, "/s/approvals", approved.Path)
	require.Contains(t, d.two.Get(draft).Text(".badge"), "已批准")
}

// answers fills every dimension that a test says nothing of.
func answers(v url.Values) url.Values {
	for _, key := range []string{"economy", "health", "education", "housing", "employment", "guardianship", "inclusion"} {
		if !v.Has(key) {
			v.Set(key, "0")
		}
	}
	return v
}

func TestClaim(t *testing.T) {
	t.Parallel()
	d := open(t)
	need := d.w.Need("bathing", 2, needs.Approved)
	card := d.w.Card(need)
	ref := d.w.Claim(card, d.w.Org, 2, "requested")
	page := "/s/claims/" + ref
	d.system(t, outcome.Claimed, ref)

	require.Equal(t, []string{page}, d.one.Get("/s/claims").Links(".table td[data-h=机构] a"))
	for _, b := range []*portaltest.Browser{d.stranger} {
		for _, path := range []string{page, page + "/decline", page + "/consent", "/s/needs/" + string(need), "/s/households/" + d.w.Household,
			"/s/households/" + d.w.Household + "/assess", "/s/needs/" + string(need) + "/direct", "/s/needs/" + string(need) + "/why"} {
			require.Equal(t, http.StatusNotFound, b.Get(path).Status, path)
		}
		require.Equal(t, http.StatusNotFound, b.Post(page+"/accept", url.Values{}).Status)
		require.Equal(t, http.StatusNotFound, b.Post(page+"/decline", url.Values{"reason": {"not_suitable"}}).Status)
	}
	require.Equal(t, http.StatusOK, d.city.Get(page).Status)
	require.Empty(t, d.city.Get(page).All(".actions form"), "the city looks")
	require.Equal(t, http.StatusNotFound, d.city.Post(page+"/accept", url.Values{}).Status)

	require.Contains(t, d.one.Get(page).Text("main"), "家庭同意以前")
	waiting := d.one.Get("/s/needs/" + string(need))
	require.Equal(t, page, waiting.Links(".actions a.button")[0], "the need leads to the claim that waits")
	require.Contains(t, waiting.Text("main"), "答复机构")
	require.Empty(t, d.city.Get("/s/needs/"+string(need)).All(".actions"), "the city looks")
	accepted := d.one.Post(page+"/accept", url.Values{})
	require.Contains(t, accepted.Text(".said"), "已同意认领")
	again := d.one.Post(page+"/accept", url.Values{})
	require.Equal(t, http.StatusConflict, again.Status)
	require.Equal(t, http.StatusConflict, d.one.Get(page+"/introduce").Status, "no consent, no introduction")

	form := d.one.Get(page + "/consent")
	require.Contains(t, form.Text("blockquote"), "邻里助老社")
	require.Contains(t, form.Text("main"), "同意书，第 2 版")
	require.NotContains(t, form.Text("main"), "introduction/", "a code is nothing to read out")
	require.Contains(t, form.Text("main form"), "13800138000", "whom to call")
	member := ""
	for _, n := range form.All("input[name=given_by]") {
		for _, a := range n.Attr {
			if a.Key == "value" {
				member = a.Val
			}
		}
	}
	missing := form.Fill(url.Values{"given_by": {member}, "channel": {"phone"}, "fields": {"phone"}, "purpose": {"arrange_and_serve"}, "days": {"91"}})
	require.Equal(t, http.StatusUnprocessableEntity, missing.Status)
	require.Equal(t, []string{"#f-read", "#f-days"}, missing.Links(".summary a"))
	given := missing.Fill(url.Values{"read": {"yes"}, "days": {"30"}, "fields": {"phone", "call_name"}})
	require.Equal(t, page, given.Path, given.Text("main"))

	introduce := d.one.Get(page + "/introduce")
	require.Empty(t, introduce.All("[name=address]"), "what was not agreed to is not asked for")
	require.Contains(t, introduce.Body, "13800138000")
	made := introduce.Fill(url.Values{"call_name": {"王大妈"}})
	require.Contains(t, made.Text(".said"), "已对接")
	seen, err := introduction.Look(t.Context(), d.Pools.Records, d.Keys, d.w.Worker, ref)
	require.NoError(t, err)
	require.Equal(t, "王大妈", seen.Contact.CallName.Reveal())
	require.Empty(t, seen.Contact.Address.Reveal())

	d.w.ClaimState(ref, "in-progress")
	delivery := d.w.Delivery(ref, 2, "as_agreed")
	d.system(t, outcome.Delivered, delivery)
	require.Contains(t, d.one.Get("/s").Text("main"), "要问家庭是否收到")
	paper := d.one.Get("/s/households/" + d.w.Household)
	require.Equal(t, []string{"还没问"}, paper.Texts(".paper"), "on paper nobody can press a link")
	require.Len(t, paper.All("table.steps"), 1, "what to do with a consent stays off paper")
	require.Empty(t, d.city.Get("/s/households/"+d.w.Household).All("table.steps"))
	confirm := d.one.Get("/s/deliveries/" + delivery + "/confirm")
	require.Equal(t, http.StatusUnprocessableEntity, confirm.Fill(url.Values{}).Status)
	told := confirm.Fill(url.Values{"answer": {"received"}})
	require.Equal(t, "/s/deliveries", told.Path)
	require.Equal(t, http.StatusConflict, confirm.Fill(url.Values{"answer": {"not_received"}}).Status)

	record := d.two.Get("/s/households/" + d.w.Household)
	require.Equal(t, http.StatusOK, record.Status)
	for _, word := range []string{"救助一条链", "帮助送到了", "邻里助老社", "已办成", "王秀兰"} {
		require.Contains(t, record.Text("main"), word)
	}
	require.Contains(t, record.Text("main"), "个人信息保护法", "each entry names its clause")
	require.Equal(t, needs.Fulfilled, d.w.State(need))
}

func TestWithdrawConsent(t *testing.T) {
	t.Parallel()
	d := open(t)
	need := d.w.Need("bathing", 2, needs.Approved)
	ref := d.w.Claim(d.w.Card(need), d.w.Org, 2, "accepted")
	page := d.one.Get("/s/claims/" + ref + "/consent")
	member := ""
	for _, n := range page.All("input[name=given_by]") {
		for _, a := range n.Attr {
			if a.Key == "value" {
				member = a.Val
			}
		}
	}
	page.Fill(url.Values{"read": {"yes"}, "given_by": {member}, "channel": {"in_person"}, "fields": {"phone"},
		"purpose": {"arrange_and_serve"}, "days": {"9"}})
	d.one.Get("/s/claims/" + ref + "/introduce").Fill(url.Values{})
	record := d.one.Get("/s/households/" + d.w.Household)
	var withdraw string
	for _, to := range record.Links(".table td a") {
		if strings.Contains(to, "/s/consents/") {
			withdraw = to
		}
	}
	require.NotEmpty(t, withdraw)
	require.Equal(t, http.StatusNotFound, d.stranger.Post(withdraw, url.Values{}).Status)
	require.Equal(t, http.StatusNotFound, d.stranger.Get(withdraw).Status, "another street's consent has no page")
	require.Equal(t, http.StatusNotFound, d.one.Get("/s/consents/"+id.New()+"/withdraw").Status, "nor has one that is none")
	asked := d.one.Get(withdraw)
	require.Contains(t, asked.Text(".facts"), "邻里助老社", "which consent it is")
	gone := asked.Fill(url.Values{})
	require.Equal(t, "/s/households/"+d.w.Household, gone.Path)
	over := d.one.Get(withdraw)
	require.Contains(t, over.Text(".notice"), "已经结束或收回")
	require.Empty(t, over.All("main form"))
	_, err := introduction.Look(t.Context(), d.Pools.Records, d.Keys, d.w.Worker, ref)
	require.Equal(t, fault.NotFound, fault.Of(err))
}

func TestDecide(t *testing.T) {
	t.Parallel()
	d := open(t)
	need := d.w.Need("bathing", 2, needs.Draft)
	path := "/s/needs/" + string(need)

	t.Run("sent back needs a reason, is revised, and waits again", func(t *testing.T) {
		form := d.two.Get(path + "/approve")
		bare := form.Fill(url.Values{"decision": {"send_back"}})
		require.Equal(t, http.StatusUnprocessableEntity, bare.Status)
		require.Equal(t, []string{"#f-reason"}, bare.Links(".summary a"))
		form.Fill(url.Values{"decision": {"send_back"}, "reason": {"先问一周几次"}})
		require.Contains(t, d.one.Get("/s").Text("main"), "退回给您的需求")
		revise := d.one.Get(path + "/revise")
		require.Contains(t, revise.Text(".notice"), "先问一周几次")
		done := revise.Fill(url.Values{"quantity": {"4"}, "urgency": {"1"}})
		require.Equal(t, path, done.Path, done.Text("main"))
		require.Contains(t, done.Text(".facts"), "4 次")
		require.Equal(t, http.StatusNotFound, d.district.Get(path+"/revise").Status)
	})
	t.Run("an unknown decision changes nothing", func(t *testing.T) {
		bad := d.two.Post(path+"/approve", url.Values{"decision": {"burn"}})
		require.Equal(t, http.StatusUnprocessableEntity, bad.Status)
		require.Equal(t, needs.Draft, d.w.State(need))
	})
	t.Run("withdrawn with a reason, once", func(t *testing.T) {
		form := d.one.Get(path + "/withdraw")
		require.Equal(t, http.StatusUnprocessableEntity, form.Fill(url.Values{"reason": {" "}}).Status)
		require.Contains(t, form.Fill(url.Values{"reason": {"家人接走了"}}).Text(".badge"), "已撤回")
		require.Equal(t, http.StatusConflict, form.Fill(url.Values{"reason": {"又一次"}}).Status)
	})
	t.Run("what is not there", func(t *testing.T) {
		for _, p := range []string{"/s/needs/" + id.New(), "/s/needs/nonsense", "/s/claims/" + id.New(), "/s/households/" + id.New(),
			"/s/declarations/" + id.New(), "/s/deliveries/" + id.New() + "/confirm"} {
			require.Equal(t, http.StatusNotFound, d.one.Get(p).Status, p)
		}
	})
}

func TestDirect(t *testing.T) {
	t.Parallel()
	d := open(t)
	need := d.w.Need("bathing", 2, needs.Approved)
	path := "/s/needs/" + string(need)
	require.Contains(t, d.one.Get(path+"/direct").Text(".empty"), "没有已核验的机构")

	project, offer := id.New(), id.New()
	d.w.Exec(`insert into exchange.projects (id, organisation_id, title, summary, codes, areas, places, starts_on, ends_on)
	        values (@id, @org, 't', 's', '{bathing}', '{110105}', 9, current_date, current_date + 90)`, pg.Args{"id": project, "org": d.w.Org})
	d.w.Exec(`insert into exchange.offers (id, kind, organisation_id, project_id, codes, areas, capacity, starts_on, ends_on)
	        values (@id, 'charity', @org, @project, '{bathing}', '{110105}', 9, current_date, current_date + 90)`,
		pg.Args{"id": offer, "org": d.w.Org, "project": project})
	form := d.one.Get(path + "/direct")
	require.Contains(t, form.Text("main"), "还能做 9 次")
	require.Equal(t, http.StatusUnprocessableEntity, form.Fill(url.Values{}).Status)
	require.Equal(t, http.StatusUnprocessableEntity, d.one.Post(path+"/direct", url.Values{"organisations": {id.New()}}).Status)
	sent := form.Fill(url.Values{"organisations": {d.w.Org}})
	require.Equal(t, path, sent.Path, sent.Text("main"))
	require.Contains(t, sent.Text("main"), "选定的机构")

	why := d.one.Get(path + "/why?offer=" + offer)
	require.Equal(t, http.StatusOK, why.Status)
	require.NotEmpty(t, why.All(".rulings li"))
	require.Contains(t, why.Text(".notice"), "合适")
	require.Len(t, why.All(".weighed dd"), 9, "what was weighed, in words")
	require.Empty(t, d.one.Get(path+"/why?offer="+id.New()).All(".notice"), "an offer that is not on the list")

	// A person decides otherwise, sees what they decided and what it leaves, and takes it back.
	decide, lift := path+"/overrule/"+offer, "/s/overruled/"+string(need)+"/"+offer+"/lift"
	require.Contains(t, why.Links("main p a"), decide)
	require.Equal(t, http.StatusNotFound, d.stranger.Get(decide).Status)
	require.Equal(t, http.StatusNotFound, d.stranger.Post(decide, url.Values{"reason": {"safety"}}).Status)
	require.Equal(t, http.StatusNotFound, d.city.Get(decide).Status, "the city looks")
	require.Equal(t, http.StatusUnprocessableEntity, d.one.Get(decide).Fill(url.Values{}).Status)
	put := d.one.Get(decide).Fill(url.Values{"reason": {"sooner"}})
	require.Equal(t, path, put.Path, put.Text("main"))
	require.Contains(t, put.Text("main"), "优先：能更快开始")
	require.Contains(t, d.one.Get(path+"/why?offer="+offer).Text(".weighed"), "工作人员把它排在前面")
	require.Equal(t, http.StatusUnprocessableEntity, d.one.Get(decide).Fill(url.Values{"reason": {"safety"}}).Status, "one decision at a time")
	require.Equal(t, http.StatusNotFound, d.stranger.Post(lift, url.Values{}).Status)
	lifted := d.one.Post(lift, url.Values{})
	require.Equal(t, path, lifted.Path)
	require.NotContains(t, lifted.Text("main"), "优先")
	left := d.one.Get(decide).Fill(url.Values{"reason": {"unsuited"}})
	require.Contains(t, left.Text("main"), "排除：情况不合适")
	require.NotContains(t, left.Text("main"), "为什么合适")

	// What one condition keeps away is said, with what to do about it.
	d.one.Post(lift, url.Values{})
	d.w.Exec(`update exchange.offers set committed = capacity where id = @offer`, pg.Args{"offer": offer})
	d.w.Exec(`update exchange.proposals set state = 'lapsed' where offer_id = @offer`, pg.Args{"offer": offer})
	near := d.one.Get(path).Text("main")
	require.Contains(t, near, "差一点就合适")
	require.Regexp(t, "1.*项资源都合适，只是名额用完了", near)
}

func TestHouseholds(t *testing.T) {
	t.Parallel()
	d := open(t)
	list := d.one.Get("/s/households")
	require.Contains(t, list.Text(".table"), "王秀兰")
	require.NotContains(t, d.stranger.Get("/s/households").Body, "王秀兰")
	require.Equal(t, "全部", list.Texts("select option")[0], "no category is every category")
	found := list.Fill(url.Values{"query": {"138 0013 8000"}})
	require.Contains(t, found.Text(".table"), "王秀兰")
	require.NotContains(t, found.Path, "138")
	none := list.Fill(url.Values{"query": {"13811111111"}})
	require.Contains(t, none.Text(".empty"), "没有找到")
	require.NotContains(t, d.Log.String(), "13800138000")
	require.NotContains(t, d.Log.String(), "王秀兰")
	for _, q := range []string{"?after=nonsense", "?after=" + strings.Repeat("9", 3000)} {
		require.Less(t, d.one.Get("/s/households"+q).Status, 500)
	}
	for _, q := range []string{"?at=x&id=y&u=z", "?at=-5", "?at=99999999999999999", "?view=nonsense", "?at=1&id=" + strings.Repeat("a", 50)} {
		require.Equal(t, http.StatusOK, d.one.Get("/s/needs"+q).Status, q)
		require.Equal(t, http.StatusOK, d.one.Get("/s/claims"+q).Status, q)
		require.Equal(t, http.StatusOK, d.one.Get("/s/deliveries"+q).Status, q)
	}
	require.Less(t, d.one.Get("/s/declarations?after=nonsense&state=odd").Status, 500)
}
