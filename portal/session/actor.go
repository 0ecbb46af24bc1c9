package session

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/pg"
)

var errDown = fault.New(fault.Unavailable, "error.database")

// Actor is who acts. A citizen's household is looked up in the records half
// each time, because it may have appeared since the last page.
func (v *Session) Actor(ctx context.Context, records pg.DB) (actor.Actor, error) {
	switch v.Role {
	case actor.CitizenRole:
		household, err := householdOf(ctx, records, v.Account)
		return actor.Citizen{Account: v.Account, Household: household}, err
	case actor.MemberRole:
		return actor.Member{Account: v.Account, Organisation: v.Organisation, Name: v.Name}, nil
	case actor.VolunteerRole:
		return actor.Volunteer{Account: v.Account, Volunteer: v.Volunteer, Name: v.Name}, nil
	case actor.SubdistrictRole, actor.DistrictRole, actor.CityRole:
		return actor.Officer{Account: v.Account, Level: v.Role, Region: v.Region, Name: v.Name}, nil
	case actor.AuditorRole:
		return actor.Auditor{Account: v.Account, Name: v.Name}, nil
	case actor.AdministratorRole:
		return actor.Administrator{Account: v.Account, Name: v.Name}, nil
	default:
		return nil, errors.New("session: an account of no known role")
	}
}

// householdOf finds the household that an account may follow. The answer is
// what narrows every later query, so this one must look everywhere.
func householdOf(ctx context.Context, records pg.DB, account string) (household string, err error) {
	err = pg.As(ctx, records, actor.Whole, func(tx pg.DB) error {
		household, err = pg.One[string](ctx, tx, errNone, `
			select id
			  from records.households
			 where account_id = @account and closed_at is null`, pg.Args{"account": account})
		return err
	})
	if errors.Is(err, errNone) {
		return "", nil
	}
	return household, err
}

var errNone = errors.New("session: no household yet")

func none(err error) bool { return errors.Is(err, pgx.ErrNoRows) }
