package charity_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/charities/charitytest"
)

func TestExcerpt(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	beside := func(tier string) string {
		k := charitytest.Card(t, w.DB, 3, func(columns map[string]any) { columns["tier"] = tier })
		_, err := w.Admin.Exec(t.Context(), `insert into exchange.card_excerpts (card_id, text, hash) values ($1, '老人〔人名〕每周两次。', 'x')`, k)
		require.NoError(t, err)
		return k
	}
	shown, public := beside("verified"), beside("public")
	w.indexed(t)
	require.Equal(t, "老人〔人名〕每周两次。", w.b.Get("/c/needs/"+shown).Text("blockquote"))
	require.NotContains(t, w.b.Get("/c/needs").Body, "每周两次", "it is on the card's own page alone")
	require.NotContains(t, w.b.Get("/c/needs?q=每周两次").Texts("main li"), "每周两次")
	for _, path := range []string{"/needs/" + public, "/needs/" + shown, "/c/needs/" + public} {
		require.NotContains(t, w.Anyone(t).Get(path).Body, "每周两次", path)
	}
	waiting := charitytest.Applied(t, w.DB)
	require.NotContains(t, w.member(t, waiting.Organisation).Get("/c/needs/"+shown).Body, "每周两次")

	_, err := w.Pools.Exchange.Exec(t.Context(), `update exchange.cards set state = 'withdrawn' where id = $1`, shown)
	require.NoError(t, err)
	require.Equal(t, http.StatusNotFound, w.b.Get("/c/needs/"+shown).Status)
	var left int
	require.NoError(t, w.Admin.QueryRow(t.Context(), `select count(*) from exchange.card_excerpts where card_id = $1`, shown).Scan(&left))
	require.Zero(t, left)
}
