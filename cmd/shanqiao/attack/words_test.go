package attack

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shanqiao/cmd/shanqiao/demo"
	"shanqiao/internal/region"
	"shanqiao/needs"
	"shanqiao/needs/deid"
	"shanqiao/needs/deid/excerpt"
	"shanqiao/needs/index"
)

// document is all the text by which a card is found.
func document(l listed) string {
	d := index.Document(deid.NewCard(deid.CardID(l.ID), l.Tier, l.tuple(), l.Tick, time.Unix(0, 0)))
	return d.Title + "\n" + d.Text
}

// tokens reads everything that was ever shown for what is left where a value was
// blotted out, and blots out values of every length.
func (w *watched) tokens(t *testing.T) {
	for _, kept := range w.kept {
		for _, s := range kept {
			for _, shown := range s {
				require.NotRegexp(t, `\*\*|××|[Xx]{3}|●|某|〔|〕|_{2}`, shown)
			}
		}
	}
	for kind, values := range map[excerpt.Kind][][2]string{
		excerpt.Name:     {{"王建国", "欧阳靖雯"}, {"李红梅", "才让多杰"}},
		excerpt.Mobile:   {{"13800112233", "139 0013 7766"}, {"13800112233", "13800112233"}},
		excerpt.Identity: {{"11010519490307002X", "110105 194903 070021"}},
	} {
		for _, v := range values {
			note := func(value string) string {
				res := excerpt.Redact("联系人："+value+"，需要助浴。"+value+"，需要送餐。", excerpt.Known{kind: {value}})
				require.False(t, res.Withheld, value)
				return res.Text
			}
			require.Equal(t, note(v[0]), note(v[1]), "no length, no initial, no last four, no number of a person")
			require.Contains(t, note(v[0]), kind.Token())
		}
	}
}

// words makes the card of every tuple for two listings, and every card that was
// published again from its codes: a byte that is different comes from the family.
func (w *watched) words(t *testing.T) {
	areas := []string{region.City}
	for _, d := range region.Districts() {
		areas = append(areas, d.Code)
	}
	for _, z := range region.Zones {
		areas = append(areas, z.Code)
	}
	day, said := time.Date(2026, 11, 23, 9, 30, 0, 0, time.UTC), map[string]bool{}
	each := func(t deid.Tuple, do func(deid.Tuple)) {
		for _, t.Age = range deid.Bands("age") {
			for _, t.Size = range deid.Bands("size") {
				for _, t.Category = range deid.Bands("category") {
					for _, soon := range deid.Bands("urgency") {
						t.Urgency = deid.UrgencyBand(soon)
						do(t)
					}
				}
			}
		}
	}
	for i, item := range needs.Catalogue() {
		each(deid.Tuple{Area: areas[i%len(areas)], Group: item.Group, Code: item.Code, Quantity: 1 + i%3}, func(tuple deid.Tuple) {
			one, other := deid.NewCard("a", deid.Verified, tuple, 7, day), deid.NewCard("b", deid.Verified, tuple, 7, day.Add(9*time.Hour))
			other.ID = one.ID
			require.Equal(t, one, other)
			said[one.SentenceZh] = true
		})
	}
	require.Greater(t, len(said), 2000)

	same := map[string]string{}
	for id, l := range w.behind {
		made := deid.NewCard(deid.CardID(id), l.Tier, l.tuple(), l.Tick, day)
		for _, s := range w.kept[l.Tier] {
			shown, there := s[id]
			if !there {
				continue
			}
			require.True(t, strings.Contains(shown, made.SentenceZh), "%s is not what its codes say: %s", shown, made.SentenceZh)
			key := string(l.Tier) + made.String() + made.SentenceEn + string(rune(l.Tick))
			if before, seen := same[key]; seen {
				require.Equal(t, before, shown, "two families with one tuple")
			}
			same[key] = shown
		}
	}
	require.NotEmpty(t, same)
	for _, mark := range []string{demo.NameMark, demo.PhoneMark, demo.IdentityMark, "幸福里"} {
		for sentence := range said {
			require.NotContains(t, sentence, mark)
		}
	}
}

