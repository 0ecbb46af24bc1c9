package attack

import (
	"errors"
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/actor"
	"shanqiao/internal/pg"
	"shanqiao/portal/account"
	"shanqiao/portal/portaltest"
)

// ofStreet is one thing of each kind that belongs to a street, by parameter.
var ofStreet = map[string]string{
	"declaration": `select id from records.declarations where region = @street order by id limit 3`,
	"household":   `select id from records.households where region = @street order by id limit 3`,
	"need":        `select distinct on (state) id from records.needs where region = @street order by state, id`,
	"claim": `select distinct on (c.state) c.id from exchange.claims c join records.listings l on l.card_id = c.card_id
	           where l.region = @street order by c.state, c.id`,
	"consent":  `select id from records.consents where region = @street order by withdrawn_at is not null, id limit 2`,
	"delivery": `select delivery_id from records.outcomes where region = @street order by answer is not null, delivery_id limit 2`,
}

// theirs asks for everything that is somebody else's, by its real id.
func (c *city) theirs(t *testing.T) {
	street := c.street(t)
	t.Run("officers of another street and of another district", func(t *testing.T) {
		elsewhere := c.one(t, `select region from records.households where region not like @d || '%' order by 1 limit 1`, pg.Args{"d": street[:6]})
		near := c.one(t, `select '' || max(code) from (values (@d || '001'), (@d || '002')) v(code) where code <> @street`, pg.Args{"d": street[:6], "street": street})
		for name, b := range map[string]*portaltest.Browser{
			"the next street":       c.As(t, account.New{Role: actor.SubdistrictRole, Region: near}).Stay(),
			"a street far away":     c.As(t, account.New{Role: actor.SubdistrictRole, Region: elsewhere}).Stay(),
			"the district far away": c.As(t, account.New{Role: actor.DistrictRole, Region: elsewhere[:6]}).Stay(),
		} {
			for parameter, sql := range ofStreet {
				for i, theirs := range c.many(t, sql, pg.Args{"street": street}) {
					t.Run(fmt.Sprintf("%s, %s %d", name, parameter, i), func(t *testing.T) {
						c.shut(t, b, c.patterns(parameter, "/s/"), parameter, theirs)
					})
				}
			}
		}
	})

	t.Run("the district on what is registered in another", func(t *testing.T) {
		home := c.one(t, `select o.district from exchange.organisations o join exchange.contracts k on k.organisation_id = o.id group by 1 order by count(*) desc, 1 limit 1`, pg.Args{})
		away := c.one(t, `select max(d) from (values ('110101'), ('110102')) v(d) where d <> @d`, pg.Args{"d": home})
		b := c.As(t, account.New{Role: actor.DistrictRole, Region: away}).Stay()
		c.shut(t, b, c.patterns("organisation", "/p/"), "organisation", c.one(t, `select id from exchange.organisations where district = @d order by state desc, id limit 1`, pg.Args{"d": home}))
	})

	t.Run("one organisation on another's", func(t *testing.T) {
		who, err := pg.One[struct{ Organisation, Account string }](t.Context(), c.Admin, errors.New("no claim is under way"), `
			select c.organisation_id as organisation, c.worker_id as account
			  from exchange.claims c
			 where c.state = 'in-progress'
			   and c.organisation_id in (select organisation_id from exchange.volunteers)
			 order by c.id limit 1`, pg.Args{})
		require.NoError(t, err)
		stranger := c.login(t, c.one(t, `
			select a.login from access.accounts a join exchange.organisations o on o.id = a.organisation_id and o.state = 'verified'
			 where a.role = 'member' and o.id <> @org order by 1 limit 1`, pg.Args{"org": who.Organisation})).Stay()
		of := pg.Args{"org": who.Organisation}
		for parameter, sql := range map[string]string{
			"claim":     `select distinct on (state) id from exchange.claims where organisation_id = @org order by state, id`,
			"project":   `select id from exchange.projects where organisation_id = @org order by id limit 2`,
			"volunteer": `select id from exchange.volunteers where organisation_id = @org order by id limit 2`,
		} {
			for _, theirs := range c.many(t, sql, of) {
				c.shut(t, stranger, c.patterns(parameter, "/c/"), parameter, theirs)
			}
		}
		for _, theirs := range c.many(t, `select id from exchange.claims where organisation_id = @org`, of) {
			c.shut(t, c.login(t, c.one(t, `select login from access.accounts where role = 'volunteer' and id not in (select worker_id from exchange.claims) order by 1 limit 1`, pg.Args{})).Stay(),
				c.patterns("claim", "/v/"), "claim", theirs)
		}
	})

	t.Run("cards that are not for whoever asks", func(t *testing.T) {
		direct := c.one(t, `select id from exchange.cards where tier = 'direct' and state = 'open' order by id limit 1`, pg.Args{})
		public := c.one(t, `select id from exchange.cards where tier = 'public' and state = 'open' order by id limit 1`, pg.Args{})
		gone := c.one(t, `select id from exchange.cards where tier = 'verified' and state <> 'open' order by id limit 1`, pg.Args{})
		b := c.login(t, c.one(t, `
			select a.login from access.accounts a join exchange.organisations o on o.id = a.organisation_id and o.state = 'verified'
			 where a.role = 'member'
			   and not exists (select from exchange.card_recipients r where r.card_id = @card and r.organisation_id = o.id)
			   and not exists (select from exchange.claims k where k.card_id = @gone and k.organisation_id = o.id)
			 order by 1 limit 1`, pg.Args{"card": direct, "gone": gone})).Stay()
		for name, theirs := range map[string]string{"sent to another": direct, "for looking at": public} {
			t.Run(name, func(t *testing.T) { c.shut(t, b, c.patterns("need", "/c/needs", "/api/v1/needs"), "need", theirs) })
		}
		// Who had read it while it was open is told that it is over, and no more.
		t.Run("gone", func(t *testing.T) {
			c.shut(t, b, c.patterns("need", "/c/needs"), "need", gone)
			before := c.Contents(t)
			page := c.call(t, b, "/api/v1/needs/"+gone+"/claims")
			require.Equal(t, http.StatusConflict, page.Status)
			require.Contains(t, page.Body, `"remaining":0`)
			require.Empty(t, portaltest.Changed(before, c.Contents(t)))
		})
		open := c.one(t, `select id from exchange.cards where tier = 'verified' and state = 'open' order by id limit 1`, pg.Args{})
		for _, theirs := range []string{direct, gone, open} {
			c.shut(t, c.Anyone(t).Stay(), c.patterns("card", "/needs"), "card", theirs)
		}
	})

	t.Run("one family on another's", func(t *testing.T) {
		b := c.Citizen(t, "13900000001").Stay()
		for parameter, sql := range map[string]string{"declaration": ofStreet["declaration"], "consent": ofStreet["consent"], "delivery": ofStreet["delivery"]} {
			for _, theirs := range c.many(t, sql, pg.Args{"street": street}) {
				c.shut(t, b, c.patterns(parameter, "/me", "/d/"), parameter, theirs)
			}
		}
	})
}
