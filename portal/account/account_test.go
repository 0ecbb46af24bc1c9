package account

import (
	"context"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/message"
	"shanqiao/internal/pgtest"
	"shanqiao/internal/secret"
)

const password = "correct horse battery"

func newDoor(t *testing.T) (Door, *pgtest.DB) {
	t.Helper()
	p := pgtest.New(t)
	return Door{DB: p.Pools.Access, Keys: p.Keys}, p
}

func TestCreate(t *testing.T) {
	t.Parallel()
	d, _ := newDoor(t)
	officer := New{Role: actor.DistrictRole, Login: " Chaoyang.Li ", Password: password, Name: "李", Region: "110105"}
	id, err := Create(t.Context(), d.DB, officer)
	require.NoError(t, err)

	_, err = Create(t.Context(), d.DB, officer)
	require.Equal(t, map[string]string{"login": "account.login_taken"}, fault.As(err).Fields)
	officer.Login, officer.Region = "other", "110105015"
	_, err = Create(t.Context(), d.DB, officer)
	require.ErrorIs(t, err, fault.New(fault.Invalid, "account.reach"))
	_, err = Create(t.Context(), d.DB, New{Role: actor.AuditorRole, Login: "no spaces", Password: password})
	require.Equal(t, map[string]string{"login": "account.login_shape"}, fault.As(err).Fields)

	got, err := d.Password(t.Context(), "chaoyang.li", password, "192.0.2.1")
	require.NoError(t, err)
	require.Equal(t, id, got)
}

func TestHash(t *testing.T) {
	t.Parallel()
	for bad, key := range map[string]string{
		"short":                  "account.password_short",
		strings.Repeat("长", 129): "account.password_long",
		"aaaaaaaaaaaa":           "account.password_common",
		"1234567890":             "account.password_common",
		"Password2026!":          "account.password_common",
		"qwertyuiop":             "account.password_common",
	} {
		_, err := Hash(t.Context(), bad)
		require.Equal(t, key, fault.As(err).Fields["password"], bad)
	}
	phc, err := Hash(t.Context(), "一二三四五六七八九十")
	require.NoError(t, err)
	require.Regexp(t, `^\$argon2id\$v=19\$m=65536,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$`, phc)
	ok, stale, err := matches(t.Context(), phc, "一二三四五六七八九十")
	require.NoError(t, err)
	require.True(t, ok)
	require.False(t, stale)
	for _, broken := range []string{"", "plain", "$argon2id$v=19$m=x$a$b", "$argon2i$v=19$m=65536,t=2,p=1$AAAA$AAAA"} {
		_, _, err = matches(t.Context(), broken, password)
		require.Error(t, err, broken)
	}
}

func TestPassword(t *testing.T) {
	t.Parallel()

	t.Run("a wrong login and a wrong password are one answer", func(t *testing.T) {
		t.Parallel()
		d, _ := newDoor(t)
		_, err := Create(t.Context(), d.DB, New{Role: actor.AuditorRole, Login: "auditor", Password: password})
		require.NoError(t, err)
		_, wrong := d.Password(t.Context(), "auditor", "not the password", "192.0.2.1")
		_, nobody := d.Password(t.Context(), "nobody", "not the password", "192.0.2.1")
		require.ErrorIs(t, wrong, errWrong)
		require.Equal(t, wrong, nobody)
	})

	t.Run("guessing is stopped for one address and not for the owner's", func(t *testing.T) {
		t.Parallel()
		d, _ := newDoor(t)
		_, err := Create(t.Context(), d.DB, New{Role: actor.AuditorRole, Login: "auditor", Password: password})
		require.NoError(t, err)
		for range perLoginHere.most {
			_, err := d.try(t.Context(), []limit{perLoginHere}, []string{"auditor|192.0.2.1"})
			require.NoError(t, err)
		}
		_, err = d.Password(t.Context(), "auditor", password, "192.0.2.1")
		require.Equal(t, fault.TooMany, fault.Of(err))
		_, err = d.Password(t.Context(), "auditor", password, "192.0.2.2")
		require.NoError(t, err)
	})

	t.Run("a hash made at another cost is made anew", func(t *testing.T) {
		t.Parallel()
		d, p := newDoor(t)
		id, err := Create(t.Context(), d.DB, New{Role: actor.AuditorRole, Login: "auditor", Password: password})
		require.NoError(t, err)
		cheap := cheapHash(t)
		_, err = p.Admin.Exec(t.Context(), `update access.accounts set password = $1 where id = $2`, cheap, id)
		require.NoError(t, err)
		_, err = d.Password(t.Context(), "auditor", password, "192.0.2.1")
		require.NoError(t, err)
		var now string
		require.NoError(t, p.Admin.QueryRow(t.Context(), `select password from access.accounts where id = $1`, id).Scan(&now))
		require.Contains(t, now, "m=65536,t=2,p=1")
	})

	t.Run("a disabled account does not sign in", func(t *testing.T) {
		t.Parallel()
		d, _ := newDoor(t)
		id, err := Create(t.Context(), d.DB, New{Role: actor.AuditorRole, Login: "auditor", Password: password})
		require.NoError(t, err)
		admin := actor.Administrator{Account: "admin"}
		require.NoError(t, Disable(t.Context(), d.DB, admin, id))
		require.Equal(t, fault.Conflict, fault.Of(Disable(t.Context(), d.DB, admin, id)))
		_, err = d.Password(t.Context(), "auditor", password, "192.0.2.1")
		require.ErrorIs(t, err, errWrong)
		require.NoError(t, Enable(t.Context(), d.DB, admin, id))
		_, err = d.Password(t.Context(), "auditor", password, "192.0.2.1")
		require.NoError(t, err)
	})
}

