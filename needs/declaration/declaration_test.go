package declaration_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/id"
	"shanqiao/internal/pgtest"
	"shanqiao/internal/secret"
	"shanqiao/needs/chain"
	"shanqiao/needs/declaration"
	"shanqiao/needs/household"
)

const (
	place    = "110101001"
	identity = "110101194912310024"
)

var (
	officer  = actor.Officer{Account: "officer-1", Level: actor.SubdistrictRole, Region: place}
	stranger = actor.Officer{Account: "officer-2", Level: actor.SubdistrictRole, Region: "110105001"}
)

// said is a declaration as the form sends it.
func said(change ...func(*declaration.Declaration)) declaration.Declaration {
	d := declaration.Declaration{
		RequestKey: id.New(), Hardships: []declaration.Hardship{"elder_care", "medical"}, People: 3, Elders: 1, Children: 1,
		Region: place, Name: "王桂英", Phone: "138 0013 8000", ContactTime: "morning", Words: "老伴行动不便。",
		Pledged: true, CheckAgreed: true,
	}
	for _, c := range change {
		c(&d)
	}
	return d
}

func withIdentity(d *declaration.Declaration) { d.Identity = identity }

func kinds(t *testing.T, p *pgtest.DB, household string) []chain.Kind {
	t.Helper()
	entries, err := chain.For(t.Context(), p.Pools.Records, officer, household)
	require.NoError(t, err)
	var all []chain.Kind
	for _, e := range entries {
		all = append(all, e.Kind)
	}
	return all
}

func facts(t *testing.T, p *pgtest.DB) int {
	t.Helper()
	var n int
	require.NoError(t, p.Admin.QueryRow(t.Context(),
		`select count(*) from records.outbox where kind = 'declaration.submitted'`).Scan(&n))
	return n
}

func households(t *testing.T, p *pgtest.DB) int {
	t.Helper()
	var n int
	require.NoError(t, p.Admin.QueryRow(t.Context(), `select count(*) from records.households`).Scan(&n))
	return n
}

