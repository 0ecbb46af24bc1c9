package migrate

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"shanqiao/internal/pg"
	"shanqiao/internal/secret"
)

// Role is one of our logins.
type Role string

// The logins, one for each room of the house.
const (
	Access   Role = "shanqiao_access"
	Records  Role = "shanqiao_records"
	Exchange Role = "shanqiao_exchange"
	Gate     Role = "shanqiao_gate"
	Audit    Role = "shanqiao_audit"
)

// Roles are all logins.
var Roles = []Role{Access, Records, Exchange, Gate, Audit}

// owner owns every table and cannot sign in.
const owner = "shanqiao_owner"

// roles creates what is missing. Other databases of the cluster may be doing
// the same, and no lock reaches across databases, so losing a race is retried.
func roles(ctx context.Context, conn *pgx.Conn, keys *secret.Keys) error {
	var err error
	for try := range 20 {
		if err = rolesOnce(ctx, conn, keys); !raced(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Duration(try+1) * 10 * time.Millisecond):
		}
	}
	return err
}

// raced knows what Postgres says to the loser: duplicate object, duplicate key
// of the catalogue, or "tuple concurrently updated", which has no code of its own.
func raced(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && (e.Code == "42710" || e.Code == "23505" || e.Code == "XX000")
}

func rolesOnce(ctx context.Context, conn *pgx.Conn, keys *secret.Keys) error {
	if err := ensure(ctx, conn, owner, "nologin"); err != nil {
		return err
	}
	for _, r := range Roles {
		if err := ensure(ctx, conn, string(r), "login"); err != nil {
			return err
		}
		if err := setPassword(ctx, conn, r, keys); err != nil {
			return err
		}
	}
	var member bool
	err := conn.QueryRow(ctx, `select pg_has_role(current_user, $1, 'member')`, owner).Scan(&member)
	if err != nil || member {
		return err
	}
	_, err = conn.Exec(ctx, `grant `+owner+` to current_user`)
	return err
}

// ensure makes the role, or takes from an existing one what it must not have.
func ensure(ctx context.Context, conn *pgx.Conn, name, login string) error {
	const bare = ` nosuperuser nobypassrls nocreatedb nocreaterole noreplication `
	var there, right bool
	err := conn.QueryRow(ctx, `
		select count(*) > 0,
		       coalesce(bool_and(not rolsuper and not rolbypassrls and not rolcreatedb and not rolcreaterole
		                         and not rolreplication and rolcanlogin = ($2 = 'login')), false)
		  from pg_roles where rolname = $1`, name, login).Scan(&there, &right)
	switch {
	case err != nil || right:
		return err
	case there:
		_, err = conn.Exec(ctx, `alter role `+name+bare+login)
	default:
		_, err = conn.Exec(ctx, `create role `+name+bare+login)
	}
	return err
}

// setPassword sets the role's password unless it already opens the door, so
// that a start which changes nothing writes nothing.
func setPassword(ctx context.Context, conn *pgx.Conn, r Role, keys *secret.Keys) error {
	word, err := passwordOf(r, keys)
	if err != nil {
		return err
	}
	cfg := conn.Config().Copy()
	cfg.User, cfg.Password = string(r), word
	// The database may be closed to the role until Up is done; the password is
	// checked before that, so being refused entry still proves it.
	try, err := pgx.ConnectConfig(ctx, cfg)
	if err == nil {
		return try.Close(ctx)
	}
	var e *pgconn.PgError
	if errors.As(err, &e) && e.Code == "42501" {
		return nil
	}
	// Not a parameter: utility statements take none. It is hexadecimal.
	_, err = conn.Exec(ctx, `alter role `+string(r)+` password '`+word+`'`)
	return err
}

func passwordOf(r Role, keys *secret.Keys) (string, error) {
	b, err := keys.Derive("role/"+string(r), 24)
	return hex.EncodeToString(b), err
}

// As is the address of the same database for one of our logins.
func As(baseURL string, r Role, keys *secret.Keys) (string, error) {
	u, err := url.Parse(baseURL)
	if err != nil || (u.Scheme != "postgres" && u.Scheme != "postgresql") {
		return "", errors.New("not a Postgres address of the form postgres://host/database")
	}
	word, err := passwordOf(r, keys)
	if err != nil {
		return "", err
	}
	u.User = url.UserPassword(string(r), word)
	return u.String(), nil
}

// Sizes are the most connections of each pool.
type Sizes struct{ Access, Records, Exchange, Gate, Audit int32 }

// Pools opens one pool per login. baseURL says where the database is; whoever
// signs in by it is replaced. Nothing is connected until first use.
func Pools(ctx context.Context, baseURL string, keys *secret.Keys, n Sizes) (*pg.Pools, error) {
	p := &pg.Pools{}
	for _, r := range Roles {
		at, most, longest := &p.Records, n.Records, 15*time.Second
		switch r {
		case Access:
			at, most = &p.Access, n.Access
		case Exchange:
			at, most = &p.Exchange, n.Exchange
		case Gate:
			at, most, longest = &p.Gate, n.Gate, 5*time.Minute
		case Audit:
			at, most, longest = &p.Audit, n.Audit, 5*time.Minute
		}
		address, err := As(baseURL, r, keys)
		if err == nil {
			*at, err = pg.Open(ctx, address, string(r)[len("shanqiao_"):], most, longest)
		}
		if err != nil {
			p.Close()
			return nil, fmt.Errorf("pool of %s: %w", r, err)
		}
	}
	return p, nil
}
