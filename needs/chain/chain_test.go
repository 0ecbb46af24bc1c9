package chain_test

import (
	"context"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/pg"
	"shanqiao/internal/pgtest"
	"shanqiao/needs/chain"
	"shanqiao/needs/household"
)

var officer = actor.Officer{Account: "officer-1", Level: actor.SubdistrictRole, Region: "110101001"}

type visited struct {
	People int `json:"people"`
}

// family registers a household and appends n entries after its first.
func family(t *testing.T, p *pgtest.DB, n int) string {
	t.Helper()
	id, err := household.Register(t.Context(), p.Pools.Records, p.Keys, officer, household.New{
		Region: officer.Region, Members: []household.Member{{Name: "王桂英"}}})
	require.NoError(t, err)
	for i := range n {
		require.NoError(t, add(t.Context(), p, id, i))
	}
	return id
}

func add(ctx context.Context, p *pgtest.DB, id string, people int) error {
	return pg.As(ctx, p.Pools.Records, officer.Reach(), func(tx pg.DB) error {
		return chain.Append(ctx, tx, id, officer, chain.Visited, "", visited{People: people})
	})
}

func verify(t *testing.T, p *pgtest.DB, l *chain.Ledger) chain.Report {
	t.Helper()
	report, err := chain.Verify(t.Context(), p.Pools.Audit, chain.Options{Ledger: l})
	require.NoError(t, err)
	return report
}

// tamper does what only a superuser can: change rows with the triggers off.
func tamper(t *testing.T, p *pgtest.DB, sql string, args pg.Args) {
	t.Helper()
	require.NoError(t, pg.InTx(t.Context(), p.Admin, func(tx pg.DB) error {
		if _, err := tx.Exec(t.Context(), `set local session_replication_role = replica`); err != nil {
			return err
		}
		for _, one := range strings.Split(sql, ";") {
			used := pg.Args{}
			for k, v := range args {
				if strings.Contains(one, "@"+k) {
					used[k] = v
				}
			}
			done, err := tx.Exec(t.Context(), one, used)
			require.NoError(t, err)
			require.NotZero(t, done.RowsAffected(), "nothing was tampered with by %s", one)
		}
		return nil
	}))
}

func ledger(t *testing.T, p *pgtest.DB) *chain.Ledger {
	t.Helper()
	l, err := chain.NewLedger(filepath.Join(t.TempDir(), "checkpoints.jsonl"), p.Keys)
	require.NoError(t, err)
	return l
}

func checkpoint(t *testing.T, p *pgtest.DB, l *chain.Ledger) chain.Checkpointed {
	t.Helper()
	done, err := chain.Checkpoint(t.Context(), p.Pools.Audit, l)
	require.NoError(t, err)
	return done
}

