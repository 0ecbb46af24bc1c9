package portal

import (
	"shanqiao/internal/actor"
	"shanqiao/portal/route"
)

var administrators = []actor.Role{actor.AdministratorRole}

// adminPolicy: an administrator keeps accounts and jobs, and sees no household.
// That none makes another administrator is the verbs' rule (account.Open).
var adminPolicy = route.Policy{
	"system.look":   {Roles: administrators, Relation: route.Whole},
	"account.look":  {Roles: administrators, Relation: route.Whole},
	"account.open":  {Roles: administrators, Relation: route.Whole},
	"account.keep":  {Roles: administrators, Relation: route.Whole},
	"settings.look": {Roles: administrators, Relation: route.Whole},
	"job.look":      {Roles: administrators, Relation: route.Whole},
	"job.decide":    {Roles: administrators, Relation: route.Whole},
}

var adminNav = map[actor.Role][]route.Link{
	actor.AdministratorRole: {
		{Path: "/admin", Key: "admin.nav.overview"},
		{Path: "/admin/accounts", Key: "admin.nav.accounts"},
		{Path: "/admin/jobs", Key: "admin.nav.jobs"},
		{Path: "/admin/settings", Key: "admin.nav.settings"},
	},
}
