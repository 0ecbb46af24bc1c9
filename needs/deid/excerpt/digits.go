package excerpt

import (
	"regexp"
	"strings"
)

const (
	chinese = "零〇○一二三四五六七八九幺两"
	gaps    = " \t\n-–—―‐.·•,:/()_#*、'"
)

// value is the digit a character stands for, or -1. A letter O or L counts only
// where digit asks for it.
func value(r rune) int {
	switch {
	case '0' <= r && r <= '9':
		return int(r - '0')
	case r == '零' || r == '〇' || r == '○':
		return 0
	case r == '幺':
		return 1
	case r == '两':
		return 2
	}
	if i := strings.IndexRune("一二三四五六七八九", r); i >= 0 {
		return i/len("一") + 1
	}
	return -1
}

// digit is the value at a place, with the letters that stand for digits
// between digits.
func (t *text) digit(i int) int {
	r := t.runes[i]
	if v := value(r); v >= 0 {
		return v
	}
	near := func(j int) bool {
		for _, step := range []int{-1, 1} {
			for k := j + step; k >= 0 && k < len(t.runes) && k-j < 6 && j-k < 6; k += step {
				if value(t.runes[k]) >= 0 {
					return true
				}
				if !strings.ContainsRune("oli", t.runes[k]) {
					break
				}
			}
		}
		return false
	}
	switch {
	case r == 'o' && near(i):
		return 0
	case (r == 'l' || r == 'i') && near(i):
		return 1
	}
	return -1
}

// number is a stretch of digits, however they are parted.
type number struct {
	from, to int
	digits   string
	arabic   int  // how many are not Chinese
	parted   bool // whether anything stands between them
}

// numbers finds every stretch of digits.
func (t *text) numbers() []number {
	var all []number
	for i := 0; i < len(t.runes); i++ {
		if t.digit(i) < 0 {
			continue
		}
		n := number{from: i}
		var said []byte
		for j := i; j >= 0; j = t.next(n) {
			n.parted = n.parted || n.to > n.from && j > n.to
			said = append(said, byte('0'+t.digit(j)))
			if '0' <= t.runes[j] && t.runes[j] <= '9' {
				n.arabic++
			}
			n.to = j + 1
		}
		n.digits = string(said)
		all = append(all, n)
		i = n.to - 1
	}
	return all
}

// next is the place of the digit that continues a number, or -1. A line that
// begins with the number of a list does not continue the line before.
func (t *text) next(n number) int {
	if n.to == 0 {
		return -1
	}
	for j := n.to; j < len(t.runes) && j-n.to <= 3; j++ {
		if t.digit(j) >= 0 {
			if listed.MatchString(string(t.runes[n.to:min(len(t.runes), j+5)])) {
				return -1
			}
			return j
		}
		if !strings.ContainsRune(gaps, t.runes[j]) {
			return -1
		}
	}
	return -1
}

var (
	listed    = regexp.MustCompile(`^[ \t]*\n[ \t]*\d{1,2}(?:[.、)][^\d]|[.、)]?[ \t]+[^\d])`)
	listStart = regexp.MustCompile(`^[.、)]`)
	unit      = regexp.MustCompile(`^[ ]*(?:余|多|来|几)?(?:次|个|号线|名(?:志愿|护)|小时|分钟|分(?:[^机\d]|$)|秒|天|周(?:[^岁\d]|$)|星期|顿|餐|片|粒|袋|瓶|盒|包|张|处|件|条|套|把|双|只|层|级|平方米|平米|米|厘米|公分|毫米|公斤|千克|斤|克|毫升|升|度|点(?:[^\d]|$)|年(?:[^级\d]|$)|节|趟|回|遍|名志愿|名护|台|项|章|款|期|步|袋|滴|支|根|桶|床|辆|副|卷|箱|对|双|盏|颗|尺|寸|吨|%|℃|mm|cm|ml|mg|kg|g\b|μg|mmhg|u\b|d\b|h\b|×|倍|成|种|样|组)`)
	ordinal   = regexp.MustCompile(`第[ ]?$`)
	tailCue   = regexp.MustCompile(`(?:尾号|尾数|末尾|[后末最][一二两三四五六\d]位|结尾|号码|电话|手机|卡号|证号|账号|编号|号)[是为:：, ]{0,2}$`)
)

