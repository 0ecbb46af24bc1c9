package household

import (
	"context"
	"time"

	"shanqiao/internal/actor"
	"shanqiao/internal/id"
	"shanqiao/internal/pg"
	"shanqiao/internal/region"
)

// Purpose is what an officer opens a record for. The family reads it: labels are
// in the catalogues under "household.purpose.<purpose>".
type Purpose string

// The purposes, as the database checks them.
const (
	ToFollow    Purpose = "follow" // to see how things stand
	ToAnswer    Purpose = "declaration"
	ToAssess    Purpose = "assess"
	ToComplete  Purpose = "complete"
	ToAsk       Purpose = "consent"
	ToIntroduce Purpose = "introduce"
)

// Purposes lists them all.
var Purposes = []Purpose{ToFollow, ToAnswer, ToAssess, ToComplete, ToAsk, ToIntroduce}

// Look reads the whole record for a page that an officer opens, and writes the
// look down in the same transaction: no row, no look. For without Look is for
// what no person reads.
func Look(ctx context.Context, db pg.DB, keys *Keys, by actor.Officer, household string, purpose Purpose) (Household, error) {
	if !id.Valid(household) {
		return Household{}, errNotFound
	}
	var h Household
	err := pg.As(ctx, db, by.Reach(), func(tx pg.DB) (err error) {
		if h, err = read(ctx, tx, keys, household); err != nil {
			return err
		}
		return note(ctx, tx, by, household, purpose)
	})
	if err != nil {
		return Household{}, err // a look that could not be written down shows nothing
	}
	return h, nil
}

// Note writes down that an officer is shown what names a household, where the page
// reads it from somewhere else: a declaration, or a contact to be passed on.
func Note(ctx context.Context, db pg.DB, by actor.Officer, household string, purpose Purpose) error {
	return within(ctx, db, by, household, func(tx pg.DB) error { return note(ctx, tx, by, household, purpose) })
}

func note(ctx context.Context, tx pg.DB, by actor.Officer, household string, purpose Purpose) error {
	if by.Account == "" {
		return errOutOfReach
	}
	office := by.Region
	if by.Level == actor.CityRole {
		office = region.City
	}
	_, err := tx.Exec(ctx, `
		insert into records.record_reads (id, household_id, region, account_id, role, office, purpose)
		select @id, id, region, @account, @role, @office, @purpose from records.households where id = @household`,
		pg.Args{"id": id.New(), "household": household, "account": by.Account, "role": by.Level,
			"office": office, "purpose": purpose})
	return err
}

// Reading is the looks of one office for one purpose on one day.
type Reading struct {
	Role    actor.Role
	Office  string // code of the place whose office it is: six or nine digits
	Purpose Purpose
	Times   int
	Last    time.Time
}

// Readings lists who opened a household's record, the latest first. Many looks of
// one office on one day are one line, which an officer cannot grow by reloading.
// Out of the reader's reach the list is empty.
func Readings(ctx context.Context, db pg.DB, by actor.Actor, household string) ([]Reading, error) {
	return pg.ManyAs[Reading](ctx, db, by.Reach(), `
		select role, office, purpose, count(*)::int as times, max(at) as last
		  from records.record_reads
		 where household_id = @household
		 group by role, office, purpose, (at at time zone 'Asia/Shanghai')::date
		 order by last desc, purpose
		 limit 200`, pg.Args{"household": household})
}
