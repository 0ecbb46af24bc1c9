package citizen_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/actor"
	"shanqiao/internal/id"
	"shanqiao/needs/declaration"
	"shanqiao/needs/household"
	"shanqiao/portal/account"
	"shanqiao/portal/portaltest"
)

const (
	place    = "110105015"
	identity = "110101194912310024"
)

// fillIn answers every question up to the code, and returns the page after it.
func fillIn(b *portaltest.Browser, change url.Values) *portaltest.Page {
	answers := []url.Values{
		{"hardships": {"medical", "elder_care"}},
		{"people": {"3"}, "elders": {"1"}, "children": {""}, "disabled": {""}},
		{"district": {"110105"}},
		{"region": {place}},
		{"name": {"王桂英"}, "phone": {"138 0000 0009"}, "contact_time": {"morning"}, "identity": {""}},
		{"words": {"老伴行动不便。"}},
	}
	page := b.Get("/d/need")
	for _, a := range answers {
		for name, v := range change {
			if _, ok := a[name]; ok {
				a[name] = v
			}
		}
		page = page.Fill(a)
	}
	return page
}

// prove types the code that the demonstration shows.
func prove(page *portaltest.Page) *portaltest.Page {
	page = page.Fill(nil) // send the code
	code := regexp.MustCompile(`\d{6}`).FindString(page.Text(".notice.demo p"))
	return page.Fill(url.Values{"code": {code}})
}

var promise = url.Values{"pledged": {"yes"}, "check_agreed": {"yes"}}

