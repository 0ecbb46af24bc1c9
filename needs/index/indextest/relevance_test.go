package indextest

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"shanqiao/internal/region"
	"shanqiao/needs"
	"shanqiao/needs/deid"
	"shanqiao/needs/index"
	"shanqiao/needs/index/embedded"
)

// corpus is seven cards of every kind of help in the whole city, and five in each
// of two areas: enough to be shown, few enough to be walked through.
func corpus() (cards []deid.Card, of map[string]deid.Card) {
	of = map[string]deid.Card{}
	for _, item := range needs.Catalogue() {
		for i := range 17 {
			area := []string{region.City, "110107", "110101"}[i%3]
			t := deid.Tuple{Area: area, Age: []string{"80+", "60-79", "*"}[i%3], Size: "*", Category: "*", Group: item.Group, Code: item.Code,
				Quantity: item.Packages[0], Urgency: []deid.UrgencyBand{deid.Urgent, deid.Soon, deid.Open}[i%3]}
			c := deid.NewCard(deid.CardID(ID(70_000+len(cards))), deid.Verified, t, 1, time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC))
			cards = append(cards, c)
			of[string(c.ID)] = c
		}
	}
	return cards, of
}

// TestRelevance asks what people type and holds every kind of question to its
// gate, through the finder that pages use.
func TestRelevance(t *testing.T) {
	t.Parallel()
	cards, of := corpus()
	x := embedded.New(deid.Verified)
	fill(t, x, documents(cards)...)
	tiers := index.Tiers{Verified: x}
	sums := map[string]*struct {
		n            int
		ndcg, recall float64
	}{}
	for _, j := range Questions() {
		r, err := tiers.Find(t.Context(), index.VerifiedReader(), index.Query{Text: j.Text, Limit: 100})
		require.NoError(t, err, j.Text)
		if r.More {
			next, err := tiers.Find(t.Context(), index.VerifiedReader(), index.Query{Text: j.Text, Limit: 100, Offset: 100})
			require.NoError(t, err)
			r.IDs = append(r.IDs, next.IDs...)
		}
		if len(j.Codes) == 0 {
			assert.Empty(t, r.IDs, "%q must find nothing", j.Text)
			continue
		}
		var codes []needs.Code
		for _, id := range r.IDs {
			c := of[id]
			if j.Area != "" && !slices.Contains(index.Serving(j.Area), c.Area) {
				c.Code = "elsewhere"
			}
			codes = append(codes, c.Code)
		}
		ndcg, recall := Grade(j, codes, wanted(cards, j))
		s := sums[j.Stratum]
		if s == nil {
			s = &struct {
				n            int
				ndcg, recall float64
			}{}
			sums[j.Stratum] = s
		}
		s.n, s.ndcg, s.recall = s.n+1, s.ndcg+ndcg, s.recall+recall
		if ndcg < 0.8 || recall < 0.8 {
			t.Logf("%s %q: nDCG@10 %.2f, recall %.2f, %d found", j.Stratum, j.Text, ndcg, recall, len(r.IDs))
		}
	}
	for stratum, gate := range Gates {
		s := sums[stratum]
		require.NotNil(t, s, stratum)
		ndcg, recall := s.ndcg/float64(s.n), s.recall/float64(s.n)
		t.Logf("%-12s %3d questions: nDCG@10 %.3f, recall %.3f", stratum, s.n, ndcg, recall)
		assert.GreaterOrEqual(t, ndcg, gate.NDCG, stratum)
		assert.GreaterOrEqual(t, recall, gate.Recall, stratum)
	}
}

func wanted(cards []deid.Card, j Judged) (n int) {
	for _, c := range cards {
		if slices.Contains(j.Codes, c.Code) && (j.Area == "" || slices.Contains(index.Serving(j.Area), c.Area)) {
			n++
		}
	}
	return n
}