var digits = regexp.MustCompile(`\d{6}`)

func ask(t *testing.T, d Door, browser string) string {
	t.Helper()
	var sent message.Shown
	require.NoError(t, d.AskCode(t.Context(), &sent, browser, "+86 138-0000-0001", "192.0.2.1", "code {code}"))
	return digits.FindString(sent.Last("13800000001").Reveal())
}

func TestCode(t *testing.T) {
	t.Parallel()

	t.Run("signs the same telephone in to the same account, once for each code", func(t *testing.T) {
		t.Parallel()
		d, _ := newDoor(t)
		code := ask(t, d, "browser one")
		first, err := d.Code(t.Context(), "browser one", code, "zh")
		require.NoError(t, err)
		_, err = d.Code(t.Context(), "browser one", code, "zh")
		require.ErrorIs(t, err, ErrOldCode)
		second, err := d.Code(t.Context(), "browser two", ask(t, d, "browser two"), "zh")
		require.NoError(t, err)
		require.Equal(t, first, second)

		phone, err := Phone(t.Context(), d.DB, d.Keys, actor.Citizen{Account: first})
		require.NoError(t, err)
		require.Equal(t, "13800000001", phone.Reveal())
	})

	t.Run("works only in the browser that asked", func(t *testing.T) {
		t.Parallel()
		d, _ := newDoor(t)
		code := ask(t, d, "browser one")
		_, err := d.Code(t.Context(), "browser two", code, "zh")
		require.ErrorIs(t, err, ErrOldCode)
	})

	t.Run("dies after five wrong tries, also in parallel", func(t *testing.T) {
		t.Parallel()
		d, _ := newDoor(t)
		code := ask(t, d, "browser")
		wrong := "000000"
		if code == wrong {
			wrong = "111111"
		}
		var mu sync.Mutex
		answers := map[string]int{}
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				_, err := d.Code(context.Background(), "browser", wrong, "zh")
				mu.Lock()
				defer mu.Unlock()
				answers[err.Error()]++
			})
		}
		wg.Wait()
		require.Equal(t, map[string]int{errWrongCode.Error(): 5, ErrOldCode.Error(): 15}, answers)
		_, err := d.Code(t.Context(), "browser", code, "zh")
		require.ErrorIs(t, err, ErrOldCode)
	})

	t.Run("is too old after ten minutes", func(t *testing.T) {
		t.Parallel()
		d, p := newDoor(t)
		code := ask(t, d, "browser")
		_, err := p.Admin.Exec(t.Context(), `update access.phone_codes set expires_at = now()`)
		require.NoError(t, err)
		_, err = d.Code(t.Context(), "browser", code, "zh")
		require.ErrorIs(t, err, ErrOldCode)
	})

	t.Run("is asked for five times an hour at most", func(t *testing.T) {
		t.Parallel()
		d, _ := newDoor(t)
		for range 5 {
			ask(t, d, "browser")
		}
		err := d.AskCode(t.Context(), &message.Shown{}, "browser", "13800000001", "192.0.2.9", "{code}")
		require.Equal(t, fault.TooMany, fault.Of(err))
	})

	t.Run("nonsense is no number, and a sender that fails says so", func(t *testing.T) {
		t.Parallel()
		d, _ := newDoor(t)
		err := d.AskCode(t.Context(), &message.Shown{}, "browser", "12345", "192.0.2.1", "{code}")
		require.Equal(t, map[string]string{"phone": "account.not_phone"}, fault.As(err).Fields)
		err = d.AskCode(t.Context(), message.Nobody{}, "browser", "13800000001", "192.0.2.1", "{code}")
		require.Equal(t, fault.Unavailable, fault.Of(err))
	})

	t.Run("neither code nor number is stored in clear", func(t *testing.T) {
		t.Parallel()
		d, p := newDoor(t)
		code := ask(t, d, "browser")
		_, err := d.Code(t.Context(), "browser", code, "zh")
		require.NoError(t, err)
		code = ask(t, d, "browser")
		for _, canary := range []string{code, "13800000001"} {
			var n int
			require.NoError(t, p.Admin.QueryRow(t.Context(), `
				select (select count(*) from access.phone_codes c where c::text like '%' || $1 || '%' or position($2::bytea in phone_sealed || code_hash) > 0)
				     + (select count(*) from access.accounts a where a::text like '%' || $1 || '%' or position($2::bytea in phone_sealed) > 0)`,
				canary, []byte(canary)).Scan(&n))
			require.Zero(t, n, canary)
		}
	})
}

