package index_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/fault"
	"shanqiao/internal/pg"
	"shanqiao/internal/pgtest"
	"shanqiao/needs/deid"
	"shanqiao/needs/index"
	"shanqiao/needs/index/embedded"
	"shanqiao/needs/index/indextest"
)

// desk is a tier with cards on it and a budget on top.
func desk(t *testing.T, b *index.Budget) index.Tiers {
	t.Helper()
	tiers := index.Tiers{Public: embedded.New(deid.Public), Verified: embedded.New(deid.Verified), Budget: b}
	for tier, x := range map[deid.Tier]index.Index{deid.Public: tiers.Public, deid.Verified: tiers.Verified} {
		var changes []index.Change
		for _, c := range indextest.Cards(400, 1, tier) {
			changes = append(changes, index.ChangeOf(c))
		}
		_, err := x.Apply(t.Context(), changes)
		require.NoError(t, err)
	}
	return tiers
}

func in(f index.Field, codes ...string) index.Cond { return index.In{Field: f, Codes: codes} }

// narrowing is a question that no other number asks.
func narrowing(n int) index.Query {
	return index.Query{Limit: 5, Must: []index.Cond{in(index.Age, fmt.Sprintf("v%d", n))}}
}

func TestBudget(t *testing.T) {
	t.Parallel()
	p := pgtest.New(t)
	b := &index.Budget{DB: p.Pools.Exchange, Key: []byte("a key for tests"), Now: time.Now}
	tiers := desk(t, b)
	ask := func(t *testing.T, reader string, q index.Query) error {
		t.Helper()
		_, err := tiers.Find(t.Context(), index.VerifiedReader().As(reader), q)
		return err
	}
	alarms := func(t *testing.T, account string) (out []index.Alarm) {
		t.Helper()
		all, err := index.Alarms(t.Context(), p.Pools.Exchange, 100)
		require.NoError(t, err)
		for _, a := range all {
			if a.Account == account {
				out = append(out, a)
			}
		}
		return out
	}
	t.Run("too many different questions are refused, with how long to wait, and noted", func(t *testing.T) {
		var err error
		asked := 0
		for ; err == nil && asked < 200; asked++ {
			err = ask(t, "eager", narrowing(asked))
		}
		require.ErrorIs(t, err, index.ErrSlow)
		require.Equal(t, 91, asked)
		require.Equal(t, fault.TooMany, fault.Of(err))
		require.Equal(t, 10, fault.As(err).Data["minutes"])
		require.Equal(t, "budget", alarms(t, "eager")[0].Pattern)
		require.NoError(t, ask(t, "eager", narrowing(0)), "what was asked before may be asked again")
		require.NoError(t, ask(t, "eager", index.Query{Limit: 5}), "looking at all costs nothing")
		require.NoError(t, ask(t, "another", narrowing(1000)), "each reader has a budget of one's own")
		_, err = p.Admin.Exec(t.Context(), `update exchange.search_questions set at = at - interval '11 minutes'`)
		require.NoError(t, err)
		require.NoError(t, ask(t, "eager", narrowing(500)), "later there is more")
	})
	t.Run("a day has its own limit", func(t *testing.T) {
		_, err := p.Admin.Exec(t.Context(), `
			insert into exchange.search_questions (reader, question, families, at)
			select s.reader, n::text::bytea, '{}', now() - interval '20 hours'
			  from (select distinct reader from exchange.search_questions where reader = (
			         select reader from exchange.search_alarms where account_id = 'eager')) s, generate_series(1, 600) n`)
		require.NoError(t, err)
		err = ask(t, "eager", narrowing(501))
		require.ErrorIs(t, err, index.ErrSlow)
		require.Equal(t, 4*60, fault.As(err).Data["minutes"])
	})
	t.Run("the same question in another order, its pages and its sorts are one", func(t *testing.T) {
		for i := range 200 {
			q := index.Query{Limit: 5, Offset: i % 10 * 5, Sort: index.Sort(i % 4), Must: []index.Cond{
				in(index.Group, "care", "living"), in(index.Urgency, "soon")}}
			if i%2 == 0 {
				q.Must = []index.Cond{in(index.Urgency, "soon"), in(index.Group, "living", "care")}
			}
			require.NoError(t, ask(t, "steady", q))
		}
		require.Empty(t, alarms(t, "steady"))
	})
	t.Run("who changes one condition again and again raises an alarm", func(t *testing.T) {
		base := []index.Cond{in(index.Area, "110107"), in(index.Group, "care")}
		for _, c := range []index.Cond{in(index.Age, "80+"), in(index.Age, "60-79"), in(index.Age, "18-59"), in(index.Age, "0-17"),
			in(index.Size, "1-2"), in(index.Size, "3+"), in(index.Category, "near"), in(index.Category, "guaranteed"),
			in(index.Urgency, "urgent"), in(index.Urgency, "soon"), in(index.Urgency, "open"), index.Not{Of: in(index.Urgency, "open")}} {
			require.NoError(t, ask(t, "cutter", index.Query{Limit: 5, Must: append(base[:2:2], c)}))
		}
		got := alarms(t, "cutter")
		require.NotEmpty(t, got)
		require.Equal(t, "bisecting", got[0].Pattern)
		require.Equal(t, "area, group", got[0].Fields)
		require.GreaterOrEqual(t, got[0].Few, 5)
	})
	t.Run("who looks through every district and kind of help does not", func(t *testing.T) {
		for _, area := range []string{"110101", "110105", "110107", "110108"} {
			for _, urgency := range []string{"urgent", "soon", "open"} {
				require.NoError(t, ask(t, "clerk", index.Query{Limit: 5, Must: []index.Cond{in(index.Area, area, "110000", "zone:central"), in(index.Urgency, urgency)}}))
			}
		}
		require.Empty(t, alarms(t, "clerk"))
	})
	t.Run("words are conditions: spelling a card out word by word raises an alarm", func(t *testing.T) {
		for _, w := range []string{"助浴", "送餐", "轮椅", "陪诊", "代购", "读报", "棉被", "康复", "打扫", "聊天", "辅导", "法律"} {
			require.NoError(t, ask(t, "speller", index.Query{Limit: 5, Text: "石景山 " + w}))
		}
		require.NotEmpty(t, alarms(t, "speller"))
		require.Equal(t, "text", alarms(t, "speller")[0].Fields)
	})
	t.Run("a visitor has more room, and an alarm names nobody", func(t *testing.T) {
		for i := range 24 {
			_, err := tiers.Find(t.Context(), index.Anyone().As("198.51.100.7"), index.Query{Limit: 5,
				Must: []index.Cond{in(index.Group, "care"), in(index.Age, fmt.Sprintf("v%d", i))}})
			require.NoError(t, err)
		}
		require.Len(t, alarms(t, ""), 1)
		var named bool
		require.NoError(t, p.Admin.QueryRow(t.Context(), `
			select exists (select from exchange.search_questions q where q::text like '%198.51%' or q::text like '%care%')
			    or exists (select from exchange.search_alarms a where a::text like '%198.51%')`).Scan(&named))
		require.False(t, named, "neither who asked nor what is written down")
	})
	t.Run("yesterday's questions are forgotten", func(t *testing.T) {
		_, err := p.Admin.Exec(t.Context(), `update exchange.search_questions set at = now() - interval '25 hours'`)
		require.NoError(t, err)
		require.NoError(t, index.Forget(t.Context(), p.Pools.Exchange))
		n, err := pg.One[int](t.Context(), p.Admin, nil, `select count(*)::int from exchange.search_questions`, pg.Args{})
		require.NoError(t, err)
		require.Zero(t, n)
	})
}

