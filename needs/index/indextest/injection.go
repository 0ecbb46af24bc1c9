package indextest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/fault"
	"shanqiao/needs/deid"
	"shanqiao/needs/index"
)

func injection(t *testing.T, open Open) {
	x := open(t, deid.Verified)
	fill(t, x, documents(Cards(20, 2, deid.Verified))...)
	refused := func(t *testing.T, c index.Cond) {
		t.Helper()
		_, err := x.Search(soon(t), reader(x), index.Query{Must: []index.Cond{c}, Limit: 1})
		require.ErrorIs(t, err, index.ErrQuery)
		require.Equal(t, "invalid search.invalid", err.Error(), "the error must not repeat what was sent")
		require.Equal(t, fault.Invalid, fault.Of(err))
	}
	for what, evil := range map[string][]string{
		"I1 a quote that ends the value is refused before any engine sees it": {`x\" OR urgency = "open`, `a"b`, `a\`, `x" OR "1"="1`},
		"I2 a quote of the other kind is refused":                             {`' OR 1=1 --`, "a'b", "--", "a = b"},
		"I3 what cannot be seen is refused":                                   {"a\nb", "a\x00b", `\u{22}`, "", " ", "a\u200bb"},
		"I4 brackets and commas are refused":                                  {"a]", "a)", "a,b", "_geoRadius(0,0,1e9)", "a/*", "[a"},
		"I1 what is no code at all is refused":                                {"A1", "Ａ１", "低保"},
	} {
		t.Run(what, func(t *testing.T) {
			for _, code := range evil {
				refused(t, index.In{Field: index.Area, Codes: []string{code}})
				refused(t, index.Not{Of: index.In{Field: index.Area, Codes: []string{"110107", code}}})
			}
		})
	}
	t.Run("I6 a forged place in the list is refused", func(t *testing.T) {
		for _, offset := range []int{-1, -1 << 62, 1 << 62, index.MaxDepth} {
			_, err := x.Search(soon(t), reader(x), index.Query{Limit: 1, Offset: offset})
			require.Error(t, err)
			require.Equal(t, fault.Invalid, fault.Of(err))
		}
	})
	t.Run("I5 a field that is not in the list is refused", func(t *testing.T) {
		refused(t, index.In{Field: 99, Codes: []string{"a"}})
		refused(t, index.Range{Field: 99})
		_, err := x.Search(soon(t), reader(x), index.Query{Facets: []index.Field{99}, Limit: 1})
		require.ErrorIs(t, err, index.ErrQuery)
	})
	t.Run("a condition that is none is refused", func(t *testing.T) {
		refused(t, nil)
		refused(t, index.Not{})
		refused(t, index.AnyOf{Of: []index.Cond{nil}})
	})
	t.Run("I8 a thousand nots are refused and break nothing", func(t *testing.T) {
		var c index.Cond = index.In{Field: index.Area, Codes: []string{"110107"}}
		for range 1000 {
			c = index.Not{Of: c}
		}
		refused(t, c)
		wide := index.AnyOf{}
		for range 1000 {
			wide.Of = append(wide.Of, index.In{Field: index.Area, Codes: []string{"110107"}})
		}
		refused(t, wide)
	})
	t.Run("I7 a query language in the text is text", func(t *testing.T) {
		for _, evil := range []string{
			`_geoRadius(0,0,1e9)`, `area = 110107 OR tick > 0`, `" OR "" = "`, `code:*`, `{"$ne":1}`, `助浴" OR "`,
		} {
			p := search(t, x, index.Query{Text: evil})
			require.Less(t, p.Total, 20, evil)
		}
	})
	t.Run("V10 a broken document is rejected alone", func(t *testing.T) {
		bad := map[string]func(*index.Doc){
			"no id":              func(d *index.Doc) { d.ID = "" },
			"an id of one's own": func(d *index.Doc) { d.ID = "card-1" },
			"no version":         func(d *index.Doc) { d.Version = 0 },
			"a code in Chinese":  func(d *index.Doc) { d.Area = "石景山" },
			"an empty code":      func(d *index.Doc) { d.Code = "" },
			"broken UTF-8":       func(d *index.Doc) { d.Text = "\xff" },
			"a NUL":              func(d *index.Doc) { d.Text = "a\x00" },
			"too much text":      func(d *index.Doc) { d.Text = string(make([]rune, 3000)) },
		}
		var changes []index.Change
		for _, spoil := range bad {
			d := doc(900+len(changes), "坏", "坏")
			spoil(&d)
			changes = append(changes, upsert(d))
		}
		good := doc(999, "好人", "好人")
		changes = append(changes, upsert(good), index.Change{ID: ID(998), Version: 1})
		items := change(t, x, changes...)
		require.Equal(t, index.Applied, items[len(bad)])
		require.Equal(t, index.Rejected, items[len(bad)+1])
		for _, item := range items[:len(bad)] {
			require.Equal(t, index.Rejected, item)
		}
		require.Equal(t, ids(999), found(search(t, x, index.Query{Text: "好人"})))
		require.Empty(t, found(search(t, x, index.Query{Text: "坏"})))
	})
}
