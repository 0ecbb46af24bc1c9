package portal

import (
	"shanqiao/internal/actor"
	"shanqiao/portal/route"
)

var citizenPolicy = route.Policy{}

var citizenNav = map[actor.Role][]route.Link{}
