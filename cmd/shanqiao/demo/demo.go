package demo

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"shanqiao/internal/actor"
	"shanqiao/internal/civil"
	"shanqiao/internal/pg"
	"shanqiao/internal/secret"
	"shanqiao/needs/chain"
)

// Password opens every account of the demonstration.
const Password = "shanqiao-demo-2026"

// City is where the demonstration happens. Drain does the work that waits in the
// outboxes, as the workers would; At is the day it is.
type City struct {
	Pools  *pg.Pools
	Keys   *secret.Keys
	Drain  func(context.Context) error
	Ledger *chain.Ledger
	At     time.Time
	Log    *slog.Logger
	Says   io.Writer // a line for each step, because it takes a while
}

// Options are how large the city is and which of all possible ones.
type Options struct {
	Households int
	Seed       uint64
	// Weeks is how many weekly ticks the city has behind it, with families that
	// arrive, needs that are withdrawn and claims in each; 0: the first day only.
	Weeks int
	// Starved is the code of a district that only those come to who serve the whole
	// city, in a city with an eighth of what there is otherwise, to see what serving
	// districts evenly does for it; "": none.
	Starved string
}

// lanes is how many households are worked on at once.
const lanes = 6

// Load fills an empty database: staff, organisations, households with their
// assessments, then weeks of publishing, matching, claiming and delivering.
func Load(ctx context.Context, c City, o Options) (Account, error) {
	began := time.Now()
	town := &town{City: c, Options: o, officers: map[string][2]actor.Officer{}, districts: map[string]actor.Officer{}}
	town.families = families(o.Seed, o.Households, c.At)
	town.providers = providers(o.Seed, max(12, min(48, o.Households/50)), o.Starved)
	steps := []struct {
		say string
		do  func(context.Context) error
	}{
		{"officers and accounts", town.staff},
		{"organisations, projects, volunteers and contracts", town.organisations},
		{"households: declared, registered, assessed, approved by a second person", town.households},
		{"cards: published in cohorts, matched", town.publish},
		{"claims: asked for, approved, agreed to, introduced, delivered, confirmed", town.help},
		{"weeks: families arrive, needs are withdrawn, cohorts come and go", town.weeks},
		{"the next tick and a round for the whole city", town.round},
	}
	for i, s := range steps {
		start := time.Now()
		fmt.Fprintf(c.Says, "  %d/%d %s …\n", i+1, len(steps), s.say)
		if err := s.do(ctx); err != nil {
			return Account{}, fmt.Errorf("demo city, %s: %w", s.say, err)
		}
		c.Log.Debug("demo step", "step", i+1, "seconds", time.Since(start).Seconds())
	}
	account, err := Count(ctx, c)
	account.Seconds = time.Since(began).Seconds()
	return account, err
}

// Empty says whether nobody lives in the city.
func Empty(ctx context.Context, pools *pg.Pools) (bool, error) {
	var empty bool
	err := pg.As(ctx, pools.Records, actor.Whole, func(tx pg.DB) (err error) {
		empty, err = pg.One[bool](ctx, tx, nil, `select not exists (select from records.households)`, pg.Args{})
		return err
	})
	return empty, err
}

// Finished says whether a city was made to its end, which is a round of matching.
func Finished(ctx context.Context, pools *pg.Pools) (bool, error) {
	return pg.One[bool](ctx, pools.Exchange, nil, `select exists (select from exchange.rounds where finished_at is not null)`, pg.Args{})
}

// town is the city while it is made. What is chosen in it is chosen by the
// place of a family among the families, and never by an id: ids are random.
type town struct {
	City
	Options
	families  []family
	providers []provider
	officers  map[string][2]actor.Officer // of a subdistrict: who assesses, who approves
	districts map[string]actor.Officer
	charities []charity
	homes     sync.Map // household id → its place among the families, an int
	week      int      // since the first day
}

// charity is a provider with those who act for it: a member, and the helpers
// whom it may send to a family beside that member.
type charity struct {
	actor.Member
	provider
	helpers []helper
}

// helper is one volunteer.
type helper struct{ Account, Volunteer, Name string }

// sends is the account of whoever goes to the i-th family: each in turn.
func (c charity) sends(i int) string {
	if i %= 1 + len(c.helpers); i > 0 {
		return c.helpers[i-1].Account
	}
	return c.Account
}

// place of a household among the families.
func (t *town) place(household string) int {
	i, ok := t.homes.Load(household)
	if !ok {
		return len(t.families)
	}
	return i.(int)
}

func (t *town) today() time.Time {
	return civil.Day(t.At)
}

// each runs do for every index in lanes.
func each(ctx context.Context, n int, do func(ctx context.Context, i int) error) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(lanes)
	for i := range n {
		g.Go(func() error { return do(ctx, i) })
	}
	return g.Wait()
}

// key is a form's request key, the same each time for one seed.
func (t *town) key(form string, i int) string {
	return fmt.Sprintf("demo-%04d-%s-%08d", t.Seed, form, t.week*10_000_000+i)
}

// streets lists the subdistricts in which families live, in order.
func (t *town) streets() []string {
	var all []string
	for _, f := range t.families {
		all = append(all, f.Region)
	}
	slices.Sort(all)
	return slices.Compact(all)
}
