package charity_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/actor"
	"shanqiao/portal/account"
)

func TestSearchBudget(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	w.indexed(t)
	asked, page := 0, w.b.Get("/c/needs")
	for ; page.Status == http.StatusOK && asked < 120; asked++ {
		page = w.b.Get(fmt.Sprintf("/c/needs?area=110105&q=w%d", asked))
	}
	require.Equal(t, http.StatusTooManyRequests, page.Status)
	require.Equal(t, 91, asked)
	require.Contains(t, page.Text("main"), "10分钟")
	require.Equal(t, http.StatusOK, w.b.Get("/c/needs").Status, "looking at all still works")
	require.Equal(t, http.StatusOK, w.member(t, w.org).Get("/c/needs?area=110105&q=w1").Status, "a colleague has a budget of one's own")

	admin := w.As(t, account.New{Role: actor.AdministratorRole, Login: "root", Name: "管理员"})
	over := admin.Get("/admin")
	require.Equal(t, http.StatusOK, over.Status)
	require.Contains(t, over.Links("main a"), "/admin/accounts/"+w.by.Account)
	require.Contains(t, over.Text("main"), "同样的条件，只换一项，反复查找")
	require.Contains(t, over.Text("main"), "查找次数远超常人")
	require.NotContains(t, over.Body, "w17", "what was searched for is not kept")
}
