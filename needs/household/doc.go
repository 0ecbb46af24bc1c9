// Package household is the only home of names, identity numbers, addresses and
// phones. Whoever needs one of them asks here and says who is asking.
//
// Personal values are sealed for the row they stand in and found again through a
// blind index; names cannot be searched at all, because there is no index of
// names. The package does not decide what a household is entitled to.
//
// The one rule: nothing outside the records half imports this package, not even
// through another, and a test says so.
package household

import (
	"time"

	"shanqiao/internal/fault"
	"shanqiao/internal/pg"
	"shanqiao/internal/secret"
)

// Keys open and seal what is personal.
type Keys = secret.Keys

// Household is the whole record, for an officer in whose reach it lies.
type Household struct {
	ID        string
	Number    string // said on the phone: 110105015-00042
	Region    string // nine digits
	Address   secret.String
	Category  string
	Condition string
	Income    *int64 // fen a month; nil: not known, which is not zero
	Account   string // of the citizen who may follow it; "" for none
	CreatedAt time.Time
	ClosedAt  *time.Time
	Members   []Member
}

// Head is the member whom letters are addressed to.
func (h Household) Head() Member {
	for _, m := range h.Members {
		if m.Head && m.LeftOn == nil {
			return m
		}
	}
	return Member{}
}

// Living lists the members who have not left.
func (h Household) Living() []Member {
	var living []Member
	for _, m := range h.Members {
		if m.LeftOn == nil {
			living = append(living, m)
		}
	}
	return living
}

// Member is a person of a household. Identity and Phone may be empty: a newborn
// or a person without papers is recorded all the same.
type Member struct {
	ID         string
	Head       bool
	Relation   string // to the head
	Name       secret.String
	Identity   secret.String
	Phone      secret.String
	Sex        string
	Born       *time.Time // civil date; read from the identity number when there is one
	Disability string
	Student    bool
	JoinedOn   time.Time
	LeftOn     *time.Time
	Request    string // key of the form that adds the member; the same form sent twice adds one
}

// The closed lists, as the database checks them.
var (
	Categories = []string{"undetermined", "extreme_poverty", "minimum_living", "marginal", "rigid_expenditure", "other"}
	Conditions = []string{"none", "chronic", "serious_illness", "mobility", "sensory", "cognitive", "mental", "child_development"}
	Relations  = []string{"self", "spouse", "child", "parent", "grandchild", "grandparent", "sibling", "other"}
	Sexes      = []string{"unknown", "female", "male"}
	Disability = []string{"none", "visual", "hearing", "speech", "physical", "intellectual", "mental", "multiple"}
)

// MaxMembers is the most living members that one household may have.
const MaxMembers = 20

var (
	errNotFound = fault.New(fault.NotFound, "household.not_found")
	errMoved    = fault.New(fault.Conflict, "household.changed_meanwhile")
	errNotBorn  = fault.InvalidFields(map[string]string{"born": "household.born_wrong"})
)

// ErrElsewhere is the answer when a person already belongs to a living household.
// Officers may be told; a citizen may not.
var ErrElsewhere = fault.New(fault.Conflict, "household.member_elsewhere")

var constraints = pg.Constraints{
	"members_one_household":     ErrElsewhere,
	"members_one_head":          fault.New(fault.Conflict, "household.one_head"),
	"households_account_id_key": fault.New(fault.Conflict, "household.account_taken"),
}
