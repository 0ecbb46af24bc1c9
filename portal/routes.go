package portal

import (
	"context"
	"slices"

	"shanqiao/internal/actor"
	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
	"shanqiao/needs/introduction"
	"shanqiao/portal/account"
	"shanqiao/portal/admin"
	"shanqiao/portal/api"
	"shanqiao/portal/audit"
	"shanqiao/portal/charity"
	"shanqiao/portal/citizen"
	"shanqiao/portal/district"
	"shanqiao/portal/entry"
	"shanqiao/portal/office"
	"shanqiao/portal/public"
	"shanqiao/portal/route"
	"shanqiao/portal/volunteer"
)

// audiences is the table of contents: each audience lists its own pages in its
// Routes, and takes here only what it needs. Public and charity pages are given
// no pool of the records half.
func (s *Server) audiences() []route.Route {
	return slices.Concat(
		(&public.Public{DB: s.Pools.Exchange, Index: s.Index, Now: s.Now}).Routes(),
		(&citizen.Citizen{Records: s.Pools.Records, Access: s.Pools.Access, Keys: s.Keys, Sender: s.Sender, Secure: s.Secure, Now: s.Now}).Routes(),
		(&charity.Charity{DB: s.Pools.Exchange, Access: s.Pools.Access, Applying: account.Door{DB: s.Pools.Access, Keys: s.Keys}.Applying,
			Index: s.Index, Look: s.look, Secure: s.Secure, Now: s.Now}).Routes(),
		(&volunteer.Volunteer{DB: s.Pools.Exchange, Look: s.look, Now: s.Now}).Routes(),
		(&district.District{DB: s.Pools.Exchange, Gate: s.Pools.Gate, Now: s.Now}).Routes(),
		(&office.Office{Records: s.Pools.Records, Exchange: s.Pools.Exchange, Gate: s.Pools.Gate, Keys: s.Keys, Now: s.Now}).Routes(),
		(&audit.Audit{DB: s.Pools.Audit, Ledger: s.Ledger, Now: s.Now}).Routes(),
		(&admin.Admin{Access: s.Pools.Access, Exchange: s.Pools.Exchange, Index: s.Index, Settings: s.Settings,
			Outboxes: map[outbox.Half]pg.DB{outbox.Records: s.Pools.Records, outbox.Exchange: s.Pools.Exchange}}).Routes(),
		(&api.API{DB: s.Pools.Exchange, Index: s.Index, Now: s.Now}).Routes(),
		(&entry.Entry{DB: s.Pools.Access, Keys: s.Keys, Sender: s.Sender, Secure: s.Secure, Home: homeOf}).Routes(),
	)
}

// look is the one function of the records half that organisations and
// volunteers are given: the contact of a family that agreed, for the worker it
// named, written down each time.
func (s *Server) look(ctx context.Context, by actor.Actor, claim string) (introduction.Seen, error) {
	return introduction.Look(ctx, s.Pools.Records, s.Keys, by, claim)
}