func TestChangePassword(t *testing.T) {
	t.Parallel()
	d, _ := newDoor(t)
	id, err := Create(t.Context(), d.DB, New{Role: actor.AuditorRole, Login: "auditor", Password: password})
	require.NoError(t, err)
	me := actor.Auditor{Account: id}
	require.ErrorIs(t, d.ChangePassword(t.Context(), me, "not the password", "another good one"), errOldPassword)
	require.NoError(t, d.ChangePassword(t.Context(), me, password, "another good one"))
	_, err = d.Password(t.Context(), "auditor", "another good one", "192.0.2.1")
	require.NoError(t, err)

	for range oldPassword.most - 1 { // one was guessed above
		require.ErrorIs(t, d.ChangePassword(t.Context(), me, "not the password", "another good one"), errOldPassword)
	}
	err = d.ChangePassword(t.Context(), me, "another good one", "a third good one")
	require.Equal(t, fault.TooMany, fault.Of(err), "not even the right one, until some time has passed")

	citizen, err := OfPhone(t.Context(), d.DB, d.Keys, secret.NormalPhone("13800000002"))
	require.NoError(t, err)
	require.Equal(t, fault.NotFound, fault.Of(d.ChangePassword(t.Context(), actor.Citizen{Account: citizen}, "", "another good one")))
}

func TestTemporaryPassword(t *testing.T) {
	t.Parallel()
	d, _ := newDoor(t)
	root, err := Create(t.Context(), d.DB, New{Role: actor.AdministratorRole, Login: "root", Password: password})
	require.NoError(t, err)
	by := actor.Administrator{Account: root}
	id, given, err := Open(t.Context(), d.DB, by, New{Role: actor.AuditorRole, Login: "auditor", Name: "李"})
	require.NoError(t, err)
	me := actor.Auditor{Account: id}
	temporary := func() bool {
		a, err := Of(t.Context(), d.DB, me)
		require.NoError(t, err)
		return a.Temporary
	}
	require.True(t, temporary())
	require.ErrorIs(t, d.ChangePassword(t.Context(), me, given, given), errSamePassword)
	require.True(t, temporary(), "the giver would still know it")
	require.NoError(t, d.ChangePassword(t.Context(), me, given, password))
	require.False(t, temporary())

	_, err = Reset(t.Context(), d.DB, by, id)
	require.NoError(t, err)
	require.True(t, temporary())
}