func TestDeclare(t *testing.T) {
	t.Parallel()

	t.Run("from the start page to the receipt without an account", func(t *testing.T) {
		t.Parallel()
		site := portaltest.New(t)
		b := site.Anyone(t)
		require.Equal(t, []string{"/d/need"}, b.Get("/d").Links("main p a.button"))

		page := fillIn(b, nil)
		require.Equal(t, "/d/code", page.Path)
		page = prove(page)
		require.Equal(t, "/d/check", page.Path)
		require.Empty(t, page.All("main input[checked]"), "nothing is ticked beforehand")
		require.Contains(t, page.Text("dl.answers"), "看病花钱多、老人要人照顾")
		require.Contains(t, page.Text("dl.answers"), "老伴行动不便。")

		page = page.Fill(url.Values{"pledged": {"yes"}})
		require.Equal(t, http.StatusUnprocessableEntity, page.Status)
		require.Len(t, page.All(".summary li"), 1)

		page = page.Fill(promise)
		require.Equal(t, http.StatusOK, page.Status)
		require.Regexp(t, `^/d/done/[a-z2-7]{26}$`, page.Path)
		require.Regexp(t, `^[A-Z2-7]{4}-[A-Z2-7]{4}$`, page.Text("main strong"))

		page = b.Get(page.Links("main p.actions a")[0])
		require.Contains(t, page.Text("main"), "已提交")
		require.Equal(t, []string{"您家申报了困难", "为您家建立了档案"}, page.Texts(".timeline h3"))
		for _, canary := range []string{"王桂英", "13800000009", "138 0000 0009", "老伴"} {
			require.NotContains(t, site.Log.String(), canary)
		}
	})

	t.Run("sent twice at once it is one declaration and one receipt", func(t *testing.T) {
		t.Parallel()
		site := portaltest.New(t)
		b := site.Citizen(t, "13800000009")
		page := fillIn(b, nil)
		require.Equal(t, "/d/check", page.Path, "who is signed in needs no code")
		var paths [4]string
		var all sync.WaitGroup
		for i := range paths {
			all.Go(func() { paths[i] = b.Post("/d/check", promise).Path })
		}
		all.Wait()
		for _, p := range paths {
			require.Equal(t, paths[0], p)
			require.Contains(t, p, "/d/done/")
		}
		var n int
		require.NoError(t, site.Admin.QueryRow(t.Context(), `select count(*) from records.declarations`).Scan(&n))
		require.Equal(t, 1, n)
	})

	t.Run("what was typed waits in the browser and is sealed in the database", func(t *testing.T) {
		t.Parallel()
		site := portaltest.New(t)
		b := site.Anyone(t)
		fillIn(b, url.Values{"identity": {identity}})
		require.Equal(t, "/d/need", b.Get("/d").Links("main p a.button")[0])
		require.Contains(t, b.Get("/d").Text("main"), "接着上次填")
		page := b.Get("/d/contact")
		require.Len(t, page.All("input[value=王桂英]"), 1)
		var stored string
		require.NoError(t, site.Admin.QueryRow(t.Context(), `select string_agg(encode(sealed, 'escape'), '') from access.drafts`).Scan(&stored))
		require.NotContains(t, stored, identity)
		require.NotContains(t, stored, "medical")
		require.Equal(t, "no-store", page.Header.Get("Cache-Control"))
		_, err := site.Admin.Exec(t.Context(), `update access.drafts set expires_at = now() - interval '1 second'`)
		require.NoError(t, err)
		require.Empty(t, b.Get("/d/contact").All("input[value=王桂英]"), "after thirty days it is gone")
		_, err = site.Admin.Exec(t.Context(), `update access.drafts set expires_at = now() + interval '1 day'`)
		require.NoError(t, err)
		require.Empty(t, site.Anyone(t).Get("/d/contact").All("input[value=王桂英]"), "another browser sees nothing")

		page = b.Get("/d").Fill(nil) // delete it now
		require.Equal(t, "填到一半的内容已经删除。", page.Text(".said"))
		require.Empty(t, b.Get("/d/contact").All("input[value=王桂英]"))
	})

	t.Run("a change from the check page leads back there", func(t *testing.T) {
		t.Parallel()
		site := portaltest.New(t)
		b := site.Citizen(t, "13800000009")
		fillIn(b, nil)
		page := b.Get("/d/home?back=check").Fill(url.Values{"people": {"5"}})
		require.Equal(t, "/d/check", page.Path)
		require.Contains(t, page.Text("dl.answers"), "一起住的有 5 人")
		page = b.Get("/d/place?back=check").Fill(url.Values{"district": {"110101"}})
		require.Equal(t, "/d/street?back=check", page.Path, "another district needs another street")
		require.Equal(t, "/d/street", b.Get("/d/check").Path)
		require.Equal(t, "/d/check", page.Fill(url.Values{"region": {"110101001"}}).Path)
	})

	t.Run("a bad answer is shown beside its question and kept", func(t *testing.T) {
		t.Parallel()
		site := portaltest.New(t)
		b := site.Anyone(t)
		for path, c := range map[string]struct{ field, value, message string }{
			"/d/need":    {"hardships", "gold", "请从列出的选项里选"},
			"/d/home":    {"people", "二十一", "：请填写数字，例如 3"},
			"/d/contact": {"phone", "12345", "手机号不对，应是 11 位数字"},
			"/d/words":   {"words", strings.Repeat("难", 501), "太长了，最多 500 个字"},
		} {
			page := b.Get(path).Fill(url.Values{c.field: {c.value}})
			require.Equal(t, http.StatusUnprocessableEntity, page.Status, path)
			require.Contains(t, page.Text(".summary"), c.message, path)
			require.Contains(t, page.Text("title"), "错误：", path)
			if path != "/d/need" {
				require.Contains(t, page.Body, c.value, path)
			}
		}
		require.Equal(t, "/d/need", b.Get("/d/code").Path, "no question can be passed over")
		require.Equal(t, "/d/need", b.Post("/d/resend", nil).Path)
		require.Equal(t, http.StatusOK, b.Get("/d/check").Status)
		require.Contains(t, b.Get("/d/check").Path, "/signin")
	})

	t.Run("a wrong code is said and five of them end the code", func(t *testing.T) {
		t.Parallel()
		b := portaltest.New(t).Anyone(t)
		page := fillIn(b, nil).Fill(nil)
		for range 5 {
			page = page.Fill(url.Values{"code": {"abcdef"}})
			require.Equal(t, http.StatusUnprocessableEntity, page.Status)
		}
		page = page.Fill(url.Values{"code": {"abcdef"}})
		require.Equal(t, http.StatusUnprocessableEntity, page.Status)
		require.NotEmpty(t, page.Texts(".summary li"))
		require.Empty(t, page.All("input[name=code]"), "a new code must be asked for")
	})

	t.Run("a second declaration is refused while the first is open", func(t *testing.T) {
		t.Parallel()
		b := portaltest.New(t).Citizen(t, "13800000009")
		fillIn(b, nil).Fill(promise)
		page := fillIn(b, nil).Fill(promise)
		require.Contains(t, page.Text(".summary"), "您已经有一份申报正在办理")
	})
}

