// Package migrate brings a database to the schema of this program: the roles,
// then the numbered migrations, run as the owner, who cannot sign in.
//
// Roles belong to the whole cluster, not to one database, so everything here
// may run at the same time as itself in another database of the same cluster.
// Two installations with different master secrets cannot share a cluster: each
// would set the roles' passwords for itself.
package migrate

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"shanqiao/internal/secret"
	"shanqiao/migrations"
)

// Edition counts the changes to what Up does besides running the files. A
// test's template of an older edition is not used.
const Edition = 2

// one lock for the whole of Up, within a database.
const lock = 0x7368616e71 // "shanq"

// Up creates the roles that are missing and runs the migrations that are.
// adminURL signs in as someone who may create roles and schemas. It may be run
// again and at the same time; it returns how many migrations it ran.
func Up(ctx context.Context, adminURL string, keys *secret.Keys) (ran int, err error) {
	conn, err := pgx.Connect(ctx, adminURL)
	if err != nil {
		return 0, fmt.Errorf("migrate: %w", plain(err))
	}
	defer func() { err = errors.Join(err, conn.Close(context.WithoutCancel(ctx))) }()
	if _, err := conn.Exec(ctx, `select pg_advisory_lock($1)`, int64(lock)); err != nil {
		return 0, fmt.Errorf("migrate: wait for another migration: %w", err)
	}
	if err := roles(ctx, conn, keys); err != nil {
		return 0, fmt.Errorf("migrate: roles: %w", err)
	}
	if err := house(ctx, conn); err != nil {
		return 0, fmt.Errorf("migrate: %w", err)
	}
	if ran, err = files(ctx, adminURL); err != nil {
		return ran, fmt.Errorf("migrate: %w", err)
	}
	if err := tell(ctx, conn); err != nil {
		return ran, fmt.Errorf("migrate: %w", err)
	}
	return ran, nil
}

// tell lets every login read which migrations there were, so that a program can
// say that the schema is behind it.
func tell(ctx context.Context, conn *pgx.Conn) error {
	for _, r := range Roles {
		_, err := conn.Exec(ctx, `grant usage on schema history to `+string(r)+`;
			grant select on history.migrations to `+string(r))
		if err != nil {
			return err
		}
	}
	return nil
}

// house gives the owner room to build in and takes from everyone what Postgres
// gives to everyone.
func house(ctx context.Context, conn *pgx.Conn) error {
	database := pgx.Identifier{conn.Config().Database}.Sanitize()
	for _, statement := range []string{
		`grant create on database ` + database + ` to ` + owner,
		`create schema if not exists history authorization ` + owner,
		`revoke all on schema public from public`,
		`grant usage, create on schema public to ` + owner,
	} {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	return Close(ctx, conn, conn.Config().Database)
}

// Close shuts a database to everyone but our logins. A database cloned from a
// template does not inherit this.
func Close(ctx context.Context, conn *pgx.Conn, database string) error {
	name := pgx.Identifier{database}.Sanitize()
	if _, err := conn.Exec(ctx, `revoke all on database `+name+` from public`); err != nil {
		return err
	}
	for _, r := range Roles {
		if _, err := conn.Exec(ctx, `grant connect on database `+name+` to `+string(r)); err != nil {
			return err
		}
	}
	return nil
}

// files runs goose as the owner, so that the owner owns what they create.
func files(ctx context.Context, adminURL string) (int, error) {
	db, err := asOwner(adminURL)
	if err != nil {
		return 0, err
	}
	defer db.Close()
	p, err := goose.NewProvider(goose.DialectPostgres, db, migrations.FS,
		goose.WithTableName("history.migrations"),
		// Numbers are handed out in ranges, so a lower one may land later.
		goose.WithAllowOutofOrder(true),
		goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return 0, err
	}
	done, err := p.Up(ctx)
	return len(done), err
}

func asOwner(adminURL string) (*sql.DB, error) {
	cfg, err := pgx.ParseConfig(adminURL)
	if err != nil {
		return nil, plain(err)
	}
	cfg.RuntimeParams["role"] = owner
	cfg.RuntimeParams["application_name"] = "shanqiao-migrate"
	cfg.RuntimeParams["lock_timeout"] = "10000"
	return stdlib.OpenDB(*cfg), nil
}

// Pending names the migrations that the database at adminURL has not had.
func Pending(ctx context.Context, conn *pgx.Conn) ([]string, error) {
	names, err := fs.Glob(migrations.FS, "*.sql")
	if err != nil {
		return nil, err
	}
	var there bool
	if err := conn.QueryRow(ctx, `select to_regclass('history.migrations') is not null`).Scan(&there); err != nil {
		return nil, err
	}
	if !there {
		return names, nil
	}
	rows, err := conn.Query(ctx, `select version_id from history.migrations where is_applied`)
	if err != nil {
		return nil, err
	}
	had, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return nil, err
	}
	applied := map[int64]bool{}
	for _, v := range had {
		applied[v] = true
	}
	var pending []string
	for _, name := range names {
		if v, err := goose.NumericComponent(name); err != nil || !applied[v] {
			pending = append(pending, name)
		}
	}
	return pending, nil
}

// Versions are the highest migration that the database has had, 0 for none, and
// the highest that this program brings. A database that is further was served by
// a newer program.
func Versions(ctx context.Context, conn *pgx.Conn) (had, ours int64, err error) {
	names, err := fs.Glob(migrations.FS, "*.sql")
	if err != nil {
		return 0, 0, err
	}
	for _, name := range names {
		v, err := goose.NumericComponent(name)
		if err != nil {
			return 0, 0, err
		}
		ours = max(ours, v)
	}
	var there bool
	if err := conn.QueryRow(ctx, `select to_regclass('history.migrations') is not null`).Scan(&there); err != nil || !there {
		return 0, ours, err
	}
	err = conn.QueryRow(ctx, `select coalesce(max(version_id), 0) from history.migrations where is_applied`).Scan(&had)
	return had, ours, err
}

// plain drops the address from a parse error, because it holds a password.
func plain(err error) error {
	var e *pgconn.ParseConfigError
	if errors.As(err, &e) {
		return errors.New("not a Postgres address")
	}
	return err
}
