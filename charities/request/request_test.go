package request_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shanqiao/charities/request"
	"shanqiao/internal/fault"
	"shanqiao/internal/pg"
	"shanqiao/internal/pgtest"
)

func TestOnce(t *testing.T) {
	t.Parallel()
	p := pgtest.New(t)
	db := p.Pools.Exchange
	ctx := t.Context()
	ran := 0
	once := func(account, key, body string, fail error) (string, error) {
		var answer string
		err := pg.InTx(ctx, db, func(tx pg.DB) (err error) {
			answer, err = request.Once(ctx, tx, account, key, "test", body, func() (string, error) {
				ran++
				return `back\slash "and" 引号`, fail
			})
			return err
		})
		return answer, err
	}

	first, err := once("a", "k", "body", nil)
	require.NoError(t, err)
	second, err := once("a", "k", "body", nil)
	require.NoError(t, err)
	require.Equal(t, first, second)
	require.Equal(t, 1, ran)

	_, err = once("a", "k", "another body", nil)
	require.ErrorIs(t, err, fault.New(fault.Invalid, "request.key_reused"))
	_, err = once("b", "k", "another body", nil)
	require.NoError(t, err, "keys are the account's own")

	for _, key := range []string{"", "with space", "换行", string(make([]byte, 200))} {
		_, err = once("a", key, "body", nil)
		require.ErrorIs(t, err, fault.New(fault.Invalid, "request.key_missing"))
	}

	_, err = once("a", "failing", "body", errors.New("no"))
	require.Error(t, err)
	_, err = once("a", "failing", "body", nil)
	require.NoError(t, err, "what failed changed nothing and may be tried again")

	n, err := request.Forget(ctx, db, time.Now())
	require.NoError(t, err)
	require.Zero(t, n)
	n, err = request.Forget(ctx, db, time.Now().Add(request.Kept+time.Minute))
	require.NoError(t, err)
	require.EqualValues(t, 3, n)
}
