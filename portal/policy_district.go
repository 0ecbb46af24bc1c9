package portal

import (
	"shanqiao/internal/actor"
	"shanqiao/portal/route"
)

var (
	verifiers = []actor.Role{actor.DistrictRole, actor.CityRole}
	city      = []actor.Role{actor.CityRole}
)

// districtPolicy: a district verifies the organisations registered with it, buys
// services and may ask more of cohorts; a subdistrict may have brands of its own.
// A refused round concerns the whole city, and so does whether its districts are
// served evenly and what counts how much; of a round of matching a district reads its own part.
var districtPolicy = route.Policy{
	"organisation.verify": {Roles: verifiers, Relation: route.Region},
	"organisation.ban":    {Roles: verifiers, Relation: route.Region},
	"project.brand":       {Roles: officers, Relation: route.Region},
	"contract.keep":       {Roles: verifiers, Relation: route.Region},
	"cohort.ask":          {Roles: verifiers, Relation: route.Region},
	"answers.look":        {Roles: verifiers, Relation: route.Region},
	"duty.set":            {Roles: verifiers, Relation: route.Region},
	"refusal.settle":      {Roles: city, Relation: route.Whole},
	"round.read":          {Roles: verifiers, Relation: route.Region},
	"evenness.set":        {Roles: city, Relation: route.Whole},
	"weights.set":         {Roles: city, Relation: route.Whole},
}

var (
	brands      = route.Link{Path: "/p/projects", Key: "district.nav.projects"}
	exchange    = []route.Link{{Path: "/p/organisations", Key: "district.nav.organisations"}, brands, {Path: "/p/contracts", Key: "district.nav.contracts"}, {Path: "/p/cohorts", Key: "district.nav.cohorts"}, {Path: "/p/rounds", Key: "round.nav"}}
	districtNav = map[actor.Role][]route.Link{
		actor.SubdistrictRole: {brands},
		actor.DistrictRole:    exchange,
		actor.CityRole:        exchange,
	}
)
