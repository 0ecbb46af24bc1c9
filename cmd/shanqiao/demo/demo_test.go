package demo_test

import (
	"bytes"
	"context"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shanqiao/cmd/shanqiao/demo"
	"shanqiao/internal/pgtest"
	"shanqiao/needs/chain"
	"shanqiao/workers"
)

// at is the day of the tests' city: today, because the database's own clock says
// what lies in the past.
var at = time.Now()

// load makes a small city in a database of its own.
func load(t *testing.T, households int, seed uint64) (*pgtest.DB, demo.Account) {
	t.Helper()
	p := pgtest.New(t)
	ledger, err := chain.NewLedger(filepath.Join(t.TempDir(), "checkpoints.jsonl"), p.Keys)
	require.NoError(t, err)
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	w := &workers.Workers{Pools: p.Pools, Now: func() time.Time { return at }, Log: log}
	account, err := demo.Load(t.Context(), demo.City{Pools: p.Pools, Keys: p.Keys, Drain: w.Drain, Ledger: ledger,
		At: at, Log: log, Says: t.Output()}, demo.Options{Households: households, Seed: seed})
	require.NoError(t, err)
	return p, account
}

func TestLoad(t *testing.T) {
	t.Parallel()
	p, a := load(t, 400, 1)

	t.Run("every step of the bridge has happened", func(t *testing.T) {
		require.Equal(t, 400, a.Households)
		for what, n := range map[string]int{"cards": a.Cards, "public cards": a.PublicCards, "direct cards": a.DirectCards,
			"cohorts": a.Cohorts, "proposals": a.Proposals, "claims": a.Claims, "introductions": a.Introductions,
			"deliveries": a.Deliveries, "confirmed": a.Confirmed} {
			require.Positive(t, n, what)
		}
		require.Equal(t, a.Deliveries, a.Outcomes, "every delivery stands on a chain, once")
	})

	t.Run("who declared online follows the household, and no record lacks what a visit finds", func(t *testing.T) {
		var linked, bare int
		require.NoError(t, p.Admin.QueryRow(t.Context(), `
			select count(*) from records.households h
			 where account_id is not null
			   and exists (select from records.chain_entries e where e.household_id = h.id and e.kind = 'account_linked')`).Scan(&linked))
		require.Greater(t, linked, 20)
		require.NoError(t, p.Admin.QueryRow(t.Context(), `
			select count(*) from records.households h
			 where exists (select from records.assessments a where a.household_id = h.id)
			   and (address_sealed is null or monthly_income_fen is null or category = 'undetermined'
			        or exists (select from records.members m where m.household_id = h.id and m.born is null))`).Scan(&bare))
		require.Zero(t, bare)
	})

	t.Run("every chain verifies", func(t *testing.T) {
		require.True(t, a.Chain.OK(), a.Chain.Text())
		require.Equal(t, a.Households, a.Chain.Chains)
	})

	t.Run("nothing is left undone and nothing died", func(t *testing.T) {
		for _, half := range []string{"records", "exchange"} {
			rows, err := p.Admin.Query(context.Background(), `
				select kind, state, coalesce(last_code, '') from `+half+`.outbox where state in (0, 1, 3)`)
			require.NoError(t, err)
			for rows.Next() {
				var kind, code string
				var state int
				require.NoError(t, rows.Scan(&kind, &state, &code))
				t.Errorf("%s.outbox: %s is in state %d (%s)", half, kind, state, code)
			}
			require.NoError(t, rows.Err())
		}
	})

	t.Run("the account can be read", func(t *testing.T) {
		var out bytes.Buffer
		a.Print(&out)
		require.Contains(t, out.String(), "400 households")
		t.Log(out.String())
	})
}
