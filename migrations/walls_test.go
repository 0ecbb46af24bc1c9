package migrations_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"shanqiao/internal/actor"
	"shanqiao/internal/pg"
	"shanqiao/internal/pgtest"
)

// Two subdistricts of one district.
const placeA, placeB = "110105015", "110105016"

// tablesOf reads the catalogue, so that a new table is covered on the day it appears.
func tablesOf(t *testing.T, p *pgtest.DB, schema string) []string {
	t.Helper()
	rows, err := p.Admin.Query(t.Context(), `
		select format('%I.%I', n.nspname, c.relname)
		  from pg_class c join pg_namespace n on n.oid = c.relnamespace
		 where n.nspname = $1 and c.relkind in ('r','p','v','m','f') order by 1`, schema)
	require.NoError(t, err)
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	require.NotEmpty(t, names)
	return names
}

// ofHouseholds are the tables of the records half whose rows belong to somebody.
func ofHouseholds(t *testing.T, p *pgtest.DB) []string {
	t.Helper()
	rows, err := p.Admin.Query(t.Context(), `
		select c.relname::text
		  from pg_class c
		 where c.relnamespace = 'records'::regnamespace and c.relkind in ('r','p')
		   and exists (select from pg_attribute a where a.attrelid = c.oid and not a.attisdropped
		                  and a.attname in ('region','household_id'))
		 order by 1`)
	require.NoError(t, err)
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	return names
}

func requireDenied(t *testing.T, err error, what string) {
	t.Helper()
	var e *pgconn.PgError
	require.Truef(t, errors.As(err, &e), "%s: want permission denied, got %v", what, err)
	require.Equalf(t, "42501", e.Code, "%s: %s", what, e.Message)
	require.Containsf(t, e.Message, "permission denied", "%s", what)
}

func TestExchangeIsHeldByTheDatabase(t *testing.T) {
	t.Parallel()
	p := pgtest.New(t)
	household(t, p, "a", placeA)
	for _, schema := range []string{"records", "access", "gate"} {
		for _, table := range tablesOf(t, p, schema) {
			t.Run("the exchange login cannot touch "+table, func(t *testing.T) {
				for _, statement := range []string{
					"select 1 from " + table + " limit 1", "select count(*) from " + table,
					"delete from " + table, "truncate " + table,
				} {
					_, err := p.Pools.Exchange.Exec(t.Context(), statement)
					requireDenied(t, err, statement)
				}
			})
		}
	}

	t.Run("no role that is its own or inherited opens the other rooms", func(t *testing.T) {
		var others int
		require.NoError(t, p.Admin.QueryRow(t.Context(), `
			select count(*) from pg_auth_members m join pg_roles r on r.oid = m.member
			 where r.rolname like 'shanqiao_%'`).Scan(&others))
		require.Zero(t, others)
		for _, role := range []string{"shanqiao_records", "shanqiao_owner", "shanqiao_gate", "postgres"} {
			_, err := p.Pools.Exchange.Exec(t.Context(), "set role "+role)
			requireDenied(t, err, "set role "+role)
		}
	})

	t.Run("it cannot build a way round", func(t *testing.T) {
		for _, statement := range []string{
			"create table public.way (x int)", "create schema way", "create temp table way (x int)",
			"create function exchange.way() returns int language sql security definer as 'select 1'",
			"alter table exchange.cards add column name text",
		} {
			_, err := p.Pools.Exchange.Exec(t.Context(), statement)
			var e *pgconn.PgError
			require.Truef(t, errors.As(err, &e), "%s: %v", statement, err)
			require.Equal(t, "42501", e.Code, statement)
		}
	})

	t.Run("it may not write a card, which only the gate does", func(t *testing.T) {
		_, err := p.Pools.Exchange.Exec(t.Context(), "insert into exchange.cards (id) values ('x')")
		requireDenied(t, err, "insert a card")
		_, err = p.Pools.Exchange.Exec(t.Context(), "update exchange.cards set sentence_zh = ''")
		requireDenied(t, err, "reword a card")
		for _, statement := range []string{"insert into exchange.card_excerpts (card_id, text, hash) values ('x', 'x', '')",
			"update exchange.card_excerpts set text = 'x'"} {
			_, err = p.Pools.Exchange.Exec(t.Context(), statement)
			requireDenied(t, err, statement)
		}
	})

	t.Run("no view or function of the exchange half looks over the wall", func(t *testing.T) {
		var ways int
		require.NoError(t, p.Admin.QueryRow(t.Context(), `
			select (select count(*) from pg_proc f join pg_namespace n on n.oid = f.pronamespace
			         where n.nspname in ('access','records','gate','exchange','public') and f.prosecdef)
			     + (select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace
			         where n.nspname in ('exchange','public') and c.relkind in ('v','m'))`).Scan(&ways))
		require.Zero(t, ways, "a security definer function or a view needs a test of its own here")
	})
}

