package card_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/id"
	"shanqiao/internal/pgtest"
	"shanqiao/needs/card"
	"shanqiao/needs/deid"
	"shanqiao/needs/index"
	"shanqiao/needs/index/embedded"
	"shanqiao/needs/index/indextest"
)

// organisation puts an organisation into the exchange half and gives a member of it.
func organisation(t *testing.T, p *pgtest.DB, state string) actor.Member {
	t.Helper()
	by := actor.Member{Account: id.New(), Organisation: id.New()}
	_, err := p.Admin.Exec(t.Context(), `
		insert into exchange.organisations (id, name, credit_code, kind, district, state, decided_by)
		values ($1, $1, upper(translate(substr($1, 1, 18), 'ioszv', '01234')), 'charity', '110107', $2, 'x')`, by.Organisation, state)
	require.NoError(t, err)
	return by
}

// publish puts cards where the gate would put them, with the gate's own login.
func publish(t *testing.T, p *pgtest.DB, cards ...deid.Card) {
	t.Helper()
	for _, c := range cards {
		_, err := p.Pools.Gate.Exec(t.Context(), `
			insert into exchange.cards (id, tier, area, age, size, category, need_group, code, quantity, urgency,
			                            window_from, window_to, sentence_zh, sentence_en, tick, state, version)
			values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17)`,
			string(c.ID), string(c.Tier), c.Area, c.Age, c.Size, c.Category, string(c.Group), string(c.Code), c.Quantity,
			string(c.Urgency), c.WindowFrom, c.WindowTo, c.SentenceZh, c.SentenceEn, c.Tick, c.State, c.Version)
		require.NoError(t, err)
	}
}

func move(t *testing.T, p *pgtest.DB, c deid.CardID, set string) {
	t.Helper()
	tag, err := p.Admin.Exec(t.Context(), `update exchange.cards set `+set+`, version = version + 1, changed_at = now() where id = $1`, string(c))
	require.NoError(t, err)
	require.EqualValues(t, 1, tag.RowsAffected())
}

func tiers() index.Tiers {
	return index.Tiers{Public: embedded.New(deid.Public), Verified: embedded.New(deid.Verified)}
}

func names(cards []deid.Card) []string {
	out := []string{}
	for _, c := range cards {
		out = append(out, string(c.ID))
	}
	return out
}

