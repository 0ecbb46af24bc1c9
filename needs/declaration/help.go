package declaration

import (
	"slices"

	"shanqiao/needs"
)

// Help is how far the help has come that the assessment of a declaration found to
// be needed, as the family is told. Sentences are in the catalogues under
// "declaration.help.<help>".
type Help string

// The stages, the furthest first. A declaration with several needs is told by the
// one that is furthest and still under way; Done and Over once none is.
const (
	Serving  Help = "serving"  // somebody comes and helps
	Coming   Help = "coming"   // somebody has the contact and will come
	Offered  Help = "offered"  // an organisation asked; the family decides
	Looking  Help = "looking"  // shown, without a name, to those who can help
	Waiting  Help = "waiting"  // agreed on, to be shown soon
	Missed   Help = "missed"   // the time for it has passed, and nobody came
	Checking Help = "checking" // a second officer reads the assessment
	Done     Help = "done"     // given, and the family said so
	Over     Help = "over"     // ended without: taken back, or nobody came
	Nothing  Help = "nothing"  // assessed, and nothing is needed
	Unknown  Help = ""         // not assessed yet, or not the reader's to know
)

// Helps lists every stage that is told.
var Helps = []Help{Serving, Coming, Offered, Looking, Waiting, Missed, Checking, Done, Over, Nothing}

var stages = map[needs.State]Help{
	needs.Draft: Checking, needs.Approved: Waiting, needs.Expired: Missed, needs.Published: Looking, needs.Claimed: Offered,
	needs.Introduced: Coming, needs.InService: Serving, needs.Fulfilled: Done, needs.Closed: Over, needs.Withdrawn: Over,
}

// Help says how far the help has come. Of a household that the reader's account
// does not follow nothing is said but that it was assessed.
func (s Status) Help() Help {
	if s.State != Assessed || !s.Followed {
		return Unknown
	}
	if len(s.Needs) == 0 {
		return Nothing
	}
	furthest := len(Helps)
	for _, n := range s.Needs {
		furthest = min(furthest, slices.Index(Helps, stages[n]))
	}
	return Helps[furthest]
}

// Given is how many of the needs were met, and of how many that were not taken back.
func (s Status) Given() (met, all int) {
	for _, n := range s.Needs {
		switch stages[n] {
		case Over:
		case Done:
			met++
			all++
		default:
			all++
		}
	}
	return met, all
}
