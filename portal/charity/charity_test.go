package charity_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shanqiao/charities/charitytest"
	"shanqiao/charities/organisation"
	"shanqiao/charities/project"
	"shanqiao/internal/actor"
	"shanqiao/internal/id"
	"shanqiao/needs/card"
	"shanqiao/needs/deid"
	"shanqiao/needs/index"
	"shanqiao/needs/index/embedded"
	"shanqiao/portal"
	"shanqiao/portal/account"
	"shanqiao/portal/portaltest"
)

// town is a portal with an index, and a member of a verified organisation.
type town struct {
	*portaltest.Site
	tiers index.Tiers
	org   string
	by    actor.Member
	b     *portaltest.Browser
}

func newTown(t *testing.T) *town {
	t.Helper()
	w := &town{tiers: index.Tiers{Public: embedded.New(deid.Public), Verified: embedded.New(deid.Verified)}}
	w.Site = portaltest.New(t, func(s *portal.Server) {
		w.tiers.Budget = &index.Budget{DB: s.Pools.Exchange, Key: []byte("a key for tests"), Now: s.Now}
		s.Index = w.tiers
	})
	w.by = charitytest.Verified(t, w.DB)
	w.org = w.by.Organisation
	w.b = w.member(t, w.org)
	w.by.Account = w.b.Account
	return w
}

func (w *town) member(t *testing.T, organisationID string) *portaltest.Browser {
	t.Helper()
	return w.As(t, account.New{Role: actor.MemberRole, Organisation: organisationID, Name: "陈女士"})
}

// indexed makes the cards findable, as the worker does.
func (w *town) indexed(t *testing.T) {
	t.Helper()
	_, err := card.Rebuild(t.Context(), w.Pools.Exchange, w.tiers.Verified)
	require.NoError(t, err)
}

func beijing() string { return time.Now().UTC().Add(8 * time.Hour).Format(time.DateOnly) }

