package portal

import (
	"shanqiao/internal/actor"
	"shanqiao/portal/route"
)

var charityPolicy = route.Policy{}

var charityNav = map[actor.Role][]route.Link{}
