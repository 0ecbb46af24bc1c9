// Package story tells a household's chain in plain words: what happened, when,
// who did it and what comes with it. The family and the staff are told the same
// facts, each in its own voice; nothing in them names anybody but organisations.
package story

import (
	"slices"
	"strings"
	"time"

	"shanqiao/internal/region"
	"shanqiao/needs"
	"shanqiao/needs/chain"
	"shanqiao/needs/consent"
	"shanqiao/needs/unclaimed"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
)

// Voice is whom a story is told to.
type Voice string

// The voices. Where a sentence differs for the family, the catalogue has it under
// "chain.family." and the rest of its key.
const (
	Family Voice = "family"
	Staff  Voice = "staff"
)

// teller tells in one language and one voice.
type teller struct {
	*locale.Locale
	voice Voice
}

// say is a sentence of the chain's catalogue: key begins with "chain.".
func (t teller) say(key string, pairs ...any) string {
	if own := "chain.family." + strings.TrimPrefix(key, "chain."); t.voice == Family && t.Has(own) {
		key = own
	}
	return t.T(key, pairs...)
}

// said is everything that payloads of any kind may hold and a reader may see.
type said struct {
	Code        needs.Code `json:"code"`
	Quantity    int        `json:"quantity"`
	Units       int        `json:"units"`
	Name        string     `json:"name"` // of an organisation
	NameEn      string     `json:"name_en"`
	Answer      string     `json:"answer"`
	Result      string     `json:"result"`
	On          string     `json:"on"`
	Reason      string     `json:"reason"`
	Channel     string     `json:"channel"`
	Delivery    string     `json:"delivery"`
	Region      string     `json:"region"`
	Entry       int64      `json:"entry"`
	Days        int        `json:"days"`
	People      int        `json:"people"`
	Purchased   int        `json:"purchased"`
	Charity     int        `json:"charity"`
	Volunteer   int        `json:"volunteer"`
	Hardships   []string   `json:"hardships"`
	Fields      []string   `json:"fields"`
	Declaration string     `json:"declaration"`
	Step        string     `json:"step"`
	Waited      int        `json:"waited"`
	Unit        string     `json:"unit"`
	Next        string     `json:"next"`
	By          string     `json:"by"`
	What        []string   `json:"what"` // of a person or an address: which things were written down
	Before      facts      `json:"before"`
	After       facts      `json:"after"`
	Needs       []struct {
		Code     needs.Code `json:"code"`
		Quantity int        `json:"quantity"`
	} `json:"needs"`
}

// facts are told only as far as they differ.
type facts struct {
	Category  string `json:"category"`
	Condition string `json:"condition"`
	Income    *int64 `json:"monthly_income_fen"`
}

// together keeps the words for who did it in one line.
func together(s string) string { return strings.ReplaceAll(s, " ", "\u00a0") }

// Tell turns entries into steps of a timeline, the newest first.
func Tell(l *locale.Locale, voice Voice, entries []chain.Entry) ([]html.Step, error) {
	t := teller{l, voice}
	steps := make([]html.Step, 0, len(entries))
	for _, e := range slices.Backward(entries) {
		var s said
		if err := e.Read(&s); err != nil {
			return nil, err
		}
		step := html.Step{
			At:    t.say("chain.when", "n", e.Seq, "at", l.Time(e.At), "by", together(t.say("chain.by."+string(e.Role)))),
			Title: t.say("chain.kind." + string(e.Kind)),
			Body:  t.body(e, s),
			Tone:  tones[e.Kind],
		}
		if e.Kind == chain.Confirmed && (s.Answer == "not_received" || s.Answer == "partly") {
			step.Title, step.Tone = t.say("chain.kind.confirmed_not"), html.Urgent
		}
		if s.Name != "" {
			name, spoken := l.Pick(s.Name, s.NameEn)
			step.Facts = append(step.Facts, html.Fact{Label: l.T("chain.organisation"), Value: name, Lang: spoken})
		}
		steps = append(steps, step)
	}
	return steps, nil
}