func TestApply(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	application := func() url.Values {
		a := charitytest.Application()
		return url.Values{"name": {a.Name}, "credit_code": {a.CreditCode}, "kind": {"charity"}, "district": {"110105"},
			"contact": {"陈女士"}, "phone": {a.Phone}, "login": {"org." + a.CreditCode[10:]}, "password": {"梨花 石桥 2026 白杨"}, "true": {"yes"}}
	}

	t.Run("an organisation registers with its account and waits to be verified", func(t *testing.T) {
		t.Parallel()
		b := w.Anyone(t)
		page := b.Get("/c/apply").Fill(application())
		require.Equal(t, "/c", page.Path)
		require.Equal(t, http.StatusOK, page.Status)
		require.Contains(t, page.Text(".said"), "申请已经提交")
		require.Equal(t, "等待核验", page.Text(".badge"))
		for _, path := range []string{"/c/needs", "/c/claims", "/c/projects", "/c/volunteers", "/c/members"} {
			page := b.Get(path)
			require.Equal(t, http.StatusOK, page.Status, path)
			require.Equal(t, "核验通过以后，这里就会打开", page.Text("h1"), path)
		}
	})

	t.Run("the same form sent twice is one organisation", func(t *testing.T) {
		t.Parallel()
		b := w.Anyone(t)
		form := b.Get("/c/apply")
		values := application()
		form.Fill(values)
		page := form.Fill(values)
		require.Equal(t, "/c", page.Path)
		var n int
		require.NoError(t, w.Admin.QueryRow(t.Context(), `select count(*) from exchange.organisations where credit_code = $1`,
			values.Get("credit_code")).Scan(&n))
		require.Equal(t, 1, n)
	})

	t.Run("what is wrong is said beside its field, and what was typed is kept", func(t *testing.T) {
		t.Parallel()
		values := application()
		values.Set("credit_code", "91350100M000100Y44")
		values.Set("phone", "没有")
		page := w.Anyone(t).Get("/c/apply").Fill(values)
		require.Equal(t, http.StatusUnprocessableEntity, page.Status)
		require.Len(t, page.All(".summary li"), 2)
		require.Contains(t, page.Body, "91350100M000100Y44")
		values.Set("name", "")
		values.Set("login", "有空格 的")
		values.Set("password", "short")
		page = w.Anyone(t).Get("/c/apply").Fill(values)
		require.Len(t, page.All(".summary li"), 5, "all of it in one answer")
		require.Contains(t, page.Text("#f-name-error"), "还没有填")
		values.Set("kind", "club")
		page = w.Anyone(t).Get("/c/apply").Fill(values)
		require.Equal(t, http.StatusUnprocessableEntity, page.Status)
		var n int
		require.NoError(t, w.Admin.QueryRow(t.Context(), `select count(*) from access.accounts where login = $1`, values.Get("login")).Scan(&n))
		require.Zero(t, n, "no account is made for an application that cannot stand")
	})

	t.Run("a credit code that is taken makes no account either", func(t *testing.T) {
		t.Parallel()
		first, second := application(), application()
		w.Anyone(t).Get("/c/apply").Fill(first)
		second.Set("credit_code", first.Get("credit_code"))
		page := w.Anyone(t).Get("/c/apply").Fill(second)
		require.Equal(t, http.StatusUnprocessableEntity, page.Status)
		require.Contains(t, page.Text(".summary"), "已经登记过")
	})

	t.Run("an address that applies again and again waits, and loses nothing that it typed", func(t *testing.T) {
		t.Parallel()
		w := newTown(t) // of its own, because the limit is of the address
		taken := application()
		require.Equal(t, "/c", w.Anyone(t).Get("/c/apply").Fill(taken).Path)
		b := w.Anyone(t)
		form := b.Get("/c/apply")
		for range 19 {
			require.Contains(t, form.Fill(taken).Text(".summary"), "已经登记过")
		}
		right := application()
		page := form.Fill(right)
		require.Equal(t, http.StatusUnprocessableEntity, page.Status)
		require.Contains(t, page.Text(".summary"), "请等 60 分钟再交")
		require.Contains(t, page.Body, right.Get("credit_code"))

		_, err := w.Admin.Exec(t.Context(), `update access.attempts set at = at - interval '1 hour'`)
		require.NoError(t, err)
		require.Equal(t, "/c", page.Fill(url.Values{"password": right["password"]}).Path)
	})

	t.Run("an application that was sent back is mended at its own page", func(t *testing.T) {
		t.Parallel()
		by := charitytest.Applied(t, w.DB)
		require.NoError(t, organisation.Decide(t.Context(), w.Pools.Exchange, charitytest.DistrictOfficer(),
			organisation.Decision{Organisation: by.Organisation, To: organisation.Rejected, Reason: "papers_missing"}))
		b := w.member(t, by.Organisation)
		require.Contains(t, b.Get("/c").Text(".notice"), "材料不齐")
		wrong := b.Get("/c/organisation").Fill(url.Values{"name": {""}, "credit_code": {"12"}})
		require.Equal(t, http.StatusUnprocessableEntity, wrong.Status)
		require.Len(t, wrong.All(".summary li"), 2, "all of it in one answer")
		page := b.Get("/c/organisation").Fill(url.Values{"summary": {"补齐了材料。"}})
		require.Equal(t, "/c", page.Path)
		require.Equal(t, "等待核验", page.Text(".badge"))
	})
}

