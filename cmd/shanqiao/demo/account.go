package demo

import (
	"context"
	"fmt"
	"io"
	"strings"

	"shanqiao/internal/actor"
	"shanqiao/internal/pg"
	"shanqiao/needs/chain"
)

// Account is what the main job did, counted in the database.
type Account struct {
	Households, Members, Declarations, Assessments, Needs, Approved int
	Cards, PublicCards, DirectCards, Cohorts, Waiting               int
	Organisations, Offers, Proposals, Claims, Introductions         int
	Deliveries, Outcomes, Confirmed                                 int
	Chain                                                           chain.Report
	Logins                                                          []Login
	Seconds                                                         float64
}

// Login is an account to try.
type Login struct{ Role, Login string }

// Count reads the account from the database and verifies every chain.
func Count(ctx context.Context, c City) (Account, error) {
	var a Account
	err := pg.As(ctx, c.Pools.Records, actor.Whole, func(tx pg.DB) error {
		return tx.QueryRow(ctx, `
			select (select count(*) from records.households),
			       (select count(*) from records.members where left_on is null),
			       (select count(*) from records.declarations),
			       (select count(*) from records.assessments),
			       (select count(*) from records.needs),
			       (select count(*) from records.needs where approved_by is not null),
			       (select count(*) from records.needs n where n.state = 'approved' and n.route = 'cohort'),
			       (select count(*) from records.introductions),
			       (select count(*) from records.outcomes),
			       (select count(*) from records.outcomes where confirmed_at is not null),
			       (select count(*) from gate.cohorts)`).
			Scan(&a.Households, &a.Members, &a.Declarations, &a.Assessments, &a.Needs, &a.Approved, &a.Waiting,
				&a.Introductions, &a.Outcomes, &a.Confirmed, &a.Cohorts)
	})
	if err != nil {
		return a, err
	}
	err = c.Pools.Exchange.QueryRow(ctx, `
		select (select count(*) from exchange.cards where tier = 'verified'),
		       (select count(*) from exchange.cards where tier = 'public'),
		       (select count(*) from exchange.cards where tier = 'direct'),
		       (select count(*) from exchange.organisations),
		       (select count(*) from exchange.offers),
		       (select count(*) from exchange.proposals),
		       (select count(*) from exchange.claims),
		       (select count(*) from exchange.deliveries)`).
		Scan(&a.Cards, &a.PublicCards, &a.DirectCards, &a.Organisations, &a.Offers, &a.Proposals, &a.Claims, &a.Deliveries)
	if err != nil {
		return a, err
	}
	busy, err := busiest(ctx, c.Pools)
	if err != nil {
		return a, err
	}
	if a.Logins, err = logins(ctx, c.Pools, busy); err != nil {
		return a, err
	}
	a.Chain, err = chain.Verify(ctx, c.Pools.Audit, chain.Options{Ledger: c.Ledger})
	return a, err
}

// busiest is the subdistrict of Shijingshan whose desk has the most to do, "" if
// none has anything: an empty desk shows a visitor nothing.
func busiest(ctx context.Context, pools *pg.Pools) (string, error) {
	var code string
	err := pg.As(ctx, pools.Records, actor.Whole, func(tx pg.DB) error {
		return tx.QueryRow(ctx, `
			select coalesce((
			       select region
			         from (select region from records.needs where state = 'draft'
			               union all
			               select region from records.declarations where state in ('submitted', 'accepted')) waiting
			        where region like '110107%'
			        group by region
			        order by count(*) desc, region
			        limit 1), '')`).Scan(&code)
	})
	return code, err
}

// logins picks one or two accounts of each role, those of the busy subdistrict
// and of Shijingshan where it has any.
func logins(ctx context.Context, pools *pg.Pools, busy string) ([]Login, error) {
	return pg.Many[Login](ctx, pools.Access, `
		select role, login
		  from (select role, login, row_number() over (
		               partition by role order by region <> @busy, region not like '110107%', login) as place
		          from access.accounts
		         where login is not null and disabled_at is null) a
		 where place = 1 or role = 'subdistrict' and place = 2
		 order by array_position(array['member','volunteer','subdistrict','district','city','auditor','administrator'], role), place`,
		pg.Args{"busy": busy})
}

// Print writes the account for whoever started the program.
func (a Account) Print(w io.Writer) {
	line := func(format string, args ...any) { fmt.Fprintf(w, "  "+format+"\n", args...) }
	line("%d households with %d people; %d declarations, %d assessments", a.Households, a.Members, a.Declarations, a.Assessments)
	line("%d needs, %d approved by a second person, %d of them waiting for a cohort", a.Needs, a.Approved, a.Waiting)
	line("%d cohorts; %d cards for verified organisations, %d public, %d sent directly", a.Cohorts, a.Cards, a.PublicCards, a.DirectCards)
	line("%d organisations with %d offers; %d proposals, each with its reasons", a.Organisations, a.Offers, a.Proposals)
	line("%d claims, %d introductions after consent, %d deliveries", a.Claims, a.Introductions, a.Deliveries)
	line("%d outcomes on the households’ chains, %d confirmed by the families", a.Outcomes, a.Confirmed)
	for l := range strings.Lines(a.Chain.Text()) {
		line("%s", strings.TrimSpace(l))
	}
	if a.Seconds > 0 {
		line("made in %.0f seconds", a.Seconds)
	}
	line("")
	line("Accounts to try, all with the password %s:", Password)
	for _, l := range a.Logins {
		line("  %-14s %s", l.Role, l.Login)
	}
	line("  %-14s any mobile number, such as %s0000000; the code is shown on the page", "citizen", PhoneMark)
}
