package index_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/region"
	"shanqiao/needs"
	"shanqiao/needs/deid"
	"shanqiao/needs/index"
	"shanqiao/needs/index/indextest"
)

func TestDocument(t *testing.T) {
	t.Parallel()
	card := indextest.Cards(1, 1, deid.Verified)[0]
	t.Run("it has the fields of the allow-list and no more", func(t *testing.T) {
		var fields []string
		for f := range reflect.TypeFor[index.Doc]().Fields() {
			fields = append(fields, f.Name)
		}
		require.Equal(t, []string{"ID", "Version", "Area", "Age", "Size", "Category", "Group", "Code", "Urgency",
			"Tick", "Until", "Rank", "Title", "Text"}, fields)
	})
	t.Run("every card that the gate can make is valid", func(t *testing.T) {
		for _, tier := range []deid.Tier{deid.Public, deid.Verified} {
			for _, c := range indextest.Cards(2000, 1, tier) {
				d := index.Document(c)
				require.True(t, d.Valid(), "%+v", d)
			}
		}
	})
	t.Run("counts and states of a card are not in it", func(t *testing.T) {
		other := card
		other.Committed, other.Delivered = 1, 1
		require.Equal(t, index.Document(card), index.Document(other))
	})
	t.Run("a card is held while it is open, also when nothing is left of it", func(t *testing.T) {
		require.False(t, index.ChangeOf(card).Delete)
		taken := card
		taken.Committed = taken.Quantity
		require.False(t, index.ChangeOf(taken).Delete, "it leaves with its cohort")
		for name, spoil := range map[string]func(*deid.Card){
			"closed":    func(c *deid.Card) { c.State = "closed" },
			"withdrawn": func(c *deid.Card) { c.State = "withdrawn" },
			"direct":    func(c *deid.Card) { c.Tier = deid.Direct },
		} {
			c := card
			spoil(&c)
			require.Equal(t, index.Change{ID: string(card.ID), Version: 1, Delete: true}, index.ChangeOf(c), name)
		}
	})
	t.Run("every kind of help is found by each of its words", func(t *testing.T) {
		for _, item := range needs.Catalogue() {
			tuple := deid.Tuple{Area: region.City, Age: "*", Size: "*", Category: "*",
				Group: item.Group, Code: item.Code, Quantity: item.Packages[0], Urgency: deid.Open}
			for _, code := range []needs.Code{item.Code, ""} {
				tuple.Code = code
				d := index.Document(deid.NewCard("x", deid.Verified, tuple, 1, time.Time{}))
				grams := index.TextGrams(d.Title)
				for _, word := range append(item.Synonyms, item.Zh, item.ActZh) {
					for _, term := range index.Terms(word) {
						require.Subset(t, grams, term.Grams(), "%s by %s", item.Code, word)
					}
				}
			}
		}
	})
}

func TestTerms(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"需要輪椅、助浴":        "需要轮椅 助浴",
		"ＸＫ－１２０３":        "xk 1203",
		"4次助浴abc":        "4 次助浴 abc",
		"㈱１２㎏":           "株 12kg",
		"助\u200b浴\ufeff": "助浴",
		"  ，。!?\"-* \n":  "",
		"Ünïcode ÀÉ":     "ünïcode àé",
		"醫療護理 體檢 補貼":     "医疗护理 体检 补贴",
		"乾淨髮廊發展":         "干净发廊发展",
	} {
		require.Equal(t, want, index.Normal(text), text)
		require.Equal(t, want, index.Normal(index.Normal(text)), "cutting again changes nothing")
	}
	require.Equal(t, []string{"助浴", "浴服", "服务"}, index.Term{Run: "助浴服务", Han: true}.Grams())
	require.Equal(t, []string{"狗"}, index.Term{Run: "狗", Han: true}.Grams())
	require.Equal(t, []string{"abc9"}, index.Term{Run: "abc9"}.Grams())
	require.Len(t, index.Terms("助浴 助浴 助浴"), 1)
}

func FuzzNormal(f *testing.F) {
	for _, seed := range []string{"助浴", "ＸＫ－１２０３", "\u200b", "a̐éö̲", "İ", "ﷺ", "\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n := index.Normal(text)
		if strings.ContainsAny(n, "\"'\\-*:()[]{}\x00") {
			t.Errorf("%q leaves an operator in %q", text, n)
		}
		for _, term := range index.Terms(text) {
			if term.Run == "" || len(term.Grams()) == 0 {
				t.Errorf("%q has an empty term", text)
			}
		}
	})
}

func TestServing(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{"110000", "110107", "zone:central"}, index.Serving("110107"))
	require.Equal(t, index.Serving("110107"), index.Serving("110107001"), "a subdistrict is served in its district")
	require.Equal(t, []string{"110000", "110101", "110102", "zone:core"}, index.Serving("zone:core"))
	require.Len(t, index.Serving(region.City), 1+4+16)
	require.Empty(t, index.Serving("999999", "", "1", "zone:none"))
	require.Equal(t, []string{"110000", "110101", "110107", "zone:central", "zone:core"}, index.Serving("110107", "110101"))
	t.Run("it agrees with what a region covers", func(t *testing.T) {
		for _, d := range region.Districts() {
			for _, area := range index.Serving(d.Code) {
				require.True(t, region.Covers(area, d.Code), "%s %s", area, d.Code)
			}
		}
	})
}

func TestShown(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]index.Figure{
		0: {}, 1: {Few: true}, 10: {Few: true}, 11: {N: 10}, 12: {N: 10}, 13: {N: 15}, 99: {N: 100},
	} {
		require.Equal(t, want, index.Shown(n, 11), n)
	}
}
