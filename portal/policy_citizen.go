package portal

import (
	"shanqiao/internal/actor"
	"shanqiao/portal/route"
)

var citizenPolicy = route.Policy{
	"declaration.fill":     {Relation: route.Anyone},
	"declaration.submit":   {Roles: []actor.Role{actor.CitizenRole}, Relation: route.Self},
	"declaration.follow":   {Roles: []actor.Role{actor.CitizenRole}, Relation: route.Self},
	"declaration.withdraw": {Roles: []actor.Role{actor.CitizenRole}, Relation: route.Self},
	"household.looks":      {Roles: []actor.Role{actor.CitizenRole}, Relation: route.Household},
	"consent.withdraw":     {Roles: []actor.Role{actor.CitizenRole}, Relation: route.Household},
	"outcome.confirm":      {Roles: []actor.Role{actor.CitizenRole}, Relation: route.Household},
}

var citizenNav = map[actor.Role][]route.Link{
	actor.CitizenRole: {
		{Path: "/me", Key: "citizen.nav.mine"},
		{Path: "/me/data", Key: "citizen.nav.data", Also: "/me/consents"},
		{Path: "/d", Key: "citizen.nav.declare"},
	},
}