// TestDisguisedValues is attack 14: every known value of a family, in every dress
// that a note may have it in. Some dresses are left to the reviewer: docs/attacks.md.
func TestDisguisedValues(t *testing.T) {
	t.Parallel()
	known := excerpt.Known{
		excerpt.Name: {"陈建国", "张丽华", "欧阳国栋"}, excerpt.Mobile: {"13800112233"}, excerpt.Identity: {"11010519490307002X"},
		excerpt.Card: {"6222021234567890128"}, excerpt.Address: {"龙潭街道幸福里3号楼2单元401"}, excerpt.School: {"光明小学"},
		excerpt.Employer: {"东风机械厂"},
	}
	traditional := strings.NewReplacer("陈", "陳", "张", "張", "丽", "麗", "华", "華", "欧", "歐", "阳", "陽", "国", "國", "栋", "棟",
		"龙", "龍", "潭", "潭", "街", "街", "号", "號", "楼", "樓", "单", "單", "学", "學", "东", "東", "风", "風", "机", "機", "厂", "廠")
	between := func(sign string) func(string) string {
		return func(v string) string { return strings.Join(strings.Split(v, ""), sign) }
	}
	wide := func(v string) string {
		return strings.Map(func(r rune) rune {
			if r > ' ' && r < 0x7f {
				return r + 0xfee0
			}
			return r
		}, v)
	}
	chinese := strings.NewReplacer("0", "零", "1", "一", "2", "二", "3", "三", "4", "四", "5", "五", "6", "六", "7", "七", "8", "八", "9", "九")
	formal := strings.NewReplacer("0", "〇", "1", "壹", "2", "贰", "3", "叁", "4", "肆", "5", "伍", "6", "陆", "7", "柒", "8", "捌", "9", "玖")
	dresses := map[string]func(string) string{
		"as it is": func(v string) string { return v }, "zero width": between("\u200b"), "joiners": between("\u2060"), "soft hyphens": between("\u00ad"),
		"direction marks": func(v string) string { return "\u202e" + v + "\u202c" }, "blanks": between(" "), "wide blanks": between("\u3000"),
		"line breaks": between("\n"), "dots": between("·"), "dashes": between("-"), "full width": wide,
		"Chinese numerals": chinese.Replace, "formal numerals": formal.Replace, "traditional": traditional.Replace,
		"traditional and broken": func(v string) string { return between("\u200d")(traditional.Replace(v)) },
	}
	notes := 0
	for name, dress := range dresses {
		t.Run(name, func(t *testing.T) {
			for kind, values := range known {
				for _, v := range values {
					for _, note := range []string{"%，需要助浴。", "老人说%，需要助浴", "需要送餐。联系%", "卧床，(%)"} {
						hidden(t, strings.ReplaceAll(note, "%", dress(v)), known, v, kind)
						notes++
					}
				}
			}
		})
	}
	for name, rows := range map[string][]string{
		"pinyin":     {"Chen Jianguo", "chenjianguo", "CHEN JIAN GUO", "Zhāng Lìhuá", "zhang li hua", "Ouyang Guodong"},
		"nicknames":  {"小国", "老陈", "阿华", "华华", "小栋", "陈大爷", "张阿姨", "陈师傅", "老欧阳"},
		"given name": {"建国", "丽华", "国栋"},
		"part of it": {"0011 2233", "二二三三", "0307002X", "幸福里3号", "401室", "光明小", "东风机械"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, v := range rows {
				hidden(t, "老人独居，"+v+"说需要助浴。", known, v, "")
			}
		})
	}
	require.Positive(t, notes)
}

// hidden fails if two characters of a name, or three of anything else, can be read in the excerpt.
func hidden(t *testing.T, note string, known excerpt.Known, value string, kind excerpt.Kind) {
	t.Helper()
	out := bare(excerpt.Redact(note, known).Text)
	width := 3
	if kind == excerpt.Name || kind == "" {
		width = 2
	}
	runes := []rune(bare(value))
	width = min(width, len(runes))
	for i := 0; i+width <= len(runes); i++ {
		require.NotContains(t, out, string(runes[i:i+width]), "%q", note)
	}
}

// bare is a text without what parts it, in small letters.
func bare(text string) string {
	return strings.ToLower(strings.Map(func(r rune) rune {
		if strings.ContainsRune(" \u3000\n·-\u200b\u200d\u2060\u00ad\u202e\u202c", r) {
			return -1
		}
		return r
	}, text))
}
