package account

import (
	"context"
	"errors"

	"shanqiao/internal/fault"
	"shanqiao/internal/pg"
	"shanqiao/internal/secret"
)

// Door signs people in. DB is the access login.
type Door struct {
	DB   pg.DB
	Keys *secret.Keys
}

var (
	errWrong   = fault.New(fault.Invalid, "account.wrong")
	errTooMany = fault.New(fault.TooMany, "account.too_many")
)

// Password signs in by login and password and returns the account. Too many
// failures make it wait; they never lock the account for good.
func (d Door) Password(ctx context.Context, login, password, address string) (string, error) {
	login = Login(login)
	tried, err := d.try(ctx, []limit{perLoginHere, perLogin, perAddress}, []string{login + "|" + address, login, address})
	if err != nil {
		return "", err
	}
	type row struct{ ID, Password string }
	found, err := pg.One[row](ctx, d.DB, errNone, `
		select id, password
		  from access.accounts
		 where login = @login and password is not null and disabled_at is null`, pg.Args{"login": login})
	known := err == nil
	if !known {
		if !errors.Is(err, errNone) {
			return "", err
		}
		found.Password = nobody
	}
	ok, stale, err := matches(ctx, found.Password, password)
	if err != nil {
		return "", err
	}
	if !ok || !known {
		return "", errWrong
	}
	if err := d.forgive(ctx, tried); err != nil {
		return "", err
	}
	if stale {
		err = d.rehash(ctx, found.ID, found.Password, password)
	}
	return found.ID, err
}

// rehash replaces a hash made at another cost, unless the password was changed meanwhile.
func (d Door) rehash(ctx context.Context, account, old, password string) error {
	hash, err := Hash(ctx, password)
	if fault.As(err) != nil {
		return nil // an old password that today's rules refuse still signs in
	}
	if err != nil {
		return err
	}
	_, err = d.DB.Exec(ctx, `
		update access.accounts
		   set password = @hash
		 where id = @account and password = @old`, pg.Args{"hash": hash, "account": account, "old": old})
	return err
}
