package portal

import (
	"slices"

	"shanqiao/internal/actor"
	"shanqiao/portal/route"
)

var (
	street   = []actor.Role{actor.SubdistrictRole}
	offices  = []actor.Role{actor.SubdistrictRole, actor.DistrictRole}
	officers = []actor.Role{actor.SubdistrictRole, actor.DistrictRole, actor.CityRole}
)

// officePolicy: who lives nearest acts, the district may step in, the city looks.
var officePolicy = route.Policy{
	"office.look":        {Roles: officers, Relation: route.Region},
	"declaration.read":   {Roles: officers, Relation: route.Region},
	"declaration.answer": {Roles: offices, Relation: route.Region},
	"declaration.file":   {Roles: street, Relation: route.Region},
	"household.read":     {Roles: officers, Relation: route.Region},
	"household.assess":   {Roles: street, Relation: route.Region},
	"household.complete": {Roles: offices, Relation: route.Region},
	"need.read":          {Roles: officers, Relation: route.Region},
	"need.approve":       {Roles: offices, Relation: route.Region},
	"need.excerpt":       {Roles: offices, Relation: route.Region},
	"excerpt.switch":     {Roles: []actor.Role{actor.DistrictRole}, Relation: route.Region},
	"need.revise":        {Roles: street, Relation: route.Region},
	"need.withdraw":      {Roles: offices, Relation: route.Region},
	"need.send_direct":   {Roles: offices, Relation: route.Region},
	"need.overrule":      {Roles: offices, Relation: route.Region},
	"need.meet":          {Roles: offices, Relation: route.Region},
	"ladder.set":         {Roles: []actor.Role{actor.DistrictRole}, Relation: route.Region},
	"claim.review":       {Roles: officers, Relation: route.Region},
	"claim.decide":       {Roles: offices, Relation: route.Region},
	"consent.record":     {Roles: offices, Relation: route.Region},
	"introduction.make":  {Roles: offices, Relation: route.Region},
	"delivery.review":    {Roles: officers, Relation: route.Region},
	"delivery.confirm":   {Roles: offices, Relation: route.Region},
}

var desk = []route.Link{
	{Path: "/s", Key: "office.nav.today"},
	{Path: "/s/declarations", Key: "office.nav.declarations"},
	{Path: "/s/households", Key: "office.nav.households"},
	{Path: "/s/approvals", Key: "office.nav.approvals"},
	{Path: "/s/needs", Key: "office.nav.needs"},
	{Path: "/s/claims", Key: "office.nav.claims"},
	{Path: "/s/deliveries", Key: "office.nav.deliveries"},
}

var officeNav = map[actor.Role][]route.Link{
	actor.SubdistrictRole: desk,
	actor.DistrictRole:    slices.Concat(desk, []route.Link{{Path: "/s/excerpts", Key: "office.nav.excerpts"}}),
	actor.CityRole:        desk,
}
