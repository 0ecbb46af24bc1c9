package household_test

import (
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/fault"
	"shanqiao/internal/pgtest"
	"shanqiao/internal/secret"
	"shanqiao/needs/chain"
	"shanqiao/needs/household"
)

// last is the latest entry of a household's chain.
func last(t *testing.T, p *pgtest.DB, h string) chain.Entry {
	t.Helper()
	entries, err := chain.For(t.Context(), p.Pools.Records, officer, h)
	require.NoError(t, err)
	return entries[len(entries)-1]
}

func record(t *testing.T, p *pgtest.DB, h string) household.Household {
	t.Helper()
	r, err := household.For(t.Context(), p.Pools.Records, p.Keys, officer, h)
	require.NoError(t, err)
	return r
}

func day(s string) *time.Time {
	d, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return &d
}

func TestJoinTwice(t *testing.T) {
	t.Parallel()
	p := pgtest.New(t)
	h := register(t, p)
	newborn := household.Member{Name: "李新", Relation: "grandchild", Born: day("2026-11-01"), Request: "form-1"}

	t.Run("the same form sent many times at once adds one member and one entry", func(t *testing.T) {
		var all sync.WaitGroup
		ids := make([]string, 6)
		for i := range ids {
			all.Go(func() {
				id, err := household.Join(t.Context(), p.Pools.Records, p.Keys, officer, h, newborn)
				if err == nil {
					ids[i] = id
				}
			})
		}
		all.Wait()
		for _, id := range ids {
			require.Equal(t, ids[0], id)
			require.NotEmpty(t, id)
		}
		require.Len(t, record(t, p, h).Living(), 3)
		require.EqualValues(t, 2, last(t, p, h).Seq)
	})

	t.Run("nobody is born tomorrow or before 1900, and another subdistrict finds nothing", func(t *testing.T) {
		ahead := time.Now().AddDate(0, 0, 3)
		for _, born := range []*time.Time{&ahead, day("1899-12-31")} {
			_, err := household.Join(t.Context(), p.Pools.Records, p.Keys, officer, h, household.Member{Name: "某某", Born: born})
			require.Equal(t, "household.born_wrong", fault.As(err).Fields["born"])
		}
		_, err := household.Join(t.Context(), p.Pools.Records, p.Keys, stranger, h, newborn)
		require.Equal(t, fault.NotFound, fault.Of(err))
	})

	t.Run("nobody leaves tomorrow", func(t *testing.T) {
		m := record(t, p, h).Living()[1]
		err := household.Leave(t.Context(), p.Pools.Records, officer, h, m.ID, time.Now().AddDate(0, 0, 3), "moved")
		require.Equal(t, "household.day_ahead", fault.As(err).Fields["on"])
		err = household.Leave(t.Context(), p.Pools.Records, stranger, h, m.ID, time.Now(), "moved")
		require.Equal(t, fault.NotFound, fault.Of(err))
	})
}