func TestRecordsAreHeldByRegion(t *testing.T) {
	t.Parallel()
	p := pgtest.New(t)
	household(t, p, "a", placeA)
	household(t, p, "b", placeB)
	tables := ofHouseholds(t, p)
	require.GreaterOrEqual(t, len(tables), 12)

	for _, table := range tables {
		t.Run("records."+table, func(t *testing.T) {
			key := keyOf(t, p, table)
			everything := rowsBy(t, p.Admin, key)
			require.Containsf(t, everything, "a", "no fixture: add one to household() below")
			require.Containsf(t, everything, "b", "no fixture: add one to household() below")

			for _, c := range []struct {
				who   string
				reach actor.Reach
				sees  []string
			}{
				{"an officer of A sees A and nothing of B", actor.Officer{Level: actor.SubdistrictRole, Region: placeA}.Reach(), []string{"a"}},
				{"an officer of B sees B and nothing of A", actor.Officer{Level: actor.SubdistrictRole, Region: placeB}.Reach(), []string{"b"}},
				{"an officer of another district sees nothing", actor.Officer{Level: actor.DistrictRole, Region: "110106"}.Reach(), nil},
				{"an officer of their district sees both", actor.Officer{Level: actor.DistrictRole, Region: "110105"}.Reach(), []string{"a", "b"}},
				{"a citizen sees the own household", actor.Citizen{Account: "c", Household: "a"}.Reach(), []string{"a"}},
				{"a citizen without a household sees nothing", actor.Citizen{Account: "c"}.Reach(), nil},
				{"half a reach sees nothing", actor.Reach{From: placeA}, nil},
				{"no reach sees nothing", actor.Reach{}, nil},
			} {
				err := pg.As(t.Context(), p.Pools.Records, c.reach, func(tx pg.DB) error {
					require.Equal(t, c.sees, rowsBy(t, tx, key), c.who)
					return nil
				})
				require.NoError(t, err, c.who)
			}
			require.Empty(t, rowsBy(t, p.Pools.Records, key), "a statement outside of any reach")
		})
	}

	t.Run("an officer of A cannot write a row of B", func(t *testing.T) {
		reach := actor.Officer{Level: actor.SubdistrictRole, Region: placeA}.Reach()
		err := pg.As(t.Context(), p.Pools.Records, reach, func(tx pg.DB) error {
			_, err := tx.Exec(t.Context(), `
				insert into records.households (id, number, region) values ('c', 'c', '`+placeB+`')`)
			return err
		})
		var e *pgconn.PgError
		require.ErrorAs(t, err, &e)
		require.Equal(t, "42501", e.Code)
		err = pg.As(t.Context(), p.Pools.Records, reach, func(tx pg.DB) error {
			tag, err := tx.Exec(t.Context(), `update records.households set category = 'marginal' where id = 'b'`)
			require.Zero(t, tag.RowsAffected())
			return err
		})
		require.NoError(t, err)
		err = pg.As(t.Context(), p.Pools.Records, reach, func(tx pg.DB) error {
			_, err := tx.Exec(t.Context(), `update records.households set region = '`+placeB+`' where id = 'a'`)
			return err
		})
		require.ErrorAs(t, err, &e)
		require.Equal(t, "42501", e.Code)
	})

	t.Run("a reach ends with its transaction", func(t *testing.T) {
		conn, err := p.Pools.Records.Acquire(t.Context())
		require.NoError(t, err)
		defer conn.Release()
		require.NoError(t, pg.As(t.Context(), conn, actor.Whole, func(pg.DB) error { return nil }))
		require.Empty(t, rowsBy(t, conn, "select id from records.households order by 1"))
	})

	t.Run("row security is forced, even on the owner", func(t *testing.T) {
		var open []string
		require.NoError(t, p.Admin.QueryRow(t.Context(), `
			select coalesce(array_agg(c.relname::text order by 1), '{}') from pg_class c
			 where c.relnamespace = 'records'::regnamespace and c.relname = any($1)
			   and not (c.relrowsecurity and c.relforcerowsecurity)`, tables).Scan(&open))
		require.Empty(t, open)
	})
}

