package household

import (
	"context"
	"errors"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/id"
	"shanqiao/internal/pg"
	"shanqiao/internal/secret"
	"shanqiao/needs/chain"
)

// sign-in asks this before anyone has a reach, so it looks through the whole city
// and gives back one id only.
var lookup = actor.System{Name: "household-lookup"}

// OfAccount is the household that a citizen's account may follow, or "".
func OfAccount(ctx context.Context, db pg.DB, account string) (string, error) {
	return find(ctx, db, `select id from records.households where account_id = @account and closed_at is null`,
		pg.Args{"account": account})
}

// OfIdentity is the living household of the person with this identity number in
// its normal spelling, or "". What it finds must not be told to a citizen: an
// identity number is no proof of who types it.
func OfIdentity(ctx context.Context, db pg.DB, keys *Keys, identity secret.String) (string, error) {
	if identity == "" {
		return "", nil
	}
	return find(ctx, db, `select household_id from records.members where identity_blind = @blind and left_on is null`,
		pg.Args{"blind": keys.Blind("identity", identity)})
}

func find(ctx context.Context, db pg.DB, sql string, args pg.Args) (string, error) {
	household, err := pg.OneAs[string](ctx, db, lookup.Reach(), errNotFound, sql, args)
	if errors.Is(err, errNotFound) {
		return "", nil
	}
	return household, err
}

// Number is what people say for a household's id, for reports on chains.
func Number(ctx context.Context, db pg.DB, by actor.Actor, household string) (string, error) {
	number, err := pg.OneAs[string](ctx, db, by.Reach(), errNotFound,
		`select number from records.households where id = @id`, pg.Args{"id": household})
	if errors.Is(err, errNotFound) {
		return "", nil
	}
	return number, err
}

// Linked is what the chain says when an account was linked.
type Linked struct {
	Account     string `json:"account"`
	Declaration string `json:"declaration"`
}

// Link lets the citizen who made a declaration follow the household that it is
// attached to. An officer does this after making sure who the citizen is, face to
// face or by calling back: from then on the citizen reads the whole chain.
func Link(ctx context.Context, db pg.DB, by actor.Officer, household, declaration string) error {
	if !id.Valid(declaration) {
		return errNotFound
	}
	return constraints.Explain(within(ctx, db, by, household, func(tx pg.DB) error {
		account, err := pg.One[string](ctx, tx, errNotFound, `
			select account_id from records.declarations
			 where id = @declaration and household_id = @household and account_id is not null`,
			pg.Args{"declaration": declaration, "household": household})
		if err != nil {
			return err
		}
		done, err := tx.Exec(ctx, `
			update records.households set account_id = @account where id = @household and account_id is null`,
			pg.Args{"account": account, "household": household})
		if err != nil {
			return err
		}
		if done.RowsAffected() == 0 {
			return fault.New(fault.Conflict, "household.linked_already")
		}
		return chain.Append(ctx, tx, household, by, chain.AccountLinked, "", Linked{Account: account, Declaration: declaration})
	}))
}