func TestBrowse(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	bath := charitytest.Card(t, w.DB, 3)
	for range 4 { // five of a kind: fewer are not shown to who narrows the list
		charitytest.Card(t, w.DB, 3)
	}
	for range 2 {
		charitytest.Card(t, w.DB, 2, func(c map[string]any) { c["code"], c["need_group"] = "wheelchair", "goods" })
	}
	for range 9 {
		charitytest.Card(t, w.DB, 2, func(c map[string]any) {
			c["code"], c["need_group"], c["sentence_zh"] = "meals", "living", "朝阳区一户家庭需要送餐上门。"
			c["urgency"] = "urgent"
		})
	}
	public := charitytest.Card(t, w.DB, 2, func(c map[string]any) { c["tier"], c["code"] = "public", "" })
	w.indexed(t)

	t.Run("words and filters narrow the list, which is a link that can be kept", func(t *testing.T) {
		t.Parallel()
		page := w.b.Get("/c/needs")
		require.Len(t, page.All("ul.cards > li h3 a")[:0], 0)
		require.Len(t, page.Texts("ul.cards h3"), 16)
		page = w.b.Get("/c/needs?q=" + url.QueryEscape("洗澡"))
		require.Equal(t, slices.Repeat([]string{"朝阳区一户家庭需要上门助浴。"}, 5), page.Texts("ul.cards h3"))
		page = w.b.Get("/c/needs?code=meals&area=110105&urgency=urgent&group=living")
		require.Len(t, page.Texts("ul.cards h3"), 9)
		page = w.b.Get("/c/needs?area=110101")
		require.NotEmpty(t, page.Text(".empty"))
	})

	t.Run("a search that singles out fewer than may be shown asks for a wider one", func(t *testing.T) {
		t.Parallel()
		page := w.b.Get("/c/needs?code=wheelchair")
		require.Equal(t, http.StatusOK, page.Status)
		require.Empty(t, page.All("ul.cards h3"))
		require.Contains(t, page.Text(".empty"), "不到5条")
		require.NotContains(t, page.Body, "2 条")
	})

	t.Run("an unknown filter is said and not taken for everything", func(t *testing.T) {
		t.Parallel()
		page := w.b.Get("/c/needs?code=gold")
		require.Equal(t, http.StatusUnprocessableEntity, page.Status)
		require.Empty(t, page.All("ul.cards h3"))
		require.Contains(t, page.Text(".empty"), "还没有查找")
		for _, where := range []string{"99999", "0", "-1", "", "two", "51"} {
			page := w.b.Get("/c/needs?page=" + where)
			require.Equal(t, http.StatusUnprocessableEntity, page.Status, where)
			require.Equal(t, []string{"没有这一页。请回到第一页。"}, page.Texts(".summary li"), where)
		}
	})

	t.Run("a need says how the own offers suit, and why not", func(t *testing.T) {
		t.Parallel()
		by := charitytest.Verified(t, w.DB)
		today := time.Now().UTC().Truncate(24 * time.Hour)
		draft := func(title, code, area string) {
			made, err := project.Draft(t.Context(), w.Pools.Exchange, by, project.Plan{Title: title, Summary: "一个项目。",
				Codes: []string{code}, Areas: []string{area}, Places: 9, StartsOn: today, EndsOn: today.AddDate(1, 0, 0)})
			require.NoError(t, err)
			require.NoError(t, project.Publish(t.Context(), w.Pools.Exchange, by, made))
		}
		draft("助浴到家", "bathing", "110105")
		draft("远郊助浴", "bathing", "110119")
		page := w.member(t, by.Organisation).Get("/c/needs/" + bath)
		require.Equal(t, http.StatusOK, page.Status)
		body := page.Text("main")
		require.Contains(t, body, "助浴到家")
		require.Contains(t, body, "暂时不合适")
		require.Contains(t, body, "合适")

		var reasons []string
		for _, at := range page.Links("main a") {
			if strings.Contains(at, "/why/") {
				reasons = append(reasons, at)
			}
		}
		require.Len(t, reasons, 2)
		told := map[int]bool{}
		for _, at := range reasons {
			why := w.member(t, by.Organisation).Get(at)
			require.Equal(t, http.StatusOK, why.Status)
			told[len(why.All(".weighed dd"))] = true
			require.Equal(t, http.StatusNotFound, w.b.Get(at).Status, "another's offer")
		}
		require.Equal(t, map[int]bool{0: true, 9: true}, told, "what stands in the way, or what was weighed")
	})

	t.Run("a public card, an unknown id and nonsense are not there; nor anything for the unverified", func(t *testing.T) {
		t.Parallel()
		for _, path := range []string{"/c/needs/" + public, "/c/needs/" + id.New(), "/c/needs/nonsense", "/c/needs/" + public + "/claim"} {
			require.Equal(t, http.StatusNotFound, w.b.Get(path).Status, path)
		}
		waiting := w.member(t, charitytest.Applied(t, w.DB).Organisation)
		page := waiting.Get("/c/needs/" + bath)
		require.NotContains(t, page.Body, "助浴")
		require.Equal(t, http.StatusForbidden, waiting.Post("/c/needs/"+bath+"/claim", url.Values{"units": {"1"}}).Status)
	})
}

