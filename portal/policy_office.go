package portal

import (
	"shanqiao/internal/actor"
	"shanqiao/portal/route"
)

var officePolicy = route.Policy{}

var officeNav = map[actor.Role][]route.Link{}
