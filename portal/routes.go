package portal

import (
	"slices"

	"shanqiao/portal/citizen"
	"shanqiao/portal/entry"
	"shanqiao/portal/public"
	"shanqiao/portal/route"
)

// audiences is the table of contents: each audience lists its own pages in its
// Routes, and takes here only what it needs. Public and charity pages are given
// no pool of the records half.
func (s *Server) audiences() []route.Route {
	return slices.Concat(
		(&public.Public{DB: s.Pools.Exchange, Index: s.Index, Now: s.Now}).Routes(),
		(&citizen.Citizen{Records: s.Pools.Records, Access: s.Pools.Access, Keys: s.Keys, Sender: s.Sender, Secure: s.Secure}).Routes(),
		(&entry.Entry{DB: s.Pools.Access, Keys: s.Keys, Sender: s.Sender, Secure: s.Secure, Home: homeOf}).Routes(),
	)
}
