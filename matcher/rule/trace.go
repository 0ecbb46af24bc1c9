package rule

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"shanqiao/internal/region"
	"shanqiao/needs"
	"shanqiao/needs/deid"
)

// Line is one rule's answer about one pair.
type Line struct {
	Rule Code `json:"rule"`
	Held bool `json:"held"`
	Data Data `json:"data,omitempty"`
}

// Trace is every rule's answer about one pair, as it is stored.
type Trace struct {
	Version int    `json:"version"`
	Lines   []Line `json:"lines"`
}

// Held says whether every rule held.
func (t Trace) Held() bool { return len(t.Failed()) == 0 }

// Failed lists what stands in the way, plainest first.
func (t Trace) Failed() []Line {
	var failed []Line
	for _, l := range t.Lines {
		if !l.Held {
			failed = append(failed, l)
		}
	}
	return failed
}

// Without is the trace without what one rule answered.
func (t Trace) Without(code Code) Trace {
	t.Lines = slices.DeleteFunc(slices.Clone(t.Lines), func(l Line) bool { return l.Rule == code })
	return t
}

// Key is the line's sentence in the catalogue: "rule.area.held", "rule.area.failed".
// An area that is reached only because help is sought further off has its own.
func (l Line) Key() string {
	if l.Rule == Area && l.Held && l.Data["sought"] != "" {
		return "rule.area.wider"
	}
	if l.Held {
		return "rule." + string(l.Rule) + ".held"
	}
	return "rule." + string(l.Rule) + ".failed"
}

// Words fills the placeholders of the line's sentence for a reader of the
// language: codes of places and kinds become their names.
func (l Line) Words(language string) map[string]string {
	words := map[string]string{}
	maps.Copy(words, l.Data)
	for placeholder, named := range naming {
		if value, ok := l.Data[placeholder]; ok {
			words[placeholder] = list(value, language, named)
		}
	}
	if words["until"] == "" && l.Rule == Insurance {
		words["until"] = map[bool]string{true: "没有登记", false: "not registered"}[language == "zh"]
	}
	return words
}

var naming = map[string]func(code, language string) string{
	"area": place, "areas": place, "code": kind, "codes": kind, "training": training,
	"programme": programme, "category": of(categories), "categories": of(categories), "age": ages, "ages": ages,
	"fund": of(funds), "qualification": of(qualifications),
}

// of names codes by a table; what is not in it stays as it is.
func of(names map[string][2]string) func(code, language string) string {
	return func(code, language string) string {
		both, ok := names[code]
		switch {
		case !ok:
			return code
		case language == "zh":
			return both[0]
		}
		return both[1]
	}
}

var categories = map[string][2]string{
	"extreme_poverty": {"特困", "extreme poverty"}, "minimum_living": {"低保", "minimum living guarantee"},
	"marginal": {"低保边缘", "marginal"}, "rigid_expenditure": {"刚性支出困难", "rigid expenditure"}, "other": {"其他困难", "other hardship"},
	"guaranteed": {"特困或低保", "extreme poverty or minimum living guarantee"}, "near": {"低保边缘、刚性支出困难或其他困难", "marginal, rigid expenditure or other hardship"},
	deid.Any: {"没有写明", "not said"}, "": {"各类困难家庭", "all"},
}

var funds = map[string][2]string{
	"central": {"中央财政", "the central budget"}, "city": {"市级财政", "the city’s budget"}, "district": {"区级财政", "the district’s budget"},
	"lottery": {"福利彩票公益金", "the welfare lottery fund"}, "donated": {"专项捐赠", "donations for this purpose"}, "own": {"机构自有资金", "the organisation’s own means"},
	"": {"没有写明", "not said"},
}

var qualifications = map[string][2]string{
	"therapist": {"康复治疗师", "therapist"}, "counsellor": {"心理咨询或社会工作师", "counsellor or social worker"}, "legal": {"法律职业资格", "legal practitioner"},
}

func programme(code, language string) string {
	if p, ok := needs.ProgrammeOf(code); ok {
		return p.Name(language)
	}
	return of(map[string][2]string{"": {"不属于政府救助项目", "no public programme"}})(code, language)
}

// ages writes a band: "60+", "18-59", or bounds of an offer, which may be open.
func ages(band, language string) string {
	low, high, span := strings.Cut(strings.TrimSuffix(band, "+"), "-")
	zh := language == "zh"
	switch {
	case band == deid.Any:
		return of(categories)(band, language)
	case span && low == "0" && high == strconv.Itoa(deid.Oldest):
		return map[bool]string{true: "不限年龄", false: "any age"}[zh]
	case span && low == "0":
		return map[bool]string{true: high + " 岁及以下", false: high + " and under"}[zh]
	case !span, high == strconv.Itoa(deid.Oldest):
		return map[bool]string{true: low + " 岁及以上", false: low + " and over"}[zh]
	}
	return map[bool]string{true: low + " 至 " + high + " 岁", false: low + " to " + high}[zh]
}

func list(codes, language string, named func(code, language string) string) string {
	var names []string
	for code := range strings.SplitSeq(codes, ",") {
		names = append(names, named(code, language))
	}
	if language == "zh" {
		return strings.Join(names, "、")
	}
	return strings.Join(names, ", ")
}

func place(code, language string) string {
	if language == "zh" {
		return region.Name(code)
	}
	return region.English(code)
}

func kind(code, language string) string {
	if item, ok := needs.ItemOf(needs.Code(code)); ok {
		return item.Name(language)
	}
	return code
}

var trainings = map[string][2]string{
	"care":           {"照护", "care"},
	"rehabilitation": {"康复", "rehabilitation"},
	"counselling":    {"心理疏导", "counselling"},
	"child_safety":   {"未成年人保护", "child safety"},
	"law":            {"法律服务", "law"},
}

func training(code, language string) string {
	names, ok := trainings[code]
	switch {
	case !ok:
		return code
	case language == "zh":
		return names[0]
	}
	return names[1]
}
