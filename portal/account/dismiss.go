package account

import (
	"context"

	"shanqiao/internal/actor"
	"shanqiao/internal/pg"
)

// Dismiss closes the account of somebody who left the member's organisation, and
// ends its sessions. The caller has found that they belonged to it: a
// volunteer's account does not say. Nobody dismisses themselves.
func Dismiss(ctx context.Context, db pg.DB, by actor.Member, account string) error {
	_, err := db.Exec(ctx, `
		update access.accounts
		   set disabled_at = now(), sessions_valid_after = now()
		 where id = @account and id <> @me and disabled_at is null
		   and (role = 'volunteer' or role = 'member' and organisation_id = @organisation)`,
		pg.Args{"account": account, "me": by.Account, "organisation": by.Organisation})
	return err
}
