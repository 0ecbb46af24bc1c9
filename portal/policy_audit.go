package portal

import (
	"shanqiao/internal/actor"
	"shanqiao/portal/route"
)

var auditPolicy = route.Policy{}

var auditNav = map[actor.Role][]route.Link{}
