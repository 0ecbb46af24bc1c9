// Package rule holds the hard rules of matching: what must be true before an
// offer may be proposed for a card at all. Each rule has a name, a pure test,
// and a sentence in the catalogue for both answers, so that "why" and "why not"
// can be told for any pair, now or later from the stored trace.
//
// It reads a card and an offer and nothing else: no database, no clock. A rule
// may refuse; it never prefers. Preferring is the work of the score.
package rule

import (
	"time"

	"shanqiao/charities"
	"shanqiao/needs"
	"shanqiao/needs/deid"
)

// Version of the rules below. It is stored with every trace, and grows when a
// rule is added, removed, or answers differently.
const Version = 3

// Code names a rule.
type Code string

// The rules, in the order in which they are asked.
const (
	CardOpen      Code = "card"          // the card is open
	Tier          Code = "tier"          // the card is for verified organisations
	Recipient     Code = "recipient"     // a direct card was sent to this organisation
	Standing      Code = "standing"      // a district verified the organisation
	OfferOpen     Code = "offer"         // the offer is open
	Safety        Code = "safety"        // no ban lies on the organisation or the volunteer
	Kind          Code = "kind"          // the offer does what is needed
	Area          Code = "area"          // the offer reaches the area of the card
	Eligibility   Code = "eligibility"   // the policy names the category for this assistance
	People        Code = "people"        // the offer is for households of the category
	Age           Code = "age"           // the offer is for people of the age
	Window        Code = "window"        // both have days in common, from today on
	Units         Code = "units"         // something of the card is not promised yet
	Capacity      Code = "capacity"      // something of the offer is not promised yet
	Budget        Code = "budget"        // what pays for it pays for one more
	Insurance     Code = "insurance"     // a volunteer in a home is insured to the last day
	Training      Code = "training"      // a volunteer has the training that the work asks for
	Qualification Code = "qualification" // a volunteer has the qualification that the law asks for
	Engaged       Code = "engaged"       // the organisation is not already at work on this card
	Consent       Code = "consent"       // the household did not refuse the organisation, nor take back its word
	Refused       Code = "refused"       // no claim of the organisation fell through here
	Related       Code = "related"       // the organisation has no interest of its own in this family
	Overruled     Code = "overruled"     // no officer decided against it
	Declined      Code = "declined"      // the organisation did not turn this card down
	Rest          Code = "rest"          // nor lately something that speaks against this one
)

// Around is what else the exchange half knows about a card: ids of
// organisations, never anything about the household.
type Around struct {
	Recipients []string         // whom a direct card was sent to
	Engaged    []string         // with a claim under way
	Unwanted   []string         // whose claim on it the household ended
	Refused    []string         // whose claim on it staff or they themselves ended
	Related    []string         // who said, or of whom staff said, that they are related to the family or to those who decide
	Sought     charities.Sought // how far beyond the card's area, because nobody there took it
}

// Pause is what follows from an organisation's turning a proposal down: until
// the day, the offer is left alone with every card of the code and area.
// An empty code or area means any. Of a refusal for the people's sake, Age and
// Category are what the card said of them; "" is any.
type Pause struct {
	Reason   string
	Code     needs.Code
	Area     string
	Age      string
	Category string
	Until    time.Time
}

// Pair is everything that the rules look at. Declined is why this very pair was
// turned down before, Taken that a claim came of it, Overruled that an officer
// set it aside.
type Pair struct {
	Card      deid.Card
	Offer     charities.Offer
	At        time.Time
	Around    Around
	Pauses    []Pause
	Declined  string
	Taken     bool
	Overruled bool
}

// Rule is one named condition. Holds decides; Data says with which values,
// by the placeholder's name in the rule's sentences, in codes and plain dates.
type Rule struct {
	Code  Code
	Holds func(p *Pair) bool
	Data  func(p *Pair) Data
}

// Data fills the placeholders of a rule's sentences. Several codes are
// separated by commas; Line.Words turns codes into names.
type Data map[string]string

// Test asks one rule about one pair.
func (r Rule) Test(p Pair) Line {
	return r.test(&p)
}

func (r Rule) test(p *Pair) Line {
	line := Line{Rule: r.Code, Held: r.Holds(p)}
	if r.Data != nil {
		line.Data = r.Data(p)
	}
	return line
}

// Check asks every rule about a pair, also after one has failed, so that the
// answer says everything that stands in the way.
func Check(p Pair) Trace {
	t := Trace{Version: Version, Lines: make([]Line, 0, len(Rules))}
	for _, r := range Rules {
		t.Lines = append(t.Lines, r.test(&p))
	}
	return t
}

// FirstFailed is Check for when only the first obstacle matters: it stops there,
// and gives "" when every rule holds. A whole city is a million pairs.
func FirstFailed(p *Pair) Code {
	for i := range Rules {
		if !Rules[i].Holds(p) {
			return Rules[i].Code
		}
	}
	return ""
}
