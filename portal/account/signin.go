package account

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"time"

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

// limit is how many attempts under one key are taken in a window. The tight
// limits are for one account from one address; the wide ones let a whole
// carrier's network share an address.
type limit struct {
	kind   string
	most   int
	within time.Duration
}

var (
	perLoginHere = limit{"login-address", 10, 15 * time.Minute}
	perLogin     = limit{"login", 100, 15 * time.Minute}
	perAddress   = limit{"address", 300, 15 * time.Minute}
	codesPhone   = limit{"code-phone", 5, time.Hour}
	codesAddress = limit{"code-address", 100, time.Hour}
)

// Password signs in by login and password and returns the account. Too many
// failures make it wait; they never lock the account for good.
func (d Door) Password(ctx context.Context, login, password, address string) (string, error) {
	login = Login(login)
	keys := map[limit]string{perLoginHere: login + "|" + address, perLogin: login, perAddress: address}
	for l, key := range keys {
		if err := d.allow(ctx, l, key); err != nil {
			return "", err
		}
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
		for l, key := range keys {
			if err := d.count(ctx, l, key); err != nil {
				return "", err
			}
		}
		return "", errWrong
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

// allow refuses when a key has been tried too often.
func (d Door) allow(ctx context.Context, l limit, key string) error {
	hash, err := d.attempt(l, key)
	if err != nil {
		return err
	}
	n, err := pg.One[int](ctx, d.DB, errNone, `
		select count(*)::int
		  from access.attempts
		 where key_hash = @hash and at > now() - @within::interval`, pg.Args{"hash": hash, "within": l.within})
	if err == nil && n >= l.most {
		return errTooMany.With("minutes", int(l.within/time.Minute))
	}
	return err
}

// count notes an attempt and forgets those of yesterday under the same key.
func (d Door) count(ctx context.Context, l limit, key string) error {
	hash, err := d.attempt(l, key)
	if err != nil {
		return err
	}
	_, err = d.DB.Exec(ctx, `
		with old as (
		  delete from access.attempts
		   where key_hash = @hash and at < now() - interval '1 day')
		insert into access.attempts (key_hash) values (@hash)`, pg.Args{"hash": hash})
	return err
}

// attempt is the key under a keyed hash, so that the table names nobody.
func (d Door) attempt(l limit, key string) ([]byte, error) {
	k, err := d.Keys.Derive("attempts/1", 32)
	if err != nil {
		return nil, err
	}
	h := hmac.New(sha256.New, k)
	h.Write([]byte(l.kind + "|" + key))
	return h.Sum(nil)[:16], nil
}
