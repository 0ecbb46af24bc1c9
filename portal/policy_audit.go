package portal

import (
	"shanqiao/internal/actor"
	"shanqiao/portal/route"
)

var auditors = []actor.Role{actor.AuditorRole}

// auditPolicy: an auditor reads every chain and changes none; a verification
// adds its own result to a list.
var auditPolicy = route.Policy{
	"audit.look":   {Roles: auditors, Relation: route.Whole},
	"audit.reads":  {Roles: auditors, Relation: route.Whole},
	"audit.verify": {Roles: auditors, Relation: route.Whole},
}

var auditNav = map[actor.Role][]route.Link{
	actor.AuditorRole: {
		{Path: "/a", Key: "audit.nav.overview"},
		{Path: "/a/chains", Key: "audit.nav.chains"},
		{Path: "/a/sample", Key: "audit.nav.sample"},
		{Path: "/a/reads", Key: "audit.nav.reads"},
	},
}
