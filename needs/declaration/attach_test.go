package declaration_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/pgtest"
	"shanqiao/needs/chain"
	"shanqiao/needs/declaration"
	"shanqiao/needs/household"
)

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
