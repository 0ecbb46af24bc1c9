// Package indextest is what every search engine must do, written once. Run is
// given a way to open an empty index and holds it to the whole contract; the
// tests of this package run it on every engine that the environment offers.
package indextest

import (
	"context"
	"encoding/base32"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shanqiao/needs"
	"shanqiao/needs/deid"
	"shanqiao/needs/index"
)

// Open makes an empty index of a tier and closes it when the test ends.
type Open func(t *testing.T, tier deid.Tier) index.Index

// Run holds an engine to the contract.
func Run(t *testing.T, open Open) {
	t.Run("text", func(t *testing.T) { t.Parallel(); text(t, open) })
	t.Run("filters", func(t *testing.T) { t.Parallel(); filters(t, open) })
	t.Run("injection", func(t *testing.T) { t.Parallel(); injection(t, open) })
	t.Run("scope", func(t *testing.T) { t.Parallel(); scope(t, open) })
	t.Run("versions", func(t *testing.T) { t.Parallel(); versions(t, open) })
	t.Run("pages", func(t *testing.T) { t.Parallel(); pages(t, open) })
	t.Run("lifecycle", func(t *testing.T) { t.Parallel(); lifecycle(t, open) })
}

// ID is a valid identifier that follows from n.
func ID(n int) string {
	var b [16]byte
	r := rand.New(rand.NewPCG(uint64(n), 7))
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b[:]))
}

// Cards makes n cards of a tier that follow from the seed, as the gate would.
func Cards(n int, seed uint64, tier deid.Tier) []deid.Card {
	r := rand.New(rand.NewPCG(seed, 11))
	items := needs.Catalogue()
	cards := make([]deid.Card, n)
	for i := range cards {
		item := items[r.IntN(len(items))]
		t := deid.Tuple{
			Area:     pick(r, "110101", "110105", "110107", "110108", "110119", "zone:core", "zone:central", "110000"),
			Age:      pick(r, "0-17", "18-59", "60-79", "80+", "*"),
			Size:     pick(r, "1-2", "3+", "*"),
			Category: pick(r, "guaranteed", "near", "*"),
			Group:    item.Group, Code: item.Code,
			Quantity: item.Packages[0],
			Urgency:  pick(r, deid.Urgent, deid.Soon, deid.Open, deid.Unsaid),
		}
		if tier == deid.Public {
			t.Code = ""
		}
		tick := 1 + r.IntN(12)
		day := time.Date(2026, 11, tick, 0, 0, 0, 0, time.UTC)
		cards[i] = deid.NewCard(deid.CardID(ID(i+int(seed)*1_000_000)), tier, t, tick, day)
	}
	return cards
}

func pick[T any](r *rand.Rand, of ...T) T { return of[r.IntN(len(of))] }

// doc is a document with words of one's own and codes that do not matter.
func doc(n int, title, body string) index.Doc {
	return index.Doc{
		ID: ID(n), Version: 1, Area: "110107", Age: "80+", Size: "1-2", Category: "near",
		Group: "care", Code: "bathing", Urgency: "soon", Tick: 1, Until: 20000, Rank: 2, Title: title, Text: body,
	}
}

func upsert(d index.Doc) index.Change {
	return index.Change{ID: d.ID, Version: d.Version, Doc: &d}
}

func soon(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// fill applies documents and waits until they are seen.
func fill(t *testing.T, x index.Index, docs ...index.Doc) {
	t.Helper()
	var changes []index.Change
	for _, d := range docs {
		changes = append(changes, upsert(d))
	}
	change(t, x, changes...)
}

func change(t *testing.T, x index.Index, changes ...index.Change) []index.ItemResult {
	t.Helper()
	ctx := soon(t)
	var items []index.ItemResult
	for part := range slices.Chunk(changes, 2000) {
		r, err := x.Apply(ctx, part)
		require.NoError(t, err)
		require.NoError(t, x.WaitVisible(ctx, r))
		items = append(items, r.Items...)
	}
	return items
}

func documents(cards []deid.Card) []index.Doc {
	docs := make([]index.Doc, len(cards))
	for i, c := range cards {
		docs[i] = index.Document(c)
	}
	return docs
}

// reader is the scope that may read the index.
func reader(x index.Index) index.Scope {
	if x.Tier() == deid.Public {
		return index.Anyone()
	}
	return index.VerifiedReader()
}

func search(t *testing.T, x index.Index, q index.Query) index.Page {
	t.Helper()
	if q.Limit == 0 {
		q.Limit = index.MaxLimit
	}
	p, err := x.Search(soon(t), reader(x), q)
	require.NoError(t, err, "%+v", q)
	return p
}

// found is the ids of a page, sorted, for comparing sets.
func found(p index.Page) []string {
	ids := inOrder(p)
	slices.Sort(ids)
	return ids
}

func inOrder(p index.Page) []string {
	ids := []string{}
	for _, h := range p.Hits {
		ids = append(ids, h.ID)
	}
	return ids
}

func ids(n ...int) []string {
	out := []string{}
	for _, i := range n {
		out = append(out, ID(i))
	}
	slices.Sort(out)
	return out
}

func name(n int) string { return fmt.Sprintf("v%03d", n) }
