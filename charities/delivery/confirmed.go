package delivery

import (
	"context"
	"slices"

	"shanqiao/charities/claim"
	"shanqiao/internal/fault"
	"shanqiao/internal/pg"
)

// Confirmed is the reaction to what the household, or an officer for it, said
// of a delivery. It may run again: the first answer stands. Help that was not
// received is taken back and the claim goes on hold; when everything is given
// and confirmed, the claim is completed.
func Confirmed(ctx context.Context, tx pg.DB, delivery string, answer Answer) error {
	if !slices.Contains(Answers, answer) {
		return fault.New(fault.Invalid, "delivery.answer_unknown")
	}
	return pg.InTx(ctx, tx, func(tx pg.DB) error {
		d, err := one(ctx, tx, delivery)
		if err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, `
			update exchange.deliveries
			   set answer = @answer, confirmed_at = now()
			 where id = @id and answer is null`,
			pg.Args{"id": delivery, "answer": string(answer)})
		if err != nil || tag.RowsAffected() == 0 {
			return err
		}
		if answer == NotReceived && d.Result != Absent {
			return claim.Denied(ctx, tx, d.Claim, d.Units)
		}
		return claim.Finish(ctx, tx, d.Claim)
	})
}
