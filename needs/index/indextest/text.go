package indextest

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/needs/deid"
	"shanqiao/needs/index"
)

func text(t *testing.T, open Open) {
	x := open(t, deid.Verified)
	long := strings.Repeat("春夏秋冬", 8)
	fill(t, x,
		doc(1, "低保家庭", "申请低保户补助，需要轮椅"),
		doc(2, "助浴", "上门助浴，共2次"),
		doc(3, "陪伴", "家里有一只狗"),
		doc(4, "桥", "南京市长江大桥"),
		doc(5, "银行", "工商银行长期客户，行长时间在外"),
		doc(6, "設備", "需要輪椅和醫療護理"),
		doc(7, "编号", "设备ＸＫ－１２０３一台，abc9次"),
		doc(8, "长句", long),
		doc(9, "甲", "春夏来了，夏秋去了"),
		doc(10, "丙", "one two three four five six seven eight nine ten eleven"),
		doc(11, "助洁", "不是助浴，是打扫"),
		doc(14, "重病", "重症病人，重新申请"),
		doc(12, "甲乙。丙丁", "乙。丙"),
	)
	cases := []struct {
		what, text string
		want       []string
	}{
		{"T1 a word of two characters is found", "低保", ids(1)},
		{"T2 a word no dictionary has is found", "助浴", ids(2, 11)},
		{"T3 one character is found", "狗", ids(3)},
		{"T3 one character is found inside a longer run", "浴", ids(2, 11)},
		{"T4 a longer word is found", "低保户", ids(1)},
		{"T5 characters that stand together are found across words", "市长", ids(4)},
		{"T6 the same characters elsewhere are only found as written", "行长时间", ids(5)},
		{"T4 a part at a word's edge is found", "户补", ids(1)},
		{"T6 of two words with one character only the one written is found", "重症", ids(14)},
		{"T7 another word that sounds the same is not found", "地保", ids()},
		{"T8 simplified finds traditional", "轮椅", ids(1, 6)},
		{"T8 traditional finds simplified", "輪椅", ids(1, 6)},
		{"T8 traditional is folded in longer words", "醫療護理", ids(6)},
		{"T9 full-width letters are plain ones", "xk-1203", ids(7)},
		{"T9 capitals are small ones", "ＸＫ", ids(7)},
		{"T10 letters and digits run together are one word", "abc9次", ids(7)},
		{"T10 part of a word of letters is not found", "abc", ids()},
		{"T10 Chinese, letters and digits in one text are each found", "设备xk 9次", ids()},
		{"T10 a text of Chinese and letters is cut where they meet", "设备xk", ids(7)},
		{"T11 two words must both be there", "轮椅 低保", ids(1)},
		{"T11 two words that never meet find nothing", "狗 助浴", ids()},
		{"T12 more than 25 characters are all required", long, ids(8)},
		{"T12 more than 25 characters with one wrong find nothing", long + "雪", ids()},
		{"T12 ten words are all required", "one two three four five six seven eight nine ten", ids(10)},
		{"T12 ten words with one wrong find nothing", "one two three four five six seven eight nine zero", ids()},
		{"T14 pairs that stand apart do not make a word", "春夏秋", ids(8)},
		{"T14 a word does not reach across a full stop", "乙丙", ids()},
		{"T15 quotes are nothing", `"助浴"`, ids(2, 11)},
		{"T15 a leading minus excludes nothing", "-助浴", ids(2, 11)},
		{"T15 a star matches nothing more", "助洁*", ids(11)},
		{"T15 AND is a word", "助浴 AND 狗", ids()},
		{"T15 NOT is a word", "NOT 助浴", ids()},
		{"an invisible character does not cut a word", "助\u200b浴", ids(2, 11)},
		{"T20 an unknown word finds nothing", "氢弹", ids()},
	}
	for _, c := range cases {
		t.Run(c.what, func(t *testing.T) {
			p := search(t, x, index.Query{Text: c.text})
			require.Equal(t, c.want, found(p))
			require.Equal(t, len(c.want), p.Total)
		})
	}
	t.Run("T13 a blank text or punctuation only browses everything", func(t *testing.T) {
		for _, blank := range []string{"", "   ", "。，！", "😀", `"`, "-", "\u200b"} {
			require.Equal(t, 13, search(t, x, index.Query{Text: blank}).Total, "%q", blank)
		}
	})
	t.Run("T17 a hit in the name comes before one in the sentence", func(t *testing.T) {
		require.Equal(t, []string{ID(2), ID(11)}, inOrder(search(t, x, index.Query{Text: "助浴"})))
	})
	t.Run("T20 an unknown word has no facets", func(t *testing.T) {
		p := search(t, x, index.Query{Text: "氢弹", Facets: index.Fields()})
		for _, counts := range p.Facets {
			require.Empty(t, counts)
		}
	})
	t.Run("T16 too much text is refused", func(t *testing.T) {
		for text, want := range map[string]error{
			strings.Repeat("助浴", 5000): index.ErrQuery,
			// T12: more than ten words are refused, not silently cut to ten.
			"a b c d e f g h i j k":           index.ErrWords,
			"broken \xff utf-8":               index.ErrQuery,
			strings.Repeat("a", 201):          index.ErrQuery,
			strings.Repeat("低", 100) + "\xc3": index.ErrQuery,
		} {
			_, err := x.Search(soon(t), reader(x), index.Query{Text: text, Limit: 1})
			require.ErrorIs(t, err, want)
		}
	})
	t.Run("a word of two hundred letters is one word", func(t *testing.T) {
		word := strings.Repeat("ab", 100)
		fill(t, x, doc(13, "丁", word))
		require.Equal(t, ids(13), found(search(t, x, index.Query{Text: word})))
		require.Empty(t, found(search(t, x, index.Query{Text: word[:199]})))
	})
}
