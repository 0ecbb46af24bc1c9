package locale

import (
	"strings"
	"time"
)

// Pick is what somebody named in Chinese and perhaps in English, for a reader
// of this language, with the tag of the language that the words are in: an
// English page shows the English name where there is one, and marks the Chinese
// one as Chinese where there is none.
func (l *Locale) Pick(zh, en string) (words, tag string) {
	if l.Language == En && strings.TrimSpace(en) != "" {
		return en, En.Tag()
	}
	return zh, Zh.Tag()
}

// spans are the values that are the two ends of one span of days.
var spans = [][2]string{{"from", "to"}, {"starts", "ends"}}

// Fill is a sentence whose values come ready from elsewhere; a civil date among
// them, 2026-11-23, is written the way a reader of this language writes dates, and
// two that are a span also together, as {from_to} and {starts_ends}.
func (l *Locale) Fill(key string, values map[string]string) string {
	data, days := make(map[string]any, len(values)), map[string]time.Time{}
	for name, value := range values {
		data[name] = value
		if day, err := time.Parse(time.DateOnly, value); err == nil {
			data[name], days[name] = l.WholeDay(day), day
		}
	}
	for _, span := range spans {
		from, begins := days[span[0]]
		to, ends := days[span[1]]
		if begins && ends {
			data[span[0]+"_"+span[1]] = l.WholeDays(from, to)
		}
	}
	return l.Say(Message{Key: key, Data: data})
}
