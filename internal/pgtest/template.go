package pgtest

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"shanqiao/internal/migrate"
	"shanqiao/internal/secret"
	"shanqiao/migrations"
)

const (
	templatePrefix = "shanqiao_template_"
	clonePrefix    = "shanqiao_test_"
	lock           = 0x74657374 // of the maintenance database: one builds, the others wait
)

var built struct {
	sync.Mutex
	name string
}

// template is the name of the migrated database to clone, built if need be.
func template(ctx context.Context, base string, keys *secret.Keys) (string, error) {
	built.Lock()
	defer built.Unlock()
	if built.name != "" {
		return built.name, nil
	}
	sum, err := hash()
	if err != nil {
		return "", err
	}
	name := templatePrefix + sum
	err = withConn(ctx, base, func(conn *pgx.Conn) error {
		if _, err := conn.Exec(ctx, `select pg_advisory_lock($1)`, int64(lock)); err != nil {
			return err
		}
		if err := sweep(ctx, conn); err != nil {
			return err
		}
		return build(ctx, conn, base, name, keys)
	})
	if err == nil {
		built.name = name
	}
	return name, err
}

// build migrates under another name and renames when done, so that a template
// that is there is a whole one.
func build(ctx context.Context, conn *pgx.Conn, base, name string, keys *secret.Keys) error {
	var there bool
	err := conn.QueryRow(ctx, `select exists (select from pg_database where datname = $1)`, name).Scan(&there)
	if err != nil || there {
		return err
	}
	half := name + "_half"
	for _, statement := range []string{
		`drop database if exists ` + half + ` with (force)`,
		`create database ` + half,
	} {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return err
		}
	}
	address, err := at(base, half)
	if err != nil {
		return err
	}
	if _, err := migrate.Up(ctx, address, keys); err != nil {
		return err
	}
	_, err = conn.Exec(ctx, `alter database `+half+` rename to `+name)
	return err
}

// sweep drops what killed runs left behind: clones that nobody is connected to
// and that are two hours old. Others may be testing in the same cluster.
func sweep(ctx context.Context, conn *pgx.Conn) error {
	rows, err := conn.Query(ctx, `
		select datname from pg_database d
		 where starts_with(datname, $1)
		   and not exists (select from pg_stat_activity a where a.datid = d.oid)`, clonePrefix)
	if err != nil {
		return err
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	var errs []error
	for _, name := range names {
		made, _, _ := strings.Cut(strings.TrimPrefix(name, clonePrefix), "_")
		seconds, err := strconv.ParseInt(made, 16, 64)
		if err != nil || time.Since(time.Unix(seconds, 0)) < 2*time.Hour {
			continue
		}
		_, err = conn.Exec(ctx, `drop database if exists `+pgx.Identifier{name}.Sanitize())
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// hash is of every migration's name and text, and of what is done around them.
func hash() (string, error) {
	names, err := fs.Glob(migrations.FS, "*.sql")
	if err != nil {
		return "", err
	}
	h := sha256.New()
	fmt.Fprintln(h, "edition", migrate.Edition)
	for _, name := range names {
		text, err := fs.ReadFile(migrations.FS, name)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(h, "%s %d\n%s", name, len(text), text)
	}
	return fmt.Sprintf("%x", h.Sum(nil)[:6]), nil
}
