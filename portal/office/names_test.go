package office_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/pg"
	"shanqiao/needs"
	"shanqiao/needs/outcome"
)

// An English page calls an organisation by its English name, and marks the
// Chinese one as Chinese where there is no other.
func TestNames(t *testing.T) {
	t.Parallel()
	d := open(t)
	need := d.w.Need("bathing", 2, needs.Published)
	ref := d.w.Claim(d.w.Card(need), d.w.Org, 2, "in-progress")
	delivery := d.w.Delivery(ref, 1, "as_agreed")
	require.NoError(t, d.w.System(func(ctx context.Context, tx pg.DB) error { return outcome.Delivered(ctx, tx, delivery) }))
	pages := []string{"/s/claims/" + ref, "/s/needs/" + string(need), "/s/deliveries", "/s/deliveries/" + delivery + "/confirm"}

	d.one.Get("/lang?to=en")
	for _, page := range pages {
		require.Contains(t, d.one.Get(page).Text("main [lang=zh-CN]"), "邻里助老社", page)
	}
	d.w.Exec(`update exchange.organisations set name_en = 'Good Neighbours' where id = @id`, pg.Args{"id": d.w.Org})
	for _, page := range pages {
		require.Contains(t, d.one.Get(page).Text("main [lang=en]"), "Good Neighbours", page)
	}
	require.Equal(t, "Good Neighbours", d.one.Get("/s/claims/"+ref+"/consent").Text("blockquote [lang=en]"), "what is read out")
	d.one.Get("/lang?to=zh")
	for _, page := range pages {
		require.NotContains(t, d.one.Get(page).Text("main"), "Good Neighbours", page)
	}
}
