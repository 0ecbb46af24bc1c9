package workers

import (
	"context"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"shanqiao/charities/delivery"
	"shanqiao/internal/id"
	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
	"shanqiao/internal/redistest"
	"shanqiao/needs"
	"shanqiao/needs/chain"
	"shanqiao/needs/deid"
	"shanqiao/needs/index"
	"shanqiao/needs/index/embedded"
	"shanqiao/needs/needstest"
	"shanqiao/workers/relay"
)

const patience = 60 * time.Second

func newWorkers(t *testing.T, w *needstest.World) *Workers {
	t.Helper()
	ledger, err := chain.NewLedger(filepath.Join(t.TempDir(), "checkpoints"), w.Keys)
	require.NoError(t, err)
	return &Workers{
		Pools: w.Pools, Ledger: ledger, Now: time.Now, Log: slog.New(slog.DiscardHandler),
		Index: index.Tiers{Public: embedded.New(deid.Public), Verified: embedded.New(deid.Verified)},
	}
}

// fact commits a fact as a verb would.
func fact(t *testing.T, w *needstest.World, half outbox.Half, kind, ref string, payload map[string]string) {
	t.Helper()
	pool := w.Pools.Exchange
	if half == outbox.Records {
		pool = w.Pools.Records
	}
	require.NoError(t, outbox.Append(t.Context(), pool, half, outbox.Fact{Kind: kind, Ref: ref, Payload: payload}))
}

func count(t *testing.T, w *needstest.World, sql string) int {
	t.Helper()
	n, err := pg.One[int](t.Context(), w.Admin, nil, sql, pg.Args{})
	require.NoError(t, err)
	return n
}

func noDeadLetters(t *testing.T, w *needstest.World) {
	t.Helper()
	for _, half := range []outbox.Half{outbox.Records, outbox.Exchange} {
		letters, err := outbox.Dead(t.Context(), w.Admin, half, 100)
		require.NoError(t, err)
		require.Empty(t, letters)
	}
}

func TestTheWiringHolds(t *testing.T) {
	t.Parallel()
	w := &Workers{Ledger: &chain.Ledger{}}
	require.NoError(t, relay.Check(w.jobs(), routes, w.schedules()))
	w.Ledger = nil
	require.NoError(t, relay.Check(w.jobs(), routes, w.schedules()))
	for _, s := range w.schedules() {
		require.NotEqual(t, "chain-checkpoint", s.Job)
	}
}

// story leaves a message for every job there is, with something for it to do.
func story(t *testing.T, w *needstest.World) {
	t.Helper()
	given := w.Need("meal_delivery", 3, needs.Published)
	card := w.Card(given)
	claim := w.Claim(card, w.Org, 3, "in-progress")
	done := w.Delivery(claim, 1, "as_agreed")
	fact(t, w, outbox.Exchange, "card.published", card, nil)
	fact(t, w, outbox.Exchange, "card.matched", card, nil)
	fact(t, w, outbox.Exchange, "claim.requested", claim, nil)
	fact(t, w, outbox.Exchange, "claim.accepted", claim, nil)
	fact(t, w, outbox.Exchange, "delivery.recorded", done, nil)
	fact(t, w, outbox.Records, "introduction.made", claim, nil)
	fact(t, w, outbox.Records, "outcome.confirmed", done, map[string]string{"answer": "received"})

	dropped := w.Need("bathing", 1, needs.Withdrawn)
	lost := w.Card(dropped)
	w.Claim(lost, w.Org, 1, "requested")
	w.Exec(`update exchange.cards set committed = 1 where id = @card`, pg.Args{"card": lost})
	fact(t, w, outbox.Records, "need.withdrawn", string(dropped), nil)

	refused := w.Need("haircut", 1, needs.Published)
	other := w.Card(refused)
	w.Exec(`update exchange.cards set committed = 1 where id = @card`, pg.Args{"card": other})
	fact(t, w, outbox.Records, "consent.withdrawn", w.Claim(other, w.Org, 1, "accepted"), nil)
	fact(t, w, outbox.Exchange, "offer.opened", id.New(), nil)
	unclaimed := w.Card(w.Need("visiting", 2, needs.Published))
	w.Exec(`update records.listings set listed_at = now() - interval '20 days' where card_id = @card`, pg.Args{"card": unclaimed})
	late := w.Need("reading", 2, needs.Approved)
	w.Exec(`update records.needs set window_from = current_date - 40, window_to = current_date - 2 where id = @need`, pg.Args{"need": late})
	w.Exec(`insert into gate.excuses (card_id, reason, by) select id, 'came past the gate', 'test' from exchange.cards`, pg.Args{})
	fact(t, w, outbox.Exchange, "solve-part", "a round that is over", map[string]string{"part": "0", "turn": "1"})
	for _, s := range schedules {
		fact(t, w, s.Half, s.Job, s.Ref, map[string]string{"slot": "2026-03-01T02:00:00+08:00"})
	}
}