func TestReaddress(t *testing.T) {
	t.Parallel()
	p := pgtest.New(t)
	h := register(t, p)
	set := func(address secret.String) error {
		return household.Readdress(t.Context(), p.Pools.Records, p.Keys, officer, h, address)
	}

	t.Run("the new address is sealed and the chain says that, not which", func(t *testing.T) {
		require.NoError(t, set(" 幸福里3号楼201 "))
		require.Equal(t, "幸福里3号楼201", record(t, p, h).Address.Reveal())
		entry := last(t, p, h)
		require.Equal(t, chain.DataChanged, entry.Kind)
		require.JSONEq(t, `{"what":["address"]}`, string(entry.Payload))
		var stored string
		require.NoError(t, p.Admin.QueryRow(t.Context(), `select h::text from records.households h where id = $1`, h).Scan(&stored))
		require.NotContains(t, stored, "幸福里")
	})
	t.Run("the same address again is no change", func(t *testing.T) {
		before := last(t, p, h).Seq
		require.NoError(t, set("幸福里3号楼201"))
		require.Equal(t, before, last(t, p, h).Seq)
	})
	t.Run("an address moved from another row is replaced, not fatal", func(t *testing.T) {
		_, err := p.Admin.Exec(t.Context(), `update records.households set address_sealed = '\x0102' where id = $1`, h)
		require.NoError(t, err)
		require.NoError(t, set("幸福里4号楼101"))
		require.Equal(t, "幸福里4号楼101", record(t, p, h).Address.Reveal())
	})
	t.Run("nothing, too much, control characters and another's household", func(t *testing.T) {
		for _, bad := range []string{"", "  ", strings.Repeat("楼", 121), "a\nb", "\xff"} {
			require.Contains(t, fault.As(set(secret.String(bad))).Fields, "address", "%q", bad)
		}
		for _, other := range []string{h, "x"} {
			err := household.Readdress(t.Context(), p.Pools.Records, p.Keys, stranger, other, "某处")
			require.Equal(t, fault.NotFound, fault.Of(err))
		}
	})
}

func TestPhone(t *testing.T) {
	t.Parallel()
	p := pgtest.New(t)
	h := register(t, p)
	m := record(t, p, h).Living()[1].ID
	require.NoError(t, household.Reach(t.Context(), p.Pools.Records, p.Keys, officer, h, m, "139 0013 9000"))
	require.Equal(t, "13900139000", record(t, p, h).Living()[1].Phone.Reveal())
	require.NotContains(t, string(last(t, p, h).Payload), "139")
	before := last(t, p, h).Seq
	require.NoError(t, household.Reach(t.Context(), p.Pools.Records, p.Keys, officer, h, m, "13900139000"))
	require.Equal(t, before, last(t, p, h).Seq, "the same phone again is no change")
	require.NoError(t, household.Reach(t.Context(), p.Pools.Records, p.Keys, officer, h, m, ""))
	require.Empty(t, record(t, p, h).Living()[1].Phone)
	require.Equal(t, fault.Invalid, fault.Of(household.Reach(t.Context(), p.Pools.Records, p.Keys, officer, h, m, "110")))
	require.Equal(t, fault.NotFound, fault.Of(household.Reach(t.Context(), p.Pools.Records, p.Keys, stranger, h, m, "13900139000")))
}

func TestBasis(t *testing.T) {
	t.Parallel()
	p := pgtest.New(t)
	h := register(t, p)
	income := int64(250000)
	seen := household.Facts{Category: "minimum_living", Condition: "none", Income: &income}
	now := household.Facts{Category: "marginal", Condition: "none", Income: &income}
	for bad, key := range map[string]string{
		identity: "household.basis_personal", "见 13800138000": "household.basis_personal",
		strings.Repeat("据", 101): "household.basis_wrong", "a\x00": "household.basis_wrong",
	} {
		err := household.Change(t.Context(), p.Pools.Records, officer, h, seen, now, bad)
		require.Equal(t, key, fault.As(err).Fields["basis"], "%q", bad)
	}
	require.NoError(t, household.Change(t.Context(), p.Pools.Records, officer, h, seen, now, "核对报告，2026年11月"))
	require.Equal(t, "核对报告，2026年11月", last(t, p, h).Basis)
}