func TestChain(t *testing.T) {
	t.Parallel()
	p := pgtest.New(t)

	t.Run("an untouched chain verifies", func(t *testing.T) {
		family(t, p, 4)
		report := verify(t, p, nil)
		require.True(t, report.OK(), report.Text())
		require.Positive(t, report.Entries)
		require.Contains(t, report.Text(), "every entry verifies")
	})

	t.Run("twenty writers at once leave no gap and no fork", func(t *testing.T) {
		id := family(t, p, 0)
		var all sync.WaitGroup
		for i := range 20 {
			all.Go(func() { require.NoError(t, add(t.Context(), p, id, i)) })
		}
		all.Wait()
		entries, err := chain.For(t.Context(), p.Pools.Records, officer, id)
		require.NoError(t, err)
		require.Len(t, entries, 21)
		for i, e := range entries {
			require.EqualValues(t, i+1, e.Seq)
			if i > 0 {
				require.False(t, e.At.Before(entries[i-1].At), "time runs backwards at entry %d", e.Seq)
			}
		}
		require.True(t, verify(t, p, nil).OK())
	})

	t.Run("an entry that is rolled back leaves nothing", func(t *testing.T) {
		id := family(t, p, 0)
		stop := fault.New(fault.Conflict, "stop")
		err := pg.As(t.Context(), p.Pools.Records, officer.Reach(), func(tx pg.DB) error {
			require.NoError(t, chain.Append(t.Context(), tx, id, officer, chain.Visited, "", nil))
			return stop
		})
		require.ErrorIs(t, err, stop)
		entries, err := chain.For(t.Context(), p.Pools.Records, officer, id)
		require.NoError(t, err)
		require.Len(t, entries, 1)
	})

	t.Run("an officer of another subdistrict reads and writes nothing", func(t *testing.T) {
		id := family(t, p, 1)
		stranger := actor.Officer{Account: "officer-2", Level: actor.SubdistrictRole, Region: "110101002"}
		_, err := chain.For(t.Context(), p.Pools.Records, stranger, id)
		require.Equal(t, fault.NotFound, fault.Of(err))
		err = pg.As(t.Context(), p.Pools.Records, stranger.Reach(), func(tx pg.DB) error {
			return chain.Append(t.Context(), tx, id, stranger, chain.Visited, "", nil)
		})
		require.Equal(t, fault.NotFound, fault.Of(err))
	})

	t.Run("a kind that is not on the list is refused", func(t *testing.T) {
		id := family(t, p, 0)
		err := pg.As(t.Context(), p.Pools.Records, officer.Reach(), func(tx pg.DB) error {
			return chain.Append(t.Context(), tx, id, officer, "visted", "", nil)
		})
		require.ErrorContains(t, err, "not a kind")
	})

	t.Run("a correction points back and cannot point forward", func(t *testing.T) {
		id := family(t, p, 1)
		err := pg.As(t.Context(), p.Pools.Records, officer.Reach(), func(tx pg.DB) error {
			return chain.Correct(t.Context(), tx, id, officer, 2, "", visited{People: 3})
		})
		require.NoError(t, err)
		entries, err := chain.For(t.Context(), p.Pools.Records, officer, id)
		require.NoError(t, err)
		require.EqualValues(t, 2, entries[2].Corrects)
		var v visited
		require.NoError(t, entries[2].Read(&v))
		require.Equal(t, 3, v.People)
		err = pg.As(t.Context(), p.Pools.Records, officer.Reach(), func(tx pg.DB) error {
			return chain.Correct(t.Context(), tx, id, officer, 99, "", nil)
		})
		require.Equal(t, fault.NotFound, fault.Of(err))
	})

	t.Run("the program's own login can neither edit nor delete an entry", func(t *testing.T) {
		id := family(t, p, 1)
		for _, sql := range []string{
			`update records.chain_entries set kind = 'paid' where household_id = @id`,
			`update records.chain_entries set payload = '{}' where household_id = @id`,
			`update records.chain_entries set payload = null, salt = null where household_id = @id`,
			`delete from records.chain_entries where household_id = @id`,
		} {
			err := pg.As(t.Context(), p.Pools.Records, officer.Reach(), func(tx pg.DB) error {
				_, err := tx.Exec(t.Context(), sql, pg.Args{"id": id})
				return err
			})
			require.Error(t, err, sql)
		}
		require.True(t, verify(t, p, nil).OK())
	})

	t.Run("a lawful erasure drops the words and the chain still verifies", func(t *testing.T) {
		id := family(t, p, 2)
		require.NoError(t, chain.Erase(t.Context(), p.Pools.Records, officer, id, 2, "", "request"))
		report := verify(t, p, nil)
		require.True(t, report.OK(), report.Text())
		require.Equal(t, 1, report.Erased)
		entries, err := chain.For(t.Context(), p.Pools.Records, officer, id)
		require.NoError(t, err)
		require.True(t, entries[1].Erased())
		require.Equal(t, chain.Erased, entries[3].Kind)
		err = chain.Erase(t.Context(), p.Pools.Records, officer, id, 2, "", "request")
		require.Equal(t, fault.Conflict, fault.Of(err))
	})
}

