package admin_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"shanqiao/charities/charitytest"
	"shanqiao/internal/actor"
	"shanqiao/internal/env"
	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
	"shanqiao/portal"
	"shanqiao/portal/account"
	"shanqiao/portal/portaltest"
)

// opened fills in the form for a new account and returns the page that answers.
func opened(b *portaltest.Browser, values url.Values) *portaltest.Page {
	return b.Get("/admin/accounts/new").Fill(values)
}

func signIn(t *testing.T, site *portaltest.Site, login, password string) *portaltest.Page {
	t.Helper()
	return site.Anyone(t).Get("/signin/password").Fill(url.Values{"login": {login}, "password": {password}})
}

func TestAccounts(t *testing.T) {
	t.Parallel()
	site := portaltest.New(t)
	b := site.As(t, account.New{Role: actor.AdministratorRole, Login: "root", Name: "管理员"})
	site.Citizen(t, "13912345678")
	verified, applied := charitytest.Verified(t, site.DB), charitytest.Applied(t, site.DB)

	page := opened(b, url.Values{"role": {"subdistrict"}, "name": {"陈静"}, "login": {" Chen.Jing "}, "region": {"110105015"}})
	require.Equal(t, http.StatusOK, page.Status, page.Texts(".summary li"))
	require.Equal(t, "no-store", page.Header.Get("Cache-Control"))
	words := page.Texts("dd code")
	require.Equal(t, "chen.jing", words[0])
	require.Regexp(t, `^([a-z2-9]{4}-){3}[a-z2-9]{4}$`, words[1])
	path := page.Links("main a")[0]
	require.NotContains(t, b.Get(path).Body, words[1], "told once")
	require.NotContains(t, site.Log.String(), words[1])

	t.Run("the password signs in, until it is reset", func(t *testing.T) {
		require.Equal(t, "/account/password?next=%2Fs", signIn(t, site, "chen.jing", words[1]).Path, "to choose another first")
		next := b.Get(path)
		require.Contains(t, next.Texts("dd"), "1", "one device")
		told := b.Post(path+"/password", nil).Texts("dd code")
		require.NotEqual(t, words[1], told[1])
		require.Equal(t, http.StatusUnprocessableEntity, signIn(t, site, "chen.jing", words[1]).Status)
		require.Equal(t, "/account/password?next=%2Fs", signIn(t, site, "chen.jing", told[1]).Path)
	})

	t.Run("an account is shut at once, let in again, signed out everywhere, and each is written down", func(t *testing.T) {
		made := site.As(t, account.New{Role: actor.DistrictRole, Login: "li.qu"})
		path := "/admin/accounts/" + made.Account
		require.Equal(t, http.StatusOK, made.Get("/s").Status)
		require.Equal(t, path, b.Post(path+"/disable", nil).Path)
		require.Contains(t, made.Get("/s").Path, "/signin", "signed out at once")
		require.Equal(t, http.StatusConflict, b.Post(path+"/disable", nil).Status)
		require.Equal(t, path, b.Post(path+"/enable", nil).Path)
		require.Equal(t, http.StatusConflict, b.Post(path+"/enable", nil).Status)
		again := site.Signed(t, made.Account)
		require.Equal(t, http.StatusOK, again.Get("/s").Status)
		b.Post(path+"/signout", nil)
		require.Contains(t, again.Get("/s").Path, "/signin")
		require.Equal(t, []string{"退出所有设备", "恢复", "停用"}, b.Get(path).Texts("[data-h=操作]"))
	})

	t.Run("what does not fit is said beside its field, and nothing is made", func(t *testing.T) {
		for name, c := range map[string]struct {
			values url.Values
			at     string
		}{
			"no region":                    {url.Values{"role": {"subdistrict"}, "region": {""}}, "#f-region"},
			"a district for a subdistrict": {url.Values{"role": {"subdistrict"}, "region": {"110105"}}, "#f-region"},
			"a subdistrict for a district": {url.Values{"role": {"district"}, "region": {"110105015"}}, "#f-region"},
			"no such region":               {url.Values{"role": {"district"}, "region": {"999999"}}, "#f-region"},
			"no organisation":              {url.Values{"role": {"member"}}, "#f-organisation"},
			"not verified":                 {url.Values{"role": {"member"}, "organisation": {applied.Organisation}}, "#f-organisation"},
			"a login taken":                {url.Values{"role": {"city"}, "login": {"root"}}, "#f-login"},
			"a login in Chinese":           {url.Values{"role": {"city"}, "login": {"陈静"}}, "#f-login"},
			"no name":                      {url.Values{"role": {"city"}, "name": {" "}}, "#f-name"},
			"an administrator":             {url.Values{"role": {"administrator"}}, "#f-role-subdistrict"},
			"a citizen":                    {url.Values{"role": {"citizen"}}, "#f-role-subdistrict"},
		} {
			values := url.Values{"name": {"某人"}, "login": {"somebody"}}
			for k, v := range c.values {
				values[k] = v
			}
			page := opened(b, values)
			require.Equal(t, http.StatusUnprocessableEntity, page.Status, name)
			require.Contains(t, page.Links(".summary a"), c.at, name)
		}
		n, err := pg.One[int](t.Context(), site.Pools.Access, nil, `select count(*)::int from access.accounts where login = 'somebody' or name = '某人'`, pg.Args{})
		require.NoError(t, err)
		require.Zero(t, n)
		require.Equal(t, http.StatusOK, opened(b, url.Values{"role": {"member"}, "name": {"小李"}, "login": {"xiaoli"}, "organisation": {verified.Organisation}}).Status)
	})

	t.Run("citizens are a number and nothing more", func(t *testing.T) {
		page := b.Get("/admin/accounts")
		require.NotContains(t, page.Body, "13912345678")
		require.NotContains(t, page.Texts("[data-h=身份]"), "居民")
		citizen, err := pg.One[string](t.Context(), site.Pools.Access, nil, `select id from access.accounts where role = 'citizen'`, pg.Args{})
		require.NoError(t, err)
		path := "/admin/accounts/" + citizen
		require.Equal(t, http.StatusNotFound, b.Get(path).Status)
		for _, act := range []string{"/disable", "/enable", "/password", "/signout"} {
			require.Equal(t, http.StatusNotFound, b.Post(path+act, nil).Status, act)
		}
		require.Contains(t, strings.Join(b.Get("/admin").Texts("tbody tr"), "\n"), "居民 1 0")
	})

	t.Run("an administrator neither changes the own account nor takes over another's", func(t *testing.T) {
		own := "/admin/accounts/" + b.Account
		for _, act := range []string{"/disable", "/enable", "/password", "/signout"} {
			require.Equal(t, http.StatusConflict, b.Post(own+act, nil).Status, act)
		}
		peer := site.As(t, account.New{Role: actor.AdministratorRole, Login: "peer"})
		path := "/admin/accounts/" + peer.Account
		require.Equal(t, http.StatusForbidden, b.Post(path+"/password", nil).Status)
		require.Equal(t, path, b.Post(path+"/disable", nil).Path, "a peer who went wrong can be stopped")
		require.Equal(t, http.StatusForbidden, b.Post(path+"/enable", nil).Status)
		_, _, err := account.Open(t.Context(), site.Pools.Access, actor.Administrator{Account: b.Account},
			account.New{Role: actor.AdministratorRole, Login: "third", Name: "三"})
		require.Error(t, err)
	})

	t.Run("a list is searched by login, name and role", func(t *testing.T) {
		require.Equal(t, []string{"chen.jing"}, b.Get("/admin/accounts?text=CHEN").Texts("tbody th"))
		require.Equal(t, []string{"chen.jing"}, b.Get("/admin/accounts?text="+url.QueryEscape("静")).Texts("tbody th"))
		require.Equal(t, []string{"peer", "root"}, b.Get("/admin/accounts?role=administrator").Texts("tbody th"))
		require.NotEmpty(t, b.Get("/admin/accounts?text=%25").Text(".empty"))
		require.Empty(t, b.Get("/admin/accounts?role=king").Texts("tbody th"))
	})
}

