package entry_test

import (
	"net/http"
	"net/url"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/actor"
	"shanqiao/portal/account"
	"shanqiao/portal/portaltest"
)

func TestPhone(t *testing.T) {
	t.Parallel()

	t.Run("a code from the telephone signs a citizen in and leads back", func(t *testing.T) {
		t.Parallel()
		site := portaltest.New(t)
		b := site.Anyone(t)

		page := b.Get("/signin/phone?next=%2Faccount%3Fx%3D1").Fill(url.Values{"phone": {"138 0000 0001"}})
		require.Equal(t, http.StatusOK, page.Status)
		code := regexp.MustCompile(`\d{6}`).FindString(page.Text(".notice.demo p"))
		require.NotEmpty(t, code)
		page = page.Fill(url.Values{"code": {code}})

		require.Equal(t, "/account?x=1", page.Path)
		require.Equal(t, "我的账户", page.Text("h1"))
		require.NotContains(t, site.Log.String(), code)
		require.NotContains(t, site.Log.String(), "13800000001")
	})

	t.Run("whoever reads English reads on in English, and later in what they chose", func(t *testing.T) {
		t.Parallel()
		site := portaltest.New(t)
		signIn := func(language string) *portaltest.Browser {
			b := site.Anyone(t)
			b.Header.Set("Accept-Language", language)
			page := b.Get("/signin/phone").Fill(url.Values{"phone": {"13800000001"}})
			code := regexp.MustCompile(`\d{6}`).FindString(page.Text(".notice.demo p"))
			require.Equal(t, http.StatusOK, page.Fill(url.Values{"code": {code}}).Status)
			return b
		}
		b := signIn("en-GB")
		require.Equal(t, "My account", b.Get("/account").Text("h1"))
		b.Get("/account").Fill(url.Values{"language": {"zh"}})
		require.Equal(t, "我的账户", signIn("en-GB").Get("/account").Text("h1"))
	})
}

// TestTemporaryPassword comes in with a password that somebody else gave: one page
// is open, and the way out.
func TestTemporaryPassword(t *testing.T) {
	t.Parallel()
	const given, own = "梨花 石桥 2026 白杨", "柳树 河岸 九月 灯笼"
	for role, home := range map[actor.Role]string{
		actor.SubdistrictRole: "/s", actor.MemberRole: "/c", actor.VolunteerRole: "/v", actor.AuditorRole: "/a", actor.AdministratorRole: "/admin",
	} {
		t.Run("nothing of a "+string(role)+" opens before another is chosen", func(t *testing.T) {
			t.Parallel()
			site := portaltest.New(t)
			hash, err := account.Hash(t.Context(), given)
			require.NoError(t, err)
			b := site.Signed(t, site.Account(t, account.New{Role: role, Login: "new.one", Hash: hash, Temporary: true}))

			page := b.Get(home + "?x=1")
			require.Equal(t, "/account/password?next="+url.QueryEscape(home+"?x=1"), page.Path)
			require.Equal(t, "请先换一个自己的密码", page.Text("h1"))
			require.Empty(t, page.Links("header nav a"))
			require.Equal(t, "/account/password?next=%2Faccount", b.Get("/account").Path)
			require.Equal(t, "/account/password", b.Post("/account", url.Values{"language": {"en"}}).Path)
			require.Equal(t, "/account/password", b.Post("/account/everywhere", nil).Path)
			require.Equal(t, http.StatusOK, b.Get("/help").Status, "what is for anyone stays open")

			require.Equal(t, http.StatusUnprocessableEntity, page.Fill(url.Values{"old": {given}, "password": {given}}).Status)
			require.Equal(t, "请先换一个自己的密码", b.Get(home).Text("h1"), "the same one again is no change")
			page = page.Fill(url.Values{"old": {given}, "password": {own}})
			require.Equal(t, home+"?x=1", page.Path, "on to where it was going")
			require.Equal(t, http.StatusOK, page.Status)
			require.Equal(t, "密码已经换好，其他设备都已退出。", page.Text(".said"))
			require.NotEmpty(t, page.Links("header nav a"))
		})
	}

	t.Run("programs are told, and whoever will not change it can sign out", func(t *testing.T) {
		t.Parallel()
		site := portaltest.New(t)
		b := site.As(t, account.New{Role: actor.MemberRole, Temporary: true})
		page := b.Get("/api/v1/needs")
		require.Equal(t, http.StatusForbidden, page.Status)
		require.Contains(t, page.Body, "account.temporary")
		require.Equal(t, "/", b.Post("/signout", nil).Path)
		require.Contains(t, b.Get("/c").Path, "/signin")
	})
}

func TestPassword(t *testing.T) {
	t.Parallel()
	b := portaltest.New(t).Anyone(t)
	page := b.Get("/signin/password?next=%2Fc").Fill(url.Values{"login": {"nobody.here"}, "password": {"梨花 石桥 2026 白杨"}})
	require.Equal(t, http.StatusUnprocessableEntity, page.Status)
	require.Contains(t, page.Body, "nobody.here", "kept")
	require.NotContains(t, page.Body, "石桥", "and never sent back")
	require.Equal(t, []string{"/signin?next=%2Fc"}, page.Links(".back a"), "to the other way of signing in")
}

func TestSettings(t *testing.T) {
	t.Parallel()

	t.Run("the language of the account is kept", func(t *testing.T) {
		t.Parallel()
		b := portaltest.New(t).Role(t, actor.AuditorRole)
		page := b.Get("/account").Fill(url.Values{"language": {"en"}})
		require.Equal(t, "Saved.", page.Text(".said"))
		require.Equal(t, "My account", page.Text("h1"))
	})
}
