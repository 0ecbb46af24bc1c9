package form

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/width"
)

// Number is a whole number.
type Number struct {
	Field
	Value  int
	Given  bool // false when it was left empty
	lo, hi int
}

// Whole asks for a whole number from lo to hi.
func Whole(name string, lo, hi int) Number {
	return Number{Field: Field{Name: name, Control: "text", Type: "text", Inputmode: "numeric", Max: 12}, lo: lo, hi: hi}
}

// OrNone lets it be left empty.
func (n Number) OrNone() Number { n.Optional = true; return n }

// Label uses other words than the convention's.
func (n Number) Label(key string) Number { n.label = key; return n }

// Set fills the field before it is shown.
func (n *Number) Set(v int) { n.Value, n.Given, n.typed = v, true, []string{strconv.Itoa(v)} }

func (n *Number) read(values []string) {
	s := strings.ReplaceAll(width.Narrow.String(clean(values)), ",", "")
	n.Value, n.Given = 0, s != ""
	if s == "" {
		if !n.Optional {
			n.fail("form.missing")
		}
		return
	}
	v, err := strconv.Atoi(s)
	switch {
	case err != nil:
		n.fail("form.not_number")
	case v < n.lo || v > n.hi:
		n.fail("form.out_of_range", "min", n.lo, "max", n.hi)
	default:
		n.Value = v
	}
}

// Date is a civil date at midnight UTC, as Postgres gives and takes a date.
type Date struct {
	Field
	Value time.Time
	Given bool
}

// Day asks for a date.
func Day(name string) Date {
	return Date{Field: Field{Name: name, Control: "text", Type: "date", Max: 20}}
}

// OrNone lets it be left empty.
func (d Date) OrNone() Date { d.Optional = true; return d }

// Label uses other words than the convention's.
func (d Date) Label(key string) Date { d.label = key; return d }

// Set fills the field before it is shown.
func (d *Date) Set(t time.Time) {
	d.Value, d.Given, d.typed = t, true, []string{t.Format(time.DateOnly)}
}

var layouts = []string{time.DateOnly, "2006/1/2", "2006-1-2", "2006.1.2", "20060102", "2006年1月2日"}

func (d *Date) read(values []string) {
	s := width.Narrow.String(clean(values))
	d.Value, d.Given = time.Time{}, s != ""
	if s == "" {
		if !d.Optional {
			d.fail("form.missing")
		}
		return
	}
	for _, layout := range layouts {
		t, err := time.Parse(layout, s)
		if err == nil && t.Year() >= 1900 && t.Year() <= 2200 {
			d.Value = t
			return
		}
	}
	d.fail("form.not_date")
}

// Money is an amount typed in yuan and kept in fen.
type Money struct {
	Field
	Fen   int64
	Given bool
	most  int64
}

// Yuan asks for an amount from nothing up to most fen.
func Yuan(name string, most int64) Money {
	return Money{Field: Field{Name: name, Control: "text", Type: "text", Inputmode: "decimal", Max: 20}, most: most}
}

// OrNone lets it be left empty: not known is not nothing.
func (m Money) OrNone() Money { m.Optional = true; return m }

// Set fills the field before it is shown.
func (m *Money) Set(fen int64) {
	s := strconv.FormatInt(fen/100, 10)
	if fen%100 != 0 {
		s += fmt.Sprintf(".%02d", fen%100)
	}
	m.Fen, m.Given, m.typed = fen, true, []string{s}
}

func (m *Money) read(values []string) {
	s := strings.NewReplacer(",", "", "¥", "", "元", "", " ", "").Replace(width.Narrow.String(clean(values)))
	m.Fen, m.Given = 0, s != ""
	if s == "" {
		if !m.Optional {
			m.fail("form.missing")
		}
		return
	}
	whole, part, _ := strings.Cut(s, ".")
	yuan, err := strconv.ParseUint(whole, 10, 40)
	fen, errPart := strconv.ParseUint((part + "00")[:2], 10, 8)
	switch {
	case err != nil || errPart != nil || len(part) > 2:
		m.fail("form.not_money")
	case int64(yuan*100+fen) > m.most:
		m.fail("form.too_much", "max", int(m.most/100))
	default:
		m.Fen = int64(yuan*100 + fen)
	}
}
