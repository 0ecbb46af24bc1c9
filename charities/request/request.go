// Package request answers the same request once. A form sent twice, or a call
// repeated after a lost connection, carries the key of the first: it gets the
// first one's answer and changes nothing.
//
// The key is written first in the transaction of the change, so of two that
// arrive together one waits for the other's answer. A request that failed
// changed nothing and leaves no key behind: it may be tried again.
package request

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"regexp"
	"time"

	"shanqiao/internal/fault"
	"shanqiao/internal/pg"
)

// Kept is how long an answer is remembered.
const Kept = 72 * time.Hour

var (
	errKey    = fault.New(fault.Invalid, "request.key_missing")
	errReused = fault.New(fault.Invalid, "request.key_reused")

	keyShape = regexp.MustCompile(`^[!-~]{1,128}$`)
)

// Once runs do for the first request of an account under a key and remembers
// what it answered; for the same request again it gives that answer back
// without running do. The same key with another body is Invalid
// "request.key_reused". It must be called in a transaction, and before
// anything else in it. The verb's name is part of the body.
func Once[T any](ctx context.Context, tx pg.DB, account, key, verb string, body any, do func() (T, error)) (T, error) {
	var answer T
	if !keyShape.MatchString(key) {
		return answer, errKey
	}
	hash, err := hashOf(verb, body)
	if err != nil {
		return answer, err
	}
	tag, err := tx.Exec(ctx, `
		insert into exchange.requests (account_id, key, request_hash)
		values (@account, @key, @hash)
		on conflict (account_id, key) do nothing`,
		pg.Args{"account": account, "key": key, "hash": hash})
	if err != nil {
		return answer, err
	}
	if tag.RowsAffected() == 0 {
		return replay[T](ctx, tx, account, key, hash)
	}
	if answer, err = do(); err != nil {
		return answer, err
	}
	kept, err := json.Marshal(answer)
	if err != nil {
		return answer, fmt.Errorf("answer of %s: %w", verb, err)
	}
	_, err = tx.Exec(ctx, `
		update exchange.requests
		   set answer = @answer
		 where account_id = @account and key = @key`,
		pg.Args{"account": account, "key": key, "answer": kept})
	return answer, err
}

func replay[T any](ctx context.Context, tx pg.DB, account, key string, hash []byte) (T, error) {
	type stored struct {
		Same   bool
		Answer []byte
	}
	var answer T
	// The first may have failed between our insert and this look; then there is
	// nothing to replay and the caller tries again.
	s, err := pg.One[stored](ctx, tx, fault.New(fault.Unavailable, "error.database"), `
		select request_hash = @hash as same, coalesce(answer, 'null') as answer
		  from exchange.requests
		 where account_id = @account and key = @key`,
		pg.Args{"account": account, "key": key, "hash": hash})
	switch {
	case err != nil:
		return answer, err
	case !s.Same:
		return answer, errReused
	}
	err = json.Unmarshal(s.Answer, &answer)
	return answer, err
}

func hashOf(verb string, body any) ([]byte, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return nil, fmt.Errorf("request of %s: %w", verb, err)
	}
	sum := sha256.Sum256(append([]byte(verb+"\n"), text...))
	return sum[:], nil
}

// Forget deletes answers older than Kept and says how many there were.
func Forget(ctx context.Context, db pg.DB, at time.Time) (int64, error) {
	tag, err := db.Exec(ctx, `
		delete from exchange.requests
		 where at < @before`,
		pg.Args{"before": at.Add(-Kept)})
	return tag.RowsAffected(), err
}