func TestAuditReadsChainsAndLooksAndNothingElse(t *testing.T) {
	t.Parallel()
	p := pgtest.New(t)
	household(t, p, "a", placeA)
	may := []string{"records.chain_entries", "records.chain_heads", "records.chain_checkpoints", "records.chain_verifications", "records.record_reads"}
	for _, schema := range []string{"access", "records", "gate", "exchange"} {
		for _, table := range tablesOf(t, p, schema) {
			_, err := p.Pools.Audit.Exec(t.Context(), "select 1 from "+table+" limit 1")
			if slices.Contains(may, table) {
				require.NoError(t, err, table)
				continue
			}
			requireDenied(t, err, table)
		}
	}
	for _, statement := range []string{
		"update records.chain_entries set kind = 'paid'", "delete from records.chain_entries",
		"insert into records.chain_heads (household_id, link) values ('x', '')",
		"select region from records.record_reads", "delete from records.record_reads", "update records.record_reads set purpose = 'assess'",
	} {
		_, err := p.Pools.Audit.Exec(t.Context(), statement)
		requireDenied(t, err, statement)
	}
}

func TestAccessIsARoomOfItsOwn(t *testing.T) {
	t.Parallel()
	p := pgtest.New(t)
	for _, schema := range []string{"records", "gate", "exchange"} {
		for _, table := range tablesOf(t, p, schema) {
			_, err := p.Pools.Access.Exec(t.Context(), "select 1 from "+table+" limit 1")
			requireDenied(t, err, table)
		}
	}
	for _, table := range tablesOf(t, p, "access") {
		for who, pool := range map[string]*pgxpool.Pool{
			"records": p.Pools.Records, "exchange": p.Pools.Exchange, "gate": p.Pools.Gate, "audit": p.Pools.Audit,
		} {
			_, err := pool.Exec(t.Context(), "select 1 from "+table+" limit 1")
			requireDenied(t, err, who+" reads "+table)
		}
	}
}

// keyOf is a query for whose rows a table shows.
func keyOf(t *testing.T, p *pgtest.DB, table string) string {
	t.Helper()
	var column string
	require.NoError(t, p.Admin.QueryRow(t.Context(), `
		select coalesce(min(attname) filter (where attname = 'household_id'), 'id')::text
		  from pg_attribute where attrelid = ('records.' || $1)::regclass and not attisdropped`, table).Scan(&column))
	return fmt.Sprintf("select distinct %s from records.%s order by 1", column, pgx.Identifier{table}.Sanitize())
}

type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

