package portal

import (
	"shanqiao/internal/actor"
	"shanqiao/portal/route"
)

var verifiers = []actor.Role{actor.DistrictRole, actor.CityRole}

// districtPolicy: a district verifies the organisations registered with it and
// buys services; a subdistrict may have brands of its own.
var districtPolicy = route.Policy{
	"organisation.verify": {Roles: verifiers, Relation: route.Region},
	"project.brand":       {Roles: officers, Relation: route.Region},
	"contract.keep":       {Roles: verifiers, Relation: route.Region},
}

var (
	brands      = route.Link{Path: "/p/projects", Key: "district.nav.projects"}
	exchange    = []route.Link{{Path: "/p/organisations", Key: "district.nav.organisations"}, brands, {Path: "/p/contracts", Key: "district.nav.contracts"}}
	districtNav = map[actor.Role][]route.Link{
		actor.SubdistrictRole: {brands},
		actor.DistrictRole:    exchange,
		actor.CityRole:        exchange,
	}
)
