package portal

import (
	"shanqiao/internal/actor"
	"shanqiao/portal/route"
)

var adminPolicy = route.Policy{}

var adminNav = map[actor.Role][]route.Link{}
