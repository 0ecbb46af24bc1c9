// Package excerpt cuts an assessor's free words down to what may be published.
//
// It keeps only what it knows to be safe: words of a general list and of the
// trade, small numbers with a unit, common punctuation. The household's own
// values, patterns of numbers and addresses, cues of kinship and the shapes of
// names are looked for on one normalised text, and what any of them finds is
// cut. Whoever changes a detector must keep two rules: nothing decides to keep
// because a checksum is wrong, and what was written is read again by all
// detectors, and withheld if any of them still finds something. The package
// knows nothing of databases and holds no names of persons.
package excerpt

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Kind is what a span identifies, in the words of the known values.
type Kind string

// The kinds, strongest first: where spans meet, the strongest names the token.
const (
	Identity Kind = "id_number"
	Mobile   Kind = "mobile"
	Landline Kind = "landline"
	Card     Kind = "bank_card"
	Plate    Kind = "plate"
	Hospital Kind = "hospital_no"
	Cert     Kind = "cert_no"
	WeChat   Kind = "wechat"
	QQ       Kind = "qq"
	Email    Kind = "email"
	Born     Kind = "dob"
	Address  Kind = "address"
	School   Kind = "school"
	Class    Kind = "class"
	Employer Kind = "employer"
	Money    Kind = "money"
	Age      Kind = "age"
	Size     Kind = "size"
	Name     Kind = "name"
	Private  Kind = "private"
	Latin    Kind = "latin"
	Number   Kind = "number"
	Other    Kind = "other"
)

// tokens is what stands in the place of a span. A token says the kind and
// nothing else: no number that links two mentions, no length.
var tokens = []struct {
	kind  Kind
	token string
}{
	{Identity, "证件号"}, {Mobile, "电话"}, {Landline, "电话"}, {Card, "卡号"}, {Plate, "车牌"},
	{Hospital, "病历号"}, {Cert, "证号"}, {WeChat, "联系方式"}, {QQ, "联系方式"}, {Email, "联系方式"}, {Born, "日期"},
	{Address, "地址"}, {School, "学校"}, {Class, "班级"}, {Employer, "单位"}, {Money, "金额"}, {Age, "年龄"},
	{Size, "人数"}, {Name, "人名"}, {Private, "不公开"}, {Latin, "字母"}, {Number, "数字"}, {Other, "略"},
}

// Kinds lists every kind with the text of its token, without brackets, strongest first.
func Kinds() []Kind {
	all := make([]Kind, len(tokens))
	for i, t := range tokens {
		all[i] = t.kind
	}
	return all
}

// Token is what stands for a kind in the output, such as 〔人名〕.
func (k Kind) Token() string {
	if i := k.rank(); i < len(tokens) {
		return "〔" + tokens[i].token + "〕"
	}
	return Other.Token()
}

func (k Kind) rank() int {
	for i, t := range tokens {
		if t.kind == k {
			return i
		}
	}
	return len(tokens)
}

// Known is what the records hold of a household, its members and its worker,
// as written there. A kind that this package has no name for is looked for as
// it stands.
type Known map[Kind][]string

// Why says what made a span be cut.
type Why string

// The reasons, each the name of a detector.
const (
	OwnValue Why = "own-value" // a value of the household's own record
	Pattern  Why = "pattern"   // the shape of a number, an address, a date
	Cue      Why = "cue"       // a word of kinship or a form of address beside it
	Shape    Why = "shape"     // a surname and what can be a given name
	Unlisted Why = "unlisted"  // no word that is known to be safe
	Never    Why = "never"     // a word that is told of nobody
)

// Span is a part of the original text that was cut: bytes From to To of it.
type Span struct {
	Kind     Kind
	From, To int
	Why      Why
}

// Reason says why a note is withheld.
type Reason string

// The reasons to withhold a note.
const (
	StillFound Reason = "still-found" // a detector finds something in the output
	LongNumber Reason = "long-number" // four digits or more are left together
	LongLatin  Reason = "long-latin"  // a Latin word is left that is on no list
	OwnLeft    Reason = "own-left"    // a value of the household's own is left
	TooLong    Reason = "too-long"    // more than MaxNote characters: it is not read at all
)

