// Package charities says what can be given: an Offer of a contract of purchased
// services, a charity's project or a volunteer, with how much of it is left.
// Organisations and their work live in the packages below; no household does.
package charities

import (
	"time"

	"shanqiao/needs"
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

// Kinds in the order of duty that applies where a district has set none.
var Kinds = []Kind{Purchased, Charity, Volunteer}

// Offer is what the matcher knows of a resource. Areas are codes of the city, a
// zone or districts; Capacity and Committed count units of the offered codes.
// InsuredUntil is the zero time where there is no insurance.
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
	StartsOn     time.Time
	EndsOn       time.Time
	State        string // open, paused, closed
	CreatedAt    time.Time
}

// Left is how many units are not promised yet.
func (o Offer) Left() int { return o.Capacity - o.Committed }
