package entry_test

import (
	"net/http"
	"net/url"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/actor"
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
