// Package claimpage is what the pages of an organisation and of a volunteer have
// in common: one claim in words, the report of a delivery, and the contact that
// the named worker may look at. It is given a way to look and no login of the
// records half.
package claimpage

import (
	"context"
	"net/http"
	"strings"

	"shanqiao/charities/claim"
	"shanqiao/charities/delivery"
	"shanqiao/internal/actor"
	"shanqiao/internal/civil"
	"shanqiao/needs"
	"shanqiao/needs/introduction"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
)

// Look shows a contact to the one worker it was meant for and writes the look
// down; for anybody else there is nothing there.
type Look func(ctx context.Context, by actor.Actor, claim string) (introduction.Seen, error)

// View is a claim's page. Contact, Deliver, Withdraw and More are addresses, "" where
// there is nothing to do there.
type View struct {
	Back, BackText string
	Title          string
	Badge          html.Badge
	Next           string
	Facts          []html.Fact
	Done           bool // whether there is anything to say of what was done
	Steps          []html.Step
	Contact        string
	ContactNote    string
	Deliver        string
	Withdraw       string
	More           string // other needs, once this one came to nothing
}

// Page shows one claim.
var Page = html.Define[View]("claim/one")

// Show prepares a claim for its page. mine says whether the reader is the named
// worker; path is the claim's own address.
func Show(l *locale.Locale, c claim.Claim, list []delivery.Delivery, mine bool, path string) View {
	v := View{
		Title: l.Sentence(c), Badge: Badge(l, c), Next: Next(l, c), Facts: Facts(l, c),
		Steps: steps(l, c.Code, list),
	}
	if underWay(c) {
		if mine {
			v.Contact = path + "/contact"
		} else {
			v.ContactNote = l.T("claim.contact_not_yours")
		}
	}
	if c.State == claim.InProgress && c.Left() > 0 {
		v.Deliver = path + "/deliver"
	}
	v.Done = len(v.Steps) > 0 || v.Deliver != ""
	return v
}

// underWay says that a contact was passed on and help is not over.
func underWay(c claim.Claim) bool { return c.State == claim.InProgress || c.State == claim.OnHold }

// UnderWay are the ids of the claims of which the contact may be seen.
func UnderWay(list []claim.Claim) []string {
	var ids []string
	for _, c := range list {
		if underWay(c) {
			ids = append(ids, c.ID)
		}
	}
	return ids
}

// given says that all of a claim was done and the family has yet to say so.
func given(c claim.Claim) bool { return c.State == claim.InProgress && c.Left() == 0 }

// Badge is a claim's state in a word.
func Badge(l *locale.Locale, c claim.Claim) html.Badge {
	if given(c) {
		return html.Badge{Tone: html.Waiting, Text: l.T("claim.state.delivered")}
	}
	tones := map[claim.State]html.Tone{
		claim.Requested: html.Waiting, claim.Accepted: html.Waiting, claim.InProgress: html.Good,
		claim.OnHold: html.Urgent, claim.Failed: html.Urgent, claim.Completed: html.Good,
	}
	tone, ok := tones[c.State]
	if !ok {
		tone = html.Ended
	}
	return html.Badge{Tone: tone, Text: l.T("claim.state." + string(c.State))}
}

// Next says who acts next, and by when; of a claim that has ended, why.
func Next(l *locale.Locale, c claim.Claim) string {
	if !c.State.IsOpen() {
		if c.Reason == "" {
			return l.T("claim.next." + string(c.State))
		}
		return l.T("claim.ended_because", "reason", Reason(l, c.Reason), "who", l.T("claim.by."+string(c.DeclinedBy)))
	}
	if given(c) {
		return l.T("claim.next.delivered")
	}
	return l.T("claim.next."+string(c.State), "day", l.WholeDay(c.DueAt.In(civil.Beijing)))
}

// Reason is why a claim ended or is on hold. Jobs may give reasons that have no
// words of their own.
func Reason(l *locale.Locale, reason string) string {
	if !l.Has("claim.reason." + reason) {
		reason = "other"
	}
	return l.T("claim.reason." + reason)
}

