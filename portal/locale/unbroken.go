package locale

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

const (
	noBreak = "\u00a0" // a space at which no line ends
	joined  = "\u2060" // no width, and no line ends there
)

// Unbroken keeps each number with the unit that follows it in one line: "2 visits",
// "3 次", "60岁", "29 December", and a number that has a hyphen within. It is for screens alone: a card that is stored, searched or sent to
// other programs has plain spaces. A Chinese date is left as it is, for it is often copied;
// WholeDay keeps one whole where it stands in prose.
func Unbroken(text string) string {
	if !strings.ContainsAny(text, "0123456789") {
		return text
	}
	var b strings.Builder
	for i, r := range text {
		if i > 0 && '0' <= text[i-1] && text[i-1] <= '9' {
			switch {
			case r == ' ' && unit(text[i+1:]):
				b.WriteString(noBreak)
				continue
			case unicode.Is(unicode.Han, r) && unit(text[i:]):
				b.WriteString(joined)
			}
		}
		if r == '-' && i+1 < len(text) && '0' <= text[i+1] && text[i+1] <= '9' { // a telephone's, a contract's number
			b.WriteString("-" + joined)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// between are words that lead from one number to another, and those of a date.
var (
	between   = []string{"to ", "and ", "or ", "of "}
	betweenZh = "年月日号至到和之"
)

// unit says whether what follows a number may begin with its unit.
func unit(after string) bool {
	first, _ := utf8.DecodeRuneInString(after)
	if unicode.Is(unicode.Han, first) {
		return !strings.ContainsRune(betweenZh, first)
	}
	if unicode.IsUpper(first) {
		return month(after)
	}
	return unicode.IsLower(first) && !slices.ContainsFunc(between, func(w string) bool { return strings.HasPrefix(after, w) })
}

// month says whether what follows a number is a month: a day is read together with it.
func month(after string) bool {
	for m := time.January; m <= time.December; m++ {
		if strings.HasPrefix(after, m.String()) {
			return true
		}
	}
	return false
}

// Amount is a number with its unit, which the caller chose for the number.
func (l *Locale) Amount(n int, unit string) string {
	return l.Number(int64(n)) + noBreak + unit
}

// WholeDay writes a civil date in a sentence on a screen, where no line may end within it.
func (l *Locale) WholeDay(d time.Time) string { return wholeDay.Replace(l.Day(d)) }

// WholeDays writes a span of civil dates in a sentence on a screen: a line may end
// between the two, and within neither.
func (l *Locale) WholeDays(from, to time.Time) string {
	if l.Language == En {
		return l.Days(from, to) // unbroken as it is
	}
	return wholeSpan.Replace(l.Days(from, to))
}

var (
	wholeSpan = strings.NewReplacer("年", joined+"年"+joined, "月", joined+"月"+joined, "日", joined+"日")
	wholeDay  = strings.NewReplacer(" ", noBreak, "年", joined+"年"+joined, "月", joined+"月"+joined, "日", joined+"日")
)

// Sentence is what a card says, for a screen.
func (l *Locale) Sentence(card interface{ Sentence(language string) string }) string {
	return Unbroken(card.Sentence(string(l.Language)))
}