func TestFor(t *testing.T) {
	t.Parallel()
	p := pgtest.New(t)
	db := p.Pools.Exchange
	verified := indextest.Cards(1, 1, deid.Verified)[0]
	public := indextest.Cards(1, 2, deid.Public)[0]
	direct := indextest.Cards(1, 3, deid.Direct)[0]
	direct.ID = deid.CardID(id.New())
	publish(t, p, verified, public, direct)
	ours, other := organisation(t, p, "verified"), organisation(t, p, "verified")
	_, err := p.Pools.Gate.Exec(t.Context(), `insert into exchange.card_recipients values ($1, $2)`, string(direct.ID), ours.Organisation)
	require.NoError(t, err)

	t.Run("a verified organisation reads a card as it was published", func(t *testing.T) {
		got, err := card.For(t.Context(), db, ours, string(verified.ID))
		require.NoError(t, err)
		require.Equal(t, verified, got)
	})
	t.Run("an organisation that is not verified now sees nothing", func(t *testing.T) {
		for _, state := range []string{"applied", "rejected", "suspended"} {
			by := organisation(t, p, state)
			_, err := card.For(t.Context(), db, by, string(verified.ID))
			require.Equal(t, fault.NotFound, fault.Of(err), state)
			scope, err := card.Scope(t.Context(), db, by)
			require.NoError(t, err)
			require.Equal(t, index.Scope{}, scope)
			many, err := card.Many(t.Context(), db, by, []string{string(verified.ID)})
			require.NoError(t, err)
			require.Empty(t, many)
		}
		_, err := card.For(t.Context(), db, actor.Member{}, string(verified.ID))
		require.Equal(t, fault.NotFound, fault.Of(err))
	})
	t.Run("a verified organisation may search the verified tier", func(t *testing.T) {
		scope, err := card.Scope(t.Context(), db, ours)
		require.NoError(t, err)
		require.Equal(t, deid.Verified, scope.Tier())
	})
	t.Run("a direct card is there for whom it was sent to", func(t *testing.T) {
		got, err := card.For(t.Context(), db, ours, string(direct.ID))
		require.NoError(t, err)
		require.Equal(t, direct.ID, got.ID)
		_, err = card.For(t.Context(), db, other, string(direct.ID))
		require.Equal(t, fault.NotFound, fault.Of(err))
		list, err := card.Direct(t.Context(), db, ours)
		require.NoError(t, err)
		require.Equal(t, []string{string(direct.ID)}, names(list))
		list, err = card.Direct(t.Context(), db, other)
		require.NoError(t, err)
		require.Empty(t, list)
	})
	t.Run("a visitor reads the public tier and no other", func(t *testing.T) {
		got, err := card.Public(t.Context(), db, string(public.ID))
		require.NoError(t, err)
		require.Empty(t, got.Code)
		for _, c := range []deid.Card{verified, direct} {
			_, err := card.Public(t.Context(), db, string(c.ID))
			require.Equal(t, fault.NotFound, fault.Of(err))
		}
	})
	t.Run("nonsense is not found, as is what never was", func(t *testing.T) {
		for _, odd := range []string{"", "1", "' or 1=1 --", id.New(), "\xff", string(verified.ID) + "a"} {
			_, err := card.For(t.Context(), db, ours, odd)
			require.Equal(t, fault.NotFound, fault.Of(err))
			_, err = card.Public(t.Context(), db, odd)
			require.Equal(t, fault.NotFound, fault.Of(err))
		}
	})
	t.Run("a closed card stays with the organisation that took it on, and with no other", func(t *testing.T) {
		_, err := p.Admin.Exec(t.Context(), `
			insert into exchange.claims (id, card_id, organisation_id, units, state, worker_id, made_by, due_at)
			values ($1, $2, $3, 1, 'in-progress', 'w', 'm', now())`, id.New(), string(verified.ID), ours.Organisation)
		require.NoError(t, err)
		move(t, p, verified.ID, "state = 'closed'")
		_, err = card.For(t.Context(), db, ours, string(verified.ID))
		require.NoError(t, err)
		_, err = card.For(t.Context(), db, other, string(verified.ID))
		require.Equal(t, fault.NotFound, fault.Of(err))
		_, err = p.Admin.Exec(t.Context(), `update exchange.claims set state = 'rejected'`)
		require.NoError(t, err)
		_, err = card.For(t.Context(), db, ours, string(verified.ID))
		require.Equal(t, fault.NotFound, fault.Of(err))
	})
}

func TestMany(t *testing.T) {
	t.Parallel()
	p := pgtest.New(t)
	by := organisation(t, p, "verified")
	all := indextest.Cards(5, 1, deid.Verified)
	public := indextest.Cards(2, 2, deid.Public)
	publish(t, p, append(all, public...)...)
	move(t, p, all[2].ID, "state = 'withdrawn'")
	t.Run("the order is the one asked for, and what may not be seen is left out", func(t *testing.T) {
		asked := []string{string(all[4].ID), string(all[2].ID), "nonsense", string(public[0].ID), string(all[0].ID), id.New()}
		got, err := card.Many(t.Context(), p.Pools.Exchange, by, asked)
		require.NoError(t, err)
		require.Equal(t, []string{string(all[4].ID), string(all[0].ID)}, names(got))
		got, err = card.PublicMany(t.Context(), p.Pools.Exchange, asked)
		require.NoError(t, err)
		require.Equal(t, []string{string(public[0].ID)}, names(got))
	})
	t.Run("nothing asked is nothing", func(t *testing.T) {
		got, err := card.Many(t.Context(), p.Pools.Exchange, by, nil)
		require.NoError(t, err)
		require.Empty(t, got)
	})
}