var tones = map[chain.Kind]html.Tone{
	chain.Delivered: html.Good, chain.Confirmed: html.Good, chain.NeedFulfilled: html.Good, chain.Granted: html.Good, chain.Paid: html.Good,
	chain.Declared: html.Waiting, chain.Claimed: html.Waiting, chain.Published: html.Waiting, chain.Approved: html.Waiting,
	chain.NeedExpired: html.Waiting, chain.NeedClimbed: html.Waiting, chain.MeetingHeld: html.Good, chain.WarningRaised: html.Urgent, chain.Complained: html.Urgent,
	chain.DeclarationClosed: html.Ended, chain.DeclarationWithdrawn: html.Ended, chain.NeedWithdrawn: html.Ended,
	chain.ConsentWithdrawn: html.Ended, chain.IntroductionEnded: html.Ended, chain.Erased: html.Ended, chain.Closed: html.Ended,
}

// body is the sentence below the title, or "" where the title says it all.
func (t teller) body(e chain.Entry, s said) string {
	l := t.Locale
	if e.Erased() {
		return t.say("chain.said.gone")
	}
	switch e.Kind {
	case chain.Declared:
		return t.say("chain.said.declared", "what", Hardships(l, s.Hardships), "channel", t.say("chain.channel."+s.Channel))
	case chain.DeclarationClosed:
		return l.T("declaration.reason." + s.Reason)
	case chain.Assessed:
		return needed(l, s)
	case chain.Approved, chain.Published, chain.SentDirect, chain.NeedWithdrawn, chain.NeedExpired, chain.NeedFulfilled:
		return Thing(l, s.Code, s.Quantity)
	case chain.NeedClimbed:
		return t.climbed(s)
	case chain.MeetingHeld:
		return t.met(s)
	case chain.Matched:
		return t.say("chain.said.matched", "n", s.Purchased+s.Charity+s.Volunteer)
	case chain.Claimed:
		return Thing(l, s.Code, s.Units)
	case chain.ClaimAnswered:
		return t.say("chain.answer." + s.Answer)
	case chain.Consented:
		return t.say("chain.said.consented", "fields", Fields(l, s.Fields), "days", s.Days)
	case chain.Introduced:
		return t.say("chain.said.introduced", "fields", Fields(l, s.Fields))
	case chain.Delivered:
		return t.delivered(s)
	case chain.Confirmed:
		return t.say("chain.confirmed." + s.Answer)
	case chain.DataChanged:
		return t.changed(s)
	case chain.Corrected:
		if what := t.changed(s); what != "" {
			return t.say("chain.said.corrected_what", "n", e.Corrects, "what", what)
		}
		return t.say("chain.said.corrected", "n", e.Corrects)
	case chain.MemberLeft:
		return t.known("chain.left.", s.Reason)
	case chain.Erased:
		return t.say("chain.said.erased", "n", s.Entry)
	case chain.Registered, chain.Moved:
		if _, known := region.SubdistrictOf(s.Region); known {
			return l.Region(s.Region)
		}
	}
	return ""
}

func (t teller) delivered(s said) string {
	l := t.Locale
	if s.Result == "person_absent" {
		return t.say("chain.said.absent", "on", day(l, s.On))
	}
	return t.say("chain.said.delivered", "on", day(l, s.On), "what", Thing(l, s.Code, s.Units))
}

// climbed says what is done now for a need that nobody took.
func (t teller) climbed(s said) string {
	key := "chain.climbed." + s.Step
	if unit := unclaimed.Unit(s.Unit); slices.Contains(unclaimed.Units, unit) && s.Step != "" && t.Has(key) {
		return t.say(key, "what", Thing(t.Locale, s.Code, 0), "waited", Waited(t.Locale, s.Waited, unit))
	}
	return Thing(t.Locale, s.Code, 0)
}

// met says what a meeting agreed on, and by when.
func (t teller) met(s said) string {
	if next := t.known("chain.agreed.", s.Next); next != "" {
		return t.say("chain.said.agreed", "what", Thing(t.Locale, s.Code, 0), "next", next, "on", day(t.Locale, s.By))
	}
	return Thing(t.Locale, s.Code, 0)
}

