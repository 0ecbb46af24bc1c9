// Package pg is how the product talks to Postgres: what a query needs, one
// transaction wrapper, row security, and constraints that explain themselves.
// It knows nothing about needs or charities.
package pg

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
)

// DB is what a query needs. Given a pool, a statement stands alone; given a
// transaction, it is part of one. Begin inside a transaction is a savepoint.
type DB interface {
	Begin(ctx context.Context) (pgx.Tx, error)
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
	SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults
}

// Args are named arguments. A missing or an extra one is an error.
type Args = pgx.StrictNamedArgs

// Pools are the logins of one process, one for each room of the house.
// A part of the program is given only the pools it may use.
type Pools struct {
	Access   *pgxpool.Pool
	Records  *pgxpool.Pool
	Exchange *pgxpool.Pool
	Gate     *pgxpool.Pool
	Audit    *pgxpool.Pool
}

// Close closes every pool.
func (p *Pools) Close() {
	for _, pool := range []*pgxpool.Pool{p.Access, p.Records, p.Exchange, p.Gate, p.Audit} {
		if pool != nil {
			pool.Close()
		}
	}
}

const tries = 5

// InTx runs do in a transaction: all of it happens or none. On a pool it is
// tried again after a deadlock or a serialization failure, so do must touch
// nothing outside Postgres.
func InTx(ctx context.Context, db DB, do func(tx DB) error) error {
	if _, nested := db.(pgx.Tx); nested {
		return once(ctx, db, do)
	}
	var err error
	for try := range tries {
		if err = once(ctx, db, do); !again(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Duration(1+rand.IntN(10<<try)) * time.Millisecond):
		}
	}
	return err
}

func again(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && (e.Code == "40001" || e.Code == "40P01")
}

func once(ctx context.Context, db DB, do func(tx DB) error) error {
	tx, err := db.Begin(ctx)
	if err != nil {
		return unavailable(err)
	}
	committed := false
	defer func() {
		if !committed { // also when do panics
			// The request may be gone; the connection must still be given back clean.
			back, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
			defer cancel()
			tx.Rollback(back)
		}
	}()
	if err := do(tx); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	// A hang-up during COMMIT would leave nobody knowing whether it happened.
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	committed = true // or its outcome is unknown: a rollback could say nothing more
	return tx.Commit(last)
}

// As runs do in a transaction of the records half that sees what reach sees.
// Inside a transaction it narrows or widens for do only, and puts back what was.
func As(ctx context.Context, db DB, reach actor.Reach, do func(tx DB) error) error {
	_, nested := db.(pgx.Tx)
	return InTx(ctx, db, func(tx DB) error {
		var before actor.Reach
		if nested {
			err := tx.QueryRow(ctx, `
				select coalesce(current_setting('app.from', true), ''),
				       coalesce(current_setting('app.to', true), ''),
				       coalesce(current_setting('app.household', true), ''),
				       coalesce(current_setting('app.worker', true), '')`).
				Scan(&before.From, &before.To, &before.Household, &before.Worker)
			if err != nil {
				return err
			}
		}
		if err := setReach(ctx, tx, reach); err != nil {
			return err
		}
		if err := do(tx); err != nil {
			return err
		}
		if nested {
			return setReach(ctx, tx, before)
		}
		return nil
	})
}

func setReach(ctx context.Context, tx DB, r actor.Reach) error {
	_, err := tx.Exec(ctx, `
		select set_config('app.from', @from, true), set_config('app.to', @to, true),
		       set_config('app.household', @household, true), set_config('app.worker', @worker, true)`,
		Args{"from": r.From, "to": r.To, "household": r.Household, "worker": r.Worker})
	return err
}

// One reads exactly one row into a T by column name. No row is the error none.
func One[T any](ctx context.Context, db DB, none error, sql string, args Args) (T, error) {
	var zero T
	rows, err := db.Query(ctx, sql, args)
	if err != nil {
		return zero, unavailable(err)
	}
	t, err := exactlyOne[T](rows, none)
	return t, unavailable(err)
}

func exactlyOne[T any](rows pgx.Rows, none error) (T, error) {
	t, err := pgx.CollectExactlyOneRow(rows, scan[T])
	if errors.Is(err, pgx.ErrNoRows) {
		return t, none
	}
	return t, err
}

// Many reads every row into a T by column name.
func Many[T any](ctx context.Context, db DB, sql string, args Args) ([]T, error) {
	rows, err := db.Query(ctx, sql, args)
	if err != nil {
		return nil, unavailable(err)
	}
	ts, err := pgx.CollectRows(rows, scan[T])
	return ts, unavailable(err)
}

// OneAs is One under a reach of its own: a single look at the records half.
func OneAs[T any](ctx context.Context, db DB, reach actor.Reach, none error, sql string, args Args) (t T, err error) {
	err = As(ctx, db, reach, func(tx DB) (err error) {
		t, err = One[T](ctx, tx, none, sql, args)
		return err
	})
	return t, err
}

// ManyAs is Many under a reach of its own.
func ManyAs[T any](ctx context.Context, db DB, reach actor.Reach, sql string, args Args) (ts []T, err error) {
	err = As(ctx, db, reach, func(tx DB) (err error) {
		ts, err = Many[T](ctx, tx, sql, args)
		return err
	})
	return ts, err
}

// scan reads a struct by column name and anything else as the only column.
func scan[T any](row pgx.CollectableRow) (T, error) {
	var t T
	if structured(any(t)) {
		return pgx.RowToStructByName[T](row)
	}
	return pgx.RowTo[T](row)
}

// Constraints maps the names of constraints to what a person is told when
// the database refuses because of them.
type Constraints map[string]*fault.Error

// Explain turns a violated constraint into its failure and leaves every other error alone.
func (c Constraints) Explain(err error) error {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		if f, ok := c[e.ConstraintName]; ok {
			return f.Because(err)
		}
	}
	return err
}

var errDown = fault.New(fault.Unavailable, "error.database")

// Away says whether err is Postgres that cannot be reached, that is shutting down
// or full, or that went away in the middle of a statement.
func Away(err error) bool {
	var refused *pgconn.ConnectError
	var e *pgconn.PgError
	switch {
	case errors.As(err, &refused), errors.Is(err, io.ErrUnexpectedEOF):
		return true
	case errors.As(err, &e):
		return e.Code[:2] == "08" || e.Code[:2] == "53" || e.Code[:3] == "57P"
	}
	return false
}

// unavailable tells such a Postgres from a query that failed.
func unavailable(err error) error {
	if Away(err) {
		return errDown.Because(err)
	}
	return err
}

// Open connects one login. The application name shows in pg_stat_activity.
func Open(ctx context.Context, url, name string, most int32, timeout time.Duration) (*pgxpool.Pool, error) {
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("database address of %s: %w", name, errors.New("not a Postgres address"))
	}
	cfg.MaxConns = most
	cfg.MaxConnLifetimeJitter = 10 * time.Minute
	cfg.ConnConfig.ConnectTimeout = 5 * time.Second
	run := cfg.ConnConfig.RuntimeParams
	run["application_name"] = "shanqiao-" + name
	run["timezone"] = "UTC"
	run["statement_timeout"] = fmt.Sprint(timeout.Milliseconds())
	run["lock_timeout"] = "5000"
	run["idle_in_transaction_session_timeout"] = "60000"
	return pgxpool.NewWithConfig(ctx, cfg)
}
