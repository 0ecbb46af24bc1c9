package matcher_test

import (
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"shanqiao/internal/actor"
	"shanqiao/matcher"
	"shanqiao/matcher/assign"
)

// dream matches the city in a transaction that is taken back, and says what would
// have been assigned.
func (w *town) dream(forget bool) (matcher.Report, []string) {
	w.t.Helper()
	tx, err := w.Pools.Exchange.Begin(w.t.Context())
	require.NoError(w.t, err)
	if forget {
		_, err = tx.Exec(w.t.Context(), `update exchange.rounds set memory = null`)
		require.NoError(w.t, err)
	}
	report, err := matcher.Round(w.t.Context(), tx, at, assign.Optimal{})
	require.NoError(w.t, err)
	rows, err := tx.Query(w.t.Context(), `
		select card_id || ' ' || offer_id || ' ' || units from exchange.proposals
		 where state = 'open' and round_id is not null order by 1`)
	require.NoError(w.t, err)
	given, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(w.t, err)
	require.NoError(w.t, tx.Rollback(w.t.Context()))
	return report, given
}

// asGood matches the city with what the last round left, and holds the outcome
// against that of a round that begins with nothing.
func (w *town) asGood() matcher.Start {
	w.t.Helper()
	cold, _ := w.dream(true)
	require.Equal(w.t, matcher.NoMemory, cold.Proof.Start)
	_, given := w.dream(false)
	_, again := w.dream(false)
	require.Equal(w.t, given, again, "one outcome")
	warm := w.round(assign.Optimal{})
	require.Equal(w.t, cold.ByUrgency, warm.ByUrgency)
	require.Equal(w.t, cold.Proof.Utility, warm.Proof.Utility)
	require.True(w.t, cold.Proof.Exact)
	require.True(w.t, warm.Proof.Exact)
	if warm.Evenness.Even {
		require.Equal(w.t, cold.ByArea, warm.ByArea, "and each district has as much")
	}
	return warm.Proof.Start
}

func TestARoundBeginsWithWhatTheLastOneLeft(t *testing.T) {
	t.Parallel()
	for name, even := range map[string]bool{"evenly": true, "not evenly": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newTown(t)
			seedCity(w, 400, 60)
			w.evenly(even)
			first := w.round(assign.Optimal{})
			require.Equal(t, matcher.NoMemory, first.Proof.Start)
			require.Equal(t, matcher.Remembered, w.asGood(), "nothing has changed but that all stands")
			require.Equal(t, matcher.Remembered, w.asGood())

			w.exec(`update exchange.cards set state = 'withdrawn' where id in (
				select card_id from exchange.proposals where state = 'open' and round_id is not null order by card_id limit 1)`, nil)
			w.asGood()
			w.exec(`update exchange.offers set capacity = capacity - 1 where id in (
				select id from exchange.offers where committed + 1 < capacity order by id limit 1)`, nil)
			w.asGood()
			w.in("110105", 3)
			w.gives([]string{"110105", "110101"}, 9)
			w.asGood()
			w.exec(`update exchange.cards set state = 'withdrawn' where id in (select id from exchange.cards where state = 'open' order by id limit 90)`, nil)
			w.exec(`update exchange.offers set capacity = greatest(committed, capacity / 2) where id in (select id from exchange.offers order by id limit 20)`, nil)
			require.Equal(t, matcher.TooMuchNew, w.asGood(), "a quarter of all went")
			require.Equal(t, matcher.Remembered, w.asGood())
		})
	}
}

func TestAMemoryThatIsOfNoUse(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	seedCity(w, 60, 20)
	w.evenly(true)
	text := func(r matcher.Report) string { return r.Text("en") }
	first := w.round(assign.Optimal{})
	require.Contains(t, text(first), "no earlier round left anything")
	require.Contains(t, text(w.round(assign.Optimal{})), "began with what the last round left")
	kept := func() (n int) {
		require.NoError(t, w.Admin.QueryRow(t.Context(), `select count(*) from exchange.rounds where memory is not null`).Scan(&n))
		return n
	}
	require.Equal(t, 1, kept(), "only the last one is kept")

	w.evenly(false)
	require.Equal(t, matcher.OtherSettings, w.asGood(), "with and without evenness nothing is shared")
	require.Equal(t, matcher.Remembered, w.asGood())
	w.exec(`
		insert into exchange.match_weights (starts_on, duty, area, kind, waiting, load, reliability, newcomer, exposure, keep, source, set_by)
		select starts_on, duty, area + 1000, kind, waiting, load, reliability, newcomer, exposure, keep, source, set_by
		  from exchange.match_weights order by starts_on desc, id desc limit 1`, nil)
	require.Equal(t, matcher.OtherSettings, w.asGood(), "nor under other weights")
	require.Equal(t, matcher.Remembered, w.asGood())

	for _, damaged := range []string{`3`, `{}`, `{"price": {"a": -1}}`, `{"price": {}, "slack": 1e300}`, `{"price": {"a": "b"}}`, `{"price": {}, "outside": 7}`} {
		w.exec(`update exchange.rounds set memory = @m where memory is not null`, map[string]any{"m": damaged})
		require.Equal(t, matcher.DamagedMemory, w.asGood(), damaged)
	}
	greedy := w.round(assign.Greedy{})
	require.Nil(t, greedy.Proof, "it looks for nothing better and leaves nothing")
	require.Equal(t, 1, kept())

	district, err := matcher.RoundFor(t.Context(), w.Pools.Exchange, actor.Officer{Level: actor.DistrictRole, Region: "110105"}, first.Round)
	require.NoError(t, err)
	require.Equal(t, matcher.NoMemory, district.Report.Proof.Start)
}