func TestCorrect(t *testing.T) {
	t.Parallel()
	p := pgtest.New(t)
	h := register(t, p)
	correct := func(m string, seen, now household.Person, identity secret.String) error {
		return household.Correct(t.Context(), p.Pools.Records, p.Keys, officer, h, m, seen, now, identity)
	}
	said := func() (chain.Entry, household.Touched) {
		entry := last(t, p, h)
		var touched household.Touched
		require.NoError(t, json.Unmarshal(entry.Payload, &touched))
		return entry, touched
	}
	child := record(t, p, h).Living()[1]
	seen := child.Person()
	born := household.Person{Born: day("2012-05-06"), Sex: "male", Disability: "visual", Student: true}

	t.Run("what was not known is completed: news, by reference only", func(t *testing.T) {
		require.NoError(t, correct(child.ID, seen, born, ""))
		entry, touched := said()
		require.Equal(t, chain.DataChanged, entry.Kind)
		require.Equal(t, household.Touched{Member: child.ID, What: []string{"born", "sex", "disability"}}, touched)
		require.True(t, born.Same(record(t, p, h).Living()[1].Person()))
	})
	t.Run("a second one from the old sight is a conflict, the same again no change", func(t *testing.T) {
		require.Equal(t, fault.Conflict, fault.Of(correct(child.ID, seen, born, "")))
		before := last(t, p, h).Seq
		require.NoError(t, correct(child.ID, born, born, ""))
		require.Equal(t, before, last(t, p, h).Seq)
	})
	t.Run("what was wrong is a correction of the entry that brought it", func(t *testing.T) {
		now := born
		now.Born = day("2012-06-05")
		require.NoError(t, correct(child.ID, born, now, ""))
		entry, touched := said()
		require.Equal(t, chain.Corrected, entry.Kind)
		require.EqualValues(t, 1, entry.Corrects, "the registration")
		require.Equal(t, []string{"born"}, touched.What)
		require.NotContains(t, string(entry.Payload), "2012")

		joined, err := household.Join(t.Context(), p.Pools.Records, p.Keys, officer, h, household.Member{Name: "李新", Sex: "male"})
		require.NoError(t, err)
		at := last(t, p, h).Seq
		require.NoError(t, correct(joined, household.Person{Sex: "male", Disability: "none"}, household.Person{Sex: "female", Disability: "none"}, ""))
		entry, _ = said()
		require.Equal(t, at, entry.Corrects)
	})
	t.Run("an identity number that is added says the birth date and the sex, once", func(t *testing.T) {
		m := record(t, p, h).Living()[1]
		require.NoError(t, correct(m.ID, m.Person(), m.Person(), "110105201206050016"))
		after := record(t, p, h).Living()[1]
		require.Equal(t, "110105201206050016", after.Identity.Reveal())
		_, touched := said()
		require.Contains(t, touched.What, "identity")
		require.Equal(t, fault.Conflict, fault.Of(correct(m.ID, after.Person(), after.Person(), "110105201206050016")), "it has one")
		now := after.Person()
		now.Born, now.Student = day("1990-01-01"), false
		require.NoError(t, correct(m.ID, after.Person(), now, ""))
		kept := record(t, p, h).Living()[1]
		require.Equal(t, after.Born, kept.Born, "the number knows better")
		require.False(t, kept.Student)
	})
	t.Run("a number of somebody else's, a day ahead, unknown codes, and another's household", func(t *testing.T) {
		m := record(t, p, h).Living()[2]
		require.ErrorIs(t, correct(m.ID, m.Person(), m.Person(), identity), household.ErrElsewhere)
		require.Contains(t, fault.As(correct(m.ID, m.Person(), m.Person(), "1")).Fields, "identity")
		ahead := time.Now().AddDate(0, 0, 3)
		for field, now := range map[string]household.Person{
			"born": {Born: &ahead, Sex: "female", Disability: "none"}, "sex": {Sex: "x", Disability: "none"},
			"disability": {Sex: "female", Disability: "x"},
		} {
			require.Contains(t, fault.As(correct(m.ID, m.Person(), now, "")).Fields, field)
		}
		err := household.Correct(t.Context(), p.Pools.Records, p.Keys, stranger, h, m.ID, m.Person(), born, "")
		require.Equal(t, fault.NotFound, fault.Of(err))
		require.Equal(t, fault.NotFound, fault.Of(correct("x", m.Person(), born, "")))
	})
	report, err := chain.Verify(t.Context(), p.Pools.Audit, chain.Options{})
	require.NoError(t, err)
	require.True(t, report.OK(), report.Text())
}