func TestVerifyNamesTheDamage(t *testing.T) {
	t.Parallel()
	const rewrite = `
		update records.chain_entries set kind = 'paid', link = sha256('forged') where household_id = @id and seq = 3`
	cases := map[string]struct {
		sql    string
		damage chain.Damage
		seq    int64
	}{
		"an edited payload": {`update records.chain_entries set payload = '{"people":9}' where household_id = @id and seq = 3`,
			chain.EditedPayload, 3},
		"an edited salt": {`update records.chain_entries set salt = '\x00' where household_id = @id and seq = 3`,
			chain.EditedPayload, 3},
		"an edited kind": {`update records.chain_entries set kind = 'paid' where household_id = @id and seq = 3`,
			chain.EditedFields, 3},
		"an edited time in the last entry": {`update records.chain_entries set at = at - interval '1 day' where household_id = @id and seq = 6`,
			chain.EditedFields, 6},
		"a payload edited together with its commitment": {`update records.chain_entries
			set payload = '{}', commitment = sha256(salt || '{}'::bytea) where household_id = @id and seq = 3`, chain.EditedFields, 3},
		"an entry edited with a made-up hash": {rewrite, chain.EditedLink, 3},
		"a removed entry":                     {`delete from records.chain_entries where household_id = @id and seq = 3`, chain.Removed, 3},
		"a removed first entry":               {`delete from records.chain_entries where household_id = @id and seq = 1`, chain.Removed, 1},
		"a removed last entry":                {`delete from records.chain_entries where household_id = @id and seq = 6`, chain.Removed, 6},
		"two entries that changed places": {`update records.chain_entries set seq = 99 where household_id = @id and seq = 3;
			update records.chain_entries set seq = 3 where household_id = @id and seq = 4;
			update records.chain_entries set seq = 4 where household_id = @id and seq = 99`, chain.Reordered, 3},
		"a payload that vanished": {`update records.chain_entries set payload = null, salt = null where household_id = @id and seq = 3`,
			chain.PayloadMissing, 3},
		"a head set back":  {`update records.chain_heads set seq = 5 where household_id = @id`, chain.HeadMismatch, 6},
		"a head rewritten": {`update records.chain_heads set link = sha256('x') where household_id = @id`, chain.EditedLink, 6},
		"a head deleted":   {`delete from records.chain_heads where household_id = @id`, chain.HeadMismatch, 6},
	}
	p := pgtest.New(t)
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			id := family(t, p, 5)
			family(t, p, 1) // an untouched neighbour is not blamed
			tamper(t, p, c.sql, pg.Args{"id": id})
			number := func(ctx context.Context, h string) (string, error) {
				return household.Number(ctx, p.Pools.Records, actor.System{Name: "verify"}, h)
			}
			report, err := chain.Verify(t.Context(), p.Pools.Audit, chain.Options{Household: id, Number: number})
			require.NoError(t, err)
			require.NotEmpty(t, report.Findings)
			first := report.Findings[0]
			if c.damage == chain.EditedLink && c.seq == 6 {
				require.Equal(t, chain.HeadMismatch, first.Damage, report.Text())
			} else {
				require.Equal(t, c.damage, first.Damage, report.Text())
			}
			require.Equal(t, c.seq, first.Seq, report.Text())
			require.Equal(t, id, first.Household)
			require.Regexp(t, `^110101001-\d{5}$`, first.Number)
			require.Contains(t, report.Text(), first.Number)
			tamper(t, p, `delete from records.chain_entries where household_id = @id`, pg.Args{"id": id})
			if name != "a head deleted" {
				tamper(t, p, `delete from records.chain_heads where household_id = @id`, pg.Args{"id": id})
			}
			require.True(t, verify(t, p, nil).OK(), "a neighbour was blamed")
		})
	}
}
