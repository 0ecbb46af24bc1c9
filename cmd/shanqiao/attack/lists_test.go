package attack

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/pg"
	"shanqiao/portal/portaltest"
)

var anyID = regexp.MustCompile(`\b[a-z2-7]{26}\b`)

// lists follows every link that each kind of person is offered and looks for
// an id that is not theirs to know, and for what people are never shown.
func (c *city) lists(t *testing.T) {
	street := c.street(t)
	org := c.one(t, `select organisation_id from exchange.claims where state = 'in-progress' group by 1 order by count(*) desc, 1 limit 1`, pg.Args{})
	worker := c.one(t, `select worker_id from exchange.claims where worker_id in (select id from access.accounts where role = 'volunteer') order by id limit 1`, pg.Args{})
	family := c.Citizen(t, "13900000001")

	records := `select id from records.households union select id from records.declarations union select id from records.needs
		union select id from records.consents union select id from records.members`
	claims := ` union select id from exchange.claims union select id from exchange.deliveries`
	for name, w := range map[string]struct {
		b         *portaltest.Browser
		start     string
		forbidden string
		args      pg.Args
	}{
		"anybody": {c.Anyone(t), "/", records + claims + ` union select id from exchange.cards where tier <> 'public' or state <> 'open'
			union select id from access.accounts union select id from exchange.organisations`, pg.Args{}},
		"a member": {c.login(t, c.one(t, `select login from access.accounts where organisation_id = @org and role = 'member' order by 1 limit 1`, pg.Args{"org": org})), "/c", records + `
			union select id from exchange.claims where organisation_id <> @org
			union select d.id from exchange.deliveries d join exchange.claims k on k.id = d.claim_id where k.organisation_id <> @org
			union select id from exchange.organisations where id <> @org
			union select id from exchange.offers where organisation_id <> @org
			union select id from exchange.cards k where tier = 'direct' and not exists (
			       select from exchange.card_recipients r where r.card_id = k.id and r.organisation_id = @org)`, pg.Args{"org": org}},
		"a volunteer": {c.Signed(t, worker), "/v", records + ` union select id from exchange.claims where worker_id <> @me`, pg.Args{"me": worker}},
		"a street": {c.login(t, street+"a"), "/s", `select id from records.households where region <> @street
			union select id from records.declarations where region <> @street union select id from records.needs where region <> @street
			union select id from records.consents where region <> @street
			union select k.id from exchange.claims k join records.listings l on l.card_id = k.card_id where l.region <> @street
			union select delivery_id from records.outcomes where region <> @street`, pg.Args{"street": street}},
		"a family": {family, "/me", records + claims, pg.Args{}},
	} {
		t.Run(name, func(t *testing.T) {
			foreign := map[string]bool{}
			for _, id := range c.many(t, w.forbidden, w.args) {
				foreign[id] = true
			}
			pages := crawl(t, w.b, w.start, 150, func(path string, p *portaltest.Page) {
				p.Told(t, path)
				for _, id := range anyID.FindAllString(p.Body, -1) {
					require.False(t, foreign[id], "%s shows %s", path, id)
				}
				if w.start != "/" {
					require.Equal(t, "no-store", p.Header.Get("Cache-Control"), path)
				}
			})
			require.Greater(t, pages, 5)
		})
	}

	t.Run("the interface for machines", func(t *testing.T) {
		b := c.login(t, c.one(t, `select login from access.accounts where organisation_id = @org and role = 'member' order by 1 limit 1`, pg.Args{"org": org}))
		hidden := map[string]bool{}
		for _, id := range c.many(t, `select id from exchange.cards where tier <> 'verified' or state <> 'open'`, pg.Args{}) {
			hidden[id] = true
		}
		for path, pages := "/api/v1/needs?limit=100", 0; path != ""; pages++ {
			require.Less(t, pages, 20)
			p := b.Get(path)
			require.Equal(t, http.StatusOK, p.Status, p.Body)
			var list struct {
				Needs []struct{ ID string }
				Next  string `json:"next_cursor"`
			}
			require.NoError(t, json.Unmarshal([]byte(p.Body), &list))
			for _, n := range list.Needs {
				require.False(t, hidden[n.ID], n.ID)
			}
			path = ""
			if list.Next != "" {
				path = "/api/v1/needs?limit=100&cursor=" + list.Next
			}
		}
	})
}

// crawl reads pages from a start, following links that a reader of this kind
// would, and says how many there were.
func crawl(t *testing.T, b *portaltest.Browser, start string, most int, look func(path string, p *portaltest.Page)) int {
	t.Helper()
	queue, seen, read := []string{start}, map[string]bool{start: true}, 0
	for ; len(queue) > 0 && read < most; read++ {
		path := queue[0]
		queue = queue[1:]
		p := b.Get(path)
		look(path, p)
		for _, link := range p.Links("a[href]") {
			link, _, _ = strings.Cut(link, "#")
			if strings.HasPrefix(link, "/") && !strings.HasPrefix(link, "/lang") && !strings.HasPrefix(link, "/edition") && !seen[link] {
				seen[link] = true
				queue = append(queue, link)
			}
		}
	}
	return read
}
