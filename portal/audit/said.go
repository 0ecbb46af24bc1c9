package audit

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"shanqiao/internal/region"
	"shanqiao/needs"
	"shanqiao/needs/chain"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
	"shanqiao/portal/story"
)

// said is every field of a payload that may be shown. What is missing stays
// covered on purpose: who in the family, which worker and which account, the
// income, the kind of illness, and the answers of the assessment.
type said struct {
	Region      string     `json:"region"`
	Category    string     `json:"category"`
	Members     int        `json:"members"`
	People      int        `json:"people"`
	Channel     string     `json:"channel"`
	Hardships   []string   `json:"hardships"`
	Reason      string     `json:"reason"`
	SelfCare    string     `json:"self_care_level"`
	Code        needs.Code `json:"code"`
	Quantity    int        `json:"quantity"`
	Units       int        `json:"units"`
	Urgency     int        `json:"urgency"`
	Route       string     `json:"route"`
	Tier        string     `json:"tier"`
	Away        int        `json:"away"` // kept from a new card because of what was said under an earlier one
	Purchased   int        `json:"purchased"`
	Charity     int        `json:"charity"`
	Volunteer   int        `json:"volunteer"`
	Name        string     `json:"name"` // of an organisation
	NameEn      string     `json:"name_en"`
	Answer      string     `json:"answer"`
	DeclinedBy  string     `json:"declined_by"`
	Delivered   int        `json:"delivered"`
	Result      string     `json:"result"`
	On          string     `json:"on"`
	Fields      []string   `json:"fields"`
	Purpose     string     `json:"purpose"`
	Days        int        `json:"days"`
	Text        string     `json:"text"` // version of the words read out
	Entry       int64      `json:"entry"`
	Needs       []line     `json:"needs"`
	Declaration string     `json:"declaration"`
	What        []string   `json:"what"` // of a person or an address: which things were written down
	Assessment  string     `json:"assessment"`
	Need        string     `json:"need"`
	Claim       string     `json:"claim"`
	Consent     string     `json:"consent"`
	DeliveryRef string     `json:"delivery"`
}

// line is a need as an assessment lists it.
type line struct {
	Code     needs.Code `json:"code"`
	Quantity int        `json:"quantity"`
}

// changed is what was replaced when a household's data changed. Of these only
// which ones differ is shown.
type changed struct {
	Category  string
	Condition string
	Income    *int64 `json:"monthly_income_fen"`
}

// facts tells what an entry says in words. A payload that cannot be read is
// itself worth knowing, and no reason to show no page.
func facts(l *locale.Locale, kind chain.Kind, payload *string) []html.Fact {
	if payload == nil {
		return []html.Fact{{Label: l.T("audit.said.content"), Value: l.T("audit.said.gone")}}
	}
	var s said
	if json.Unmarshal([]byte(*payload), &s) != nil {
		return []html.Fact{{Label: l.T("audit.said.content"), Value: l.T("audit.said.unreadable")}}
	}
	t := telling{l: l}
	t.household(kind, s)
	t.need(s)
	t.organisation(kind, s)
	t.consent(kind, s)
	if kind == chain.DataChanged {
		t.say("changes", changes(l, *payload))
	}
	t.say("changes", words(l, "chain.changed.", s.What))
	if s.Entry > 0 {
		t.say("entry", l.Number(s.Entry))
	}
	t.say("refs", refs(l, s))
	return t.facts
}

// telling gathers labelled facts and leaves out what is empty.
type telling struct {
	l     *locale.Locale
	facts []html.Fact
}

func (t *telling) say(label, value string) {
	if value != "" {
		t.facts = append(t.facts, html.Fact{Label: t.l.T("audit.said." + label), Value: value})
	}
}

func (t *telling) count(label string, n int) {
	if n > 0 {
		t.say(label, t.l.Number(int64(n)))
	}
}

func (t *telling) household(kind chain.Kind, s said) {
	if _, known := region.SubdistrictOf(s.Region); known {
		t.say("region", t.l.Region(s.Region))
	}
	t.say("category", word(t.l, "office.category.", s.Category))
	t.count("people", max(s.Members, s.People))
	if kind != chain.Consented {
		t.say("channel", word(t.l, "chain.channel.", s.Channel))
	}
	t.say("hardships", words(t.l, "hardship.", s.Hardships))
	if prefix := "declaration.reason."; t.l.Has(prefix + s.Reason) {
		t.say("reason", word(t.l, prefix, s.Reason))
	} else {
		t.say("reason", word(t.l, "audit.reason.", s.Reason))
	}
	t.say("self_care", word(t.l, "audit.self_care.", s.SelfCare))
}

