// Package deid turns a need into a Card: what others may see, with nobody in it.
//
// A Card is safe because of what is missing, so adding a field here is a privacy
// decision: everything on it that can be shown, filtered, sorted or searched
// counts as something to recognise a family by. Nothing outside this package
// builds a Card from a need, and this package knows nothing of persons.
package deid

import (
	"time"

	"shanqiao/needs"
)

// CardID names one listing: 128 random bits, new each time a need is listed.
type CardID string

func (id CardID) String() string { return string(id) }

// Tier is who may see a card.
type Tier string

// The tiers. Public: anyone. Verified: signed-in members of organisations that a
// district verified. Direct: the organisations that an officer chose.
const (
	Public   Tier = "public"
	Verified Tier = "verified"
	Direct   Tier = "direct"
)

// UrgencyBand is what a card says of urgency.
type UrgencyBand string

// The bands: now within two days (direct cards only, since nothing so urgent
// waits for a cohort), urgent within five days, soon within two weeks, open any time.
const (
	Now    UrgencyBand = "now"
	Urgent UrgencyBand = "urgent"
	Soon   UrgencyBand = "soon"
	Open   UrgencyBand = "open"
)

// Unsaid is the urgency of a card that does not tell it: every public one, and
// some for which too few others are as urgent.
const Unsaid UrgencyBand = Any

// Any is what a column says when it was generalised until nothing is left.
const Any = "*"

// Tuple is the generalised part of a card, the same for every card of a cohort.
// Area is a district code, a zone code or the city's. Age is the band of the
// eldest or the youngest member whom the help is for; Size and Category are
// bands as well. The public tier shows the group only: its Code is empty, its
// Quantity 1 and its Urgency Unsaid.
type Tuple struct {
	Area     string
	Age      string
	Size     string
	Category string
	Group    needs.Group
	Code     needs.Code
	Quantity int
	Urgency  UrgencyBand
}

// Card is everything that leaves the records half about a need. Committed and
// Delivered count units on the exchange half. Tick is the number of the
// publishing round and the only time a card knows besides its window, which
// follows from the tick and the code.
type Card struct {
	ID   CardID
	Tier Tier
	Tuple
	Committed  int
	Delivered  int
	WindowFrom time.Time // civil date, UTC midnight
	WindowTo   time.Time
	SentenceZh string
	SentenceEn string
	Tick       int
	State      string // open, closed, withdrawn
	Version    int64  // grows with every change; the index refuses older ones
}

// Left is how many units nobody has promised yet.
func (c Card) Left() int { return c.Quantity - c.Committed }

// Sentence is the card in words.
func (c Card) Sentence(language string) string {
	if language == "zh" {
		return c.SentenceZh
	}
	return c.SentenceEn
}
