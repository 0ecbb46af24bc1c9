package deid

import (
	"fmt"
	"strings"
	"time"

	"shanqiao/internal/region"
	"shanqiao/needs"
)

// NewCard makes the card of one listing: everything on it follows from the
// tuple, the tick and its day, so cards of one cohort differ by their id alone.
func NewCard(id CardID, tier Tier, t Tuple, tick int, day time.Time) Card {
	days := map[UrgencyBand]int{Now: 2, Urgent: 5, Soon: 14, Open: 30, Unsaid: 30}[t.Urgency]
	if item, ok := needs.ItemOf(t.Code); ok {
		days += item.Days
	}
	day = time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, time.UTC)
	return Card{
		ID: id, Tier: tier, Tuple: t, Tick: tick, State: "open", Version: 1,
		WindowFrom: day, WindowTo: day.AddDate(0, 0, days),
		SentenceZh: sentenceZh(t), SentenceEn: sentenceEn(t),
	}
}

// sentenceZh says a tuple as a person would. It is a function of published
// codes only and so adds nothing to what they tell.
func sentenceZh(t Tuple) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s的一户%s%s家庭", region.Name(t.Area), sizeZh[t.Size], categoryZh[t.Category])
	if age := agePhrase(t, ageZh, youngZh); age != "" {
		b.WriteString("，" + age)
	}
	item, exact := needs.ItemOf(t.Code)
	if !exact {
		fmt.Fprintf(&b, "，需要%s", t.Group.Name("zh"))
	} else if item.Group == needs.Goods {
		fmt.Fprintf(&b, "，需要%s%d%s", item.Zh, t.Quantity, item.UnitZh)
	} else {
		fmt.Fprintf(&b, "，需要%s，共%d%s", item.ActZh, t.Quantity, item.UnitZh)
	}
	if soon := urgencyZh[t.Urgency]; soon != "" {
		b.WriteString("，" + soon)
	}
	b.WriteString("。")
	return b.String()
}

func sentenceEn(t Tuple) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: a household%s%s", region.English(t.Area), sizeEn[t.Size], categoryEn[t.Category])
	if age := agePhrase(t, ageEn, youngEn); age != "" {
		b.WriteString(", " + age + ",")
	}
	item, exact := needs.ItemOf(t.Code)
	if !exact {
		fmt.Fprintf(&b, " needs help with %s", groupEn[t.Group])
	} else {
		fmt.Fprintf(&b, " needs %s (%d %s)", item.ActEn, t.Quantity, item.Unit("en", t.Quantity))
	}
	if soon := urgencyEn[t.Urgency]; soon != "" {
		b.WriteString(", " + soon)
	}
	b.WriteString(".")
	return strings.ToUpper(b.String()[:1]) + b.String()[1:]
}

// agePhrase speaks of the eldest, or of the youngest for what is meant for children.
func agePhrase(t Tuple, eldest, youngest map[string]string) string {
	if ForYoungest(t.Code) {
		return youngest[t.Age]
	}
	return eldest[t.Age]
}

var (
	sizeZh = map[string]string{"1-2": "一至两口人的", "3+": "三口人以上的", Any: ""}
	sizeEn = map[string]string{"1-2": " of one or two", "3+": " of three or more", Any: ""}

	categoryZh = map[string]string{"guaranteed": "低保或特困", "near": "低收入", Any: "困难"}
	categoryEn = map[string]string{"guaranteed": " on basic living aid", "near": " on a low income", Any: " in hardship"}

	ageZh = map[string]string{
		"0-17": "家人都未成年", "18-39": "最年长的家人不到40岁", "40-59": "最年长的家人40至59岁",
		"18-59": "最年长的家人不到60岁", "60-79": "家里有60至79岁的老人", "80+": "家里有80岁以上的老人",
		"60+": "家里有60岁以上的老人", Any: "",
	}
	ageEn = map[string]string{
		"0-17": "all of them under 18", "18-39": "the eldest under 40", "40-59": "the eldest between 40 and 59",
		"18-59": "the eldest under 60", "60-79": "the eldest between 60 and 79", "80+": "with someone over 80",
		"60+": "with someone over 60", Any: "",
	}
	youngZh = map[string]string{
		"0-17": "家里有未成年的孩子", "18-39": "最年轻的家人18至39岁", "40-59": "最年轻的家人40至59岁",
		"18-59": "最年轻的家人18至59岁", "60-79": "家人都在60岁以上", "80+": "家人都在80岁以上",
		"60+": "家人都在60岁以上", Any: "",
	}
	youngEn = map[string]string{
		"0-17": "with a child under 18", "18-39": "the youngest between 18 and 39", "40-59": "the youngest between 40 and 59",
		"18-59": "the youngest between 18 and 59", "60-79": "all of them over 60", "80+": "all of them over 80",
		"60+": "all of them over 60", Any: "",
	}

	urgencyZh = map[UrgencyBand]string{Now: "两天内就要", Urgent: "希望五天内开始", Soon: "希望两周内开始", Open: "时间可以商量", Unsaid: ""}
	urgencyEn = map[UrgencyBand]string{Now: "within two days", Urgent: "within five days", Soon: "within two weeks", Open: "at any time", Unsaid: ""}

	groupEn = map[needs.Group]string{
		needs.Care: "personal care", needs.Living: "daily living", needs.Concern: "company and support", needs.Goods: "everyday goods",
	}
)