// world is every row that a job may have left, without the times of writing.
func world(t *testing.T, w *needstest.World) map[string][]string {
	t.Helper()
	tables, err := pg.Many[string](t.Context(), w.Admin, `
		select table_schema || '.' || table_name from information_schema.tables
		 where table_schema in ('records', 'exchange', 'gate')
		   and table_name not in ('outbox', 'inbox') order by 1`, pg.Args{})
	require.NoError(t, err)
	all := map[string][]string{}
	for _, table := range tables {
		rows, err := w.Admin.Query(t.Context(), `select to_jsonb(t)::text from `+table+` t order by 1`)
		require.NoError(t, err)
		all[table], err = pgx.CollectRows(rows, pgx.RowTo[string])
		require.NoError(t, err)
	}
	return all
}

func TestEveryJobRunsTwiceWithTheSameResult(t *testing.T) {
	t.Parallel()
	w := needstest.New(t)
	workers := newWorkers(t, w)
	story(t, w)
	require.NoError(t, workers.Drain(t.Context()))
	noDeadLetters(t, w)

	kinds, err := pg.Many[string](t.Context(), w.Admin, `
		select kind from records.outbox where state = 2 union select kind from exchange.outbox where state = 2`, pg.Args{})
	require.NoError(t, err)
	for _, job := range workers.jobs() {
		require.Contains(t, kinds, job.Name, "the story leaves this job out")
	}

	before := world(t, w)
	for _, half := range []string{"records", "exchange"} {
		w.Exec(`update `+half+`.outbox set state = 0, starts = 0`, pg.Args{})
	}
	require.NoError(t, workers.Drain(t.Context()))
	if diff := cmp.Diff(before, world(t, w)); diff != "" {
		t.Errorf("a message that came twice changed something:\n%s", diff)
	}

	// Without its note each job does its work again. A round, a tick and a
	// checkpoint are then new ones; nothing else may be new.
	for _, half := range []string{"records", "exchange"} {
		w.Exec(`update `+half+`.outbox set state = 0, starts = 0`, pg.Args{})
		w.Exec(`delete from `+half+`.inbox`, pg.Args{})
	}
	require.NoError(t, workers.Drain(t.Context()))
	noDeadLetters(t, w)
	after := world(t, w)
	for _, all := range []map[string][]string{before, after} {
		delete(all, "gate.ticks")
		delete(all, "exchange.rounds")
		delete(all, "records.chain_checkpoints")
	}
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("work that was done twice changed something:\n%s", diff)
	}
}

func TestATickThatWouldShowSomebodyIsADeadLetterWithItsReasonsKept(t *testing.T) {
	t.Parallel()
	w := needstest.New(t)
	workers := newWorkers(t, w)
	card := w.Card(w.Need("bathing", 2, needs.Published)) // came past the gate, alone
	fact(t, w, outbox.Exchange, "publish-tick", "verified", map[string]string{"slot": "2026-03-01T02:00:00+08:00"})
	require.NoError(t, workers.Drain(t.Context()))
	letters, err := outbox.Dead(t.Context(), w.Admin, outbox.Exchange, 100)
	require.NoError(t, err)
	require.Len(t, letters, 1)
	require.Equal(t, 0, count(t, w, `select count(*)::int from gate.ticks`), "it did not happen")
	require.Equal(t, 1, count(t, w, `
		select count(*)::int from gate.refusals where tier = 'verified' and reasons->0->'cards' ? '`+card+`'`))
}

func TestAWithdrawnNeedTakesItsCardAndItsClaimsWithIt(t *testing.T) {
	t.Parallel()
	w := needstest.New(t)
	workers := newWorkers(t, w)
	need := w.Need("bathing", 2, needs.Published)
	card := w.Card(need)
	fact(t, w, outbox.Exchange, "card.published", card, nil)
	require.NoError(t, workers.Drain(t.Context()))
	held, err := workers.Index.Verified.Manifest(t.Context(), "", "", 10)
	require.NoError(t, err)
	require.Len(t, held, 1)

	claim := w.Claim(card, w.Org, 1, "accepted")
	w.Exec(`update exchange.cards set committed = 1 where id = @card`, pg.Args{"card": card})
	w.Exec(`update records.needs set state = 'withdrawn' where id = @need`, pg.Args{"need": need})
	fact(t, w, outbox.Records, "need.withdrawn", string(need), nil)
	require.NoError(t, workers.Drain(t.Context()))
	noDeadLetters(t, w)
	held, err = workers.Index.Verified.Manifest(t.Context(), "", "", 10)
	require.NoError(t, err)
	require.Empty(t, held)
	state, err := pg.One[string](t.Context(), w.Admin, nil, `select state from exchange.claims where id = @id`, pg.Args{"id": claim})
	require.NoError(t, err)
	require.Equal(t, "cancelled", state)
	require.Contains(t, w.Kinds(), string(chain.ClaimAnswered))
	require.Contains(t, w.Kinds(), string(chain.Unlisted))
}