func (t *telling) need(s said) {
	var listed []string
	for _, n := range s.Needs {
		if _, known := needs.ItemOf(n.Code); known {
			listed = append(listed, story.Thing(t.l, n.Code, n.Quantity))
		}
	}
	t.say("needs", strings.Join(listed, t.l.T("chain.and")))
	if _, known := needs.ItemOf(s.Code); known {
		t.say("need", story.Thing(t.l, s.Code, max(s.Quantity, s.Units)))
	}
	if s.Urgency > 0 {
		t.say("urgency", word(t.l, "audit.urgency.", strconv.Itoa(s.Urgency)))
	}
	t.say("route", word(t.l, "audit.route.", s.Route))
	t.say("tier", word(t.l, "audit.tier.", s.Tier))
	if s.Away > 0 {
		t.say("away", t.l.T("audit.said.away_text", "n", s.Away))
	}
}

func (t *telling) organisation(kind chain.Kind, s said) {
	if kind == chain.Matched {
		t.say("matched", t.l.T("audit.said.matched_text", "purchased", s.Purchased, "charity", s.Charity, "volunteer", s.Volunteer))
	}
	if s.Name != "" {
		name, spoken := t.l.Pick(s.Name, s.NameEn)
		t.facts = append(t.facts, html.Fact{Label: t.l.T("audit.said.organisation"), Value: name, Lang: spoken})
	}
	if kind == chain.Confirmed {
		t.say("answer", word(t.l, "chain.confirmed.", s.Answer))
	} else {
		t.say("answer", word(t.l, "chain.answer.", s.Answer))
	}
	t.say("declined_by", word(t.l, "audit.declined_by.", s.DeclinedBy))
	t.count("delivered", s.Delivered)
	t.say("result", word(t.l, "audit.result_of.", s.Result))
	if on, err := time.Parse(time.DateOnly, s.On); err == nil {
		t.say("on", t.l.Day(on))
	}
}

func (t *telling) consent(kind chain.Kind, s said) {
	if kind == chain.Consented {
		t.say("given", word(t.l, "audit.given.", s.Channel))
	}
	t.say("fields", words(t.l, "chain.field.", story.InOrder(s.Fields)))
	t.say("purpose", word(t.l, "audit.purpose.", s.Purpose))
	t.count("days", s.Days)
	t.say("text", code(s.Text))
}

var codeShape = regexp.MustCompile(`^[a-z0-9][a-z0-9_./-]{0,39}$`)

// code is a value that has the shape of a code, or nothing: what somebody typed
// is never shown, whatever field it stands in.
func code(s string) string {
	if codeShape.MatchString(s) {
		return s
	}
	return ""
}

// word is the sentence for a code, the bare code where there is none.
func word(l *locale.Locale, prefix, s string) string {
	if s = code(s); s != "" && l.Has(prefix+s) {
		return l.T(prefix + s)
	}
	return s
}

func words(l *locale.Locale, prefix string, codes []string) string {
	var all []string
	for _, c := range codes {
		if w := word(l, prefix, c); w != "" {
			all = append(all, w)
		}
	}
	return strings.Join(all, l.T("chain.and"))
}

// changes names which facts of a household changed, not from what to what.
func changes(l *locale.Locale, payload string) string {
	var c struct{ Before, After changed }
	if json.Unmarshal([]byte(payload), &c) != nil {
		return ""
	}
	var all []string
	for what, differs := range map[string]bool{
		"category":  c.Before.Category != c.After.Category,
		"condition": c.Before.Condition != c.After.Condition,
		"income":    (c.Before.Income == nil) != (c.After.Income == nil) || c.Before.Income != nil && *c.Before.Income != *c.After.Income,
	} {
		if differs {
			all = append(all, l.T("audit.change."+what))
		}
	}
	slices.Sort(all)
	return strings.Join(all, l.T("chain.and"))
}

// refs are the beginnings of the ids that an entry refers to, so that the
// entries of one need or one claim can be followed along the chain.
func refs(l *locale.Locale, s said) string {
	var all []string
	for _, r := range []struct{ what, id string }{
		{"declaration", s.Declaration}, {"assessment", s.Assessment}, {"need", s.Need},
		{"claim", s.Claim}, {"consent", s.Consent}, {"delivery", s.DeliveryRef},
	} {
		if code(r.id) != "" {
			all = append(all, l.T("audit.ref."+r.what)+" "+r.id[:min(8, len(r.id))])
		}
	}
	return strings.Join(all, " · ")
}