func TestFollow(t *testing.T) {
	t.Parallel()

	t.Run("nobody sees another's declaration, by any page", func(t *testing.T) {
		t.Parallel()
		site := portaltest.New(t)
		mine, other := site.Citizen(t, "13800000009"), site.Citizen(t, "13800000008")
		done := fillIn(mine, nil).Fill(promise)
		id := done.Path[len("/d/done/"):]
		for _, path := range []string{"/d/done/" + id, "/me/" + id, "/me/" + id + "/withdraw"} {
			require.Equal(t, http.StatusNotFound, other.Get(path).Status, path)
		}
		require.Equal(t, http.StatusNotFound, other.Post("/me/"+id+"/withdraw", nil).Status)
		require.Contains(t, other.Get("/me").Text("main"), "您还没有提交过申报。")
		require.Equal(t, http.StatusNotFound, mine.Get("/me/nonsense").Status)
		require.Equal(t, http.StatusNotFound, site.Role(t, actor.MemberRole).Get("/me/"+id).Status)
	})

	t.Run("a citizen withdraws after being asked once, and once more does no harm", func(t *testing.T) {
		t.Parallel()
		b := portaltest.New(t).Citizen(t, "13800000009")
		id := fillIn(b, nil).Fill(promise).Path[len("/d/done/"):]
		require.Equal(t, "/me/"+id, b.Post("/me/"+id+"/withdraw", nil).Path)
		page := b.Post("/me/"+id+"/withdraw", nil)
		require.Equal(t, "/me/"+id, page.Path)
		require.Contains(t, page.Text("main"), "已撤回")
		require.Empty(t, page.Links("main a[href=/me/"+id+"/withdraw]"))
		require.Equal(t, "这一份已经结束", page.Text(".notice h2"))
		require.Equal(t, []string{"/d"}, page.Links("main a.button"), "another may be begun")
	})

	t.Run("what has its result can no longer be withdrawn, and its page says how it stands", func(t *testing.T) {
		t.Parallel()
		site := portaltest.New(t)
		b := site.Citizen(t, "13800000009")
		id := fillIn(b, nil).Fill(promise).Path[len("/d/done/"):]
		question := b.Get("/me/" + id + "/withdraw")
		_, err := site.Admin.Exec(t.Context(), `update records.declarations set state = 'closed', reason = 'helped' where id = $1`, id)
		require.NoError(t, err)
		for _, page := range []*portaltest.Page{question.Fill(nil), b.Get("/me/" + id + "/withdraw")} {
			require.Equal(t, "/me/"+id, page.Path)
			require.Contains(t, page.Text(".said.amiss"), "不能再撤回", "a refusal does not look like what is done")
			require.Contains(t, page.Text("main"), "已经得到帮助")
		}
	})

	t.Run("an identity number on record shows nothing of the household until an officer links it", func(t *testing.T) {
		t.Parallel()
		site := portaltest.New(t)
		officer := actor.Officer{Account: "o", Level: actor.SubdistrictRole, Region: "110101001"}
		h, err := household.Register(t.Context(), site.Pools.Records, site.Keys, officer, household.New{
			Region: officer.Region, Members: []household.Member{{Name: "王桂英", Identity: identity}}})
		require.NoError(t, err)
		b := site.Citizen(t, "13800000009")
		id := fillIn(b, url.Values{"identity": {identity}}).Fill(promise).Path[len("/d/done/"):]
		page := b.Get("/me/" + id)
		require.Contains(t, page.Text("main"), "街道核实是您本人以后")
		require.Equal(t, []string{"您家申报了困难"}, page.Texts(".timeline h3"))
		require.NotContains(t, page.Body, "110101001")
		require.NotContains(t, page.Text("main"), "东城", "the place is the one that was typed")

		require.NoError(t, declaration.Accept(t.Context(), site.Pools.Records, officer, declaration.ID(id)))
		require.NoError(t, household.Link(t.Context(), site.Pools.Records, officer, h, id))
		page = b.Get("/me/" + id)
		require.Equal(t, []string{"核实了是您本人，您可以查看全部经过", "街道开始办理", "您家申报了困难", "为您家建立了档案"}, page.Texts(".timeline h3"))
	})

	t.Run("a household without consents is told so, and others' consents are not there", func(t *testing.T) {
		t.Parallel()
		b := portaltest.New(t).Citizen(t, "13800000009")
		fillIn(b, nil).Fill(promise)
		page := b.Get("/me/data")
		require.Equal(t, []string{"您还没有同意过让谁联系您。", "还没有人看过。", "还没有工作人员打开过。"}, page.Texts(".empty"))
		require.Equal(t, http.StatusNotFound, b.Get("/me/consents/"+id.New()).Status)
		require.Equal(t, http.StatusNotFound, b.Get("/me/deliveries/"+id.New()).Status)
	})

	t.Run("an officer who opens the form declares as a citizen, not as an officer", func(t *testing.T) {
		t.Parallel()
		site := portaltest.New(t)
		b := site.As(t, account.New{Role: actor.SubdistrictRole, Region: place})
		require.Equal(t, "/d/code", fillIn(b, nil).Path)
	})
}