func rowsBy(t *testing.T, db querier, sql string) []string {
	t.Helper()
	rows, err := db.Query(t.Context(), sql)
	require.NoError(t, err)
	ids, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	if len(ids) == 0 {
		return nil
	}
	return ids
}

// household writes one row into every table that belongs to a household.
func household(t *testing.T, p *pgtest.DB, id, region string) {
	t.Helper()
	for statement := range strings.SplitSeq(strings.NewReplacer("$h", id, "$r", region).Replace(fixture), ";") {
		_, err := p.Admin.Exec(t.Context(), statement)
		require.NoError(t, err, statement)
	}
}

const fixture = `
insert into records.households (id, number, region) values ('$h', 'n-$h', '$r');
insert into records.members (id, household_id, region, head, relation, name_sealed)
  values ('m-$h', '$h', '$r', true, 'self', 'sealed');
insert into records.declarations (id, household_id, region, request_key, channel, hardships, people,
    pledged_at, check_agreed_at, due_on)
  values ('d-$h', '$h', '$r', 'd-$h', 'online', '{illness}', 1, now(), now(), current_date);
insert into records.assessments (id, household_id, region, request_key, instrument, dimensions, self_care,
    self_care_level, assessor_id)
  values ('a-$h', '$h', '$r', 'a-$h', 'test', '{}', '{}', 'able', 'x');
insert into records.needs (id, household_id, region, assessment_id, code, quantity, urgency, window_from,
    window_to, assessed_by)
  values ('n-$h', '$h', '$r', 'a-$h', 'bathing', 1, 4, current_date, current_date, 'x');
insert into records.listings (card_id, need_id, household_id, region, tier)
  values ('l-$h', 'n-$h', '$h', '$r', 'public');
insert into records.notes (need_id, household_id, region, note_sealed, written_by)
  values ('n-$h', '$h', '$r', 'sealed', 'x');
insert into records.consents (id, household_id, region, need_id, claim_id, organisation_id, worker_id, fields,
    purpose, given_by, channel, text_version, text_hash, recorded_by, until)
  values ('c-$h', '$h', '$r', 'n-$h', 'k-$h', 'o', 'w', '{phone}', 'x', 'm-$h', 'phone', '1', 'x', 'x',
    now() + interval '1 day');
insert into records.introductions (claim_id, consent_id, household_id, region, worker_id, until, introduced_by)
  values ('k-$h', 'c-$h', '$h', '$r', 'w', now() + interval '1 day', 'x');
insert into records.disclosures (id, household_id, region, claim_id, account_id, fields, purpose)
  values ('s-$h', '$h', '$r', 'k-$h', 'w', '{phone}', 'x');
insert into records.record_reads (id, household_id, region, account_id, role, office, purpose)
  values ('r-$h', '$h', '$r', 'w', 'subdistrict', '$r', 'follow');
insert into records.need_steps (need_id, step, household_id, region, waited, unit, taken_on)
  values ('n-$h', 'wider_area', '$h', '$r', 4, 'day', current_date);
insert into records.need_meetings (id, need_id, household_id, region, turn, due_on)
  values ('g-$h', 'n-$h', '$h', '$r', 1, current_date);
insert into records.need_exclusions (need_id, household_id, region, card_id, organisation_id, cause)
  values ('n-$h', '$h', '$r', 'c-$h', 'o', 'household');
insert into records.outcomes (delivery_id, claim_id, need_id, household_id, region, units, result, delivered_on)
  values ('v-$h', 'k-$h', 'n-$h', '$h', '$r', 1, 'as_agreed', current_date);
insert into records.crossings (kind, ref, household_id, region) values ('claimed', 'k-$h', '$h', '$r');
insert into records.chain_heads (household_id, seq, link) values ('$h', 1, 'x');
insert into records.chain_entries (household_id, seq, kind, at, actor_role, actor_id, basis, commitment, prev, link)
  values ('$h', 1, 'declared', now(), 'system', 'x', 'x', 'x', 'x', 'x')`