func TestVolunteersAndColleagues(t *testing.T) {
	t.Parallel()
	w := newTown(t)

	form := w.b.Get("/c/volunteers/new")
	right := url.Values{"name": {"小周"}, "skills": {"reading"}, "areas": {"110105"}, "units": {"4"}, "login": {"xiaozhou"}, "password": {"梨花 石桥 2026 白杨"}}
	require.Equal(t, http.StatusUnprocessableEntity, form.Fill(url.Values{"name": {"小周"}, "skills": {"gold"}}).Status)
	page := form.Fill(right)
	require.Equal(t, "/c/volunteers", page.Path, page.Text(".summary"))
	require.Equal(t, []string{"小周"}, page.Texts("ul.cards h2"))
	require.Equal(t, []string{"小周"}, form.Fill(right).Texts("ul.cards h2"), "the same form twice is one volunteer")
	edit := page.Links("ul.cards p a")[0]
	require.Equal(t, http.StatusNotFound, w.member(t, charitytest.Verified(t, w.DB).Organisation).Get(edit).Status)
	require.Equal(t, http.StatusUnprocessableEntity, w.b.Get(edit).Fill(url.Values{"units": {"0"}}).Status)
	page = w.b.Get(edit).Fill(url.Values{"skills": {"reading", "legal_advice"}, "areas": {"110105"}, "units": {"4"},
		"insured_until": {"2099-01-01"}, "trained": {"law"}, "qualified": {"legal"}})
	require.Equal(t, "/c/volunteers", page.Path, page.Text(".summary"))
	require.Contains(t, page.Text("ul.cards"), "2099年1月1日")
	require.Contains(t, page.Text("ul.cards"), "法律职业资格")
	page = w.b.Get("/c/volunteers").Fill(nil)
	require.Equal(t, "暂停中", page.Text(".badge"))

	var volunteer string
	require.NoError(t, w.Admin.QueryRow(t.Context(), `select id from access.accounts where login = 'xiaozhou'`).Scan(&volunteer))
	v := w.Signed(t, volunteer)
	require.Equal(t, "/account/password?next=%2Fv", v.Get("/v").Path, "the member knows the password too")
	page = v.Get("/v").Fill(url.Values{"old": right["password"], "password": {"柳树 河岸 九月 灯笼"}})
	require.Equal(t, "/v", page.Path)
	require.Equal(t, http.StatusOK, page.Status)

	page = w.b.Get("/c/members/new").Fill(url.Values{"name": {"小李"}, "login": {"xiaoli"}, "password": {"梨花 石桥 2026 白杨"}})
	require.Equal(t, "/c/members", page.Path)
	require.Contains(t, page.Texts("ul.cards h2"), "小李")
	page = w.b.Get("/c/members/new").Fill(url.Values{"name": {"小李"}, "login": {"xiaoli"}, "password": {"梨花 石桥 2026 白杨"}})
	require.Equal(t, http.StatusUnprocessableEntity, page.Status)

	// Whoever leaves cannot be sent to a family any more, nor sign in.
	var colleague string
	require.NoError(t, w.Admin.QueryRow(t.Context(), `select id from access.accounts where login = 'xiaoli'`).Scan(&colleague))
	theirs := w.Signed(t, colleague)
	page = theirs.Get("/c")
	require.Equal(t, "/account/password?next=%2Fc", page.Path, "a password of their own first")
	require.Equal(t, "/c", page.Fill(url.Values{"old": right["password"], "password": {"柳树 河岸 九月 灯笼"}}).Path)
	require.Equal(t, http.StatusNotFound, theirs.Get("/c/members/"+colleague+"/leave").Status, "nobody takes themselves off")
	page = w.b.Get("/c/members/" + colleague + "/leave").Fill(nil)
	require.Equal(t, "/c/members", page.Path)
	require.NotContains(t, page.Texts("ul.cards h2"), "小李")
	require.Contains(t, theirs.Get("/c").Path, "/signin")
	require.Equal(t, http.StatusNotFound, w.b.Get("/c/members/"+colleague+"/leave").Status)
}

func TestProjects(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	form := w.b.Get("/c/projects/new")
	right := url.Values{"title": {"助浴到家"}, "summary": {"上门助浴，每月两次。"}, "codes": {"bathing"}, "areas": {"110105"},
		"places": {"20"}, "starts_on": {beijing()}, "ends_on": {"2099-12-31"}}
	require.Equal(t, http.StatusUnprocessableEntity, form.Fill(url.Values{"title": {"x"}}).Status)
	wrong := form.Fill(url.Values{"title": {""}, "summary": right["summary"], "codes": {"bathing"}, "areas": {"110105"},
		"places": {"0"}, "starts_on": {beijing()}, "ends_on": {"2025-01-01"}})
	require.Len(t, wrong.All(".summary li"), 3, "all of it in one answer")
	page := form.Fill(right)
	require.Equal(t, "草稿", page.Text(".badge"))
	require.Equal(t, page.Path, form.Fill(right).Path, "the same form twice is one project")
	path := page.Path
	page = w.b.Get(path + "/edit").Fill(url.Values{"places": {"30"}})
	require.Equal(t, path, page.Path)
	page = w.b.Post(path+"/publish", nil)
	require.Equal(t, "已发布", page.Text(".badge"))
	require.Contains(t, page.Texts("dd"), "30")
	require.Equal(t, http.StatusConflict, w.b.Post(path+"/publish", nil).Status)
	require.Equal(t, http.StatusNotFound, w.b.Post(path+"/explode", nil).Status)
	stranger := w.member(t, charitytest.Verified(t, w.DB).Organisation)
	require.Equal(t, http.StatusNotFound, stranger.Get(path).Status)
	require.Equal(t, http.StatusNotFound, stranger.Post(path+"/close", nil).Status)
}
