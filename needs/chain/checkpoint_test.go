package chain_test

import (
	"bytes"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/pg"
	"shanqiao/internal/pgtest"
	"shanqiao/needs/chain"
)

func TestCheckpoints(t *testing.T) {
	t.Parallel()

	t.Run("a checkpoint holds only what grew, and nothing new makes none", func(t *testing.T) {
		t.Parallel()
		p := pgtest.New(t)
		l := ledger(t, p)
		require.Zero(t, checkpoint(t, p, l).Line)
		id := family(t, p, 2)
		family(t, p, 0)
		require.Equal(t, chain.Checkpointed{Line: 1, Heads: 2}, checkpoint(t, p, l))
		require.Zero(t, checkpoint(t, p, l).Line)
		require.NoError(t, add(t.Context(), p, id, 1))
		require.Equal(t, chain.Checkpointed{Line: 2, Heads: 1}, checkpoint(t, p, l))
		report := verify(t, p, l)
		require.True(t, report.OK(), report.Text())
		require.EqualValues(t, 2, report.Checkpoints)
		require.WithinDuration(t, time.Now(), report.Checkpoint, time.Minute)
	})

	t.Run("it can be told how the file stands without reading a chain", func(t *testing.T) {
		t.Parallel()
		p := pgtest.New(t)
		l := ledger(t, p)
		standing := func() chain.Witness {
			t.Helper()
			w, err := l.Standing(t.Context(), p.Pools.Audit)
			require.NoError(t, err)
			return w
		}
		require.Equal(t, chain.Witness{}, standing())
		require.NoFileExists(t, l.Path)
		id := family(t, p, 1)
		require.WithinDuration(t, time.Now(), standing().Since, time.Minute)
		checkpoint(t, p, l)
		w := standing()
		require.EqualValues(t, 1, w.Lines)
		require.Zero(t, w.Since)
		require.NoError(t, add(t.Context(), p, id, 1))
		require.True(t, standing().Since.After(w.Last))
		alone, err := l.Standing(t.Context(), nil)
		require.NoError(t, err)
		require.EqualValues(t, 1, alone.Lines)
		require.NoError(t, os.Remove(l.Path))
		require.Equal(t, chain.Unwitnessed, standing().Harm[0].Damage)
	})

	t.Run("a tail that was cut together with its head shows", func(t *testing.T) {
		t.Parallel()
		p := pgtest.New(t)
		l, id := ledger(t, p), family(t, p, 5)
		checkpoint(t, p, l)
		tamper(t, p, `delete from records.chain_entries where household_id = @id and seq > 4;
			update records.chain_heads h set seq = 4, link = e.link from records.chain_entries e
			 where e.household_id = h.household_id and e.seq = 4 and h.household_id = @id`, pg.Args{"id": id})
		require.True(t, verify(t, p, nil).OK(), "without checkpoints a clean cut cannot be seen")
		report := verify(t, p, l)
		require.Len(t, report.Findings, 1, report.Text())
		require.Equal(t, chain.Truncated, report.Findings[0].Damage)
		require.EqualValues(t, 5, report.Findings[0].Seq)
		require.EqualValues(t, 6, report.Findings[0].To)
		_, err := chain.Checkpoint(t.Context(), p.Pools.Audit, l)
		require.ErrorIs(t, err, chain.ErrDamaged, "a checkpoint must not cover up a cut")
	})

	t.Run("a chain that vanished as a whole shows", func(t *testing.T) {
		t.Parallel()
		p := pgtest.New(t)
		l, id := ledger(t, p), family(t, p, 2)
		checkpoint(t, p, l)
		tamper(t, p, `delete from records.chain_entries where household_id = @id;
			delete from records.chain_heads where household_id = @id`, pg.Args{"id": id})
		report := verify(t, p, l)
		require.Len(t, report.Findings, 1, report.Text())
		require.Equal(t, chain.Truncated, report.Findings[0].Damage)
		require.Equal(t, id, report.Findings[0].Household)
	})

	t.Run("a chain written anew from the middle shows", func(t *testing.T) {
		t.Parallel()
		p := pgtest.New(t)
		l, id := ledger(t, p), family(t, p, 2)
		checkpoint(t, p, l)
		require.NoError(t, add(t.Context(), p, id, 3))
		require.NoError(t, add(t.Context(), p, id, 4))
		checkpoint(t, p, l)
		// Whoever holds the program can append a consistent chain in place of the cut one.
		tamper(t, p, `delete from records.chain_entries where household_id = @id and seq > 3;
			update records.chain_heads h set seq = 3, link = e.link from records.chain_entries e
			 where e.household_id = h.household_id and e.seq = 3 and h.household_id = @id`, pg.Args{"id": id})
		require.NoError(t, add(t.Context(), p, id, 8))
		require.NoError(t, add(t.Context(), p, id, 9))
		require.True(t, verify(t, p, nil).OK())
		report := verify(t, p, l)
		require.Len(t, report.Findings, 1, report.Text())
		require.Equal(t, chain.Rewritten, report.Findings[0].Damage)
		require.EqualValues(t, 4, report.Findings[0].Seq)
		require.EqualValues(t, 5, report.Findings[0].To)
	})

	t.Run("the file of checkpoints cannot be edited, thinned out, cut or lost", func(t *testing.T) {
		t.Parallel()
		p := pgtest.New(t)
		l, id := ledger(t, p), family(t, p, 1)
		for i := range 3 {
			require.NoError(t, add(t.Context(), p, id, i))
			checkpoint(t, p, l)
		}
		whole, err := os.ReadFile(l.Path)
		require.NoError(t, err)
		lines := bytes.SplitAfter(whole, []byte("\n"))
		for name, c := range map[string]struct {
			file   []byte
			damage chain.Damage
			line   int64
		}{
			"an edited line":    {bytes.Replace(whole, []byte(`"seq":4`), []byte(`"seq":5`), 1), chain.Checkpoints, 2},
			"a removed line":    {bytes.Join([][]byte{lines[0], lines[2]}, nil), chain.Checkpoints, 2},
			"swapped lines":     {bytes.Join([][]byte{lines[1], lines[0], lines[2]}, nil), chain.Checkpoints, 1},
			"nonsense":          {append(bytes.Clone(whole), "nonsense\n"...), chain.Checkpoints, 4},
			"a cut last line":   {bytes.Join(lines[:2], nil), chain.Unwitnessed, 3},
			"a file that is no": {nil, chain.Unwitnessed, 3},
		} {
			require.NoError(t, os.WriteFile(l.Path, c.file, 0o600))
			report := verify(t, p, l)
			require.NotEmpty(t, report.Findings, name)
			require.Equal(t, c.damage, report.Findings[0].Damage, "%s: %s", name, report.Text())
			require.Equal(t, c.line, report.Findings[0].Line, "%s: %s", name, report.Text())
			_, err := chain.Checkpoint(t.Context(), p.Pools.Audit, l)
			require.ErrorIs(t, err, chain.ErrDamaged, name)
		}
		require.NoError(t, os.WriteFile(l.Path, whole, 0o600))
		require.True(t, verify(t, p, l).OK())
	})

	t.Run("what a crash left of a line is written again", func(t *testing.T) {
		t.Parallel()
		p := pgtest.New(t)
		l, id := ledger(t, p), family(t, p, 1)
		checkpoint(t, p, l)
		file, err := os.OpenFile(l.Path, os.O_APPEND|os.O_WRONLY, 0o600)
		require.NoError(t, err)
		_, err = file.WriteString(`{"format":"shanqiao-ch`)
		require.NoError(t, err)
		require.NoError(t, file.Close())
		require.NoError(t, add(t.Context(), p, id, 1))
		require.EqualValues(t, 2, checkpoint(t, p, l).Line)
		require.True(t, verify(t, p, l).OK())
	})

	t.Run("another key's checkpoints do not count", func(t *testing.T) {
		t.Parallel()
		p := pgtest.New(t)
		l := ledger(t, p)
		family(t, p, 1)
		checkpoint(t, p, l)
		other := *l
		other.Key = bytes.Clone(l.Key)
		other.Key[0] ^= 1
		other.Key[40] ^= 1
		report := verify(t, p, &other)
		require.Equal(t, chain.Checkpoints, report.Findings[0].Damage)
	})
}
