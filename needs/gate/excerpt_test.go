package gate_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/pg"
	"shanqiao/internal/pgtest"
	"shanqiao/needs"
	"shanqiao/needs/deid"
	"shanqiao/needs/deid/excerpt"
	"shanqiao/needs/gate"
)

func TestAnExcerptGoesWithItsCardOnceAndOnTheVerifiedTierAlone(t *testing.T) {
	t.Parallel()
	p := pgtest.New(t)
	settle(t, p.Admin, "110105015", "bathing", 3, 60)
	all, err := pg.Many[needs.ID](t.Context(), p.Admin, `select id from records.needs order by id`, pg.Args{})
	require.NoError(t, err)
	approve := func(need needs.ID, text string, hash []byte) {
		_, err := p.Admin.Exec(t.Context(), `
			insert into records.notes (need_id, household_id, region, note_sealed, written_by, state, excerpt, hash, decided_by, decided_at)
			select id, household_id, region, 'sealed', 'first', 'approved', @text, @hash, 'second', now() from records.needs where id = @need`,
			pg.Args{"need": need, "text": text, "hash": hash})
		require.NoError(t, err)
	}
	for _, n := range all[:30] {
		approve(n, "每周两次。", excerpt.Approval("每周两次。"))
	}
	approve(all[30], "另一段话。", excerpt.Approval("每周两次。"))
	texts := `select count(*)::int from exchange.card_excerpts`
	tick := func(tier deid.Tier) {
		_, err := gate.Tick(t.Context(), p.Pools.Gate, tier, day, deid.Defaults(tier))
		require.NoError(t, err)
	}

	tick(deid.Public)
	require.Zero(t, count(t, p.Admin, texts), "the public tier has none")
	exec(t, p, `insert into records.excerpt_districts (district, enabled, source, since, set_by)
	            values ('110105', true, 'x', '2020-01-01', 'x'), ('110101', true, 'x', '2020-01-01', 'x')`)
	tick(deid.Verified)
	shown := count(t, p.Admin, texts)
	require.Positive(t, shown)
	require.Equal(t, shown, count(t, p.Admin, `select count(*)::int from records.notes where state = 'used'`))
	require.Equal(t, shown, count(t, p.Admin, `
		select count(*)::int from exchange.card_excerpts x
		  join exchange.cards c on c.id = x.card_id and c.tier = 'verified'
		  join records.listings l on l.card_id = c.id
		  join records.notes n on n.need_id = l.need_id and n.excerpt = x.text`), "each beside the card of its own need")
	require.Zero(t, count(t, p.Admin, `select count(*)::int from exchange.card_excerpts where text = '另一段话。'`),
		"an approval of another text is void")

	first, err := pg.One[needs.ID](t.Context(), p.Admin, nil, `select min(need_id) from records.notes where state = 'used'`, pg.Args{})
	require.NoError(t, err)
	require.NoError(t, gate.Withdraw(t.Context(), p.Pools.Gate, first))
	require.Zero(t, count(t, p.Admin, `
		select count(*)::int from exchange.card_excerpts x join exchange.cards c on c.id = x.card_id where c.state <> 'open'`),
		"the text goes with its card")
	require.Less(t, count(t, p.Admin, texts), shown)
	for range 3 {
		tick(deid.Verified)
	}
	require.Equal(t, shown, count(t, p.Admin, `select count(*)::int from records.notes where state = 'used'`))
	require.Less(t, count(t, p.Admin, texts), shown, "a card of the same need does not show it again")

	_, err = p.Pools.Exchange.Exec(t.Context(), `update exchange.cards set state = 'closed' where id = (select min(card_id) from exchange.card_excerpts)`)
	require.NoError(t, err, "a claim that closes a card takes the text away as well")
	require.Zero(t, count(t, p.Admin, `
		select count(*)::int from exchange.card_excerpts x join exchange.cards c on c.id = x.card_id where c.state <> 'open'`))
}

func TestAnExcerptWaitsWhereTheDistrictIsOff(t *testing.T) {
	t.Parallel()
	p := pgtest.New(t)
	settle(t, p.Admin, "110105015", "bathing", 3, 60)
	exec(t, p, `insert into records.excerpt_districts (district, enabled, source, since, set_by)
	            values ('110105', true, 'x', '2020-01-01', 'x'), ('110105', false, 'x', '2020-01-02', 'x'), ('110105', true, 'x', '2999-01-01', 'x')`)
	_, err := p.Admin.Exec(t.Context(), `
		insert into records.notes (need_id, household_id, region, note_sealed, written_by, state, excerpt, hash, decided_by, decided_at)
		select id, household_id, region, 'sealed', 'first', 'approved', '每周两次。', @hash, 'second', now() from records.needs`,
		pg.Args{"hash": excerpt.Approval("每周两次。")})
	require.NoError(t, err)
	_, err = gate.Tick(t.Context(), p.Pools.Gate, deid.Verified, day, deid.Defaults(deid.Verified))
	require.NoError(t, err)
	require.Positive(t, count(t, p.Admin, `select count(*)::int from exchange.cards`))
	require.Zero(t, count(t, p.Admin, `select count(*)::int from exchange.card_excerpts`))
}
