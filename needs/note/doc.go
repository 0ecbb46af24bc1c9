// Package note keeps what an assessor wrote of a need in words of their own, and
// the cut-down text that a second person let out of it.
//
// It is off unless the district switched it on. The words are sealed and stay in
// the records half; what goes out is the output of needs/deid/excerpt, exactly as
// somebody other than the writer and the assessor approved it, once, with one
// card. Whoever changes this keeps one rule: an approval is of one text under one
// version of the detectors and the policy, and of nothing else. Where it tells of
// a child, a victim or an illness that is told of nobody, two persons approve.
package note

import (
	"time"

	"shanqiao/internal/fault"
	"shanqiao/internal/secret"
	"shanqiao/needs/deid/excerpt"
)

// MaxWords is how many characters a note may have.
const MaxWords = 500

// State is how far a note is.
type State string

// The states, as the database checks them. None is a need without a note.
const (
	None      State = ""
	Written   State = "written"    // waits for a second person
	Approved  State = "approved"   // goes out with the next card of the need
	Refused   State = "refused"    // the second person lets only the sentence out
	Used      State = "used"       // went out with a card; no other card shows it
	Void      State = "void"       // approved under rules that no longer held
	TakenDown State = "taken_down" // was out, and the nightly reading found something in it
)

// Note is a note as an officer of the region reads it.
type Note struct {
	On        bool           // the district has switched excerpts on
	Cases     []excerpt.Case // what is special about it, so that two approve
	Reviewers int            // how many approve it
	FirstBy   string         // who approved Result as the first of two
	State     State
	WrittenBy string
	WrittenAt time.Time
	Words     secret.String
	Result    excerpt.Result // what would go out now
	Hash      string         // what an approval of Result is bound to
	Excerpt   string         // what was approved
	Finding   Finding        // why it was taken down
	Removed   *time.Time     // since when the words are gone; the rest says how far the note came
	KeepDays  int            // how long words are kept here once they are decided about
	Source    string         // the paper of the district that says so
}

var (
	errOff      = fault.New(fault.Conflict, "note.off")
	errMoved    = fault.New(fault.Conflict, "note.moved_on")
	errChanged  = fault.New(fault.Conflict, "note.changed")
	errAssessor = fault.New(fault.Forbidden, "note.assessor_only")
	errAnother  = fault.New(fault.Forbidden, "note.another_person")
	errSecond   = fault.New(fault.Forbidden, "note.second_person")
	errWithheld = fault.New(fault.Conflict, "note.withheld")
	errDistrict = fault.New(fault.Forbidden, "note.not_your_district")
)