func TestWhatNoJobIndexedIsFoundByTheNextReconciliation(t *testing.T) {
	t.Parallel()
	w := needstest.New(t)
	workers := newWorkers(t, w)
	card := w.Card(w.Need("bathing", 2, needs.Published)) // its fact was never written
	fact(t, w, outbox.Exchange, "index-reconcile", "", nil)
	require.NoError(t, workers.Drain(t.Context()))
	held, err := workers.Index.Verified.Manifest(t.Context(), "", "", 10)
	require.NoError(t, err)
	require.Len(t, held, 1)
	require.Equal(t, index.DocVersion{ID: card, Version: 1, Sum: held[0].Sum}, held[0])

	workers.Index = index.Tiers{} // a process that indexes nothing has nothing to do
	fact(t, w, outbox.Exchange, "index-card", card, nil)
	w.Exec(`delete from exchange.inbox`, pg.Args{})
	w.Exec(`update exchange.outbox set state = 0`, pg.Args{})
	require.NoError(t, workers.Drain(t.Context()))
	noDeadLetters(t, w)
}

// another puts a further household beside the first.
func another(t *testing.T, w *needstest.World) *needstest.World {
	t.Helper()
	h := *w
	h.Household = id.New()
	h.Exec(`insert into records.households (id, number, region) values (@id, @id, @region)`,
		pg.Args{"id": h.Household, "region": needstest.Region})
	require.NoError(t, chain.Start(t.Context(), h.Admin, h.Household))
	return &h
}

func TestFiveHundredOutcomesWhileRedisIsKilledAndWiped(t *testing.T) {
	t.Parallel()
	const households, each = 10, 50
	w := needstest.New(t)
	var claims []string
	for range households {
		h := another(t, w)
		card := h.Card(h.Need("meal_delivery", each, needs.Published))
		w.Exec(`update exchange.cards set committed = quantity where id = @card`, pg.Args{"card": card})
		claims = append(claims, h.Claim(card, w.Org, each, "in-progress"))
	}
	server := redistest.New(t)
	options, err := redis.ParseURL(server.URL())
	require.NoError(t, err)
	workers := newWorkers(t, w)
	workers.Redis, workers.Timing = options, relay.Production
	today := w.Today()
	record := func(from, to int) {
		for range to - from {
			for _, claim := range claims {
				_, err := delivery.Record(t.Context(), w.Pools.Exchange, w.Worker, delivery.Report{
					Claim: claim, Units: 1, DeliveredOn: today, Minutes: 30, Result: delivery.AsAgreed, RequestKey: id.New()})
				require.NoError(t, err)
			}
		}
	}
	const entries = `select count(*)::int from records.chain_entries where kind = 'delivered'`
	record(0, each/2)
	ctx, cancel := context.WithCancel(t.Context())
	stopped := make(chan error, 1)
	go func() { stopped <- workers.Run(ctx) }()
	require.Eventually(t, func() bool { return count(t, w, entries) > 20 }, patience, 5*time.Millisecond)
	server.Kill()
	server.Wipe()
	killed := time.Now()
	flying := count(t, w, `select count(*)::int from exchange.outbox where kind = 'record-outcome' and state = 1`)
	record(each/2, each) // the portal knows nothing of Redis
	server.Start()
	require.Eventually(t, func() bool { return count(t, w, entries) == households*each }, patience, 50*time.Millisecond)
	t.Logf("%d in flight when Redis was killed and wiped; all %d entries %v later",
		flying, households*each, time.Since(killed).Round(10*time.Millisecond))
	require.Positive(t, flying, "nothing was in flight, so nothing was tested")

	cancel()
	require.NoError(t, <-stopped)
	require.NoError(t, workers.Drain(t.Context()))
	noDeadLetters(t, w)
	require.Equal(t, households*each, count(t, w, entries))
	require.Equal(t, households*each, count(t, w, `select count(*)::int from records.outcomes`))
	require.Equal(t, households*each, count(t, w, `select count(distinct payload::jsonb->>'delivery')::int
		from records.chain_entries where kind = 'delivered'`))
	require.Equal(t, households, count(t, w, `select count(*)::int from records.needs where delivered = quantity`))
}

var written = regexp.MustCompile(`Kind:\s*"([a-z_]+\.[a-z_]+)"`)

func TestEveryFactThatIsWrittenIsRouted(t *testing.T) {
	t.Parallel()
	found := 0
	for _, root := range []string{"../needs", "../charities", "../matcher"} {
		require.NoError(t, filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			source, err := os.ReadFile(path)
			for _, m := range written.FindAllSubmatch(source, -1) {
				found++
				require.Contains(t, routes, string(m[1]), path)
			}
			return err
		}))
	}
	require.Greater(t, found, 10)
}
