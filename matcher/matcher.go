// Package matcher brings what is needed and what can be given together: Propose
// for one card, ProposeForOffer for one offer, Round for the whole city. Hard
// rules first (rule), then a score (score), then sharing out (assign); every
// proposal keeps both explanations, and WhyNot answers for any pair.
//
// A proposal promises nothing: an organisation claims, people decide. The
// matcher reads cards and offers and knows no household; it may not import
// anything that does.
package matcher

import (
	"time"

	"shanqiao/charities"
	"shanqiao/internal/fault"
	"shanqiao/matcher/rule"
	"shanqiao/matcher/score"
	"shanqiao/needs/deid"
)

// Best is how many proposals a card has at most, besides those that a round assigned.
const Best = 5

// CardMatched is the fact that a card has its first proposals. Ref is the card.
const CardMatched = "card.matched"

// State is where a proposal stands.
type State string

// The states of a proposal. Taken is set by the claim that uses it.
const (
	Open     State = "open"
	Taken    State = "taken"
	Declined State = "declined"
	Lapsed   State = "lapsed"
)

// Proposal says that an offer suits a card, and why. Units is how many it could
// give, or was assigned. Round names the round that assigned it, "" for a
// candidate. Score is in thousandths of a point.
type Proposal struct {
	Card               deid.CardID
	Offer              charities.OfferID
	Kind               charities.Kind
	Organisation       string
	OrganisationName   string
	OrganisationNameEn string
	OrganisationKind   string
	Units              int
	Score              int
	Parts              score.Parts
	Trace              rule.Trace
	Round              string
	State              State
	Reason             string
	MadeAt             time.Time
}

// Assigned says whether a round gave the units to this offer.
func (p Proposal) Assigned() bool { return p.Round != "" }

var (
	errNoCard  = fault.New(fault.NotFound, "match.no_card")
	errNoPair  = fault.New(fault.NotFound, "match.no_pair")
	errMovedOn = fault.New(fault.Conflict, "match.moved_on")
	errRunning = fault.New(fault.Conflict, "match.round_running")
	errReason  = fault.New(fault.Invalid, "match.reason_unknown")
	errWeights = fault.New(fault.Internal, "match.weights_missing")
)
