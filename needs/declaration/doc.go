// Package declaration is what a citizen says: we are in hardship, this is what
// weighs on us, call me in the morning. It takes a declaration online or at the
// counter, finds or begins the household that it belongs to, and follows it until
// it is answered. It decides nothing about entitlement.
//
// The one rule: what the citizen learns never depends on whom the register knows.
// An identity number typed by a stranger attaches the declaration silently or not
// at all; it never answers whether that person is on record.
package declaration

import (
	"time"

	"shanqiao/internal/fault"
	"shanqiao/internal/pg"
	"shanqiao/internal/secret"
	"shanqiao/internal/state"
)

// ID identifies a declaration.
type ID string

func (i ID) String() string { return string(i) }

// Reference is the part of the id that people can read out on the phone.
func (i ID) Reference() string {
	if len(i) < 8 {
		return string(i)
	}
	upper := func(s ID) string {
		b := []byte(s)
		for n, c := range b {
			if c >= 'a' && c <= 'z' {
				b[n] = c - 'a' + 'A'
			}
		}
		return string(b)
	}
	return upper(i[:4]) + "-" + upper(i[4:8])
}

// State is where a declaration stands.
type State string

// The states. Moves says which may follow which.
const (
	Submitted State = "submitted"
	Accepted  State = "accepted"
	Assessed  State = "assessed"
	Closed    State = "closed"
	Withdrawn State = "withdrawn"
)

// Moves is every change of state that is allowed. A move to Assessed is made by
// the assessment, the one to Withdrawn by the citizen.
var Moves = state.Moves[State]{
	Submitted: {Accepted, Assessed, Closed, Withdrawn},
	Accepted:  {Assessed, Closed, Withdrawn},
	Assessed:  {Closed},
	Closed:    {},
	Withdrawn: {},
}

// States lists every state in order.
var States = []State{Submitted, Accepted, Assessed, Closed, Withdrawn}

// Open says whether somebody still has to answer.
func (s State) Open() bool { return s == Submitted || s == Accepted }

// Hardship is what weighs on a household. Labels are in the catalogues under "hardship.<code>".
type Hardship string

// Hardships in the order in which the form lists them.
var Hardships = []Hardship{
	"medical", "low_income", "lost_work", "elder_care", "disability_care", "schooling",
	"housing", "heating", "disaster", "emergency", "loneliness", "other",
}

// Times are when a citizen likes to be called.
var Times = []string{"any", "morning", "afternoon", "evening"}

// Reasons are why an officer closes a declaration. None of them refuses a
// benefit: that is a determination, with its own rules and its own notice.
var Reasons = []string{"helped", "no_need", "duplicate", "moved_away", "other_office", "deceased"}

// Declaration is what is sent. Region, Name and Phone are what the citizen says
// now; Identity may be empty. An officer at the counter may name the Household
// that the declaration is for; a citizen never can.
type Declaration struct {
	RequestKey  string // made with the form, the same when it is sent twice
	Household   string
	Hardships   []Hardship
	People      int
	Elders      int // 60 and older
	Children    int // under 18
	Disabled    int
	Region      string // nine digits
	Name        secret.String
	Identity    secret.String
	Phone       secret.String
	ContactTime string
	Words       secret.String
	Pledged     bool // 诚信承诺: what I say is true
	CheckAgreed bool // 授权核对: you may check it
}

// PledgeVersion names the wording of the pledge and of the authorisation that the
// pages show: the catalogue keys "declaration.pledge" and "declaration.check_agreed".
const PledgeVersion = "2026-02"

// MaxWords is the most runes that a citizen may add.
const MaxWords = 500

// Said is what the chain's entry says of a declaration.
type Said struct {
	Declaration string     `json:"declaration"`
	Channel     string     `json:"channel"`
	Hardships   []Hardship `json:"hardships"`
	People      int        `json:"people"`
	Elders      int        `json:"elders"`
	Children    int        `json:"children"`
	Disabled    int        `json:"disabled"`
	Region      string     `json:"region"`
	Pledge      string     `json:"pledge"`
	TwinOf      string     `json:"twin_of,omitempty"`
}

// Moved is what the chain's entry says when a declaration changes state.
type Moved struct {
	Declaration string `json:"declaration"`
	Reason      string `json:"reason,omitempty"`
}

var (
	errNotFound  = fault.New(fault.NotFound, "declaration.not_found")
	errMoved     = fault.New(fault.Conflict, "declaration.moved_on")
	errOpen      = fault.New(fault.Conflict, "declaration.open_already")
	errOpenOther = fault.New(fault.Conflict, "declaration.open_by_other")
	errKey       = fault.New(fault.Invalid, "declaration.key_used")
	errAway      = fault.New(fault.Conflict, "declaration.household_elsewhere")
)

var constraints = pg.Constraints{
	"declarations_one_open":        errOpen,
	"declarations_request_key_key": errKey,
}

// Next is who acts next on a declaration, and by when; By is zero when there is no term.
type Next struct {
	Who string // "subdistrict", "provider" or "nobody"; the catalogue has "declaration.next.<state>"
	By  time.Time
}
