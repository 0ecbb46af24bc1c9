package portal

import "shanqiao/portal/route"

// Table is what the tests of the policy range over.
func Table(s *Server) (route.Policy, []route.Route) { return s.policy, s.routes }

// Statuses is the table of failures and answers.
var Statuses = statuses
