package account

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"time"

	"shanqiao/internal/fault"
	"shanqiao/internal/pg"
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
	oldPassword  = limit{"old-password", 10, 15 * time.Minute}
	codesPhone   = limit{"code-phone", 5, time.Hour}
	codesAddress = limit{"code-address", 100, time.Hour}
	applications = limit{"application", 20, time.Hour}
)

// attempt is one that was counted.
type attempt struct {
	hash []byte
	at   time.Time
}

// try counts an attempt under each key, or refuses all of them when one has been
// tried too often. It counts before anything is compared, so that a hundred at
// once are a hundred; the keys are locked in one order, so that none wait for
// each other.
func (d Door) try(ctx context.Context, limits []limit, keys []string) ([]attempt, error) {
	made := make([]attempt, len(limits))
	err := pg.InTx(ctx, d.DB, func(tx pg.DB) error {
		for i, l := range limits {
			hash, err := d.keyed(l, keys[i])
			if err != nil {
				return err
			}
			if made[i], err = l.take(ctx, tx, hash); err != nil {
				return err
			}
		}
		return nil
	})
	return made, err
}

// take counts one attempt within the limit and forgets those of yesterday under
// the same key.
func (l limit) take(ctx context.Context, tx pg.DB, hash []byte) (attempt, error) {
	a := attempt{hash: hash}
	if _, err := tx.Exec(ctx, `select pg_advisory_xact_lock(hashtextextended('attempt ' || encode(@hash::bytea, 'hex'), 0))`,
		pg.Args{"hash": hash}); err != nil {
		return a, err
	}
	// clock_timestamp and not now(): whoever waited for the lock began earlier.
	var err error
	a.at, err = pg.One[time.Time](ctx, tx, errTooMany.With("minutes", int(l.within/time.Minute)), `
		with old as (
		  delete from access.attempts
		   where key_hash = @hash and at < now() - interval '1 day')
		insert into access.attempts (key_hash, at)
		select @hash, clock_timestamp()
		 where (select count(*) from access.attempts
		         where key_hash = @hash and at > now() - @within::interval) < @most
		returning at`, pg.Args{"hash": hash, "within": l.within, "most": l.most})
	return a, err
}

// forgive takes back what was counted, because it was no guess.
func (d Door) forgive(ctx context.Context, made []attempt) error {
	for _, a := range made {
		if _, err := d.DB.Exec(ctx, `
			delete from access.attempts
			 where key_hash = @hash and at = @at`, pg.Args{"hash": a.hash, "at": a.at}); err != nil {
			return err
		}
	}
	return nil
}

// Applying counts an application for an account from an address, or refuses it.
// Each costs a hash, says which logins and credit codes are taken, and leaves work
// for an officer, so that even those that succeed are counted.
func (d Door) Applying(ctx context.Context, address string) error {
	_, err := d.try(ctx, []limit{applications}, []string{address})
	if fault.Of(err) == fault.TooMany {
		return fault.New(fault.TooMany, "account.applied_often").With("minutes", int(applications.within/time.Minute))
	}
	return err
}

// keyed is the key under a keyed hash, so that the table names nobody.
func (d Door) keyed(l limit, key string) ([]byte, error) {
	k, err := d.Keys.Derive("attempts/1", 32)
	if err != nil {
		return nil, err
	}
	h := hmac.New(sha256.New, k)
	h.Write([]byte(l.kind + "|" + key))
	return h.Sum(nil)[:16], nil
}