// changed names what was written down anew, not from what to what.
func (t teller) changed(s said) string {
	codes := append(slices.Clone(s.What), s.Reason)
	for _, c := range []struct {
		code    string
		differs bool
	}{
		{"category", s.Before.Category != s.After.Category},
		{"condition", s.Before.Condition != s.After.Condition},
		{"income", (s.Before.Income == nil) != (s.After.Income == nil) || s.Before.Income != nil && *s.Before.Income != *s.After.Income},
	} {
		if c.differs {
			codes = append(codes, c.code)
		}
	}
	var all []string
	for _, code := range codes {
		if word := t.known("chain.changed.", code); word != "" {
			all = append(all, word)
		}
	}
	return strings.Join(all, t.say("chain.and"))
}

// known is the word for a code, or nothing where there is none.
func (t teller) known(prefix, code string) string {
	if code == "" || !t.Has(prefix+code) {
		return ""
	}
	return t.say(prefix + code)
}

// day writes a civil date of a payload; what is none is shown as it is.
func day(l *locale.Locale, on string) string {
	d, err := time.Parse(time.DateOnly, on)
	if err != nil {
		return on
	}
	return l.Day(d)
}

func needed(l *locale.Locale, s said) string {
	var all []string
	for _, n := range s.Needs {
		all = append(all, Thing(l, n.Code, n.Quantity))
	}
	if len(all) == 0 {
		return l.T("chain.said.nothing_needed")
	}
	return strings.Join(all, l.T("chain.and_things")) // each has a comma of its own in English
}

// Thing is a kind of help with its quantity: 助浴 2 次, Bathing help, 2 visits.
func Thing(l *locale.Locale, code needs.Code, n int) string {
	item, ok := needs.ItemOf(code)
	if !ok {
		return string(code)
	}
	if n == 0 {
		return item.Name(string(l.Language))
	}
	return l.T("chain.thing", "what", item.Name(string(l.Language)), "amount", l.Amount(n, item.Unit(string(l.Language), n)))
}

// Hardships names what weighs on a household.
func Hardships(l *locale.Locale, codes []string) string {
	return strings.Join(html.Texts(l, "hardship.", codes...), l.T("chain.and"))
}

// Fields names what a household agreed to show.
func Fields(l *locale.Locale, codes []string) string {
	return strings.Join(html.Texts(l, "chain.field.", InOrder(codes)...), l.T("chain.and"))
}

// InOrder puts what a household agreed to show in the order of the forms, in
// whatever order it was written down.
func InOrder(codes []string) []string {
	place := func(code string) int {
		if i := slices.Index(consent.Fields, consent.Field(code)); i >= 0 {
			return i
		}
		return len(consent.Fields)
	}
	return slices.SortedStableFunc(slices.Values(codes), func(a, b string) int { return place(a) - place(b) })
}

// Unconfirmed is a delivery that the household has not been asked about yet.
type Unconfirmed struct {
	Delivery     string
	What         string
	On           string // the day, written out
	Organisation string
	Spoken       string // the language of its name
}

// ToConfirm lists deliveries that wait for the household's word, the oldest first.
func ToConfirm(l *locale.Locale, entries []chain.Entry) ([]Unconfirmed, error) {
	var waiting []Unconfirmed
	for _, e := range entries {
		if e.Kind != chain.Delivered && e.Kind != chain.Confirmed {
			continue
		}
		var s said
		if err := e.Read(&s); err != nil {
			return nil, err
		}
		if e.Kind == chain.Confirmed {
			waiting = slices.DeleteFunc(waiting, func(u Unconfirmed) bool { return u.Delivery == s.Delivery })
			continue
		}
		name, spoken := l.Pick(s.Name, s.NameEn)
		waiting = append(waiting, Unconfirmed{Delivery: s.Delivery, What: Thing(l, s.Code, s.Units), On: day(l, s.On), Organisation: name, Spoken: spoken})
	}
	return waiting, nil
}

// Confirmed says whether the household gave its word on a delivery.
func Confirmed(entries []chain.Entry, delivery string) bool {
	return slices.ContainsFunc(entries, func(e chain.Entry) bool {
		var s said
		return e.Kind == chain.Confirmed && e.Read(&s) == nil && s.Delivery == delivery
	})
}
