package instance_test

import (
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/matcher/assign"
	"shanqiao/matcher/instance"
)

// published are assignment problems of OR-Library and the least cost that is
// known to be possible.
var published = map[string]int64{"assign100": 305, "assign500": 991, "assign600": 1176, "assign700": 1362}

// dear is more than any single cost, so that the cheapest has the highest utility.
const dear = 1000

// squareOf reads a problem of OR-Library: how many there are on each side, then
// what each costs with each.
func squareOf(t *testing.T, name string) (size int, cost []int) {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", "orlib", name+".txt.gz"))
	require.NoError(t, err)
	defer f.Close()
	plain, err := gzip.NewReader(f)
	require.NoError(t, err)
	text, err := io.ReadAll(plain)
	require.NoError(t, err)
	for i, word := range strings.Fields(string(text)) {
		n, err := strconv.Atoi(word)
		require.NoError(t, err)
		if i == 0 {
			size = n
			continue
		}
		cost = append(cost, n)
	}
	require.Len(t, cost, size*size)
	return size, cost
}

// writeSquare writes such a problem as a folder of ours.
func writeSquare(t *testing.T, dir string, size int, cost []int) {
	t.Helper()
	needs, resources, edges := &strings.Builder{}, &strings.Builder{}, &strings.Builder{}
	needs.WriteString("id,urgency,district,x,y,code,qty\n")
	resources.WriteString("id,kind,district,x,y,codes,capacity\n")
	edges.WriteString("need_id,resource_id,utility\n")
	for i := range size {
		fmt.Fprintf(needs, "%d,1,0,0,0,C00,1\n", i)
		fmt.Fprintf(resources, "%d,charity,0,0,0,C00,1\n", i)
		for j := range size {
			fmt.Fprintf(edges, "%d,%d,%d\n", i, j, dear-cost[i*size+j])
		}
	}
	for name, text := range map[string]*strings.Builder{"needs": needs, "resources": resources, "edges": edges} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name+".csv"), []byte(text.String()), 0o600))
	}
}

func TestPublishedProblemsAreSolvedToThePublishedOptimum(t *testing.T) {
	t.Parallel()
	for name, least := range published {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			size, cost := squareOf(t, name)
			dir := t.TempDir()
			writeSquare(t, dir, size, cost)
			in, err := instance.Read(dir)
			require.NoError(t, err)
			for _, fair := range []bool{false, true} {
				s := assign.Optimal{Fair: fair}.Solve(in.Problem)
				require.Equal(t, []int64{int64(size)}, s.Proof.Served)
				require.Equal(t, least, int64(size)*dear-s.Proof.Utility)
				require.True(t, s.Proof.Exact)
				paid := 0
				for _, share := range s.Shares {
					e := in.Edges[share.Edge]
					paid += cost[int(e.Need)*size+int(e.Resource)]
				}
				require.EqualValues(t, least, paid, "added up from the problem as it was published")
			}
		})
	}
}
