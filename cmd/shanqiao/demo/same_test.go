package demo_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"shanqiao/cmd/shanqiao/demo"
	"shanqiao/internal/pg"
	"shanqiao/internal/pgtest"
	"shanqiao/needs/chain"
)

// contents are what a city says where no id, seal or hour is left in it: two
// cities of one seed must not differ in a line.
var contents = map[string]string{
	"households": `
		select concat_ws('|', region, category, condition, monthly_income_fen, (
		         select string_agg(concat_ws(' ', relation, sex, born, disability, student), ', ' order by born, sex)
		           from records.members m where m.household_id = h.id))
		  from records.households h`,
	"declarations": `
		select concat_ws('|', region, people, elders, children, disabled, hardships, contact_time, state)
		  from records.declarations`,
	"needs": `
		select concat_ws('|', h.region, h.category, n.code, n.quantity, n.urgency, n.route)
		  from records.needs n
		  join records.households h on h.id = n.household_id`,
	"cohorts": `
		select concat_ws('|', tick, tuple, households, register)
		  from gate.cohorts`,
	"cards": `
		select concat_ws('|', tier, area, age, size, category, code, quantity, urgency, window_from, window_to, sentence_zh, sentence_en)
		  from exchange.cards`,
	"offers": `
		select concat_ws('|', g.name, g.state, o.kind, o.codes, o.areas, o.capacity, o.starts_on, o.ends_on)
		  from exchange.offers o
		  join exchange.organisations g on g.id = o.organisation_id`,
	"claims": `
		select concat_ws('|', g.name, k.area, k.code, c.units, c.state)
		  from exchange.claims c
		  join exchange.cards k on k.id = c.card_id
		  join exchange.organisations g on g.id = c.organisation_id`,
	"deliveries": `
		select concat_ws('|', g.name, d.units, d.minutes, d.result, d.delivered_on)
		  from exchange.deliveries d
		  join exchange.claims c on c.id = d.claim_id
		  join exchange.organisations g on g.id = c.organisation_id`,
	"chains": `
		select concat_ws('|', h.region, h.category, string_agg(e.kind, ' ' order by e.kind))
		  from records.chain_entries e
		  join records.households h on h.id = e.household_id
		 group by h.id, h.region, h.category`,
}

func TestTheSameSeedMakesTheSameCity(t *testing.T) {
	t.Parallel()
	one, first := load(t, 300, 7)
	two, second := load(t, 300, 7)
	for what, sql := range contents {
		t.Run(what, func(t *testing.T) {
			require.Empty(t, cmp.Diff(lines(t, one, sql), lines(t, two, sql)))
		})
	}
	t.Run("the account", func(t *testing.T) {
		for _, a := range []*demo.Account{&first, &second} {
			require.Positive(t, a.Claims)
			a.Seconds, a.Chain = 0, chain.Report{Chains: a.Chain.Chains, Entries: a.Chain.Entries}
		}
		require.Empty(t, cmp.Diff(first, second))
	})
	t.Run("another seed makes another city", func(t *testing.T) {
		other, _ := load(t, 40, 8)
		require.NotEqual(t, lines(t, one, contents["households"])[:20], lines(t, other, contents["households"])[:20])
	})
}

func lines(t *testing.T, db *pgtest.DB, sql string) []string {
	t.Helper()
	all, err := pg.Many[string](t.Context(), db.Admin, sql+" order by 1", pg.Args{})
	require.NoError(t, err)
	require.NotEmpty(t, all)
	return all
}
