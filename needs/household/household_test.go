package household_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/pg"
	"shanqiao/internal/pgtest"
	"shanqiao/internal/secret"
	"shanqiao/needs/chain"
	"shanqiao/needs/household"
)

const identity = "110101194912310024"

var (
	officer  = actor.Officer{Account: "o1", Level: actor.SubdistrictRole, Region: "110101001"}
	stranger = actor.Officer{Account: "o2", Level: actor.SubdistrictRole, Region: "110101002"}
	district = actor.Officer{Account: "o3", Level: actor.DistrictRole, Region: "110101"}
)

func family() household.New {
	income := int64(250000)
	return household.New{Region: officer.Region, Address: "某胡同1号", Category: "minimum_living", Income: &income,
		Members: []household.Member{
			{Name: "王桂英", Identity: "１１０１０１ 19491231 0024", Phone: "+86 138-0013-8000", Head: true},
			{Name: "李明", Relation: "grandchild", Student: true},
		}}
}

func register(t *testing.T, p *pgtest.DB) string {
	t.Helper()
	h, err := household.Register(t.Context(), p.Pools.Records, p.Keys, officer, family())
	require.NoError(t, err)
	return h
}

func TestRegister(t *testing.T) {
	t.Parallel()

	t.Run("the record comes back as it was given, numbers in their one spelling", func(t *testing.T) {
		t.Parallel()
		p := pgtest.New(t)
		h, err := household.For(t.Context(), p.Pools.Records, p.Keys, officer, register(t, p))
		require.NoError(t, err)
		require.Regexp(t, `^110101001-\d{5}$`, h.Number)
		require.Equal(t, "某胡同1号", h.Address.Reveal())
		require.EqualValues(t, 250000, *h.Income)
		require.Len(t, h.Living(), 2)
		head := h.Head()
		require.Equal(t, identity, head.Identity.Reveal())
		require.Equal(t, "13800138000", head.Phone.Reveal())
		require.Equal(t, "1949-12-31", head.Born.Format(time.DateOnly))
		require.Equal(t, "female", head.Sex)
		require.Equal(t, "self", head.Relation)
	})

	t.Run("a person belongs to one living household, also when two officers type at once", func(t *testing.T) {
		t.Parallel()
		p := pgtest.New(t)
		var ok, elsewhere atomic.Int32
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				_, err := household.Register(t.Context(), p.Pools.Records, p.Keys, officer, family())
				if err == nil {
					ok.Add(1)
				} else if fault.Of(err) == fault.Conflict {
					elsewhere.Add(1)
				}
			})
		}
		all.Wait()
		require.EqualValues(t, 1, ok.Load())
		require.EqualValues(t, 7, elsewhere.Load())
		report, err := chain.Verify(t.Context(), p.Pools.Audit, chain.Options{})
		require.NoError(t, err)
		require.True(t, report.OK(), report.Text())
		require.Equal(t, 1, report.Chains)
	})

	t.Run("a place out of reach is refused", func(t *testing.T) {
		t.Parallel()
		p := pgtest.New(t)
		_, err := household.Register(t.Context(), p.Pools.Records, p.Keys, stranger, family())
		require.Equal(t, fault.Forbidden, fault.Of(err))
	})

	t.Run("wrong values are named by field", func(t *testing.T) {
		t.Parallel()
		p := pgtest.New(t)
		n := family()
		n.Region, n.Category = "110101999", "poor"
		n.Members[0].Identity, n.Members[1].Name = "110101194912310025", "\xff"
		_, err := household.Register(t.Context(), p.Pools.Records, p.Keys, officer, n)
		for _, field := range []string{"region", "category", "members.0.identity", "members.1.name"} {
			require.Contains(t, fault.As(err).Fields, field)
		}
	})
}