func TestSubmit(t *testing.T) {
	t.Parallel()

	t.Run("a first declaration begins a household that its sender may follow", func(t *testing.T) {
		t.Parallel()
		p := pgtest.New(t)
		citizen := actor.Citizen{Account: "citizen-1"}
		got, err := declaration.Submit(t.Context(), p.Pools.Records, p.Keys, citizen, said())
		require.NoError(t, err)

		own, err := household.OfAccount(t.Context(), p.Pools.Records, citizen.Account)
		require.NoError(t, err)
		require.NotEmpty(t, own)
		require.Equal(t, []chain.Kind{chain.Registered, chain.Declared}, kinds(t, p, own))
		require.Equal(t, 1, facts(t, p))

		h, err := household.For(t.Context(), p.Pools.Records, p.Keys, officer, own)
		require.NoError(t, err)
		require.Equal(t, "王桂英", h.Head().Name.Reveal())
		require.Equal(t, "13800138000", h.Head().Phone.Reveal())
		require.Nil(t, h.Income, "unknown is not zero")

		r, err := declaration.ForOfficer(t.Context(), p.Pools.Records, p.Keys, officer, got)
		require.NoError(t, err)
		require.Equal(t, "老伴行动不便。", r.Words.Reveal())
		require.Equal(t, []declaration.Hardship{"medical", "elder_care"}, r.Hardships)
		require.True(t, r.Linked)
		require.Equal(t, declaration.PledgeVersion, r.Pledge)
		require.True(t, r.DueOn.After(time.Now()))
	})

	t.Run("the same form sent ten times at once is one declaration", func(t *testing.T) {
		t.Parallel()
		p := pgtest.New(t)
		citizen, d := actor.Citizen{Account: "citizen-1"}, said(withIdentity)
		ids := make([]declaration.ID, 10)
		var all sync.WaitGroup
		for i := range ids {
			all.Go(func() {
				got, err := declaration.Submit(t.Context(), p.Pools.Records, p.Keys, citizen, d)
				require.NoError(t, err)
				ids[i] = got
			})
		}
		all.Wait()
		for _, got := range ids {
			require.Equal(t, ids[0], got)
		}
		require.Equal(t, 1, facts(t, p))
		require.Equal(t, 1, households(t, p))
	})

	t.Run("somebody else's key is refused and tells nothing", func(t *testing.T) {
		t.Parallel()
		p := pgtest.New(t)
		d := said()
		_, err := declaration.Submit(t.Context(), p.Pools.Records, p.Keys, actor.Citizen{Account: "citizen-1"}, d)
		require.NoError(t, err)
		got, err := declaration.Submit(t.Context(), p.Pools.Records, p.Keys, actor.Citizen{Account: "citizen-2"}, d)
		require.Equal(t, fault.Invalid, fault.Of(err))
		require.Empty(t, got)
		require.Equal(t, 1, facts(t, p))
	})

	t.Run("one open declaration at a time", func(t *testing.T) {
		t.Parallel()
		p := pgtest.New(t)
		citizen := actor.Citizen{Account: "citizen-1"}
		_, err := declaration.Submit(t.Context(), p.Pools.Records, p.Keys, citizen, said())
		require.NoError(t, err)
		_, err = declaration.Submit(t.Context(), p.Pools.Records, p.Keys, citizen, said())
		require.Equal(t, fault.Conflict, fault.Of(err))
		require.Equal(t, "declaration.open_already", fault.As(err).Key)
	})

	t.Run("what is wrong is said field by field and nothing is written", func(t *testing.T) {
		t.Parallel()
		p := pgtest.New(t)
		cases := map[string]func(*declaration.Declaration){
			"hardships":    func(d *declaration.Declaration) { d.Hardships = []declaration.Hardship{"gold"} },
			"people":       func(d *declaration.Declaration) { d.People = 0 },
			"elders":       func(d *declaration.Declaration) { d.Elders = 4 },
			"children":     func(d *declaration.Declaration) { d.Elders, d.Children = 2, 2 },
			"region":       func(d *declaration.Declaration) { d.Region = "110101999" },
			"name":         func(d *declaration.Declaration) { d.Name = "  " },
			"identity":     func(d *declaration.Declaration) { d.Identity = "110101194912310021" },
			"phone":        func(d *declaration.Declaration) { d.Phone = "" },
			"words":        func(d *declaration.Declaration) { d.Words = secret.String(strings.Repeat("难", 501)) },
			"contact_time": func(d *declaration.Declaration) { d.ContactTime = "midnight" },
			"pledged":      func(d *declaration.Declaration) { d.Pledged = false },
			"check_agreed": func(d *declaration.Declaration) { d.CheckAgreed = false },
			"request_key":  func(d *declaration.Declaration) { d.RequestKey = "x" },
		}
		for field, change := range cases {
			_, err := declaration.Submit(t.Context(), p.Pools.Records, p.Keys, actor.Citizen{Account: "c"}, said(change))
			require.Equal(t, fault.Invalid, fault.Of(err), field)
			require.Contains(t, fault.As(err).Fields, field)
			require.Len(t, fault.As(err).Fields, 1, field)
		}
		_, err := declaration.Submit(t.Context(), p.Pools.Records, p.Keys, actor.Citizen{Account: "c"},
			said(func(d *declaration.Declaration) { d.Words = "a\xff" }))
		require.Contains(t, fault.As(err).Fields, "words")
		require.Zero(t, households(t, p))
		require.Zero(t, facts(t, p))
	})

	t.Run("control characters are dropped from the words, and the lines are kept", func(t *testing.T) {
		t.Parallel()
		p := pgtest.New(t)
		got, err := declaration.Submit(t.Context(), p.Pools.Records, p.Keys, actor.Citizen{Account: "c"},
			said(func(d *declaration.Declaration) { d.Words = "一\x00\r\n二\u202e\t<b>" }))
		require.NoError(t, err)
		r, err := declaration.ForOfficer(t.Context(), p.Pools.Records, p.Keys, officer, got)
		require.NoError(t, err)
		require.Equal(t, "一\n二<b>", r.Words.Reveal())
	})

	t.Run("a member of an organisation cannot declare", func(t *testing.T) {
		t.Parallel()
		p := pgtest.New(t)
		_, err := declaration.Submit(t.Context(), p.Pools.Records, p.Keys, actor.Member{Account: "m"}, said())
		require.Equal(t, fault.Forbidden, fault.Of(err))
	})
}

