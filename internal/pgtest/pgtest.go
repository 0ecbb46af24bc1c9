// Package pgtest gives a test a freshly migrated database of its own, with the
// real roles. The migrations run once per hash of migrations/ into a template;
// a test gets a clone of it. Why a clone and not a transaction that is rolled
// back, with the measurements, is in docs/decisions/0005.
package pgtest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"shanqiao/internal/migrate"
	"shanqiao/internal/pg"
	"shanqiao/internal/secret"
	"shanqiao/internal/service"
)

// Variable names the superuser's address of the cluster to test in.
const Variable = service.ForTests

const missing = Variable + " is not set: tests need Postgres and never skip. Run them through\n" +
	"\tmake test\n" +
	"or, for one package,\n" +
	"\tgo build -o bin/shanqiao ./cmd/shanqiao && bin/shanqiao with-services -- go test ./..."

// DB is one test's database.
type DB struct {
	Pools *pg.Pools     // one pool per role, as the program has them
	Admin *pgxpool.Pool // superuser, for looking behind the walls
	Keys  *secret.Keys  // of a secret that is the same in every test
	URL   string        // the superuser's address of this database
	Name  string
}

// New clones the template. The clone is dropped at the end of the test, unless
// the test failed.
func New(t testing.TB) *DB {
	t.Helper()
	base := os.Getenv(Variable)
	if base == "" {
		t.Fatal(missing)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	keys, err := secret.NewKeys([]byte("a secret for tests, and only them"))
	if err != nil {
		t.Fatal(err)
	}
	from, err := template(ctx, base, keys)
	if err != nil {
		t.Fatalf("pgtest: template: %v", err)
	}
	p := &DB{Keys: keys, Name: fmt.Sprintf("%s%x_%08x", clonePrefix, time.Now().Unix(), rand.Uint32())}
	if err := clone(ctx, base, from, p.Name); err != nil {
		t.Fatalf("pgtest: clone: %v", err)
	}
	t.Cleanup(func() { p.drop(t, base) })
	if p.URL, err = at(base, p.Name); err != nil {
		t.Fatal(err)
	}
	// The test's context ends before its cleanup; the pools must outlive it.
	ctx = context.WithoutCancel(ctx)
	p.Pools, err = migrate.Pools(ctx, p.URL, keys, migrate.Sizes{Access: 2, Records: 6, Exchange: 6, Gate: 2, Audit: 2})
	if err != nil {
		t.Fatal(err)
	}
	if p.Admin, err = pg.Open(ctx, p.URL, "test-admin", 4, time.Minute); err != nil {
		t.Fatal(err)
	}
	return p
}

func clone(ctx context.Context, base, from, name string) error {
	return withConn(ctx, base, func(conn *pgx.Conn) error {
		if _, err := conn.Exec(ctx, `create database `+name+` template `+from+` strategy file_copy`); err != nil {
			return err
		}
		return migrate.Close(ctx, conn, name)
	})
}

// drop closes the pools and drops the database. A connection that is still out
// is a mistake of the code under test: a row set or a transaction left open.
func (p *DB) drop(t testing.TB, base string) {
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		if p.Pools != nil {
			p.Pools.Close()
		}
		if p.Admin != nil {
			p.Admin.Close()
		}
	}()
	select {
	case <-closed:
	case <-time.After(10 * time.Second):
		t.Error("pgtest: a connection was not given back to its pool")
	}
	if t.Failed() {
		u, err := url.Parse(p.URL)
		if err == nil {
			t.Logf("pgtest: kept: psql \"host=%s port=%s user=%s dbname=%s\", password in %s",
				u.Hostname(), u.Port(), u.User.Username(), p.Name, Variable)
		}
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	err := withConn(ctx, base, func(conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, `drop database `+p.Name+` with (force)`)
		return err
	})
	if err != nil {
		t.Errorf("pgtest: drop: %v", err)
	}
}

func withConn(ctx context.Context, address string, do func(*pgx.Conn) error) error {
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return fmt.Errorf("%s: %w", Variable, err)
	}
	return errors.Join(do(conn), conn.Close(context.WithoutCancel(ctx)))
}

// at is base's address of another database.
func at(base, database string) (string, error) {
	u, err := url.Parse(base)
	if err != nil {
		return "", errors.New(Variable + " is not an address of the form postgres://…")
	}
	u.Path = "/" + database
	return u.String(), nil
}
