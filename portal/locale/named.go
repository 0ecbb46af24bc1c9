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

// Fill is a sentence whose values come ready from elsewhere; a civil date among
// them, 2026-11-23, is written the way a reader of this language writes dates.
func (l *Locale) Fill(key string, values map[string]string) string {
	data := make(map[string]any, len(values))
	for name, value := range values {
		data[name] = value
		if day, err := time.Parse(time.DateOnly, value); err == nil {
			data[name] = l.Day(day)
		}
	}
	return l.Say(Message{Key: key, Data: data})
}