// MaxNote is the most characters of a note, and of what is made of it.
const MaxNote = 2000

func tooLong(s string) bool { return utf8.RuneCountInString(s) > MaxNote }

// Result is an excerpt, and what a reviewer needs to judge it. Text is empty
// when the note is withheld; Spans then still say what was found.
type Result struct {
	Text     string
	Spans    []Span
	Withheld bool
	Reasons  []Reason
	Flags    []Flag
}

// Redact makes the excerpt of one note. The same note, values and Version give
// the same result; an excerpt that is redacted again stays as it is or is withheld.
func Redact(note string, known Known) Result {
	if tooLong(note) {
		return Result{Withheld: true, Reasons: []Reason{TooLong}}
	}
	v := known.Ready()
	t, marks := detect(note, v)
	res := Result{Spans: t.spans(marks)}
	out := t.write(marks)
	res.Reasons = verify(out, v)
	if res.Withheld = len(res.Reasons) > 0; !res.Withheld {
		res.Text = out
		res.Flags = flags(out)
	}
	return res
}

// Scan says what would be cut from a text now. A published excerpt in which it
// finds anything is to be withdrawn.
func Scan(published string, known Known) []Span { return known.Ready().Scan(published) }

// Scan is Scan for values that are looked for in many texts, such as all names
// of a register.
func (v *Values) Scan(published string) []Span {
	t, marks := detect(published, v)
	return t.spans(marks)
}

// detect runs every detector on one text and gathers what they found.
func detect(note string, v *Values) (*text, []mark) {
	t := normalise(note)
	marks := make([]mark, len(t.runes))
	for _, look := range []func(*text, *marker){digits, letters, patterns, places, saidSites} {
		look(t, &marker{t, marks})
	}
	runs := words(t, &marker{t, marks})
	own(t, &marker{t, marks}, v)
	near(t, &marker{t, marks}, runs)
	bridge(t, marks)
	return t, marks
}

// mark is what was found at one character of the normalised text.
type mark struct {
	kind Kind
	why  Why
}

// marker gathers findings; the strongest kind at a character stays, and of one kind
// that it is the household's own, which tells a reviewer most.
type marker struct {
	*text
	marks []mark
}

func (m *marker) cut(i, j int, kind Kind, why Why) {
	for ; i < j; i++ {
		had := m.marks[i].kind
		if m.runes[i] != token && (had == "" || kind.rank() < had.rank() || kind == had && why == OwnValue) {
			m.marks[i] = mark{kind, why}
		}
	}
}

// bridge joins cuts that only blanks and joining signs part, so that what
// stands between the pieces of one number or name goes as well.
func bridge(t *text, marks []mark) {
	last := -1
	for i, m := range marks {
		if m.kind == "" {
			continue
		}
		if last >= 0 && i-last > 1 && i-last <= 4 && joins(t.runes[last+1:i]) {
			for k := last + 1; k < i; k++ {
				marks[k] = marks[last]
			}
		}
		last = i
	}
}

func joins(between []rune) bool {
	return !slices.ContainsFunc(between, func(r rune) bool { return !strings.ContainsRune(" \t·•‧・-–—_*@#~", r) })
}

// spans turns marks into spans of the original text, one for each unbroken cut.
func (t *text) spans(marks []mark) []Span {
	var all []Span
	for i := 0; i < len(marks); i++ {
		if marks[i].kind == "" {
			continue
		}
		s := Span{Kind: marks[i].kind, Why: marks[i].why, From: t.from[i]}
		for ; i < len(marks) && marks[i].kind != ""; i++ {
			s.To = t.to[i]
			own := s.Why == OwnValue || marks[i].why == OwnValue
			if marks[i].kind.rank() < s.Kind.rank() {
				s.Kind, s.Why = marks[i].kind, marks[i].why
			}
			if own {
				s.Why = OwnValue // it tells a reviewer, and the nightly reading, most
			}
		}
		if n := len(all); n > 0 && s.From < all[n-1].To {
			all[n-1].To = max(s.To, all[n-1].To)
			continue
		}
		all = append(all, s)
	}
	return all
}
