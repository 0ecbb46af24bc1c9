package portal

import (
	"shanqiao/internal/actor"
	"shanqiao/portal/route"
)

var (
	members    = []actor.Role{actor.MemberRole}
	volunteers = []actor.Role{actor.VolunteerRole}
)

// charityPolicy: members see what is their organisation's own, and published
// needs only while it is verified, which each verb asks anew.
var charityPolicy = route.Policy{
	"organisation.register": {Relation: route.Anyone},
	"organisation.home":     {Roles: members, Relation: route.Own},
	"organisation.apply":    {Roles: members, Relation: route.Own},
	"organisation.workers":  {Roles: members, Relation: route.Own},
	"need.browse":           {Roles: members, Relation: route.Verified},
	"need.open":             {Roles: members, Relation: route.Verified},
	"proposal.decline":      {Roles: members, Relation: route.Own},
	"claim.take":            {Roles: members, Relation: route.Verified},
	"claim.list":            {Roles: members, Relation: route.Own},
	"claim.contact":         {Roles: members, Relation: route.Named},
	"claim.deliver":         {Roles: members, Relation: route.Own},
	"claim.withdraw":        {Roles: members, Relation: route.Own},
	"project.own":           {Roles: members, Relation: route.Own},
	"volunteer.own":         {Roles: members, Relation: route.Own},

	"volunteer.home":    {Roles: volunteers, Relation: route.Self},
	"volunteer.claim":   {Roles: volunteers, Relation: route.Named},
	"volunteer.contact": {Roles: volunteers, Relation: route.Named},
	"volunteer.deliver": {Roles: volunteers, Relation: route.Named},

	"api.describe":   {Relation: route.Anyone},
	"api.need.list":  {Roles: members, Relation: route.Verified},
	"api.need.open":  {Roles: members, Relation: route.Verified},
	"api.claim.take": {Roles: members, Relation: route.Verified},
}

var charityNav = map[actor.Role][]route.Link{
	actor.MemberRole: {
		{Path: "/c", Key: "charity.nav.home"},
		{Path: "/c/needs", Key: "charity.needs.title"},
		{Path: "/c/claims", Key: "charity.nav.claims"},
		{Path: "/c/projects", Key: "project.list"},
		{Path: "/c/volunteers", Key: "charity.nav.volunteers"},
	},
	actor.VolunteerRole: {{Path: "/v", Key: "volunteer.home.title"}},
}
