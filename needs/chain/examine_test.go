package chain

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// grow makes a good chain of n entries in memory.
func grow(n int) ([]row, *head) {
	prev := genesis("h")
	var rows []row
	for i := range n {
		said := `{"n":1}`
		salt := bytes.Repeat([]byte{byte(i)}, 16)
		r := row{Household: "h", Seq: int64(i + 1), Kind: "visited", At: time.Unix(int64(i), 0), Role: "subdistrict",
			Actor: "a", Basis: "b", Payload: &said, Salt: salt, Commitment: commit(salt, []byte(said)), Prev: prev}
		r.Link = r.link()
		rows, prev = append(rows, r), r.Link
	}
	return rows, &head{Household: "h", Seq: int64(n), Link: prev}
}

func TestExamineForgery(t *testing.T) {
	t.Parallel()

	t.Run("an entry rewritten with its hash recomputed is named, not the honest one after it", func(t *testing.T) {
		t.Parallel()
		for seq := int64(1); seq <= 5; seq++ {
			rows, h := grow(6)
			r := &rows[seq-1]
			r.Kind = "paid"
			r.Link = r.link()
			found := examine("h", rows, h)
			require.Len(t, found, 1)
			require.Equal(t, Forged, found[0].Damage)
			require.Equal(t, seq, found[0].Seq)
		}
	})

	t.Run("an entry put at the end that continues nothing is named", func(t *testing.T) {
		t.Parallel()
		rows, h := grow(3)
		fake := rows[2]
		fake.Seq, fake.Prev = 4, sum([]byte("nothing"))
		fake.Link = fake.link()
		found := examine("h", append(rows, fake), h)
		require.Equal(t, Forged, found[0].Damage)
		require.EqualValues(t, 4, found[0].Seq)
	})

	t.Run("a chain of another household is forged from its first entry", func(t *testing.T) {
		t.Parallel()
		rows, h := grow(3)
		for i := range rows {
			rows[i].Household = "other"
			rows[i].Link = rows[i].link()
		}
		found := examine("other", rows, h)
		require.EqualValues(t, 1, found[0].Seq)
		require.Equal(t, Forged, found[0].Damage)
	})

	t.Run("an erasure accounts for one entry only", func(t *testing.T) {
		t.Parallel()
		rows, h := grow(3)
		rows[2].Kind, rows[2].Corrects = string(Erased), 1
		rows[2].Link = rows[2].link()
		h.Link = rows[2].Link
		rows[0].Payload, rows[0].Salt = nil, nil
		require.Empty(t, examine("h", rows, h))
		rows[1].Payload, rows[1].Salt = nil, nil
		found := examine("h", rows, h)
		require.Len(t, found, 1)
		require.Equal(t, PayloadMissing, found[0].Damage)
		require.EqualValues(t, 2, found[0].Seq)
	})

	t.Run("a removed entry whose followers were renumbered is seen", func(t *testing.T) {
		t.Parallel()
		rows, h := grow(5)
		rows = append(rows[:1], rows[2:]...)
		for i := range rows {
			rows[i].Seq = int64(i + 1)
		}
		found := examine("h", rows, h)
		require.Equal(t, Reordered, found[0].Damage)
		require.EqualValues(t, 2, found[0].Seq)
	})
}

func TestEveryKindHasABasis(t *testing.T) {
	t.Parallel()
	for _, k := range Kinds() {
		require.NotEmpty(t, k.Basis(), k)
		require.True(t, k.Known())
	}
	require.False(t, Kind("").Known())
}

func BenchmarkExamine100k(b *testing.B) {
	rows, h := grow(40)
	for b.Loop() {
		for range 2500 {
			examine("h", rows, h)
		}
	}
}
