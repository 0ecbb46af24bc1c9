package excerpt

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Values is what is known of a household, or the names of a whole register, made
// ready once for looking through many texts.
type Values struct {
	bare, digits needles
	whole        needles // the values themselves, without their pieces
}

// Ready prepares known values. Its cost grows with how much they hold together.
func (known Known) Ready() *Values {
	v := &Values{newNeedles(), newNeedles(), newNeedles()}
	for kind, values := range known {
		for _, value := range values {
			for i, w := range pieces(kind, value) {
				v.bare.add(w, kind)
				if i == 0 {
					v.whole.add(w, kind)
				}
			}
			d := onlyDigits(value)
			for i := 0; i+4 <= len(d); i++ {
				v.digits.add(d[i:i+4], kind)
			}
		}
	}
	return v
}

// Exact prepares values that are looked for whole, and in no part: the names of
// everybody in a register, of whom each part is a part of somebody's.
func Exact(kind Kind, values []string) *Values {
	v := &Values{newNeedles(), newNeedles(), newNeedles()}
	for _, value := range values {
		if w := normalise(value).bare().s; utf8.RuneCountInString(w) >= 2 {
			v.bare.add(w, kind)
			v.whole.add(w, kind)
		}
	}
	return v
}

// own cuts the household's own values, however they are parted or dressed, and
// those pieces of them that name as well as the whole.
func own(t *text, m *marker, v *Values) {
	v.bare.find(t.bare(), m.own)
	v.digits.find(t.stream(), m.own)
}

func (m *marker) own(v view, from, to int, kind Kind) {
	m.cut(v.at[from], v.at[to-1]+1, kind, OwnValue)
}

// bare is the text with nothing but letters and digits, Chinese digits as they
// stand. Our own tokens stay, so nothing is joined across them.
func (t *text) bare() view {
	var v viewer
	for i, r := range t.runes {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || r == token {
			v.add(r, i)
		}
	}
	return v.done(len(t.runes))
}

// stream is the digits of the text alone, whatever parts them up to a few signs
// or words; a longer gap is a blank.
func (t *text) stream() view {
	var v viewer
	last := -1
	for i := range t.runes {
		d := t.digit(i)
		if d < 0 {
			continue
		}
		if last >= 0 && i-last > 4 {
			v.add(' ', i)
		}
		v.add(rune('0'+d), i)
		last = i
	}
	return v.done(len(t.runes))
}

func onlyDigits(value string) string {
	t := normalise(value)
	var b strings.Builder
	for i := range t.runes {
		if d := t.digit(i); d >= 0 {
			b.WriteByte(byte('0' + d))
		}
	}
	return b.String()
}

// pieces lists what of a value is looked for: names whole, by their given name,
// by the parts of a foreign name; other values whole and by any three of their
// characters that stand together.
func pieces(kind Kind, value string) []string {
	t := normalise(value)
	whole := []rune(t.bare().s)
	if len(whole) < 2 {
		return nil
	}
	list := []string{string(whole)}
	switch kind {
	case Name:
		return append(list, nameParts(t, whole)...)
	case Address, School, Employer:
		return append(list, windows(whole, 3, han)...)
	case WeChat, Email:
		return append(list, windows(whole, 5, func(r rune) bool { return r < 128 })...)
	}
	return list
}

func nameParts(t *text, whole []rune) []string {
	parts := strings.FieldsFunc(t.plain.s, func(r rune) bool { return !unicode.IsLetter(r) })
	var list []string
	if len(parts) > 1 {
		for _, p := range parts {
			if n := len([]rune(p)); n >= 2 && n < len(whole) {
				list = append(list, p)
			}
		}
	}
	if !han(whole[0]) {
		return append(list, windows(whole, 5, unicode.IsLetter)...)
	}
	last := string(whole[len(whole)-1])
	list = append(list, "小"+last, "阿"+last, "大"+last, last+last, string(whole[0])+"某")
	if len(whole) > 2 {
		list = append(list, windows(whole, 2, han)...)
	}
	return list
}

func windows(r []rune, n int, in func(rune) bool) []string {
	var list []string
next:
	for i := 0; i+n <= len(r); i++ {
		for _, c := range r[i : i+n] {
			if !in(c) {
				continue next
			}
		}
		list = append(list, string(r[i:i+n]))
	}
	return list
}