func TestFollower(t *testing.T) {
	t.Parallel()
	p := pgtest.New(t)
	db := p.Pools.Exchange
	verified, public := indextest.Cards(40, 1, deid.Verified), indextest.Cards(20, 2, deid.Public)
	direct := indextest.Cards(1, 3, deid.Direct)
	publish(t, p, verified[:30]...)
	publish(t, p, public...)
	publish(t, p, direct...)
	move(t, p, verified[29].ID, "state = 'closed'")
	// Two portals, each with an index of its own.
	one := &card.Follower{DB: db, Tiers: tiers(), Every: time.Millisecond}
	two := &card.Follower{DB: db, Tiers: tiers(), Every: time.Millisecond}
	for _, f := range []*card.Follower{one, two} {
		require.NoError(t, f.Load(t.Context()))
		require.Equal(t, 29, f.Tiers.Verified.Health(t.Context()).Docs)
		require.Equal(t, 20, f.Tiers.Public.Health(t.Context()).Docs)
	}
	holds := func(f *card.Follower, c deid.Card) bool {
		held, err := f.Tiers.Verified.Manifest(t.Context(), "", "", 1000)
		require.NoError(t, err)
		for _, d := range held {
			if d.ID == string(c.ID) {
				return true
			}
		}
		return false
	}
	t.Run("what is published, taken and taken down later is followed by each", func(t *testing.T) {
		publish(t, p, verified[30:]...)
		move(t, p, verified[0].ID, "state = 'withdrawn'")
		move(t, p, verified[1].ID, "committed = quantity")
		move(t, p, verified[29].ID, "state = 'open'")
		for _, f := range []*card.Follower{one, two} {
			require.NoError(t, f.Look(t.Context()))
			require.False(t, holds(f, verified[0]))
			require.True(t, holds(f, verified[1]), "what is taken stays until its cohort leaves")
			require.True(t, holds(f, verified[29]))
			require.True(t, holds(f, verified[39]))
			require.NoError(t, f.Look(t.Context()), "looking again changes nothing")
			require.Equal(t, 39, f.Tiers.Verified.Health(t.Context()).Docs)
		}
	})
	t.Run("a change whose transaction was long is still seen", func(t *testing.T) {
		_, err := p.Admin.Exec(t.Context(), `
			update exchange.cards set state = 'withdrawn', version = version + 1, changed_at = now() - interval '100 seconds'
			 where id = $1`, string(verified[5].ID))
		require.NoError(t, err)
		require.NoError(t, one.Look(t.Context()))
		require.False(t, holds(one, verified[5]))
	})
	t.Run("running, it looks by itself until it is stopped", func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { two.Run(ctx); close(done) }()
		move(t, p, verified[6].ID, "state = 'closed'")
		require.Eventually(t, func() bool { return !holds(two, verified[6]) }, 5*time.Second, 5*time.Millisecond)
		stop()
		<-done
	})
}

func TestReindex(t *testing.T) {
	t.Parallel()
	p := pgtest.New(t)
	db := p.Pools.Exchange
	c := indextest.Cards(1, 1, deid.Verified)[0]
	direct := indextest.Cards(1, 2, deid.Direct)[0]
	publish(t, p, c, direct)
	x := tiers()
	docs := func() int { return x.Verified.Health(t.Context()).Docs + x.Public.Health(t.Context()).Docs }

	t.Run("twice is as once", func(t *testing.T) {
		for range 2 {
			require.NoError(t, card.Reindex(t.Context(), db, x, string(c.ID)))
			require.Equal(t, 1, docs())
		}
	})
	t.Run("a direct card is in no index", func(t *testing.T) {
		require.NoError(t, card.Reindex(t.Context(), db, x, string(direct.ID)))
		require.Equal(t, 1, docs())
	})
	t.Run("a withdrawn card leaves", func(t *testing.T) {
		move(t, p, c.ID, "state = 'withdrawn'")
		require.NoError(t, card.Reindex(t.Context(), db, x, string(c.ID)))
		require.Zero(t, docs())
	})
	t.Run("what never was is not found", func(t *testing.T) {
		require.Equal(t, fault.NotFound, fault.Of(card.Reindex(t.Context(), db, x, id.New())))
		require.Equal(t, fault.NotFound, fault.Of(card.Reindex(t.Context(), db, x, "nonsense")))
	})
}