func TestJobs(t *testing.T) {
	t.Parallel()
	site := portaltest.New(t)
	b := site.Role(t, actor.AdministratorRole)
	require.Contains(t, b.Get("/admin/jobs").Text(".empty"), "不用处理")
	require.Equal(t, "没有办不成的事", b.Get("/admin").Text(".notice h2"))

	for half, db := range map[outbox.Half]pg.DB{outbox.Records: site.Pools.Records, outbox.Exchange: site.Pools.Exchange} {
		require.NoError(t, outbox.Append(t.Context(), db, half, outbox.Fact{Kind: "index-card", Ref: "a"}, outbox.Fact{Kind: "index-card", Ref: "waits"}))
		_, err := site.Admin.Exec(t.Context(), `update `+string(half)+`.outbox set state = 3, last_code = 'poison', starts = 2, fails = 1 where ref = 'a'`)
		require.NoError(t, err)
	}
	require.Equal(t, "有 2 件事没有办成", b.Get("/admin").Text(".notice h2"))
	links := b.Get("/admin/jobs").Links("tbody a")
	require.Len(t, links, 2)
	state := func(half string) (n int) {
		require.NoError(t, site.Admin.QueryRow(t.Context(), `select state from `+half+`.outbox where ref = 'a'`).Scan(&n))
		return n
	}
	letter := b.Get(links[0])
	require.Contains(t, letter.Texts("dd"), "poison")
	require.Contains(t, letter.Texts("main form p"), "这件事以后不再办，也不能恢复。记录会留下，并记下是您决定的。")
	require.Equal(t, 3, state("records"), "looking changes nothing")

	require.Equal(t, "/admin/jobs", b.Post(links[0]+"/retry", nil).Path)
	require.Equal(t, 0, state("records"))
	require.Equal(t, http.StatusConflict, b.Post(links[0]+"/retry", nil).Status, "sent twice is once")
	require.Equal(t, http.StatusNotFound, b.Get(links[0]).Status)

	require.Equal(t, "/admin/jobs", b.Post(links[1]+"/cancel", nil).Path)
	require.Equal(t, 4, state("exchange"))
	require.Equal(t, http.StatusConflict, b.Post(links[1]+"/retry", nil).Status)
	for _, path := range []string{"/admin/jobs/access/" + uuid.NewString(), "/admin/jobs/records/nonsense", "/admin/jobs/records/" + uuid.NewString()} {
		require.Equal(t, http.StatusNotFound, b.Get(path).Status, path)
		require.Equal(t, http.StatusNotFound, b.Post(path+"/retry", nil).Status, path)
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	site := portaltest.New(t, func(s *portal.Server) {
		s.Settings = []env.Setting{
			{Name: "DATABASE_URL", Value: "postgres://db.example/bridge", Set: true}, {Name: "MEILI_KEY", Set: true, Secret: true},
			{Name: "SHANQIAO_SMS_TOKEN", Secret: true}, {Name: "SHANQIAO_PROXIES"}, {Name: "SHANQIAO_POOL_GATE", Value: "2"},
		}
	})
	b := site.Role(t, actor.AdministratorRole)
	page := b.Get("/admin/settings")
	require.Equal(t, http.StatusOK, page.Status)
	require.Equal(t, []string{"postgres://db.example/bridge", "已设置，不显示", "没有设置", "没有设置：都不相信", "2"}, page.Texts("[data-h=现在是]"))
	require.Equal(t, []string{"启动时给的", "启动时给的", "程序自己定的", "程序自己定的", "程序自己定的"}, page.Texts("[data-h=从哪里来]"))
	require.Empty(t, page.All("main form"), "they are read here and never changed")
	require.Equal(t, http.StatusNotFound, site.Role(t, actor.AuditorRole).Get("/admin/settings").Status)
}

func TestWhatTurnsOnTheRoleIsNotCalledOptional(t *testing.T) {
	t.Parallel()
	page := portaltest.New(t).Role(t, actor.AdministratorRole).Get("/admin/accounts/new")
	require.NotContains(t, page.Text("main form"), "可以不填")
	require.Equal(t, "请选择", page.Texts("#f-region option")[0])
	require.Equal(t, "请选择", page.Texts("#f-organisation option")[0])
}
