package chain

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"shanqiao/internal/pg"
	"shanqiao/internal/pgtest"
)

// BenchmarkVerify verifies 20,000 entries of 500 chains.
func BenchmarkVerify(b *testing.B) {
	const chains, each = 500, 40
	p := pgtest.New(b)
	var entries, heads, households [][]any
	for i := range chains {
		h := fmt.Sprintf("household-%06d", i)
		households = append(households, []any{h, fmt.Sprintf("110101001-%05d", i), "110101001"})
		prev := genesis(h)
		for seq := int64(1); seq <= each; seq++ {
			said, salt := `{"people":3}`, bytes.Repeat([]byte{byte(seq)}, 16)
			r := row{Household: h, Seq: seq, Kind: "visited", At: time.Unix(seq, 0), Role: "subdistrict", Actor: "a",
				Basis: Visited.Basis(), Commitment: commit(salt, []byte(said)), Prev: prev}
			prev = r.link()
			entries = append(entries, []any{h, seq, r.Kind, r.At, r.Role, r.Actor, r.Basis, said, salt, r.Commitment, r.Prev, prev})
		}
		heads = append(heads, []any{h, int64(each), prev})
	}
	fill := func(table string, columns []string, rows [][]any) {
		_, err := p.Admin.CopyFrom(b.Context(), pgx.Identifier{"records", table}, columns, pgx.CopyFromRows(rows))
		require.NoError(b, err)
	}
	fill("households", []string{"id", "number", "region"}, households)
	fill("chain_heads", []string{"household_id", "seq", "link"}, heads)
	fill("chain_entries", []string{"household_id", "seq", "kind", "at", "actor_role", "actor_id", "basis",
		"payload", "salt", "commitment", "prev", "link"}, entries)

	for b.Loop() {
		report, err := Verify(b.Context(), pg.DB(p.Pools.Audit), Options{})
		require.NoError(b, err)
		require.True(b, report.OK(), report.Text())
		require.Equal(b, chains*each, report.Entries)
	}
	b.ReportMetric(float64(chains*each*b.N)/b.Elapsed().Seconds(), "entries/s")
}
