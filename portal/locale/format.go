package locale

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"shanqiao/internal/civil"
	"shanqiao/internal/region"
)

// Date writes the day of an instant: 2026年11月23日, 23 November 2026.
func (l *Locale) Date(at time.Time) string { return l.Day(at.In(civil.Beijing)) }

// Day writes a civil date, which has no zone to be moved to.
func (l *Locale) Day(d time.Time) string {
	switch {
	case d.IsZero():
		return l.T("format.no_date")
	case l.Language == Zh:
		return fmt.Sprintf("%d年%d月%d日", d.Year(), d.Month(), d.Day())
	default:
		return fmt.Sprintf("%d %s %d", d.Day(), d.Month(), d.Year())
	}
}

// Days writes a span of civil dates; one of a single day is that day. In English
// the first says no more than the second leaves open, and neither is broken in two.
func (l *Locale) Days(from, to time.Time) string {
	first, last := l.Day(from), l.Day(to)
	if first == last {
		return strings.ReplaceAll(first, " ", noBreak)
	}
	if l.Language == En && !from.IsZero() && !to.IsZero() {
		switch {
		case from.Year() == to.Year() && from.Month() == to.Month():
			first = strconv.Itoa(from.Day())
		case from.Year() == to.Year():
			first = fmt.Sprintf("%d %s", from.Day(), from.Month())
		}
		first, last = strings.ReplaceAll(first, " ", noBreak), strings.ReplaceAll(last, " ", noBreak)
	}
	return l.T("format.days", "from", first, "to", last)
}

// Time writes an instant to the minute, with its day.
func (l *Locale) Time(at time.Time) string {
	if at.IsZero() {
		return l.T("format.no_date")
	}
	local := at.In(civil.Beijing)
	return fmt.Sprintf("%s %d:%02d", l.Day(local), local.Hour(), local.Minute())
}

// Ago says how long before now an instant was, in its largest unit.
func (l *Locale) Ago(at, now time.Time) string {
	switch past := now.Sub(at); {
	case past < time.Minute:
		return l.T("format.just_now")
	case past < time.Hour:
		return l.T("format.minutes_ago", "n", int(past/time.Minute))
	case past < 24*time.Hour:
		return l.T("format.hours_ago", "n", int(past/time.Hour))
	default:
		return l.T("format.days_ago", "n", int(past/(24*time.Hour)))
	}
}

// Money writes an amount of fen in yuan: 1,395.00 元, ¥1,395.00.
func (l *Locale) Money(fen int64) string {
	sign, abs := "", uint64(fen)
	if fen < 0 {
		sign, abs = "-", -uint64(fen)
	}
	amount := fmt.Sprintf("%s.%02d", group(strconv.FormatUint(abs/100, 10)), abs%100)
	if l.Language == Zh {
		return sign + amount + noBreak + "元"
	}
	return sign + "¥" + amount
}

// Number writes a whole number with its thousands apart.
func (l *Locale) Number(n int64) string {
	if n < 0 {
		return "-" + group(strconv.FormatUint(-uint64(n), 10))
	}
	return group(strconv.FormatInt(n, 10))
}

func group(digits string) string {
	var b strings.Builder
	for i, r := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// Region is the name of a city, zone, district or subdistrict code.
func (l *Locale) Region(code string) string {
	if l.Language == Zh {
		return region.Name(code)
	}
	return region.English(code)
}
