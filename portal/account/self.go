package account

import (
	"context"

	"golang.org/x/text/unicode/norm"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/pg"
)

// Account is what a person may see of their own account.
type Account struct {
	ID           string
	Role         actor.Role
	Login        string
	Name         string
	Region       string
	Organisation string `db:"organisation_id"`
	Language     string
	// Temporary says that the password was given by somebody else and must be changed.
	Temporary bool `db:"password_temporary"`
}

var errNotThere = fault.New(fault.NotFound, "error.not_found")

// Of is the account of whoever acts.
func Of(ctx context.Context, db pg.DB, by actor.Actor) (Account, error) {
	_, me := by.Signature()
	return pg.One[Account](ctx, db, errNotThere, `
		select id, role, coalesce(login, '') as login, name, region, organisation_id, language, password_temporary
		  from access.accounts
		 where id = @me`, pg.Args{"me": me})
}

// SetLanguage keeps the language in which a person reads.
func SetLanguage(ctx context.Context, db pg.DB, by actor.Actor, language string) error {
	_, me := by.Signature()
	_, err := db.Exec(ctx, `
		update access.accounts
		   set language = @language
		 where id = @me`, pg.Args{"language": language, "me": me})
	return err
}

var (
	errOldPassword  = fault.InvalidFields(map[string]string{"old": "account.wrong_password"})
	errSamePassword = fault.InvalidFields(map[string]string{"password": "account.password_same"})
)

// ChangePassword replaces the password by whoever knows the old one, and ends
// every session of the account. Guesses are counted as at the door: a session
// left open on a shared computer must not become a way to the password. A
// password that was temporary is the person's own from then on.
func (d Door) ChangePassword(ctx context.Context, by actor.Actor, old, next string) error {
	_, me := by.Signature()
	tried, err := d.try(ctx, []limit{oldPassword}, []string{me})
	if err != nil {
		return err
	}
	was, err := pg.One[string](ctx, d.DB, errNotThere, `
		select password
		  from access.accounts
		 where id = @me and password is not null`, pg.Args{"me": me})
	if err != nil {
		return err
	}
	ok, _, err := matches(ctx, was, old)
	if err != nil {
		return err
	}
	if !ok {
		return errOldPassword
	}
	if err := d.forgive(ctx, tried); err != nil {
		return err
	}
	// Of a given password the giver knows, so keeping it would be no change.
	if norm.NFC.String(next) == norm.NFC.String(old) {
		return errSamePassword
	}
	hash, err := Hash(ctx, next)
	if err != nil {
		return err
	}
	tag, err := d.DB.Exec(ctx, `
		update access.accounts
		   set password = @hash, password_temporary = false, sessions_valid_after = now()
		 where id = @me and password = @was`, pg.Args{"hash": hash, "me": me, "was": was})
	if err == nil && tag.RowsAffected() == 0 {
		return errOldPassword
	}
	return err
}

// Disable shuts an account out at once; Enable lets it in again. An
// administrator cannot shut out the account in use.
func Disable(ctx context.Context, db pg.DB, by actor.Administrator, account string) error {
	tag, err := db.Exec(ctx, `
		update access.accounts
		   set disabled_at = now(), sessions_valid_after = now()
		 where id = @account and id <> @me and disabled_at is null`, pg.Args{"account": account, "me": by.Account})
	if err == nil && tag.RowsAffected() == 0 {
		return fault.New(fault.Conflict, "account.not_disabled")
	}
	return err
}

// Enable lets a disabled account in again.
func Enable(ctx context.Context, db pg.DB, _ actor.Administrator, account string) error {
	tag, err := db.Exec(ctx, `
		update access.accounts
		   set disabled_at = null
		 where id = @account and disabled_at is not null`, pg.Args{"account": account})
	if err == nil && tag.RowsAffected() == 0 {
		return fault.New(fault.Conflict, "account.not_enabled")
	}
	return err
}
