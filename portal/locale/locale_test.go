package locale

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/region"
	"shanqiao/needs"
	"shanqiao/needs/deid"
)

func TestFormat(t *testing.T) {
	t.Parallel()
	zh, en := For(Zh), For(En)
	// 16:30 in London is past midnight in Beijing: the day is Beijing's.
	at := time.Date(2026, 11, 23, 16, 5, 0, 0, time.UTC)
	day := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)

	require.Equal(t, "2026年11月24日", zh.Date(at))
	require.Equal(t, "24 November 2026", en.Date(at))
	require.Equal(t, "2026年11月23日", zh.Day(day), "a civil date has no zone")
	require.Equal(t, "2026年11月24日 0:05", zh.Time(at))
	require.Equal(t, "24 November 2026 0:05", en.Time(at))
	require.Equal(t, "未定", zh.Date(time.Time{}))
	require.Equal(t, "not set", en.Time(time.Time{}))
	require.Equal(t, "2026年11月23日 至 2026年11月24日", zh.Days(day, day.AddDate(0, 0, 1)))
	require.Equal(t, "2026年11月23日", zh.Days(day, day), "one day is not said twice")
	for to, want := range map[time.Time]string{
		day.AddDate(0, 0, 1): "23 to 24 November 2026",
		day.AddDate(0, 1, 0): "23 November to 23 December 2026",
		day.AddDate(1, 0, 0): "23 November 2026 to 23 November 2027",
		day:                  "23 November 2026",
		{}:                   "23 November 2026 to not set",
	} {
		require.Equal(t, want, strings.ReplaceAll(en.Days(day, to), "\u00a0", " "))
	}

	for fen, want := range map[int64][2]string{
		0:             {"0.00\u00a0元", "¥0.00"},
		5:             {"0.05\u00a0元", "¥0.05"},
		139500:        {"1,395.00\u00a0元", "¥1,395.00"},
		-123456789:    {"-1,234,567.89\u00a0元", "-¥1,234,567.89"},
		math.MinInt64: {"-92,233,720,368,547,758.08\u00a0元", "-¥92,233,720,368,547,758.08"},
	} {
		require.Equal(t, want[0], zh.Money(fen))
		require.Equal(t, want[1], en.Money(fen))
	}
	require.Equal(t, "1,000", zh.Number(1000))
	require.Equal(t, "-999", zh.Number(-999))

	for past, want := range map[time.Duration]string{
		-time.Hour: "刚刚", 59 * time.Second: "刚刚", 90 * time.Second: "1\u00a0分钟前", 23 * time.Hour: "23\u00a0小时前", 50 * time.Hour: "2\u00a0天前",
	} {
		require.Equal(t, want, zh.Ago(at, at.Add(past)), past)
	}
	require.Equal(t, "朝阳区", zh.Region("110105"))
	require.Equal(t, "Chaoyang", en.Region("110105"))
	for _, z := range region.Zones { // a value that stands by itself begins as one
		require.Regexp(t, `^\p{Lu}`, en.Region(z.Code))
	}
}

func TestSay(t *testing.T) {
	t.Parallel()
	zh := For(Zh)
	require.Equal(t, "“次数”：请填写 1 到 1,000 之间的数", zh.T("form.out_of_range", "label", "次数", "min", 1, "max", 1000))
	require.Equal(t, Missing+"no.such⟧", zh.T("no.such"))
	require.Equal(t, "主办单位：{max}", zh.T("layout.operator", "name", "{max}"), "a value is never read as a placeholder")
	require.Panics(t, func() { zh.T("layout.operator", "name") })
	require.Equal(t, Zh, For("xx").Language)
}

func TestAccept(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]Language{
		"": Zh, "en": En, "en-GB,en;q=0.9": En, "zh-CN,zh;q=0.9,en;q=0.8": Zh, "fr": Zh, "fr,en;q=0.5": En, "zh-TW": Zh, ";;;": Zh,
	} {
		require.Equal(t, want, Accept(header), header)
	}
}

// TestSentences finds a page that writes a card's sentence past Sentence.
func TestSentences(t *testing.T) {
	t.Parallel()
	for name, text := range sources(t) {
		if strings.HasPrefix(name, "portal/") && !strings.HasPrefix(name, "portal/locale/") {
			require.NotContains(t, text, ".Sentence(string(", name)
		}
	}
}

func TestUnbroken(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"needs help with bathing at home (2 visits), within two days.": "needs help with bathing at home (2\u00a0visits), within two days.",
		"需要上门助浴，共3次，两天内就要。":                                            "需要上门助浴，共3\u2060次，两天内就要。",
		"家里有60至79岁的老人":                                                 "家里有60至79\u2060岁的老人",
		"1,395.00 元":                                                   "1,395.00\u00a0元",
		"from 23 November to 4 pm":                                     "from 23\u00a0November to 4\u00a0pm",
		"2026年11月23日 至 2 天后":                                           "2026年11月23日 至 2\u00a0天后",
		"2 Shops, until 29 December 2026":                              "2 Shops, until 29\u00a0December 2026",
		"1 to 1,000":                                                   "1 to 1,000",
		"12":                                                           "12",
		"两 次":                                                          "两 次",
		"":                                                             "",
	} {
		require.Equal(t, want, Unbroken(text))
		require.Equal(t, want, Unbroken(want), "done once")
	}

	zh, en := For(Zh), For(En)
	require.Equal(t, "2\u00a0visits", en.Amount(2, "visits"))
	require.Equal(t, "1,000\u00a0次", zh.Amount(1000, "次"))
	require.Equal(t, "5\u00a0minutes ago", en.T("format.minutes_ago", "n", 5), "every sentence of a catalogue")
	card := deid.NewCard("", deid.Verified, deid.Tuple{Area: "110105", Group: needs.Care, Code: "bathing", Quantity: 2, Age: deid.Any, Size: deid.Any, Category: deid.Any}, 0, time.Time{})
	require.Contains(t, en.Sentence(card), "(2\u00a0visits)")
	require.Contains(t, zh.Sentence(card), "2\u2060次")
	require.Contains(t, card.SentenceEn, "(2 visits)", "what is stored and searched has plain spaces")
}
