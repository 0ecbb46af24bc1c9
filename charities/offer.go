// Package charities says what can be given: an Offer of a contract of purchased
// services, a charity's project or a volunteer, with how much of it is left.
// Organisations and their work live in the packages below; no household does.
package charities

import (
	"time"

	"shanqiao/needs"
	"shanqiao/needs/deid"
)

// OfferID names an offer.
type OfferID string

func (id OfferID) String() string { return string(id) }

// Kind is who pays for what is given, in the usual order of duty.
type Kind string

// The kinds of offer.
const (
	Purchased Kind = "purchased" // a service that the government has bought
	Charity   Kind = "charity"   // an organisation's project
	Volunteer Kind = "volunteer" // a person's time
)

// Kinds of offer, each once.
var Kinds = []Kind{Purchased, Charity, Volunteer}

// Step is a place in the order of duty: what is owed by law, and then the kinds.
type Step string

// The steps.
const (
	Entitlement Step = "entitlement"
	Bought      Step = Step(Purchased)
	Given       Step = Step(Charity)
	Volunteered Step = Step(Volunteer)
)

// Steps in the order that applies where nothing else was set.
var Steps = []Step{Entitlement, Bought, Given, Volunteered}

// Offer is what the matcher knows of a resource. Areas are codes of the city, a
// zone or districts; Capacity and Committed count units of the offered codes.
// InsuredUntil is the zero time where there is no insurance, BannedUntil where no
// ban lies on the organisation or the volunteer. Programme is the assistance in
// whose name it is given, "" where it is nobody's duty. Fund says what pays for
// it; BudgetFen is what may be spent at UnitFen each, 0 where only units count.
type Offer struct {
	ID           OfferID
	Kind         Kind
	Organisation string
	Standing     string // state of the organisation: applied, verified, rejected, suspended
	Codes        []needs.Code
	Areas        []string
	Capacity     int
	Committed    int
	InsuredUntil time.Time
	Trained      []string
	Qualified    []string
	BannedUntil  time.Time
	Bounds
	Programme string
	Fund      string
	UnitFen   int64
	BudgetFen int64
	StartsOn  time.Time
	EndsOn    time.Time
	State     string // open, paused, closed
	CreatedAt time.Time
}

// Bounds say whom an offer is for: ages of the person helped, and categories of
// household, of which none is all. A MostAge of 0 is no limit.
type Bounds struct {
	LeastAge   int
	MostAge    int
	Categories []string
}

// Settled writes out what was left open, as it is stored.
func (b Bounds) Settled() Bounds {
	if b.MostAge == 0 {
		b.MostAge = deid.Oldest
	}
	if b.Categories == nil {
		b.Categories = []string{}
	}
	return b
}

// Funds are what may pay for an offer: public money by level, the welfare
// lottery's, what was given for this purpose, or an organisation's own means.
var Funds = []string{"central", "city", "district", "lottery", "donated", "own"}

// PublicFunds are those of them that may pay for a purchased service.
var PublicFunds = Funds[:4]

// Places is how many units are not promised yet, whatever they cost.
func (o Offer) Places() int { return o.Capacity - o.Committed }

// Paid is how many more units the budget pays for; Places where it has none.
func (o Offer) Paid() int {
	if o.BudgetFen == 0 || o.UnitFen == 0 {
		return o.Places()
	}
	return int(o.BudgetFen/o.UnitFen) - o.Committed
}

// Left is how many more units can be promised.
func (o Offer) Left() int { return min(o.Places(), o.Paid()) }

// Step is the offer's place in the order of duty.
func (o Offer) Step() Step {
	if o.Statutory() {
		return Entitlement
	}
	return Step(o.Kind)
}

// Statutory says whether the offer is owed by law.
func (o Offer) Statutory() bool {
	p, ok := needs.ProgrammeOf(o.Programme)
	return ok && p.Statutory
}
