package declaration

import (
	"context"
	"slices"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/id"
	"shanqiao/internal/pg"
	"shanqiao/needs/chain"
)

// From lists the states that may move to s, for the where clause of the change.
func (s State) From() []string { return Moves.From(s) }

// Accept takes a declaration on: a named officer will look after it.
func Accept(ctx context.Context, db pg.DB, by actor.Officer, declaration ID) error {
	return decide(ctx, db, by, declaration, Accepted, "", chain.DeclarationAccepted)
}

// Close ends a declaration for one of Reasons.
func Close(ctx context.Context, db pg.DB, by actor.Officer, declaration ID, reason string) error {
	if !slices.Contains(Reasons, reason) {
		return fault.InvalidFields(map[string]string{"reason": "declaration.reason_missing"})
	}
	return decide(ctx, db, by, declaration, Closed, reason, chain.DeclarationClosed)
}

func decide(ctx context.Context, db pg.DB, by actor.Officer, declaration ID, to State, reason string, kind chain.Kind) error {
	if !id.Valid(declaration.String()) {
		return errNotFound
	}
	return pg.As(ctx, db, by.Reach(), func(tx pg.DB) error {
		household, err := pg.One[string](ctx, tx, errNotFound,
			`select household_id from records.declarations where id = @id`, pg.Args{"id": declaration})
		if err != nil {
			return err
		}
		return move(ctx, tx, household, by, declaration, to, reason, kind)
	})
}

// MarkAssessed moves a declaration on in the transaction of the assessment that
// answers it. The assessment writes the chain's entry.
func MarkAssessed(ctx context.Context, tx pg.DB, by actor.Officer, declaration ID) error {
	return set(ctx, tx, by, declaration, Assessed, "")
}

func move(ctx context.Context, tx pg.DB, household string, by actor.Actor, declaration ID, to State, reason string, kind chain.Kind) error {
	if err := set(ctx, tx, by, declaration, to, reason); err != nil {
		return err
	}
	return chain.Append(ctx, tx, household, by, kind, "", Moved{Declaration: declaration.String(), Reason: reason})
}

func set(ctx context.Context, tx pg.DB, by actor.Actor, declaration ID, to State, reason string) error {
	_, who := by.Signature()
	done, err := tx.Exec(ctx, `
		update records.declarations
		   set state = @to, reason = @reason, decided_by = @who, state_at = now()
		 where id = @id and state = any(@from)`,
		pg.Args{"id": declaration, "to": to, "reason": reason, "who": who, "from": to.From()})
	if err == nil && done.RowsAffected() == 0 {
		return errMoved
	}
	return err
}