func TestReach(t *testing.T) {
	t.Parallel()
	p := pgtest.New(t)
	h := register(t, p)

	t.Run("the district sees it, another subdistrict does not", func(t *testing.T) {
		_, err := household.For(t.Context(), p.Pools.Records, p.Keys, district, h)
		require.NoError(t, err)
		_, err = household.For(t.Context(), p.Pools.Records, p.Keys, stranger, h)
		require.Equal(t, fault.NotFound, fault.Of(err))
		_, err = household.For(t.Context(), p.Pools.Records, p.Keys, officer, "' or true --")
		require.Equal(t, fault.NotFound, fault.Of(err))
	})

	t.Run("a search finds by number, phone and identity, and only in reach", func(t *testing.T) {
		record, err := household.For(t.Context(), p.Pools.Records, p.Keys, officer, h)
		require.NoError(t, err)
		for _, query := range []string{"", record.Number, record.Number[10:], "13800138000", identity, "138 0013 8000"} {
			rows, err := household.List(t.Context(), p.Pools.Records, p.Keys, officer, household.Filter{Query: query})
			require.NoError(t, err)
			require.Len(t, rows, 1, query)
			require.Equal(t, "王桂英", rows[0].Head.Reveal())
			require.Equal(t, 2, rows[0].People)
			rows, err = household.List(t.Context(), p.Pools.Records, p.Keys, stranger, household.Filter{Query: query})
			require.NoError(t, err)
			require.Empty(t, rows)
		}
		for _, query := range []string{"王桂英", "%", "13800138001"} {
			rows, err := household.List(t.Context(), p.Pools.Records, p.Keys, officer, household.Filter{Query: query})
			require.NoError(t, err)
			require.Empty(t, rows, query)
		}
	})

	t.Run("a row moved to another person does not open", func(t *testing.T) {
		_, err := p.Admin.Exec(t.Context(), `
			update records.members m set name_sealed = o.name_sealed from records.members o
			 where m.household_id = $1 and o.household_id = $1 and not m.head and o.head`, h)
		require.NoError(t, err)
		_, err = household.For(t.Context(), p.Pools.Records, p.Keys, officer, h)
		require.ErrorIs(t, err, secret.ErrSealed)
	})
}

func TestChange(t *testing.T) {
	t.Parallel()
	p := pgtest.New(t)
	h := register(t, p)
	income := int64(250000)
	seen := household.Facts{Category: "minimum_living", Condition: "none", Income: &income}

	t.Run("a change is on the chain, and a second one from the same sight is a conflict", func(t *testing.T) {
		now := household.Facts{Category: "minimum_living", Condition: "mobility"}
		require.NoError(t, household.Change(t.Context(), p.Pools.Records, officer, h, seen, now, ""))
		require.Equal(t, fault.Conflict, fault.Of(household.Change(t.Context(), p.Pools.Records, officer, h, seen, now, "")))
		entries, err := chain.For(t.Context(), p.Pools.Records, officer, h)
		require.NoError(t, err)
		last := entries[len(entries)-1]
		require.Equal(t, chain.DataChanged, last.Kind)
		var c household.Changed
		require.NoError(t, last.Read(&c))
		require.EqualValues(t, 250000, *c.Before.Income)
		require.Nil(t, c.After.Income)
		require.Equal(t, fault.NotFound, fault.Of(household.Change(t.Context(), p.Pools.Records, stranger, h, now, seen, "")))
	})

	t.Run("members join and leave, and the head stays", func(t *testing.T) {
		m, err := household.Join(t.Context(), p.Pools.Records, p.Keys, officer, h, household.Member{Name: "李新", Relation: "grandchild"})
		require.NoError(t, err)
		require.NoError(t, household.Leave(t.Context(), p.Pools.Records, officer, h, m, time.Now(), "moved"))
		require.Equal(t, fault.Conflict, fault.Of(household.Leave(t.Context(), p.Pools.Records, officer, h, m, time.Now(), "moved")))
		record, err := household.For(t.Context(), p.Pools.Records, p.Keys, officer, h)
		require.NoError(t, err)
		require.Len(t, record.Living(), 2)
		err = household.Leave(t.Context(), p.Pools.Records, officer, h, record.Head().ID, time.Now(), "died")
		require.Equal(t, fault.Conflict, fault.Of(err))
	})

	t.Run("a household holds twenty members and no more", func(t *testing.T) {
		for range household.MaxMembers - 2 {
			_, err := household.Join(t.Context(), p.Pools.Records, p.Keys, officer, h, household.Member{Name: "某某"})
			require.NoError(t, err)
		}
		_, err := household.Join(t.Context(), p.Pools.Records, p.Keys, officer, h, household.Member{Name: "某某"})
		require.Equal(t, fault.Invalid, fault.Of(err))
	})

	t.Run("a contact is the member's own phone, or the head's", func(t *testing.T) {
		require.NoError(t, pg.As(t.Context(), p.Pools.Records, officer.Reach(), func(tx pg.DB) error {
			head, err := household.ContactOf(t.Context(), tx, p.Keys, h, "")
			require.NoError(t, err)
			require.Equal(t, "13800138000", head.Phone.Reveal())
			record, err := household.For(t.Context(), tx, p.Keys, officer, h)
			require.NoError(t, err)
			child, err := household.ContactOf(t.Context(), tx, p.Keys, h, record.Living()[1].ID)
			require.NoError(t, err)
			require.Equal(t, head.Phone, child.Phone)
			require.NotEqual(t, head.Name, child.Name)
			return nil
		}))
		require.Error(t, pg.As(t.Context(), p.Pools.Records, stranger.Reach(), func(tx pg.DB) error {
			_, err := household.ContactOf(t.Context(), tx, p.Keys, h, "")
			return err
		}))
	})
}
