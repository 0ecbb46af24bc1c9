package main

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"shanqiao/internal/migrate"
	"shanqiao/internal/secret"
)

const oldestPostgres = 150000

// examinePostgres signs in as each of our roles, because what a role may do is
// what the walls are made of.
func examinePostgres(ctx context.Context, address string, keys *secret.Keys) findings {
	var f findings
	for _, role := range migrate.Roles {
		conn, err := connectAs(ctx, address, role, keys)
		if errors.Is(err, errNoAddress) {
			f.add("postgres", missing, "%v", err)
			return f
		}
		if err != nil {
			f.add(string(role), missing, "cannot sign in: %s; run: shanqiao migrate", reason(err))
			continue
		}
		if role == migrate.Roles[0] {
			err = f.cluster(ctx, conn)
		}
		err = errors.Join(err, f.role(ctx, conn, role), conn.Close(ctx))
		if err != nil {
			f.add(string(role), missing, "%s", reason(err))
		}
	}
	return f
}

var errNoAddress = errors.New("DATABASE_URL is not an address")

// connectAs signs in as one of our roles.
func connectAs(ctx context.Context, address string, role migrate.Role, keys *secret.Keys) (*pgx.Conn, error) {
	as, err := migrate.As(address, role, keys)
	if err != nil {
		return nil, errNoAddress // the cause may hold a password
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	return pgx.Connect(ctx, as)
}

// reason is the last part of a pgx error: the parts before hold user, database and host.
func reason(err error) string {
	text := err.Error()
	if at := strings.LastIndex(text, ": "); at >= 0 {
		text = text[at+2:]
	}
	return text
}

// cluster looks at what holds for every role.
func (f *findings) cluster(ctx context.Context, conn *pgx.Conn) error {
	var version, fsync, pages, commit string
	var number int
	var tls bool
	err := conn.QueryRow(ctx, `
		select current_setting('server_version'), current_setting('server_version_num')::int,
		       current_setting('fsync'), current_setting('full_page_writes'),
		       current_setting('synchronous_commit'),
		       coalesce((select ssl from pg_stat_ssl where pid = pg_backend_pid()), false)`).
		Scan(&version, &number, &fsync, &pages, &commit, &tls)
	if err != nil {
		return err
	}
	f.add("postgres", fine, "reachable, version %s", version)
	if number < oldestPostgres {
		f.add("postgres", unsafe, "version %s is too old: 15 or later", version)
	}
	if fsync == "off" || pages == "off" {
		f.add("postgres", unsafe, "fsync or full_page_writes is off: a power cut loses the data")
	}
	if commit == "off" {
		f.add("postgres", unsafe, "synchronous_commit is off: a power cut loses what was promised")
	}
	if host := conn.Config().Host; !tls && !near(host) {
		f.add("postgres", unsafe, "the connection to %s is not encrypted; add sslmode=verify-full", host)
	}
	pending, err := migrate.Pending(ctx, conn)
	if err != nil {
		return err
	}
	had, ours, err := migrate.Versions(ctx, conn)
	if err != nil {
		return err
	}
	switch {
	case len(pending) > 0:
		f.add("schema", missing, "at migration %d, this program needs %d; not run yet: %d; run: shanqiao migrate", had, ours, len(pending))
		return nil
	case had > ours:
		f.add("schema", note, "at migration %d, this program knows %d: a newer program was here, so run that one", had, ours)
	default:
		f.add("schema", fine, "at migration %d, as this program needs it", had)
	}
	return f.open(ctx, conn)
}

// open finds tables of the records half with a household in them that the
// second wall does not cover.
func (f *findings) open(ctx context.Context, conn *pgx.Conn) error {
	rows, err := conn.Query(ctx, `
		select c.relname::text
		  from pg_class c
		 where c.relnamespace = 'records'::regnamespace and c.relkind in ('r','p')
		   and not (c.relrowsecurity and c.relforcerowsecurity)
		   and (c.relname = 'households' or exists (
		         select from pg_attribute a where a.attrelid = c.oid and a.attname = 'household_id' and not a.attisdropped))
		 order by 1`)
	if err != nil {
		return err
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	for _, t := range tables {
		f.add("schema", unsafe, "records.%s has no forced row security", t)
	}
	return nil
}

// role looks for rights that would make the walls a picture of walls.
func (f *findings) role(ctx context.Context, conn *pgx.Conn, role migrate.Role) error {
	var super, bypass, create, owns bool
	err := conn.QueryRow(ctx, `
		select r.rolsuper, r.rolbypassrls, r.rolcreaterole or r.rolcreatedb,
		       exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace
		                where n.nspname in ('access','records','gate','exchange')
		                  and pg_has_role(current_user, c.relowner, 'member'))
		  from pg_roles r where r.rolname = current_user`).Scan(&super, &bypass, &create, &owns)
	if err != nil {
		return err
	}
	for _, bad := range []struct {
		is   bool
		text string
	}{
		{super, "is a superuser: no wall holds it"},
		{bypass, "may bypass row security"},
		{create, "may create roles or databases"},
		{owns, "owns our tables, or is a member of the role that does: it can take down the walls"},
	} {
		if bad.is {
			f.add(string(role), unsafe, "%s", bad.text)
		}
	}
	if !super && !bypass && !create && !owns {
		f.add(string(role), fine, "signs in, owns nothing, bypasses nothing")
	}
	return nil
}
