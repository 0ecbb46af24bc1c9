package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/pgtest"
	"shanqiao/internal/redistest"
	"shanqiao/needs/chain"
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

	t.Run("it names itself, its schema, and what production would refuse", func(t *testing.T) {
		t.Parallel()
		p := newPlace(t)
		_, out, _ := p.run(t, "doctor")
		require.Regexp(t, `program +ok +version \S+, .*go1\.`, out)
		require.Regexp(t, `schema +ok +at migration \d+, as this program needs it`, out)
		require.Regexp(t, `serving +note +in production up, portal and worker would refuse this \(\d\): postgres\n`, out)
		p.set["SHANQIAO_ENVIRONMENT"] = "production"
		_, out, _ = p.run(t, "doctor")
		require.Regexp(t, `serving +MISSING +up, portal and worker refuse to serve \(\d\): postgres\n`, out)
		require.Contains(t, out, "SHANQIAO_PUBLIC_URL is not an https address")
		require.Contains(t, out, "SHANQIAO_SMS_URL is not set")

		_, err := p.Admin.Exec(t.Context(), `insert into history.migrations (version_id, is_applied) values (99999, true)`)
		require.NoError(t, err)
		_, out, _ = p.run(t, "doctor")
		require.Regexp(t, `schema +note +at migration 99999, .*a newer program was here`, out)
		_, err = p.Admin.Exec(t.Context(), `delete from history.migrations where version_id in (99999, 110)`)
		require.NoError(t, err)
		_, out, _ = p.run(t, "doctor")
		require.Regexp(t, `schema +MISSING .*not run yet: 1; run: shanqiao migrate`, out)
	})

	t.Run("it says how the file of checkpoints stands, and makes none by looking", func(t *testing.T) {
		t.Parallel()
		p := newPlace(t)
		path := filepath.Join(t.TempDir(), "checkpoints")
		p.set["SHANQIAO_CHECKPOINTS"] = path
		says := func(want string) {
			t.Helper()
			_, out, _ := p.run(t, "doctor")
			require.Regexp(t, "checkpoints +"+want, out)
		}
		says(`note +none yet in `)
		require.NoFileExists(t, path)

		code, _, errs := p.run(t, "demo --households 20")
		require.Zero(t, code, errs)
		says(`ok +\d+ in .*, the last one signed less than a minute ago`)
		raw, err := os.ReadFile(path)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(path, bytes.Replace(raw, []byte(`"line":1`), []byte(`"line":2`), 1), 0o600))
		says(`UNSAFE .*its signature does not hold`)
		require.NoError(t, os.Remove(path))
		says(`UNSAFE .*checkpoints lost`)
		require.NoError(t, os.Mkdir(path, 0o700))
		says(`MISSING .*checkpoints: is a directory`)
		p.set["SHANQIAO_CHECKPOINTS"] = filepath.Join(path, "nowhere", "checkpoints")
		says(`MISSING +the folder of .* is not there`)
	})

	t.Run("an old entry without a checkpoint asks whether a worker runs", func(t *testing.T) {
		t.Parallel()
		now := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
		for want, w := range map[string]chain.Witness{
			"2 in file, the last one signed 40m ago":                           {Lines: 2, Last: now.Add(-40 * time.Minute), Since: now.Add(-30 * time.Minute)},
			"2 in file, the last one signed 2026-06-21 12:00 UTC":              {Lines: 2, Last: now.AddDate(0, 0, -10)},
			"was signed 4h0m ago, and the first entry after it was written 3h": {Lines: 2, Last: now.Add(-4 * time.Hour), Since: now.Add(-3 * time.Hour)},
			"is empty, and the first entry was written 3h0m ago":               {Since: now.Add(-3 * time.Hour)},
			"none yet in file": {},
		} {
			var f findings
			f.signed("file", w, now)
			require.Len(t, f, 1)
			require.Contains(t, f[0].text, want)
			late := !w.Since.IsZero() && now.Sub(w.Since) > 2*time.Hour
			require.Equal(t, late, f[0].state == missing, want)
		}
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
