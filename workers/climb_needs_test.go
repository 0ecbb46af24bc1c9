package workers

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shanqiao/charities/claim"
	"shanqiao/internal/id"
	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
	"shanqiao/needs"
	"shanqiao/needs/chain"
	"shanqiao/needs/needstest"
)

// TestANeedClimbs follows a need from the slot to a provider next door, who then
// takes it with an offer that would not have reached it before.
func TestANeedClimbs(t *testing.T) {
	t.Parallel()
	w := needstest.New(t)
	workers := newWorkers(t, w)
	need := w.Need("bathing", 2, needs.Published)
	card := w.Card(need)
	w.Exec(`update records.listings set listed_at = now() - interval '5 days'`, pg.Args{})
	full := w.Organisation("verified")
	offer := func(org, area string, committed int) string {
		o := id.New()
		w.Exec(`insert into exchange.projects (id, organisation_id, title, summary, codes, areas, places, starts_on, ends_on, state, published_by)
		        values (@id, @org, '项目', '说明', '{bathing}', array[@area], 10, current_date - 30, current_date + 300, 'published', 'x')`,
			pg.Args{"id": o, "org": org, "area": area})
		w.Exec(`insert into exchange.offers (id, kind, organisation_id, project_id, codes, areas, capacity, committed, starts_on, ends_on)
		        values (@id, 'charity', @org, @id, '{bathing}', array[@area], 10, @committed, current_date - 30, current_date + 300)`,
			pg.Args{"id": o, "org": org, "area": area, "committed": committed})
		return o
	}
	haidian := offer(w.Org, "110108", 0)
	offer(full, "110105", 10)
	ask := func() error {
		_, err := claim.Take(t.Context(), w.Pools.Exchange, w.Worker,
			claim.Request{Card: card, Offer: haidian, Units: 2, Worker: w.Worker.Account, RequestKey: id.New()})
		return err
	}
	require.ErrorContains(t, ask(), "invalid")
	slot := func() {
		t.Helper()
		require.NoError(t, outbox.Append(t.Context(), w.Pools.Records, outbox.Records,
			outbox.Fact{Kind: "climb-needs", Key: id.New(), Queue: outbox.Default}))
		require.NoError(t, workers.Drain(t.Context()))
		noDeadLetters(t, w)
	}
	for range 2 {
		slot()
	}
	number := func(sql string) int {
		t.Helper()
		n, err := pg.One[int](t.Context(), w.Admin, nil, sql, pg.Args{})
		require.NoError(t, err)
		return n
	}
	require.Equal(t, 1, number(`select count(*)::int from exchange.card_steps`))
	require.Equal(t, 1, number(`select count(*)::int from exchange.proposals where state = 'open'`))
	require.Contains(t, w.Kinds(), string(chain.NeedClimbed))

	w.Exec(`update records.listings set listed_at = now() - interval '9 days'`, pg.Args{})
	slot()
	require.Equal(t, 3, number(`select count(*)::int from exchange.card_steps`))
	require.Equal(t, 1, number(`select count(*)::int from exchange.card_notices where organisation_id = '`+full+`' and missing = 'capacity'`))

	require.NoError(t, ask())
	require.NoError(t, workers.Drain(t.Context()))
	require.Equal(t, needs.Claimed, w.State(need))
	w.Exec(`update records.listings set listed_at = now() - interval '40 days'`, pg.Args{})
	w.Exec(`update exchange.claims set made_at = now() - interval '31 days'`, pg.Args{})
	slot()
	require.Zero(t, number(`select count(*)::int from records.need_steps where step in ('purchase','meeting')`), "the claim stopped the clock")
}

// TestTheClockLooksOften keeps the slot in the table of schedules.
func TestTheClockLooksOften(t *testing.T) {
	t.Parallel()
	found := false
	for _, s := range schedules {
		found = found || s.Job == "climb-needs" && s.Half == outbox.Records && s.Every <= 24*time.Hour
	}
	require.True(t, found)
}
