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

func TestAttach(t *testing.T) {
	t.Parallel()

	// known registers a household with the identity number, as an officer does.
	known := func(t *testing.T, p *pgtest.DB) string {
		t.Helper()
		h, err := household.Register(t.Context(), p.Pools.Records, p.Keys, officer, household.New{Region: place,
			Members: []household.Member{{Name: "王桂英", Identity: identity, Phone: "13900139000"}}})
		require.NoError(t, err)
		return h
	}

	t.Run("an identity number on record attaches silently and links nothing", func(t *testing.T) {
		t.Parallel()
		p := pgtest.New(t)
		h, citizen := known(t, p), actor.Citizen{Account: "citizen-1"}
		got, err := declaration.Submit(t.Context(), p.Pools.Records, p.Keys, citizen, said(withIdentity,
			func(d *declaration.Declaration) { d.Region = "110105001" }))
		require.NoError(t, err)
		require.Equal(t, 1, households(t, p))
		require.Equal(t, []chain.Kind{chain.Registered, chain.Declared}, kinds(t, p, h))

		own, err := household.OfAccount(t.Context(), p.Pools.Records, citizen.Account)
		require.NoError(t, err)
		require.Empty(t, own, "an identity number is no proof of who types it")
		s, err := declaration.For(t.Context(), p.Pools.Records, citizen, got)
		require.NoError(t, err)
		require.False(t, s.Followed)
		require.Equal(t, "110105001", s.SaidRegion, "the citizen sees the place that was typed, not the one on record")
		record, err := household.For(t.Context(), p.Pools.Records, p.Keys, officer, h)
		require.NoError(t, err)
		require.Equal(t, "13900139000", record.Head().Phone.Reveal(), "a stranger's phone does not replace the one on record")

		require.NoError(t, household.Link(t.Context(), p.Pools.Records, officer, h, got.String()))
		own, err = household.OfAccount(t.Context(), p.Pools.Records, citizen.Account)
		require.NoError(t, err)
		require.Equal(t, h, own)
		err = household.Link(t.Context(), p.Pools.Records, officer, h, got.String())
		require.Equal(t, fault.Conflict, fault.Of(err))
	})

	t.Run("a stranger cannot learn that a family has an open declaration", func(t *testing.T) {
		t.Parallel()
		p := pgtest.New(t)
		first, err := declaration.Submit(t.Context(), p.Pools.Records, p.Keys, actor.Citizen{Account: "citizen-1"}, said(withIdentity))
		require.NoError(t, err)
		second, err := declaration.Submit(t.Context(), p.Pools.Records, p.Keys, actor.Citizen{Account: "citizen-2"}, said(withIdentity))
		require.NoError(t, err, "the answer must be the same as for an unknown number")
		a, err := declaration.ForOfficer(t.Context(), p.Pools.Records, p.Keys, officer, first)
		require.NoError(t, err)
		b, err := declaration.ForOfficer(t.Context(), p.Pools.Records, p.Keys, officer, second)
		require.NoError(t, err)
		require.Equal(t, a.Household, b.Twin, "the officer is told")
		require.NotEqual(t, a.Household, b.Household)
	})

	t.Run("an officer files for a household in reach and for no other", func(t *testing.T) {
		t.Parallel()
		p := pgtest.New(t)
		h := known(t, p)
		at := func(d *declaration.Declaration) { d.Household, d.Phone = h, "" }
		_, err := declaration.Submit(t.Context(), p.Pools.Records, p.Keys, stranger, said(at))
		require.Equal(t, fault.NotFound, fault.Of(err))
		_, err = declaration.Submit(t.Context(), p.Pools.Records, p.Keys, stranger, said(withIdentity))
		require.Equal(t, "declaration.household_elsewhere", fault.As(err).Key)
		_, err = declaration.Submit(t.Context(), p.Pools.Records, p.Keys, stranger, said())
		require.Equal(t, fault.Forbidden, fault.Of(err), "a place out of reach")
		got, err := declaration.Submit(t.Context(), p.Pools.Records, p.Keys, officer, said(at))
		require.NoError(t, err)
		r, err := declaration.ForOfficer(t.Context(), p.Pools.Records, p.Keys, officer, got)
		require.NoError(t, err)
		require.Equal(t, "counter", r.Channel)
		require.Equal(t, officer.Account, r.Helper)
		require.Equal(t, h, r.Household)
	})
}