func TestBudgetWithoutItsStore(t *testing.T) {
	t.Parallel()
	p := pgtest.New(t)
	_, err := p.Admin.Exec(t.Context(), `drop table exchange.search_questions`)
	require.NoError(t, err)
	now, failures := time.Date(2026, 11, 1, 8, 0, 0, 0, time.UTC), 0
	tiers := desk(t, &index.Budget{DB: p.Pools.Exchange, Key: []byte("k"), Now: func() time.Time { return now }, Failed: func(error) { failures++ }})
	find := func(n int) error {
		r, err := tiers.Find(t.Context(), index.VerifiedReader().As("a"), index.Query{Limit: 5, Must: []index.Cond{
			index.Not{Of: in(index.Age, fmt.Sprintf("v%d", n))}}})
		require.True(t, err != nil || len(r.IDs) == 5)
		return err
	}
	for i := range 90 / 4 {
		require.NoError(t, find(i), "searches answer")
	}
	require.ErrorIs(t, find(99), index.ErrSlow, "within a quarter of the budget")
	require.Equal(t, 10, fault.As(find(99)).Data["minutes"])
	require.NoError(t, find(3), "what was asked before may be asked again")
	now = now.Add(11 * time.Minute)
	require.NoError(t, find(99))
	require.NotZero(t, failures)
}