func TestReconcile(t *testing.T) {
	t.Parallel()
	p := pgtest.New(t)
	db := p.Pools.Exchange
	cards := indextest.Cards(30, 1, deid.Verified)
	publish(t, p, cards...)
	x := embedded.New(deid.Verified)
	_, err := card.Rebuild(t.Context(), db, x)
	require.NoError(t, err)
	d, err := card.Reconcile(t.Context(), db, x)
	require.NoError(t, err)
	require.False(t, d.Any())

	// One lost, one behind, one that Postgres took down, and one that it never had.
	stray := index.Document(indextest.Cards(1, 9, deid.Verified)[0])
	y := embedded.New(deid.Verified)
	fill := []index.Change{{ID: stray.ID, Version: 1, Doc: &stray}}
	for _, c := range cards[1:] {
		fill = append(fill, index.ChangeOf(c))
	}
	_, err = y.Apply(t.Context(), fill)
	require.NoError(t, err)
	move(t, p, cards[1].ID, "committed = 0")
	move(t, p, cards[2].ID, "state = 'withdrawn'")
	d, err = card.Reconcile(t.Context(), db, y)
	require.NoError(t, err)
	require.Equal(t, card.Drift{Missing: 1, Stale: 1, Orphans: 2, Held: 30, Wanted: 29, Buckets: d.Buckets}, d)
	require.LessOrEqual(t, d.Buckets, 4, "only the parts that differ are read card by card")
	d, err = card.Reconcile(t.Context(), db, y)
	require.NoError(t, err)
	require.False(t, d.Any(), "mended once, nothing is left to mend: %+v", d)

	t.Run("the same version with other words is put right", func(t *testing.T) {
		z := embedded.New(deid.Verified)
		_, err := card.Rebuild(t.Context(), db, z)
		require.NoError(t, err)
		other := index.Document(cards[5])
		other.Title = "旧的名字"
		_, err = z.Apply(t.Context(), []index.Change{{ID: other.ID, Version: other.Version, Doc: &other, Repair: true}})
		require.NoError(t, err)
		d, err := card.Reconcile(t.Context(), db, z)
		require.NoError(t, err)
		require.Equal(t, card.Drift{Stale: 1, Held: 29, Wanted: 29, Buckets: 1}, d)
		d, err = card.Reconcile(t.Context(), db, z)
		require.NoError(t, err)
		require.Zero(t, d.Buckets)
	})
	t.Run("an index that lost everything is built anew, and a card that it took for removed comes back", func(t *testing.T) {
		z := embedded.New(deid.Verified)
		_, err := z.Apply(t.Context(), []index.Change{{ID: string(cards[7].ID), Version: cards[7].Version, Delete: true}})
		require.NoError(t, err)
		d, err := card.Reconcile(t.Context(), db, z)
		require.NoError(t, err)
		require.True(t, d.Wiped)
		_, err = z.Apply(t.Context(), []index.Change{{ID: string(cards[7].ID), Version: cards[7].Version, Delete: true, Repair: true}})
		require.NoError(t, err)
		d, err = card.Reconcile(t.Context(), db, z)
		require.NoError(t, err)
		require.Equal(t, card.Drift{Missing: 1, Held: 28, Wanted: 29, Buckets: 1}, d)
		require.True(t, z.Holds(string(cards[7].ID)))
	})
}

func TestCount(t *testing.T) {
	t.Parallel()
	p := pgtest.New(t)
	publish(t, p, indextest.Cards(10, 1, deid.Public)...)
	got, err := card.Count(t.Context(), p.Pools.Exchange)
	require.NoError(t, err)
	require.Equal(t, card.Figures{Open: index.Figure{Few: true}}, got)
	publish(t, p, indextest.Cards(13, 2, deid.Public)...)
	got, err = card.Count(t.Context(), p.Pools.Exchange)
	require.NoError(t, err)
	require.Equal(t, index.Figure{N: 25}, got.Open, "23 is told as 25")
}
