package portal_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/actor"
	"shanqiao/internal/pg"
	"shanqiao/needs"
	"shanqiao/needs/household"
	"shanqiao/needs/needstest"
	"shanqiao/portal"
	"shanqiao/portal/account"
	"shanqiao/portal/portaltest"
)

// mayWrite is the one table in which a GET leaves a trace: docs/decisions/0013.
const mayWrite = "records.record_reads"

// contents is a fingerprint of every table, by name. Sessions are left out: being
// there is what keeps one alive.
func contents(t *testing.T, site *portaltest.Site) map[string]string {
	t.Helper()
	tables, err := pg.Many[string](t.Context(), site.Admin, `
		select format('%I.%I', schemaname, tablename)
		  from pg_tables
		 where schemaname in ('access', 'records', 'gate', 'exchange') and tablename not in ('sessions', 'attempts')`, pg.Args{})
	require.NoError(t, err)
	require.Greater(t, len(tables), 25)
	all := map[string]string{}
	for _, table := range tables {
		all[table], err = pg.One[string](t.Context(), site.Admin, nil,
			`select count(*) || ' ' || md5(coalesce(string_agg(x::text, ',' order by x::text), '')) from `+table+` x`, pg.Args{})
		require.NoError(t, err)
	}
	return all
}

// TestGetChangesNothing opens every page of a city with a household, a claim and a
// delivery in it, as everybody, and finds every table but one as it was.
func TestGetChangesNothing(t *testing.T) {
	t.Parallel()
	site := portaltest.New(t)
	officer := site.As(t, account.New{Role: actor.SubdistrictRole, Region: needstest.Region})
	by := actor.Officer{Account: officer.Account, Level: actor.SubdistrictRole, Region: needstest.Region}
	home, err := household.Register(t.Context(), site.Pools.Records, site.Keys, by, household.New{
		Region: needstest.Region, Members: []household.Member{{Name: "王秀兰", Phone: "13800138000"}, {Name: "王小宝", Relation: "grandchild"}}})
	require.NoError(t, err)
	record, err := household.For(t.Context(), site.Pools.Records, site.Keys, by, home)
	require.NoError(t, err)
	w := needstest.Around(t, site.DB, home)
	need := w.Need("bathing", 2, needs.InService)
	card := w.Card(need)
	claim := w.Claim(card, w.Org, 2, "in-progress")
	delivery := w.Delivery(claim, 1, "as_agreed")
	citizen := site.Citizen(t, "13800138000")
	w.Exec(`update records.households set account_id = @account where id = @home`, pg.Args{"account": citizen.Account, "home": home})
	const declaration = "cccccccccccccccccccccccccc"
	w.Exec(`insert into records.declarations (id, household_id, region, account_id, request_key, channel, hardships, people,
	                                          pledged_at, check_agreed_at, due_on)
	        values (@id, @household, @region, @account, @id, 'online', '{medical}', 1, now(), now(), current_date)`,
		pg.Args{"id": declaration, "household": home, "region": needstest.Region, "account": citizen.Account})

	ids := map[string]string{"household": home, "member": record.Living()[1].ID, "need": string(need), "card": card, "claim": claim,
		"delivery": delivery, "declaration": declaration, "account": officer.Account, "half": "records", "letter": "1"}
	fill := func(pattern string) string {
		return regexp.MustCompile(`\{(\w+)[^}]*\}`).ReplaceAllStringFunc(pattern, func(p string) string {
			name := strings.Trim(p, "{}")
			if strings.HasPrefix(pattern, "/c/needs") || strings.HasPrefix(pattern, "/api/v1/needs") {
				name = strings.Replace(name, "need", "card", 1)
			}
			if ids[name] == "" {
				return strings.Repeat("a", 26)
			}
			return ids[name]
		})
	}

	_, routes := portal.Table(site.Server)
	visitors := map[string]*portaltest.Browser{"nobody": site.Anyone(t), "the officer": officer, "the family": citizen,
		"the organisation": site.As(t, account.New{Role: actor.MemberRole, Organisation: w.Org})}
	for _, role := range []actor.Role{actor.DistrictRole, actor.CityRole, actor.AuditorRole, actor.AdministratorRole, actor.VolunteerRole} {
		visitors[string(role)] = site.Role(t, role)
	}
	before, opened := contents(t, site), map[string]int{}
	for who, b := range visitors {
		b.Stay()
		for _, rt := range routes {
			if strings.Contains(rt.Methods, http.MethodGet) {
				page := b.Get(fill(rt.Pattern))
				require.Less(t, page.Status, 500, rt.Pattern)
				if page.Status == http.StatusOK {
					opened[who]++
				}
			}
		}
	}
	after := contents(t, site)
	require.NotEqual(t, before[mayWrite], after[mayWrite], "the record was opened")
	for table := range before {
		if table != mayWrite {
			require.Equal(t, before[table], after[table], "a GET wrote into %s", table)
		}
	}
	require.Greater(t, opened["the officer"], 20, "the test opens pages and does not only miss them")
	require.Greater(t, opened["the family"], 5)

	purposes, err := pg.Many[string](t.Context(), site.Admin, `select distinct purpose from records.record_reads order by 1`, pg.Args{})
	require.NoError(t, err)
	require.Subset(t, purposes, []string{"assess", "complete", "consent", "declaration", "follow"})
	readers, err := pg.Many[string](t.Context(), site.Admin, `select distinct role from records.record_reads order by 1`, pg.Args{})
	require.NoError(t, err)
	require.Equal(t, []string{"city", "district", "subdistrict"}, readers, "only officers read records")
}