// hotline holds the numbers that the public is told to ring: nobody's own.
var hotline = map[string]bool{"110": true, "119": true, "120": true, "122": true, "999": true,
	"12345": true, "12348": true, "12349": true, "12355": true, "12356": true, "12385": true, "12338": true}

// digits cuts every number of four digits and more, and every smaller one that
// has no unit.
func digits(t *text, m *marker) {
	for _, n := range t.numbers() {
		after := string(t.runes[n.to:min(len(t.runes), n.to+6)])
		before := string(t.runes[max(0, n.from-12):n.from])
		long := len(n.digits) >= 4 && (n.arabic > 0 || !n.parted || len(n.digits) >= 5)
		switch {
		case hotline[n.digits] && !n.parted && n.arabic == len(n.digits):
		case long, n.arabic == 0 && !n.parted && len(n.digits) == 3:
			if k := strings.IndexByte(after, 'x'); k >= 0 && strings.Trim(after[:k], gaps) == "" {
				n.to += len([]rune(after[:k])) + 1
			}
			m.cut(n.from, n.to, n.kind(before), Pattern)
		case n.arabic == 0:
		case tailCue.MatchString(before):
			m.cut(n.from, n.to, n.kind(before), Pattern)
		case unit.MatchString(after), ordinal.MatchString(before) && len(n.digits) <= 2:
		case len(n.digits) <= 2 && bracketed(before, after):
		case len(n.digits) <= 2 && (n.from == 0 || t.runes[n.from-1] == '\n') && listStart.MatchString(after):
		default:
			m.cut(n.from, n.to, Number, Pattern)
		}
	}
}

// bracketed says whether a number stands alone in brackets at the start of a clause,
// as the number of a point in a list.
func bracketed(before, after string) bool {
	return strings.HasPrefix(after, ")") && listOpen.MatchString(before)
}

var listOpen = regexp.MustCompile(`(?:^|[\n。;,:])[ \t]*\($`)

// kinds of number by the words before them.
var numberCues = []struct {
	kind Kind
	cue  *regexp.Regexp
}{
	{Cert, regexp.MustCompile(`残疾证|低保证|社保|医保|证书|证号|编号`)},
	{Identity, regexp.MustCompile(`身份证|身份号|证件|居民证`)},
	{Hospital, regexp.MustCompile(`就诊|病案|病历|住院|门诊|医院`)},
	{Card, regexp.MustCompile(`银行|卡号|账号|存折|账户|户头|工行|农行|建行`)},
	{QQ, regexp.MustCompile(`qq|扣扣`)},
	{WeChat, regexp.MustCompile(`微信|v信`)},
	{Landline, regexp.MustCompile(`座机|固话|家里电话`)},
	{Money, regexp.MustCompile(`租金|房租|收入|工资|花费|费用|低保金|元`)},
}

// kind guesses what a number is, for the token only: whatever it is, it goes.
func (n number) kind(before string) Kind {
	d := n.digits
	switch {
	case len(d) == 11 && d[0] == '1' || len(d) == 13 && strings.HasPrefix(d, "861"):
		return Mobile
	case len(d) == 17 || len(d) == 18:
		return Identity
	}
	best, at := Number, -1
	for _, c := range numberCues {
		if loc := c.cue.FindAllStringIndex(before, -1); loc != nil && loc[len(loc)-1][0] > at {
			best, at = c.kind, loc[len(loc)-1][0]
		}
	}
	switch {
	case at >= 0:
		return best
	case (len(d) == 8 || n.parted && len(d) > 4 && len(d) < 8) && (strings.HasPrefix(d, "19") || strings.HasPrefix(d, "20")):
		return Born
	case len(d) == 15:
		return Identity
	case len(d) >= 16:
		return Card
	case len(d) >= 10 && d[0] == '0' || len(d) == 8 || len(d) == 7:
		return Landline
	}
	return Number
}
