package locale

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/region"
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
	for to, want := range map[time.Time]string{
		day.AddDate(0, 0, 1): "23 to 24 November 2026",
		day.AddDate(0, 1, 0): "23 November to 23 December 2026",
		day.AddDate(1, 0, 0): "23 November 2026 to 23 November 2027",
		day:                  "23 November 2026 to 23 November 2026",
		{}:                   "23 November 2026 to not set",
	} {
		require.Equal(t, want, strings.ReplaceAll(en.Days(day, to), "\u00a0", " "))
	}

	for fen, want := range map[int64][2]string{
		0:             {"0.00 元", "¥0.00"},
		5:             {"0.05 元", "¥0.05"},
		139500:        {"1,395.00 元", "¥1,395.00"},
		-123456789:    {"-1,234,567.89 元", "-¥1,234,567.89"},
		math.MinInt64: {"-92,233,720,368,547,758.08 元", "-¥92,233,720,368,547,758.08"},
	} {
		require.Equal(t, want[0], zh.Money(fen))
		require.Equal(t, want[1], en.Money(fen))
	}
	require.Equal(t, "1,000", zh.Number(1000))
	require.Equal(t, "-999", zh.Number(-999))

	for past, want := range map[time.Duration]string{
		-time.Hour: "刚刚", 59 * time.Second: "刚刚", 90 * time.Second: "1 分钟前", 23 * time.Hour: "23 小时前", 50 * time.Hour: "2 天前",
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
