package account

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/big"
	"strings"
	"time"

	"shanqiao/internal/fault"
	"shanqiao/internal/message"
	"shanqiao/internal/pg"
	"shanqiao/internal/secret"
)

// CodeLives is how long a code may be used.
const CodeLives = 10 * time.Minute

const codeTries = 5

var (
	// ErrOldCode is the answer for a code that was used, is too old or was tried too often.
	ErrOldCode   = fault.New(fault.Invalid, "account.code_gone")
	errNotPhone  = fault.InvalidFields(map[string]string{"phone": "account.not_phone"})
	errWrongCode = fault.InvalidFields(map[string]string{"code": "account.wrong_code"})
	errNotSent   = fault.New(fault.Unavailable, "account.not_sent")
)

// AskCode sends six digits to a telephone. The code works only in the browser
// that asked for it, named by its secret, so that a code read aloud to a
// stranger on the line signs in nobody. words is the message with {code} in it.
func (d Door) AskCode(ctx context.Context, by message.Sender, browser, typed, address, words string) error {
	phone := secret.NormalPhone(typed)
	if phone == "" {
		return errNotPhone
	}
	if _, err := d.try(ctx, []limit{codesPhone, codesAddress}, []string{phone.Reveal(), address}); err != nil {
		return err
	}
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		return err
	}
	code := fmt.Sprintf("%06d", n)
	hash := browserHash(browser)
	_, err = d.DB.Exec(ctx, `
		insert into access.phone_codes (browser_hash, phone_blind, phone_sealed, code_hash, expires_at)
		values (@browser, @blind, @sealed, @code, now() + @lives::interval)
		on conflict (browser_hash) do update
		   set phone_blind = excluded.phone_blind, phone_sealed = excluded.phone_sealed, code_hash = excluded.code_hash,
		       expires_at = excluded.expires_at, tries = 0, created_at = now()`,
		pg.Args{"browser": hash, "blind": d.Keys.Blind("phone", phone), "sealed": d.Keys.Seal(codePhone(hash), phone),
			"code": codeHash(browser, code), "lives": CodeLives})
	if err != nil {
		return err
	}
	if err := by.Send(ctx, phone, secret.String(strings.ReplaceAll(words, "{code}", code))); err != nil {
		return errNotSent.Because(err)
	}
	return nil
}

// Asked is the number that this browser asked a code for, so that the page can
// say which telephone to look at; "" when there is none any more.
func (d Door) Asked(ctx context.Context, browser string) (secret.String, error) {
	hash := browserHash(browser)
	sealed, err := pg.One[[]byte](ctx, d.DB, ErrOldCode, `
		select phone_sealed
		  from access.phone_codes
		 where browser_hash = @browser and expires_at > now()`, pg.Args{"browser": hash})
	if err != nil {
		return "", err
	}
	return d.Keys.Open(codePhone(hash), sealed)
}

// Code signs a citizen in and returns the account. A try is counted before the
// code is compared, so that parallel tries cannot share one. An account made on
// this occasion reads on in language, in which the person has read so far.
func (d Door) Code(ctx context.Context, browser, code, language string) (string, error) {
	type row struct {
		PhoneSealed []byte
		CodeHash    []byte
	}
	hash := browserHash(browser)
	found, err := pg.One[row](ctx, d.DB, ErrOldCode, `
		update access.phone_codes
		   set tries = tries + 1
		 where browser_hash = @browser and expires_at > now() and tries < @most
		returning phone_sealed, code_hash`, pg.Args{"browser": hash, "most": codeTries})
	if err != nil {
		return "", err
	}
	if !hmac.Equal(found.CodeHash, codeHash(browser, code)) {
		return "", errWrongCode
	}
	phone, err := d.Keys.Open(codePhone(hash), found.PhoneSealed)
	if err != nil {
		return "", err
	}
	var account string
	err = pg.InTx(ctx, d.DB, func(tx pg.DB) error {
		used, err := tx.Exec(ctx, `
			delete from access.phone_codes
			 where browser_hash = @browser and code_hash = @code`, pg.Args{"browser": hash, "code": found.CodeHash})
		if err != nil {
			return err
		}
		if used.RowsAffected() == 0 {
			return ErrOldCode // a second tab was faster: a code signs in once
		}
		if account, err = OfPhone(ctx, tx, d.Keys, phone); err != nil {
			return err
		}
		// Made in this transaction, if at all, its account is as old as it.
		_, err = tx.Exec(ctx, `
			update access.accounts
			   set language = @language
			 where id = @account and created_at = now()`, pg.Args{"account": account, "language": language})
		return err
	})
	return account, err
}

func browserHash(browser string) []byte {
	sum := sha256.Sum256([]byte(browser))
	return sum[:]
}

// codeHash is keyed by the browser's secret, which the database does not have:
// a million codes could be tried against a plain hash in a second.
func codeHash(browser, code string) []byte {
	h := hmac.New(sha256.New, []byte(browser))
	h.Write([]byte(code))
	return h.Sum(nil)
}

func codePhone(browser []byte) secret.Place {
	return secret.Place{Table: "access.phone_codes", Column: "phone_sealed", Row: hex.EncodeToString(browser)}
}
