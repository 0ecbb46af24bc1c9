package charity_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shanqiao/charities/charitytest"
	"shanqiao/matcher"
	"shanqiao/needs/deid"
)

// TestPushed puts a need that nobody takes before those who nearly fit, who read
// the card and which of their own offers falls short, and nothing more.
func TestPushed(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	w.offers(t, w.by, "助浴到家", "bathing", "110108") // next door
	other := charitytest.Verified(t, w.DB)
	b := w.member(t, other.Organisation)
	card := charitytest.Card(t, w.DB, 2)
	path := "/c/needs/" + card
	step := func(steps ...string) {
		t.Helper()
		for _, s := range steps {
			_, err := w.Pools.Gate.Exec(t.Context(), `insert into exchange.card_steps (card_id, step) values ($1, $2)`, card, s)
			require.NoError(t, err)
		}
		require.NoError(t, matcher.Notify(t.Context(), w.Pools.Exchange, deid.CardID(card), time.Now()))
	}
	require.NotContains(t, w.b.Get(path).Text("main"), "也在请")
	require.Contains(t, w.b.Get(path).Text("main"), "这里只服务")

	step("push")
	home := w.b.Get("/c")
	require.Contains(t, home.Text("main"), "还没有人接，您这里差一点就合适")
	require.Contains(t, home.Links("section[aria-labelledby=pushed] a"), path)
	require.Contains(t, home.Text("section[aria-labelledby=pushed]"), "差在服务地区")
	require.Empty(t, b.Get("/c").All("#pushed"), "who has nothing near is not asked")

	step("wider_area")
	page := w.b.Get(path)
	require.Contains(t, page.Text("main"), "也在请同一片相邻的区一起找人。")
	require.Contains(t, page.Text("main"), "已经请相邻的区一起找", "and the offer fits by now")
	require.Contains(t, w.b.Get(path+"/claim").Text("main"), "助浴到家", "it can be drawn on")
	step("neighbouring_district")
	require.Contains(t, b.Get(path).Text("main"), "也在请相邻的区一起找人。", "the same to everyone who may read the card")
	_, err := w.Admin.Exec(t.Context(), `update exchange.cards set area = '110000' where id = $1`, card)
	require.NoError(t, err)
	require.NotContains(t, b.Get(path).Text("main"), "也在请", "a card of the whole city has no neighbours")
	_, err = w.Admin.Exec(t.Context(), `update exchange.cards set committed = 2 where id = $1`, card)
	require.NoError(t, err)
	require.Empty(t, w.b.Get("/c").All("#pushed"), "taken")
}
