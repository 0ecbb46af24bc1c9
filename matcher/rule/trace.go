package rule

import (
	"maps"
	"strings"

	"shanqiao/internal/region"
	"shanqiao/needs"
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
