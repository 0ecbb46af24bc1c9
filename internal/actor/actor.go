// Package actor names who is doing something. A page handler receives one of
// these types and not a user id, so a page for officers cannot be written
// without an officer, and a verb states in its signature who may call it.
package actor

import "strings"

// Role is what an account may be.
type Role string

// The roles. One account has one.
const (
	CitizenRole       Role = "citizen"
	MemberRole        Role = "member"
	VolunteerRole     Role = "volunteer"
	SubdistrictRole   Role = "subdistrict"
	DistrictRole      Role = "district"
	CityRole          Role = "city"
	AuditorRole       Role = "auditor"
	AdministratorRole Role = "administrator"
	SystemRole        Role = "system"
)

// Roles lists the roles that an account can have.
var Roles = []Role{CitizenRole, MemberRole, VolunteerRole, SubdistrictRole, DistrictRole, CityRole, AuditorRole, AdministratorRole}

// Reach is which rows of the records half a transaction may see: households of
// regions From..To, or the one Household, or what was introduced to Worker.
// The zero Reach sees nothing.
type Reach struct {
	From, To  string // nine-digit region codes, both included
	Household string
	Worker    string
}

// Whole is the reach of the city and of the machine's own work.
var Whole = Reach{From: "110000000", To: "119999999"}

// Actor is whoever does something: enough to sign a chain entry.
type Actor interface {
	Signature() (role Role, id string)
	Reach() Reach
}

// Citizen is a person who declared hardship. Household is empty until there is one.
type Citizen struct {
	Account   string
	Household string
}

// Member works for an organisation.
type Member struct {
	Account      string
	Organisation string
	Name         string
}

// Volunteer gives time through an organisation.
type Volunteer struct {
	Account   string
	Volunteer string
	Name      string
}

// Officer is civil-affairs staff of a subdistrict, a district or the city.
// Region has nine digits, six digits, or is 110000.
type Officer struct {
	Account string
	Level   Role
	Region  string
	Name    string
}

// Auditor reads chains and nothing else.
type Auditor struct {
	Account string
	Name    string
}

// Administrator keeps accounts and sees no household.
type Administrator struct {
	Account string
	Name    string
}

// System is the machine itself; Name says which job.
type System struct{ Name string }

func (a Citizen) Signature() (Role, string)       { return CitizenRole, a.Account }
func (a Member) Signature() (Role, string)        { return MemberRole, a.Account }
func (a Volunteer) Signature() (Role, string)     { return VolunteerRole, a.Account }
func (a Officer) Signature() (Role, string)       { return a.Level, a.Account }
func (a Auditor) Signature() (Role, string)       { return AuditorRole, a.Account }
func (a Administrator) Signature() (Role, string) { return AdministratorRole, a.Account }
func (a System) Signature() (Role, string)        { return SystemRole, a.Name }

// Reach of a citizen is the citizen's own household.
func (a Citizen) Reach() Reach { return Reach{Household: a.Household} }

// Reach of a member is what was introduced to that one person.
func (a Member) Reach() Reach { return Reach{Worker: a.Account} }

// Reach of a volunteer is what was introduced to that one person.
func (a Volunteer) Reach() Reach { return Reach{Worker: a.Account} }

// Reach of an officer is the officer's region with all that lies in it.
func (a Officer) Reach() Reach {
	if a.Level == CityRole {
		return Whole
	}
	if a.Region == "" {
		return Reach{}
	}
	return Reach{
		From: a.Region + strings.Repeat("0", 9-len(a.Region)),
		To:   a.Region + strings.Repeat("9", 9-len(a.Region)),
	}
}

// Area is the beginning that the codes of all an officer is responsible for have
// in common. It is false where level and region do not fit each other.
func (a Officer) Area() (prefix string, ok bool) {
	switch {
	case a.Level == CityRole:
		return "11", true
	case a.Level == DistrictRole && len(a.Region) == 6, a.Level == SubdistrictRole && len(a.Region) == 9:
		return a.Region, true
	}
	return "", false
}

// Reach of an auditor is empty: auditors use a login of their own.
func (a Auditor) Reach() Reach { return Reach{} }

// Reach of an administrator is empty.
func (a Administrator) Reach() Reach { return Reach{} }

// Reach of the machine is the whole city: jobs carry references and look up the rest.
func (a System) Reach() Reach { return Whole }
