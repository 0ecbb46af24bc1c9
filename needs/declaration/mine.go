package declaration

import (
	"context"
	"time"

	"shanqiao/internal/actor"
	"shanqiao/internal/id"
	"shanqiao/internal/pg"
	"shanqiao/needs"
	"shanqiao/needs/chain"
)

// Status is a declaration as the one who made it follows it.
type Status struct {
	ID          ID
	State       State
	Reason      string // why it was closed; "" otherwise
	Channel     string
	Hardships   []Hardship
	People      int
	Elders      int
	Children    int
	Disabled    int
	SaidRegion  string // the place that the citizen named
	ContactTime string
	DeclaredAt  time.Time
	StateAt     time.Time
	DueOn       time.Time     // civil date: when the subdistrict should have answered
	Followed    bool          // the household is linked to the reader's account
	Needs       []needs.State // of what its assessment found, closed only where too little came; none where the reader may not know
}

// Next says who acts next.
func (s Status) Next() Next {
	switch s.Help() {
	case Done, Over, Nothing:
		return Next{Who: "nobody"}
	case Checking, Waiting, Missed, Offered:
		return Next{Who: "subdistrict"}
	}
	return next(s.State, s.DueOn)
}

func next(state State, due time.Time) Next {
	switch state {
	case Submitted:
		return Next{Who: "subdistrict", By: due}
	case Accepted:
		return Next{Who: "subdistrict"}
	case Assessed:
		return Next{Who: "provider"}
	case Closed, Withdrawn:
	}
	return Next{Who: "nobody"}
}

const statusColumns = `
	id, state, reason, channel, hardships, people, elders, children, disabled, said_region, contact_time,
	declared_at, state_at, due_on, household_id = @household as followed,
	coalesce((select array_agg(case when n.state = 'closed' and n.delivered >= n.quantity then 'fulfilled' else n.state end
	                           order by n.created_at, n.id)
	            from records.needs n
	            join records.assessments a on a.id = n.assessment_id
	           where a.declaration_id = declarations.id), '{}') as needs`

// A citizen's own are those that the account sent, and those that an officer
// filed at the counter for the household that the account follows. What somebody
// else sent is not, even when it was attached to the same household.
const mine = `(account_id = @account or household_id = nullif(@household, '') and account_id is null)`

// Mine lists the citizen's declarations, the newest first.
func Mine(ctx context.Context, db pg.DB, by actor.Citizen) ([]Status, error) {
	var all []Status
	err := asCitizen(ctx, db, by, func(tx pg.DB) (err error) {
		all, err = pg.Many[Status](ctx, tx, `
			select `+statusColumns+`
			  from records.declarations
			 where `+mine+`
			 order by declared_at desc, id`, pg.Args{"account": by.Account, "household": by.Household})
		return err
	})
	return all, err
}

// For reads one of the citizen's declarations.
func For(ctx context.Context, db pg.DB, by actor.Citizen, declaration ID) (Status, error) {
	var s Status
	if !id.Valid(declaration.String()) {
		return s, errNotFound
	}
	err := asCitizen(ctx, db, by, func(tx pg.DB) (err error) {
		s, err = pg.One[Status](ctx, tx, errNotFound, `
			select `+statusColumns+`
			  from records.declarations
			 where id = @id and `+mine,
			pg.Args{"id": declaration, "account": by.Account, "household": by.Household})
		return err
	})
	return s, err
}

// Withdraw takes a citizen's declaration back while it is still to be answered.
// Help that is already on its way is not touched by it.
func Withdraw(ctx context.Context, db pg.DB, by actor.Citizen, declaration ID) error {
	if !id.Valid(declaration.String()) {
		return errNotFound
	}
	return asCitizen(ctx, db, by, func(tx pg.DB) error {
		household, err := pg.One[string](ctx, tx, errNotFound, `
			select household_id from records.declarations where id = @id and `+mine,
			pg.Args{"id": declaration, "account": by.Account, "household": by.Household})
		if err != nil {
			return err
		}
		// The declarer may not read the household, but the household must remember.
		return pg.As(ctx, tx, actor.Reach{Household: household}, func(tx pg.DB) error {
			return move(ctx, tx, household, by, declaration, Withdrawn, "", chain.DeclarationWithdrawn)
		})
	})
}

// asCitizen reaches the citizen's own household and, beside it, the declarations
// that the account sent.
func asCitizen(ctx context.Context, db pg.DB, by actor.Citizen, do func(tx pg.DB) error) error {
	return pg.As(ctx, db, by.Reach(), func(tx pg.DB) error {
		if _, err := tx.Exec(ctx, `select set_config('app.account', @account, true)`,
			pg.Args{"account": by.Account}); err != nil {
			return err
		}
		return do(tx)
	})
}
