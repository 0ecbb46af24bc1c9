// Package locale holds the words of the product in Chinese and English, and
// writes dates, amounts and numbers the way readers of each expect.
//
// Words live in flat catalogues, one file for each area of the product, merged
// at start. A sentence is never assembled from pieces: what varies is a
// {placeholder}. Nothing here reads a clock or knows a person.
package locale

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"sync"

	"golang.org/x/text/language"
)

// Language is a language of the screens.
type Language string

// The languages. Chinese is the first and the fallback.
const (
	Zh Language = "zh"
	En Language = "en"
)

// Languages lists them in the order in which they are offered.
var Languages = []Language{Zh, En}

// Tag is what the lang attribute says.
func (l Language) Tag() string {
	if l == Zh {
		return "zh-CN"
	}
	return "en"
}

// Valid says whether l is one of Languages.
func (l Language) Valid() bool { return l == Zh || l == En }

// Message is a sentence by its catalogue key, with what fills its placeholders.
type Message struct {
	Key  string
	Data map[string]any
}

// Say makes a message from a key and pairs of placeholder and value.
func Say(key string, pairs ...any) Message { return Message{Key: key, Data: data(pairs)} }

// Locale speaks one language.
type Locale struct {
	Language Language
	words    map[string]string
}

//go:embed zh/*.json en/*.json
var files embed.FS

var load = sync.OnceValues(func() (map[Language]*Locale, error) {
	all := map[Language]*Locale{}
	var errs []error
	for _, l := range Languages {
		words, err := merge(files, string(l))
		errs = append(errs, err)
		all[l] = &Locale{Language: l, words: words}
	}
	return all, errors.Join(errs...)
})

// Check reads every catalogue and reports what is wrong with them, so that a
// program with broken words does not start.
func Check() error {
	_, err := load()
	return err
}

// For is the locale of a language; of an unknown one, Chinese.
func For(l Language) *Locale {
	all, err := load()
	if err != nil {
		panic("locale: " + err.Error())
	}
	if found, ok := all[l]; ok {
		return found
	}
	return all[Zh]
}

func merge(dir fs.FS, language string) (map[string]string, error) {
	names, err := fs.Glob(dir, path.Join(language, "*.json"))
	if err != nil {
		return nil, err
	}
	words := map[string]string{}
	for _, name := range names {
		raw, err := fs.ReadFile(dir, name)
		if err != nil {
			return nil, err
		}
		var file map[string]string
		if err := json.Unmarshal(raw, &file); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		for key, text := range file { // that no key is in two files is for the test to say
			words[key] = Unbroken(text)
		}
	}
	return words, nil
}

// Has says whether there is a sentence under key.
func (l *Locale) Has(key string) bool {
	_, ok := l.words[key]
	return ok
}

// Missing marks a key without a sentence on the page; the page tests look for it.
const Missing = "⟦"

// T is the sentence under key. Pairs are placeholder and value:
// T("need.left", "n", 3). Numbers are written as this language writes them.
func (l *Locale) T(key string, pairs ...any) string { return l.Say(Message{key, data(pairs)}) }

// Say is the sentence of a message.
func (l *Locale) Say(m Message) string {
	text, ok := l.words[m.Key]
	if !ok {
		return Missing + m.Key + "⟧"
	}
	if len(m.Data) == 0 {
		return text
	}
	fill := make([]string, 0, 2*len(m.Data))
	for name, value := range m.Data {
		fill = append(fill, "{"+name+"}", l.show(value))
	}
	return Unbroken(strings.NewReplacer(fill...).Replace(text))
}

func (l *Locale) show(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case int:
		return l.Number(int64(v))
	case int64:
		return l.Number(v)
	case Message:
		return l.Say(v)
	default:
		return fmt.Sprint(v)
	}
}

func data(pairs []any) map[string]any {
	if len(pairs) == 0 {
		return nil
	}
	if len(pairs)%2 != 0 {
		panic("locale: placeholders come in pairs of name and value")
	}
	m := make(map[string]any, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i].(string)] = pairs[i+1]
	}
	return m
}

var matcher = language.NewMatcher([]language.Tag{language.SimplifiedChinese, language.English})

// Accept chooses a language from an Accept-Language header; Chinese when none fits.
func Accept(header string) Language {
	tags, _, err := language.ParseAcceptLanguage(header)
	if err != nil || len(tags) == 0 {
		return Zh
	}
	_, at, confidence := matcher.Match(tags...)
	if at == 1 && confidence > language.No {
		return En
	}
	return Zh
}
