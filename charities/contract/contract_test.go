package contract_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shanqiao/charities/charitytest"
	"shanqiao/charities/claim"
	"shanqiao/charities/contract"
	"shanqiao/charities/offer"
	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/id"
	"shanqiao/internal/pgtest"
)

func terms(organisation, number string) contract.Terms {
	today := time.Now().UTC().Truncate(24 * time.Hour)
	return contract.Terms{Organisation: organisation, Number: number, Code: "bathing", UnitPriceFen: 8050, Units: 3,
		StartsOn: today, EndsOn: today.AddDate(1, 0, 0)}
}

func TestContract(t *testing.T) {
	t.Parallel()
	p := pgtest.New(t)
	db := p.Pools.Exchange
	ctx := t.Context()
	officer := charitytest.DistrictOfficer()
	by := charitytest.Verified(t, p)

	t.Run("what was bought can be claimed, and no unit more", func(t *testing.T) {
		made, err := contract.Create(ctx, db, officer, terms(by.Organisation, "CY-2026-001"))
		require.NoError(t, err)
		list, err := offer.List(ctx, db, by)
		require.NoError(t, err)
		require.Equal(t, "CY-2026-001", list[0].Title)
		take := func(units int) error {
			_, err := claim.Take(ctx, db, by, claim.Request{Card: charitytest.Card(t, p, 4), Offer: string(list[0].ID),
				Units: units, Worker: by.Account, RequestKey: id.New()})
			return err
		}
		require.NoError(t, take(2))
		require.ErrorIs(t, take(2), fault.New(fault.Conflict, "claim.offer_full"))
		got, err := contract.For(ctx, db, officer, made)
		require.NoError(t, err)
		require.Equal(t, 2, got.Committed)
		require.Equal(t, 1, got.Left())
		require.Equal(t, int64(24150), got.TotalFen())
		require.Zero(t, got.DeliveredFen())
	})

	t.Run("a number stands once, a stranger's district sees nothing, a street buys nothing", func(t *testing.T) {
		made, err := contract.Create(ctx, db, officer, terms(by.Organisation, "CY-2026-002"))
		require.NoError(t, err)
		_, err = contract.Create(ctx, db, officer, terms(by.Organisation, "CY-2026-002"))
		require.ErrorIs(t, err, fault.New(fault.Conflict, "contract.number_taken"))
		stranger := actor.Officer{Account: id.New(), Level: actor.DistrictRole, Region: "110101"}
		_, err = contract.For(ctx, db, stranger, made)
		require.Equal(t, fault.NotFound, fault.Of(err))
		list, err := contract.List(ctx, db, stranger)
		require.NoError(t, err)
		require.Empty(t, list)
		street := actor.Officer{Account: id.New(), Level: actor.SubdistrictRole, Region: "110105015"}
		_, err = contract.Create(ctx, db, street, terms(by.Organisation, "CY-2026-003"))
		require.Equal(t, fault.Forbidden, fault.Of(err))
	})

	t.Run("every field that is wrong is named", func(t *testing.T) {
		_, err := contract.Create(ctx, db, officer, contract.Terms{UnitPriceFen: -1})
		for _, f := range []string{"number", "code", "unit_price", "units", "starts_on", "ends_on"} {
			require.Contains(t, fault.As(err).Fields, f)
		}
		_, err = contract.Create(ctx, db, officer, terms(charitytest.Applied(t, p).Organisation, "CY-2026-004"))
		require.Contains(t, fault.As(err).Fields, "organisation")
	})
}

func TestBounds(t *testing.T) {
	t.Parallel()
	p := pgtest.New(t)
	by := charitytest.Verified(t, p)
	officer := charitytest.DistrictOfficer()
	narrow := terms(by.Organisation, "CY-9")
	narrow.Categories = []string{"minimum_living"}
	_, err := contract.Create(t.Context(), p.Pools.Exchange, officer, narrow)
	require.Contains(t, fault.As(err).Fields, "basis", "fewer than the policy names need a paper")
	narrow.Basis, narrow.Fund, narrow.BudgetFen, narrow.LeastAge = "朝民发〔2026〕8号", "lottery", 8050*2, 60
	made, err := contract.Create(t.Context(), p.Pools.Exchange, officer, narrow)
	require.NoError(t, err)
	c, err := contract.For(t.Context(), p.Pools.Exchange, officer, made)
	require.NoError(t, err)
	require.Equal(t, "service", c.Programme)
	list, err := offer.List(t.Context(), p.Pools.Exchange, by)
	require.NoError(t, err)
	o := list[0]
	require.Equal(t, 2, o.Left(), "three were bought, the budget pays for two")
	require.True(t, o.Serves("guaranteed") && !o.Serves("near") && o.Takes("80+") && !o.Takes("18-39"))
	wrong := terms(by.Organisation, "CY-10")
	wrong.Fund, wrong.Programme, wrong.LeastAge, wrong.MostAge, wrong.BudgetFen, wrong.UnitPriceFen = "own", "charity", 70, 60, 5, 0
	_, err = contract.Create(t.Context(), p.Pools.Exchange, officer, wrong)
	for _, field := range []string{"fund", "programme", "most_age", "budget"} {
		require.Contains(t, fault.As(err).Fields, field)
	}
}