func TestTheRegisterAnswersNobody(t *testing.T) {
	t.Parallel()

	t.Run("with an identity number nothing differs, whether or not the person is on record", func(t *testing.T) {
		t.Parallel()
		seen := map[bool][]declaration.Status{}
		for _, onRecord := range []bool{true, false} {
			p := pgtest.New(t)
			if onRecord {
				_, err := household.Register(t.Context(), p.Pools.Records, p.Keys, officer, household.New{Region: place,
					Members: []household.Member{{Name: "王桂英", Identity: identity}}})
				require.NoError(t, err)
			}
			citizen := actor.Citizen{Account: "citizen-1"}
			got, err := declaration.Submit(t.Context(), p.Pools.Records, p.Keys, citizen, said(withIdentity))
			require.NoError(t, err)
			citizen.Household, err = household.OfAccount(t.Context(), p.Pools.Records, citizen.Account)
			require.NoError(t, err)
			require.Empty(t, citizen.Household)
			_, err = declaration.Submit(t.Context(), p.Pools.Records, p.Keys, citizen, said(withIdentity))
			require.Equal(t, "declaration.open_already", fault.As(err).Key)
			require.NoError(t, declaration.Accept(t.Context(), p.Pools.Records, officer, got))
			all, err := declaration.Mine(t.Context(), p.Pools.Records, citizen)
			require.NoError(t, err)
			for i := range all { // what differs between any two declarations
				all[i].ID, all[i].DeclaredAt, all[i].StateAt = "", time.Time{}, time.Time{}
			}
			seen[onRecord] = all
		}
		require.Equal(t, seen[false], seen[true])
	})

	t.Run("a family whose slot somebody else took is told why", func(t *testing.T) {
		t.Parallel()
		p := pgtest.New(t)
		family := actor.Citizen{Account: "citizen-1"}
		got, err := declaration.Submit(t.Context(), p.Pools.Records, p.Keys, family, said(withIdentity))
		require.NoError(t, err)
		r, err := declaration.ForOfficer(t.Context(), p.Pools.Records, p.Keys, officer, got)
		require.NoError(t, err)
		require.Equal(t, "female", head(t, p, r.Household).Sex)
		require.NoError(t, household.Link(t.Context(), p.Pools.Records, officer, r.Household, got.String()))
		require.NoError(t, declaration.Close(t.Context(), p.Pools.Records, officer, got, "helped"))
		_, err = declaration.Submit(t.Context(), p.Pools.Records, p.Keys, actor.Citizen{Account: "citizen-2"}, said(withIdentity))
		require.NoError(t, err)
		_, err = declaration.Submit(t.Context(), p.Pools.Records, p.Keys, family, said())
		require.Equal(t, "declaration.open_by_other", fault.As(err).Key)
		all, err := declaration.Mine(t.Context(), p.Pools.Records, family)
		require.NoError(t, err)
		require.Len(t, all, 1, "what the other one said is not shown")
	})
}

func head(t *testing.T, p *pgtest.DB, h string) household.Member {
	t.Helper()
	record, err := household.For(t.Context(), p.Pools.Records, p.Keys, officer, h)
	require.NoError(t, err)
	return record.Head()
}

// TestStatesAreThoseOfTheTable keeps the map of moves and the check constraint the same.
func TestStatesAreThoseOfTheTable(t *testing.T) {
	t.Parallel()
	p := pgtest.New(t)
	var check string
	require.NoError(t, p.Admin.QueryRow(t.Context(), `
		select pg_get_constraintdef(oid) from pg_constraint
		 where conrelid = 'records.declarations'::regclass and conname = 'declarations_state_check'`).Scan(&check))
	for _, s := range declaration.States {
		require.Contains(t, check, "'"+string(s)+"'")
		_, drawn := declaration.Moves[s]
		require.True(t, drawn, s)
	}
	require.Equal(t, 2*len(declaration.States), strings.Count(check, "'"), check)
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

func TestWorklist(t *testing.T) {
	t.Parallel()
	p := pgtest.New(t)
	var ids []declaration.ID
	for i := range 7 {
		got, err := declaration.Submit(t.Context(), p.Pools.Records, p.Keys, actor.Citizen{Account: fmt.Sprint("citizen-", i)},
			said(func(d *declaration.Declaration) {
				if i == 3 {
					d.Hardships = []declaration.Hardship{"heating"}
				}
			}))
		require.NoError(t, err)
		ids = append(ids, got)
	}

	t.Run("pages hold each declaration once, those that wait longest first", func(t *testing.T) {
		var seen []declaration.ID
		f := declaration.Filter{Limit: 3}
		for range 4 {
			rows, err := declaration.Worklist(t.Context(), p.Pools.Records, officer, f)
			require.NoError(t, err)
			for _, r := range rows {
				seen = append(seen, r.ID)
				f.After = r.Key()
			}
		}
		require.Equal(t, ids, seen)
	})

	t.Run("filters narrow, and a reference finds one", func(t *testing.T) {
		rows, err := declaration.Worklist(t.Context(), p.Pools.Records, officer, declaration.Filter{Hardship: "heating"})
		require.NoError(t, err)
		require.Len(t, rows, 1)
		rows, err = declaration.Worklist(t.Context(), p.Pools.Records, officer, declaration.Filter{Reference: ids[5].Reference()})
		require.NoError(t, err)
		require.Equal(t, ids[5], rows[0].ID)
		rows, err = declaration.Worklist(t.Context(), p.Pools.Records, officer, declaration.Filter{Reference: "%"})
		require.NoError(t, err)
		require.Empty(t, rows)
		_, err = declaration.Worklist(t.Context(), p.Pools.Records, officer, declaration.Filter{After: "nonsense"})
		require.Equal(t, fault.NotFound, fault.Of(err))
	})

	t.Run("what is late is marked", func(t *testing.T) {
		_, err := p.Admin.Exec(t.Context(), `update records.declarations set due_on = '2020-01-01' where id = $1`, ids[2])
		require.NoError(t, err)
		rows, err := declaration.Worklist(t.Context(), p.Pools.Records, officer, declaration.Filter{})
		require.NoError(t, err)
		require.True(t, rows[2].Overdue)
		require.False(t, rows[1].Overdue)
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
