package household_test

import (
	"errors"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/pg"
	"shanqiao/internal/pgtest"
	"shanqiao/needs/household"
)

func TestLook(t *testing.T) {
	t.Parallel()
	p := pgtest.New(t)
	h := register(t, p)
	family := actor.Citizen{Account: "c", Household: h}
	look := func(by actor.Officer, purpose household.Purpose) error {
		r, err := household.Look(t.Context(), p.Pools.Records, p.Keys, by, h, purpose)
		if err != nil {
			require.Empty(t, r.Members, "what is not written down is not shown")
		}
		return err
	}

	t.Run("each look is a row, and the family reads which office and what for", func(t *testing.T) {
		require.NoError(t, look(officer, household.ToFollow))
		require.NoError(t, look(officer, household.ToFollow))
		require.NoError(t, look(district, household.ToAssess))
		require.NoError(t, household.Note(t.Context(), p.Pools.Records, actor.Officer{Account: "o4", Level: actor.CityRole, Region: "110000"}, h, household.ToAnswer))
		list, err := household.Readings(t.Context(), p.Pools.Records, family, h)
		require.NoError(t, err)
		require.Len(t, list, 3)
		require.Equal(t, household.Reading{Role: actor.CityRole, Office: "110000", Purpose: household.ToAnswer, Times: 1, Last: list[0].Last}, list[0])
		require.Equal(t, household.Reading{Role: actor.SubdistrictRole, Office: officer.Region, Purpose: household.ToFollow, Times: 2, Last: list[2].Last}, list[2])
	})

	t.Run("another family and another subdistrict see none of it", func(t *testing.T) {
		for _, by := range []actor.Actor{actor.Citizen{Account: "c"}, actor.Citizen{Account: "d", Household: "x"}, stranger} {
			list, err := household.Readings(t.Context(), p.Pools.Records, by, h)
			require.NoError(t, err)
			require.Empty(t, list)
		}
	})

	t.Run("who is nobody, has no business here, or says no purpose is shown nothing", func(t *testing.T) {
		require.Equal(t, fault.NotFound, fault.Of(look(stranger, household.ToFollow)))
		require.Error(t, look(officer, "curiosity"))
		require.Equal(t, fault.Forbidden, fault.Of(look(actor.Officer{Level: actor.SubdistrictRole, Region: officer.Region}, household.ToFollow)))
		require.Equal(t, fault.NotFound, fault.Of(household.Note(t.Context(), p.Pools.Records, stranger, h, household.ToFollow)))
	})

	t.Run("nobody unwrites a look", func(t *testing.T) {
		for _, statement := range []string{"delete from records.record_reads", "update records.record_reads set purpose = 'assess'", "truncate records.record_reads"} {
			err := pg.As(t.Context(), p.Pools.Records, actor.Whole, func(tx pg.DB) error {
				_, err := tx.Exec(t.Context(), statement)
				return err
			})
			var e *pgconn.PgError
			require.True(t, errors.As(err, &e), statement)
			require.Equal(t, "42501", e.Code, statement)
			_, err = p.Admin.Exec(t.Context(), statement)
			require.ErrorContains(t, err, "append-only", "not even who owns it: "+statement)
		}
		var n int
		require.NoError(t, p.Admin.QueryRow(t.Context(), `select count(*) from records.record_reads`).Scan(&n))
		require.Equal(t, 4, n)
	})

	t.Run("a family may not write down looks of its own making", func(t *testing.T) {
		err := pg.As(t.Context(), p.Pools.Records, family.Reach(), func(tx pg.DB) error {
			_, err := tx.Exec(t.Context(), `
				insert into records.record_reads (id, household_id, region, account_id, role, office, purpose)
				values ('x', $1, $2, 'c', 'subdistrict', $2, 'follow')`, h, officer.Region)
			return err
		})
		require.Error(t, err)
	})
}