// Facts is what is known of a claim.
func Facts(l *locale.Locale, c claim.Claim) []html.Fact {
	facts := []html.Fact{
		{Label: l.T("claim.code"), Value: Kind(l, c.Code, c.Group)},
		{Label: l.T("claim.area"), Value: l.Region(c.Area)},
		{Label: l.T("claim.units"), Value: Units(l, c.Code, c.Units)},
		{Label: l.T("claim.delivered"), Value: Units(l, c.Code, c.Delivered)},
		{Label: l.T("claim.worker"), Value: c.WorkerName, Lang: "zh-CN"},
		{Label: l.T("claim.made_at"), Value: l.Date(c.MadeAt)},
	}
	if c.IntroducedAt != nil {
		facts = append(facts, html.Fact{Label: l.T("claim.introduced_at"), Value: l.Date(*c.IntroducedAt)})
	}
	return facts
}

// Kind is what a kind of need is called; a public card shows its group only.
func Kind(l *locale.Locale, code needs.Code, group needs.Group) string {
	if item, ok := needs.ItemOf(code); ok {
		return item.Name(string(l.Language))
	}
	return group.Name(string(l.Language))
}

// Units is a quantity in the unit of its kind: 4 次, 4 visits.
func Units(l *locale.Locale, code needs.Code, n int) string {
	item, ok := needs.ItemOf(code)
	if !ok {
		return l.Number(int64(n))
	}
	return l.Amount(n, item.Unit(string(l.Language), n))
}

func steps(l *locale.Locale, code needs.Code, list []delivery.Delivery) []html.Step {
	out := make([]html.Step, len(list))
	for i, d := range list {
		out[i] = html.Step{
			At: l.Day(d.DeliveredOn), Title: l.T("delivery.result."+string(d.Result), "units", Units(l, code, d.Units)),
			Body: l.T("delivery.answer." + answerKey(d)), Tone: tone(d),
		}
		if d.Minutes != nil {
			out[i].Facts = []html.Fact{{Label: l.T("delivery.time"), Value: l.T("delivery.minutes_spent", "n", *d.Minutes)}}
		}
	}
	return out
}

func answerKey(d delivery.Delivery) string {
	if d.Answer == "" {
		return "waiting"
	}
	return string(d.Answer)
}

func tone(d delivery.Delivery) html.Tone {
	switch {
	case d.Answer == delivery.NotReceived && d.Result != delivery.Absent:
		return html.Urgent
	case d.Answer == "":
		return html.Waiting
	}
	return html.Good
}

// contactView is the contact, shown once: reading it again is another look.
type contactView struct {
	ID      string
	Still   string // where the open page asks whether it may still show this
	Back    string
	Facts   []html.Fact
	Call    string // the number to dial, "" where there is none
	Purpose string
	Until   string
}

var contactPage = html.Define[contactView]("claim/contact")

// Contact answers a POST with what was agreed to be shown. The browser must not
// keep it.
func Contact(w http.ResponseWriter, r *http.Request, look Look, by actor.Actor, id, back string) error {
	seen, err := look(r.Context(), by, id)
	if err != nil {
		return err
	}
	l := html.Locale(r)
	w.Header().Set("Cache-Control", "no-store")
	return contactPage.Write(w, r, http.StatusOK, contactView{
		ID: id, Still: strings.TrimSuffix(back, id) + "still", Back: back, Facts: contactFacts(l, seen), Call: dialled(seen.Contact.Phone.Reveal()),
		Purpose: purpose(l, seen.Purpose), Until: l.Time(seen.Until),
	})
}

// dialled is the digits of a number, and the plus before them.
func dialled(phone string) string {
	return strings.Map(func(r rune) rune {
		if r == '+' || '0' <= r && r <= '9' {
			return r
		}
		return -1
	}, phone)
}

// purpose is what the household agreed to, in words.
func purpose(l *locale.Locale, code string) string {
	if !l.Has("claim.purpose." + code) {
		return code
	}
	return l.T("claim.purpose." + code)
}

func contactFacts(l *locale.Locale, seen introduction.Seen) []html.Fact {
	var facts []html.Fact
	add := func(key, value string) {
		if value != "" {
			facts = append(facts, html.Fact{Label: l.T("claim.contact." + key), Value: value, Lang: "zh-CN"})
		}
	}
	c := seen.Contact
	add("call_name", c.CallName.Reveal())
	add("phone", c.Phone.Reveal())
	add("address", c.Address.Reveal())
	add("practical_notes", c.PracticalNotes.Reveal())
	add("member_age_band", c.AgeBand.Reveal())
	return facts
}
