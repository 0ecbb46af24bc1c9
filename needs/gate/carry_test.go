package gate_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/charities/claim"
	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/id"
	"shanqiao/internal/pg"
	"shanqiao/internal/pgtest"
	"shanqiao/matcher"
	"shanqiao/needs"
	"shanqiao/needs/deid"
	"shanqiao/needs/gate"
	"shanqiao/needs/outcome"
)

// TestRuledOutStaysOut publishes cards, has organisations ruled out in each way that
// there is, takes the cards down and publishes the needs again.
func TestRuledOutStaysOut(t *testing.T) {
	t.Parallel()
	p := pgtest.New(t)
	ctx := t.Context()
	exec := func(sql string, args ...any) {
		t.Helper()
		_, err := p.Admin.Exec(ctx, sql, args...)
		require.NoError(t, err)
	}
	made := 0
	provider := func() (organisation, offer string) { // the offer has the organisation's id
		made++
		o := id.New()
		exec(`insert into exchange.organisations (id, name, credit_code, kind, district, state, decided_by)
		      values ($1, $1, $2, 'charity', '110107', 'verified', 'district')`, o, fmt.Sprintf("53110000%010d", made))
		exec(`insert into exchange.contracts (id, organisation_id, district, number, code, unit_price_fen, units, starts_on, ends_on, created_by)
		      values ($1, $1, '110107', $1, 'bathing', 100, 10, $2::date, $2::date + 300, 'officer')`, o, day)
		exec(`insert into exchange.offers (id, kind, organisation_id, contract_id, codes, areas, capacity, starts_on, ends_on)
		      values ($1, 'purchased', $1, $1, '{bathing}', '{110107}', 10, $2::date, $2::date + 300)`, o, day)
		return o, o
	}
	all := settle(t, p.Admin, "110107001", "bathing", 3, 24)
	_, err := tick(ctx, p, deid.Verified)
	require.NoError(t, err)
	cardOf := func(need needs.ID) string {
		card, err := pg.One[string](ctx, p.Admin, nil, `
			select card_id from records.listings where need_id = @need and closed_at is null`, pg.Args{"need": need})
		require.NoError(t, err)
		return card
	}
	claimed := func(by, reason string) string {
		o, _ := provider()
		exec(`insert into exchange.claims (id, card_id, organisation_id, units, state, declined_by, reason, worker_id, made_by, due_at)
		      values ($1, $2, $3, 1, 'cancelled', $4, $5, 'w', 'm', now())`, id.New(), cardOf(all[0]), o, by, reason)
		return o
	}
	overruled := func(reason string) string {
		o, _ := provider()
		exec(`insert into exchange.overrulings (card_id, offer_id, reason, by) values ($1, $2, $3, 'officer')`, cardOf(all[0]), o, reason)
		return o
	}
	declined := func(reason string) string {
		o, _ := provider()
		exec(`insert into exchange.proposals (card_id, offer_id, units, score, parts, trace, state, reason)
		      values ($1, $2, 1, 1, '[]', '{}', 'declined', $3)`, cardOf(all[0]), o, reason)
		return o
	}
	out := map[string]string{
		claimed("household", "household_declined"): "", claimed("staff", "conflict_of_interest"): "",
		overruled("safety"): "", overruled("family_out"): "", declined("related"): "",
	}
	unsuited := overruled("unsuited")
	out[unsuited] = unsuited
	lifted := overruled("conflict")
	exec(`update exchange.overrulings set lifted_by = 'officer', lifted_at = now() where offer_id = $1`, lifted)
	claimed("provider", "no_capacity") // gave it back
	claimed("system", "not_decided")
	claimed("staff", "help_already_given") // about the need, not about them
	declined("too_far")
	overruled("sooner") // put first
	require.Zero(t, count(t, p.Admin, `select count(*)::int from exchange.card_exclusions`), "nothing was carried to a first card")

	again := func() {
		t.Helper()
		require.NoError(t, gate.Withdraw(ctx, p.Pools.Gate, all[0]))
		for range 2 {
			exec(`update records.listings set closed_at = closed_at - interval '1 second' where closed_at is not null`)
			_, err := tick(ctx, p, deid.Verified)
			require.NoError(t, err)
		}
	}
	again()
	type row struct{ OrganisationID, OfferID string }
	at := func(card string) map[string]string {
		rows, err := pg.Many[row](ctx, p.Admin, `
			select organisation_id, offer_id from exchange.card_exclusions where card_id = @card`, pg.Args{"card": card})
		require.NoError(t, err)
		got := map[string]string{}
		for _, r := range rows {
			got[r.OrganisationID] = r.OfferID
		}
		return got
	}
	second := cardOf(all[0])
	require.Equal(t, out, at(second))

	// The same of every card of the cohort, so that it tells of none whose it is.
	cohort, err := pg.Many[string](ctx, p.Admin, `
		select card_id from gate.snapshots
		 where cohort_id = (select cohort_id from gate.snapshots where card_id = @card)`, pg.Args{"card": second})
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(cohort), 5)
	for _, card := range cohort {
		require.Equal(t, out, at(card))
	}
	require.Equal(t, len(out)*len(cohort), count(t, p.Admin, `select count(*)::int from exchange.card_exclusions`), "and of no other")
	// So nobody who was ruled out is suggested there, or can take any of it; others are.
	for _, card := range cohort {
		require.NoError(t, matcher.Propose(ctx, p.Pools.Exchange, deid.CardID(card), day))
	}
	proposed, err := pg.Many[string](ctx, p.Admin, `
		select distinct o.organisation_id
		  from exchange.proposals p
		  join exchange.offers o on o.id = p.offer_id
		 where p.card_id = any(@cards)`, pg.Args{"cards": cohort})
	require.NoError(t, err)
	require.NotEmpty(t, proposed)
	for o, offer := range out {
		require.NotContains(t, proposed, o)
		by := actor.Member{Account: id.New(), Organisation: o, Name: "x"}
		_, err := claim.Take(ctx, p.Pools.Exchange, by, claim.Request{Card: second, Offer: o, Units: 1, Worker: by.Account, RequestKey: id.New()})
		require.ErrorIs(t, err, fault.New(fault.Conflict, "claim.left_to_others"), "with its offer %s", offer)
	}
	other := cohort[0]
	if other == second {
		other = cohort[1] // what is promised of this need would keep it from being published again
	}
	by := actor.Member{Account: id.New(), Organisation: lifted, Name: "x"}
	_, err = claim.Take(ctx, p.Pools.Exchange, by, claim.Request{Card: other, Units: 1, Worker: by.Account, RequestKey: id.New()})
	require.NoError(t, err, "what was taken back is not carried")
	columns, err := pg.Many[string](ctx, p.Admin, `
		select attname::text from pg_attribute
		 where attrelid = 'exchange.card_exclusions'::regclass and attnum > 0 order by attnum`, pg.Args{})
	require.NoError(t, err)
	require.Equal(t, []string{"card_id", "organisation_id", "offer_id"}, columns, "no day, no person, no reason")
	_, err = p.Pools.Exchange.Exec(ctx, `select from records.need_exclusions`)
	require.ErrorContains(t, err, "42501", "the exchange half does not read whose it was")
	_, err = p.Pools.Exchange.Exec(ctx, `insert into exchange.card_exclusions values ($1, $2)`, second, unsuited)
	require.ErrorContains(t, err, "42501")

	// The records half knows which need it was, and its chain says so.
	require.Equal(t, len(out), count(t, p.Admin, `select count(*)::int from records.need_exclusions where need_id = '`+string(all[0])+`'`))
	require.Equal(t, len(out), count(t, p.Admin, `select count(*)::int from records.need_exclusions`))
	exec(`insert into records.chain_heads (household_id, link) select household_id, $2 from records.needs where id = $1`, all[0], make([]byte, 32))
	require.NoError(t, pg.As(ctx, p.Pools.Records, actor.System{Name: "bridge"}.Reach(), func(tx pg.DB) error {
		return outcome.Listed(ctx, tx, second)
	}))
	require.Equal(t, 1, count(t, p.Admin, fmt.Sprintf(`
		select count(*)::int from records.chain_entries where payload::jsonb @> '{"away": %d}'`, len(out))))

	again()
	require.NotEqual(t, second, cardOf(all[0]))
	require.Equal(t, out, at(cardOf(all[0])), "and a third time")

	here := actor.Officer{Account: "officer", Level: actor.SubdistrictRole, Region: "110107001"}
	for o, offer := range out {
		if offer != "" {
			continue // the organisation may help with another of its offers
		}
		_, err := gate.SendDirect(ctx, p.Pools.Gate, here, all[0], []string{lifted, o}, day)
		require.ErrorIs(t, err, fault.New(fault.Invalid, "direct.ruled_out"), "nor is it sent to them directly")
	}
	direct, err := gate.SendDirect(ctx, p.Pools.Gate, here, all[0], []string{lifted}, day)
	require.NoError(t, err)
	require.Equal(t, out, at(string(direct)))
}
