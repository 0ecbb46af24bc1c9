package indextest

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"shanqiao/needs/deid"
	"shanqiao/needs/index"
)

// questions is how many made-up queries every engine answers like the oracle.
const questions = 10_000

func filters(t *testing.T, open Open) {
	x := open(t, deid.Verified)
	docs := documents(Cards(500, 1, deid.Verified))
	odd := []string{"or", "to", "null", "exists", "not", "00123", "123", "1e3", "1000", "a.b-c_d"}
	for i, code := range odd {
		d := doc(i, "怪", "怪")
		d.Age = code
		docs = append(docs, d)
	}
	fill(t, x, docs...)
	same := func(t *testing.T, conds ...index.Cond) index.Page {
		t.Helper()
		q := index.Query{Must: conds, Facets: index.Fields(), Sort: index.Pressing, Limit: 100}
		got := search(t, x, q)
		require.Empty(t, differ(oracle(docs).search(q), got), "%+v", conds)
		return got
	}
	in := func(f index.Field, codes ...string) index.Cond { return index.In{Field: f, Codes: codes} }
	n := func(n int64) *int64 { return &n }

	t.Run("F1 one code", func(t *testing.T) { require.NotZero(t, same(t, in(index.Code, "bathing")).Total) })
	t.Run("F2 or inside, and across", func(t *testing.T) {
		same(t, in(index.Code, "bathing", "meals"), in(index.Area, "110107", "zone:central", "110000"))
	})
	t.Run("F3 not", func(t *testing.T) {
		p := same(t, index.Not{Of: in(index.Urgency, "open")})
		require.NotZero(t, p.Total)
		require.Less(t, p.Total, len(docs))
	})
	t.Run("F4 a range includes both ends", func(t *testing.T) {
		require.NotZero(t, same(t, index.Range{Field: index.Tick, Min: n(3), Max: n(3)}).Total)
	})
	t.Run("F4 a range may be open on either end", func(t *testing.T) {
		same(t, index.Range{Field: index.Tick, Min: n(5)})
		same(t, index.Range{Field: index.Until, Max: n(20790)})
		require.Equal(t, len(docs), same(t, index.Range{Field: index.Until}).Total)
	})
	t.Run("F4 a range the wrong way round finds nothing", func(t *testing.T) {
		require.Zero(t, same(t, index.Range{Field: index.Tick, Min: n(5), Max: n(4)}).Total)
	})
	t.Run("F5 no codes match nothing, and not no codes everything", func(t *testing.T) {
		require.Zero(t, same(t, in(index.Area)).Total)
		require.Zero(t, same(t, index.AnyOf{}).Total)
		require.Equal(t, len(docs), same(t, index.Not{Of: in(index.Area)}).Total)
	})
	t.Run("F6 any of and not, nested", func(t *testing.T) {
		same(t, index.Not{Of: index.AnyOf{Of: []index.Cond{in(index.Code, "meals"), index.Not{Of: in(index.Size, "1-2", "*")}}}})
	})
	t.Run("F7 two hundred codes", func(t *testing.T) {
		var codes []string
		for i := range 199 {
			codes = append(codes, name(i))
		}
		same(t, in(index.Age, append(codes, "80+")...))
	})
	t.Run("F8 codes that are words of a query language are codes", func(t *testing.T) {
		for _, code := range odd {
			require.Equal(t, 1, same(t, in(index.Age, code)).Total, code)
		}
	})
	t.Run("F9 numbers are codes too", func(t *testing.T) {
		require.Equal(t, 1, same(t, in(index.Age, "123")).Total)
		require.Zero(t, same(t, in(index.Age, "0123")).Total)
	})
	t.Run("F9 a number in another way of writing is another code", func(t *testing.T) {
		for _, code := range []string{"00123", "123", "1e3", "1000"} {
			require.Equal(t, 1, same(t, in(index.Age, code)).Total, code)
		}
		require.Zero(t, same(t, in(index.Age, "1e03")).Total)
	})
	t.Run("F10 another case or width of a code is refused", func(t *testing.T) {
		for _, code := range []string{"OR", "Urgent", "ｏｒ", "１２３", "OR ", " or"} {
			_, err := x.Search(soon(t), reader(x), index.Query{Must: []index.Cond{in(index.Age, code)}, Limit: 1})
			require.ErrorIs(t, err, index.ErrQuery, code)
		}
	})
	t.Run("a code that no card has finds nothing", func(t *testing.T) {
		require.Zero(t, same(t, in(index.Code, "nobody")).Total)
	})
	t.Run("a place finds the areas that touch it", func(t *testing.T) {
		p := same(t, index.Within("110107"))
		for _, c := range p.Facets[index.Area] {
			require.Contains(t, []string{"110107", "zone:central", "110000"}, c.Code)
		}
		require.Len(t, p.Facets[index.Area], 3)
	})
	t.Run("I9 made-up questions are answered as by looking at every document", func(t *testing.T) {
		var g errgroup.Group
		const hands = 4
		for hand := range hands {
			g.Go(func() error {
				r := rand.New(rand.NewPCG(uint64(hand), 42))
				for range questions / hands {
					q := question(r, docs)
					got, err := x.Search(t.Context(), reader(x), q)
					if err != nil {
						return fmt.Errorf("%+v: %w", q, err)
					}
					if got.Degraded {
						return fmt.Errorf("%+v: answered only in part", q)
					}
					if d := differ(oracle(docs).search(q), got); d != "" {
						return fmt.Errorf("%+v: %s", q, d)
					}
				}
				return nil
			})
		}
		require.NoError(t, g.Wait())
	})
}

// differ compares what the contract fixes of a page.
func differ(want, got index.Page) string {
	return cmp.Diff(want, got, cmpopts.EquateEmpty(),
		cmpopts.IgnoreFields(index.Page{}, "Generation", "Degraded"))
}
