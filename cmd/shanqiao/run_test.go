package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/pgtest"
	"shanqiao/internal/redistest"
)

// place is a configured installation: a migrated database and a Redis, which
// are unsafe on purpose (no fsync), because they are for tests.
type place struct {
	*pgtest.DB
	set map[string]string
}

func newPlace(t *testing.T) *place {
	t.Helper()
	p := &place{DB: pgtest.New(t), set: map[string]string{}}
	file := filepath.Join(t.TempDir(), "secret")
	require.NoError(t, os.WriteFile(file, []byte("a secret for tests, and only them"), 0o600))
	p.set["DATABASE_URL"], p.set["REDIS_URL"] = p.URL, redistest.New(t).URL()
	p.set["SHANQIAO_SECRET_FILE"], p.set["SHANQIAO_DATA"] = file, t.TempDir()
	p.set["SHANQIAO_ENVIRONMENT"] = "development"
	return p
}

func (p *place) run(t *testing.T, words string) (code int, stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	code = run(t.Context(), strings.Fields(words), func(name string) string { return p.set[name] }, &out, &err)
	return code, out.String(), err.String()
}

func TestConfiguration(t *testing.T) {
	t.Parallel()

	t.Run("every mistake is told at once, and no secret", func(t *testing.T) {
		t.Parallel()
		p := &place{set: map[string]string{
			"DATABASE_URL": "mysql://u:hunter2@h/d", "REDIS_URL": "hunter2", "MEILI_KEY": "hunter2",
			"SHANQIAO_POOL_GATE": "many", "SHANQIAO_ENVIRONMENT": "holiday",
		}}
		code, out, err := p.run(t, "doctor")
		require.Equal(t, 1, code)
		for _, name := range []string{"DATABASE_URL", "REDIS_URL", "MEILI_KEY", "SHANQIAO_POOL_GATE", "SHANQIAO_ENVIRONMENT"} {
			require.Contains(t, err, name+": ")
		}
		require.NotContains(t, out+err, "hunter2")
	})

	t.Run("a secret that others may read is refused", func(t *testing.T) {
		t.Parallel()
		p := newPlace(t)
		require.NoError(t, os.Chmod(p.set["SHANQIAO_SECRET_FILE"], 0o644))
		code, _, err := p.run(t, "migrate")
		require.Equal(t, 1, code)
		require.Contains(t, err, "chmod 600")
	})

	t.Run("our own secret is made once and never replaced", func(t *testing.T) {
		t.Parallel()
		s := settings{Data: t.TempDir()}
		_, err := s.keys()
		require.NoError(t, err)
		first, err := os.ReadFile(s.ownSecret())
		require.NoError(t, err)
		_, err = s.keys()
		require.NoError(t, err)
		second, err := os.ReadFile(s.ownSecret())
		require.NoError(t, err)
		require.Equal(t, first, second)
	})

	t.Run("an unknown command has code 2 and help", func(t *testing.T) {
		t.Parallel()
		code, _, err := (&place{}).run(t, "dance")
		require.Equal(t, 2, code)
		require.NotEmpty(t, err)
	})
}

func TestDoctor(t *testing.T) {
	t.Parallel()

	t.Run("it names versions, and what is unsafe has code 1", func(t *testing.T) {
		t.Parallel()
		p := newPlace(t)
		code, out, err := p.run(t, "doctor")
		require.Equal(t, 1, code, err)
		require.Contains(t, out, "fsync or full_page_writes is off")
		require.Contains(t, out, "reachable, version")
		require.NotContains(t, out, "@", "no user or password in an address")
	})

	t.Run("a Redis that is away is named", func(t *testing.T) {
		t.Parallel()
		p := newPlace(t)
		p.set["REDIS_URL"] = "redis://127.0.0.1:1/0"
		code, out, _ := p.run(t, "doctor")
		require.Equal(t, 1, code)
		require.Contains(t, out, "cannot be reached")
	})

	t.Run("a login that may take down the walls is named", func(t *testing.T) {
		t.Parallel()
		p := newPlace(t)
		// In this database only: roles belong to the cluster that other tests use.
		_, err := p.Admin.Exec(t.Context(), `alter table exchange.rounds owner to shanqiao_exchange`)
		require.NoError(t, err)
		_, out, _ := p.run(t, "doctor")
		require.Regexp(t, `shanqiao_exchange +UNSAFE +owns our tables`, out)
		_, err = p.Admin.Exec(t.Context(), `alter table records.needs no force row level security`)
		require.NoError(t, err)
		_, out, _ = p.run(t, "doctor")
		require.Contains(t, out, "records.needs has no forced row security")
	})

	t.Run("outside of development what is unsafe does not serve", func(t *testing.T) {
		t.Parallel()
		p := newPlace(t)
		p.set["SHANQIAO_ENVIRONMENT"] = "production"
		for _, words := range []string{"up --listen 127.0.0.1:0", "portal --listen 127.0.0.1:0", "worker"} {
			code, _, err := p.run(t, words)
			require.Equal(t, 1, code, words)
			require.Contains(t, err, "refused", words)
		}
	})
}

func TestCity(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	code, out, err := p.run(t, "demo --households 60 --seed 7")
	require.Zero(t, code, err)
	require.Contains(t, out, "60 households")

	code, out, err = p.run(t, "demo --households 60 --seed 7")
	require.Zero(t, code, err)
	require.Contains(t, out, "nothing was added")

	for _, words := range []string{"migrate", "match", "chain verify", "index status", "index verify"} {
		code, out, err = p.run(t, words)
		require.Zero(t, code, "%s: %s%s", words, out, err)
	}

	_, wrong := p.Admin.Exec(t.Context(), `
		set session_replication_role = replica;
		update records.chain_entries set payload = payload || ' ' where (household_id, seq) in
		  (select household_id, 1 from records.chain_heads order by 1 limit 1);
		set session_replication_role = origin`)
	require.NoError(t, wrong)
	code, out, _ = p.run(t, "chain verify")
	require.Equal(t, 1, code)
	require.Regexp(t, `household \S+ \(.*\), entry 1: edited payload`, out)
}

func TestFirstAdministrator(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	code, out, err := p.run(t, "account create Keeper --name 王管理")
	require.Zero(t, code, err)
	require.Contains(t, out, "keeper may sign in as administrator with the password ")
	code, out, err = p.run(t, "account create keeper")
	require.Equal(t, 1, code)
	require.Contains(t, err, "the login is taken")
	require.NotContains(t, out, "password ")
	code, _, _ = p.run(t, "account create officer --role subdistrict")
	require.NotZero(t, code, "officers' accounts are made on the pages, by an administrator")
}