func TestFollow(t *testing.T) {
	t.Parallel()
	p := pgtest.New(t)
	citizen, other := actor.Citizen{Account: "citizen-1"}, actor.Citizen{Account: "citizen-2"}
	got, err := declaration.Submit(t.Context(), p.Pools.Records, p.Keys, citizen, said())
	require.NoError(t, err)
	own, err := household.OfAccount(t.Context(), p.Pools.Records, citizen.Account)
	require.NoError(t, err)
	citizen.Household = own

	t.Run("the sender sees it with who acts next, and nobody else does", func(t *testing.T) {
		all, err := declaration.Mine(t.Context(), p.Pools.Records, citizen)
		require.NoError(t, err)
		require.Len(t, all, 1)
		require.True(t, all[0].Followed)
		require.Equal(t, "subdistrict", all[0].Next().Who)
		require.Equal(t, all[0].DueOn, all[0].Next().By)
		all, err = declaration.Mine(t.Context(), p.Pools.Records, other)
		require.NoError(t, err)
		require.Empty(t, all)
		_, err = declaration.For(t.Context(), p.Pools.Records, other, got)
		require.Equal(t, fault.NotFound, fault.Of(err))
		_, err = declaration.For(t.Context(), p.Pools.Records, citizen, "../../etc")
		require.Equal(t, fault.NotFound, fault.Of(err))
		require.Equal(t, fault.NotFound, fault.Of(declaration.Withdraw(t.Context(), p.Pools.Records, other, got)))
	})

	t.Run("an officer of another subdistrict neither sees nor moves it", func(t *testing.T) {
		rows, err := declaration.Worklist(t.Context(), p.Pools.Records, stranger, declaration.Filter{})
		require.NoError(t, err)
		require.Empty(t, rows)
		_, err = declaration.ForOfficer(t.Context(), p.Pools.Records, p.Keys, stranger, got)
		require.Equal(t, fault.NotFound, fault.Of(err))
		require.Equal(t, fault.NotFound, fault.Of(declaration.Accept(t.Context(), p.Pools.Records, stranger, got)))
	})

	t.Run("it is accepted once and then closed for a reason, each on the chain", func(t *testing.T) {
		require.NoError(t, declaration.Accept(t.Context(), p.Pools.Records, officer, got))
		require.Equal(t, fault.Conflict, fault.Of(declaration.Accept(t.Context(), p.Pools.Records, officer, got)))
		require.Equal(t, fault.Invalid, fault.Of(declaration.Close(t.Context(), p.Pools.Records, officer, got, "because")))
		require.NoError(t, declaration.Close(t.Context(), p.Pools.Records, officer, got, "helped"))
		require.Equal(t, fault.Conflict, fault.Of(declaration.Withdraw(t.Context(), p.Pools.Records, citizen, got)))
		require.Equal(t, []chain.Kind{chain.Registered, chain.Declared, chain.DeclarationAccepted, chain.DeclarationClosed}, kinds(t, p, own))
	})

	t.Run("after it is closed the citizen may declare again and take it back", func(t *testing.T) {
		again, err := declaration.Submit(t.Context(), p.Pools.Records, p.Keys, citizen, said())
		require.NoError(t, err)
		require.NoError(t, declaration.Withdraw(t.Context(), p.Pools.Records, citizen, again))
		require.Equal(t, fault.Conflict, fault.Of(declaration.Withdraw(t.Context(), p.Pools.Records, citizen, again)))
		all, err := declaration.Mine(t.Context(), p.Pools.Records, citizen)
		require.NoError(t, err)
		require.Equal(t, []declaration.ID{again, got}, []declaration.ID{all[0].ID, all[1].ID})
	})
}

func TestNothingPersonalIsReadableAtRest(t *testing.T) {
	t.Parallel()
	p := pgtest.New(t)
	_, err := declaration.Submit(t.Context(), p.Pools.Records, p.Keys, actor.Citizen{Account: "c"}, said(withIdentity))
	require.NoError(t, err)
	for _, table := range []string{"households", "members", "declarations", "chain_entries", "outbox"} {
		var all string
		require.NoError(t, p.Admin.QueryRow(t.Context(),
			`select coalesce(string_agg(t::text || encode(t::text::bytea, 'hex'), ' '), '') from records.`+table+` t`).Scan(&all))
		for _, canary := range []string{"王桂英", identity, "13800138000", "老伴"} {
			require.NotContains(t, all, canary, table)
			require.NotContains(t, all, fmt.Sprintf("%x", canary), table)
		}
	}
}
