package portal

import (
	"shanqiao/internal/actor"
	"shanqiao/portal/route"
)

// policy is who may do what: one row for each action, and every route names its
// action. The where clause of the verb enforces the relation; the row says which
// it is. A table for each audience stands in policy_<audience>.go.
func policy() route.Policy {
	return route.Merge(publicPolicy, entryPolicy, citizenPolicy, charityPolicy, officePolicy, districtPolicy, auditPolicy, adminPolicy)
}

var publicPolicy = route.Policy{
	"site.look": {Relation: route.Anyone},
}

// ownPassword is all that a temporary password lets a person do.
const ownPassword route.Action = "account.password"

var entryPolicy = route.Policy{
	"account.sign_in":  {Relation: route.Anyone},
	"account.settings": {Roles: actor.Roles, Relation: route.Self},
	ownPassword:        {Roles: actor.Roles, Relation: route.Self},
}

// navigation is what each role finds in its header, audience by audience; the
// first line is where a person arrives after signing in.
var navigation = joined(citizenNav, charityNav, officeNav, districtNav, auditNav, adminNav)

func joined(tables ...map[actor.Role][]route.Link) map[actor.Role][]route.Link {
	all := map[actor.Role][]route.Link{}
	for _, table := range tables {
		for role, links := range table {
			all[role] = append(all[role], links...)
		}
	}
	return all
}

// homeOf is where a role arrives after signing in.
func homeOf(role actor.Role) string {
	if links := navigation[role]; len(links) > 0 {
		return links[0].Path
	}
	return "/account"
}
