package journey

import (
	"context"
	"fmt"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shanqiao/cmd/shanqiao/demo"
	"shanqiao/internal/actor"
	"shanqiao/internal/id"
	"shanqiao/internal/pg"
	"shanqiao/needs/assessment"
	"shanqiao/needs/card"
	"shanqiao/needs/chain"
	"shanqiao/needs/deid"
	"shanqiao/needs/gate"
	"shanqiao/needs/household"
	"shanqiao/needs/index"
	"shanqiao/needs/index/embedded"
	"shanqiao/portal"
	"shanqiao/portal/account"
	"shanqiao/portal/portaltest"
	"shanqiao/workers"
)

const street = "110107001"

// town is a running portal with its workers and the people of one subdistrict.
type town struct {
	*portaltest.Site
	assessor, approver actor.Officer
}

// found starts the portal and its workers, as `up` does, and lets an
// organisation and neighbours with the same need move in: alone, nobody's need
// would ever be published.
func found(t *testing.T) *town {
	t.Helper()
	tiers := index.Tiers{Public: embedded.New(deid.Public), Verified: embedded.New(deid.Verified)}
	site := portaltest.New(t, func(s *portal.Server) { s.Dev, s.Sender, s.Index = true, nil, tiers })
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	require.NoError(t, card.Follow(ctx, site.Pools.Exchange, tiers, 100*time.Millisecond, func(err error) {
		if ctx.Err() == nil {
			t.Error(err)
		}
	}))
	w := &workers.Workers{Pools: site.Pools, Keys: site.Keys, Index: tiers, Now: time.Now, Log: site.Server.Log}
	ended := make(chan error, 1)
	go func() { ended <- w.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		require.NoError(t, <-ended)
	})

	town := &town{Site: site}
	town.settled(t) // the first slots of the schedule, in an empty city
	hash, err := account.Hash(t.Context(), demo.Password)
	require.NoError(t, err)
	open := func(n account.New) string {
		n.Hash = hash
		a, err := account.Create(t.Context(), site.Pools.Access, n)
		require.NoError(t, err)
		return a
	}
	officer := func(login, name string, role actor.Role, region string) actor.Officer {
		return actor.Officer{Level: role, Region: region, Name: name,
			Account: open(account.New{Role: role, Login: login, Name: name, Region: region})}
	}
	town.assessor = officer("assessor", "周助理员", actor.SubdistrictRole, street)
	town.approver = officer("approver", "吴助理员", actor.SubdistrictRole, street)
	officer("district", "郑科长", actor.DistrictRole, street[:6])
	town.settle(t, 24, true)
	town.settle(t, 30, false) // or every family that looks like theirs would be known to ask for help
	return town
}

// settle moves n households in, who need the same as the family of the story, or nothing.
func (s *town) settle(t *testing.T, n int, needy bool) {
	t.Helper()
	conditions := []string{"chronic", "mobility", "sensory", "none"}
	born := time.Now().AddDate(-70, 0, 0).UTC().Truncate(24 * time.Hour)
	for i := range n {
		home, err := household.Register(t.Context(), s.Pools.Records, s.Keys, s.assessor, household.New{
			Region: street, Category: "marginal", Condition: conditions[i%len(conditions)],
			Members: []household.Member{{Head: true, Relation: "self", Name: "邻居", Born: &born, Disability: "none", Sex: "unknown"}}})
		require.NoError(t, err)
		if !needy {
			continue
		}
		done, err := assessment.Assess(t.Context(), s.Pools.Records, s.assessor, assessment.Assessment{
			Household: home, RequestKey: fmt.Sprintf("neighbour-%016d", i), Answers: assessment.Answers{Guardianship: 2},
			Needs: []assessment.Line{{Code: "meals", Quantity: 20, Urgency: 3}}})
		require.NoError(t, err)
		require.NoError(t, assessment.Approve(t.Context(), s.Pools.Records, s.approver, done.Needs[0]))
	}
}

// tick publishes what can be, as the schedule does four times a day.
func (s *town) tick(t *testing.T) {
	t.Helper()
	report, err := gate.Tick(t.Context(), s.Pools.Gate, deid.Verified, time.Now(), deid.Defaults(deid.Verified))
	require.NoError(t, err)
	require.Equal(t, 25, report.Published, "the family and its neighbours: %+v", report)
}

// settled waits until the workers have done what there was to do.
func (s *town) settled(t *testing.T) {
	t.Helper()
	require.Eventually(t, func() bool {
		left, err := pg.One[int](t.Context(), s.Admin, nil, `
			select ((select count(*) from records.outbox where state in (0, 1) and not_before <= now())
			      + (select count(*) from exchange.outbox where state in (0, 1) and not_before <= now()))::int`, pg.Args{})
		return err == nil && left == 0
	}, patience, 50*time.Millisecond, "the workers do not come to an end")
}

// of reads one text behind the walls.
func (s *town) of(t *testing.T, sql string, args pg.Args) string {
	t.Helper()
	v, err := pg.One[string](t.Context(), s.Admin, nil, sql, args)
	require.NoError(t, err)
	return v
}

var digits = regexp.MustCompile(`\b\d{6}\b`)

func TestJourney(t *testing.T) {
	t.Parallel()
	for _, width := range []int64{1280, 360} {
		t.Run(fmt.Sprintf("from a family's word to help on its chain, at %d px", width), func(t *testing.T) {
			t.Parallel()
			walk(t, found(t), width)
		})
	}
}

// cast are the people of the story.
type cast struct{ citizen, assessor, approver, charity *person }

// introduced is the first half of the story: until the charity's worker may call.
func introduced(t *testing.T, town *town, browser context.Context, width int64) cast {
	t.Helper()
	person := func(name string) *person { return arrive(t, browser, town.URL, name, width) }
	c := cast{person("citizen"), person("assessor"), person("approver"), person("charity")}
	c.citizen.declare()
	c.assessor.signIn("assessor", demo.Password)
	c.assessor.assess()
	c.approver.signIn("approver", demo.Password)
	c.approver.approve()
	c.charity.register()
	district := person("district")
	district.signIn("district", demo.Password)
	district.verify()

	town.tick(t)
	town.settled(t)
	ours := town.of(t, `
		select l.card_id from records.listings l
		  join records.declarations d on d.household_id = l.household_id`, pg.Args{})
	require.True(t, id.Valid(ours))
	c.charity.claim(ours)
	town.settled(t)
	c.assessor.introduce()
	town.settled(t)
	return c
}

func walk(t *testing.T, town *town, width int64) {
	c := introduced(t, town, chromium(t), width)
	c.charity.reach()
	c.charity.deliver()
	town.settled(t)
	c.citizen.confirm()
	town.settled(t)
	c.assessor.chain()

	// What stood on the screens stands in the database: once each, in order, and whole.
	require.Equal(t, "registered declared declaration_accepted account_linked assessed approved published claimed claim_answered "+
		"consented introduced delivered confirmed need_fulfilled introduction_ended claim_answered", town.of(t, `
		select string_agg(kind, ' ' order by seq)
		  from records.chain_entries e
		  join records.declarations d on d.household_id = e.household_id
		 where kind <> 'matched'`, pg.Args{}))
	report, err := chain.Verify(t.Context(), town.Pools.Audit, chain.Options{})
	require.NoError(t, err)
	require.True(t, report.OK(), report.Text())
	require.Equal(t, "fulfilled/completed/20", town.of(t, `
		select n.state || '/' || c.state || '/' || c.delivered
		  from exchange.claims c
		  join records.listings l on l.card_id = c.card_id
		  join records.needs n on n.id = l.need_id`, pg.Args{}))
}
