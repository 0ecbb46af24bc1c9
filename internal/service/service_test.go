package service_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"shanqiao/internal/service"
)

// folder is a temporary one that the unprivileged user may enter.
func folder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "shanqiao-service-")
	require.NoError(t, err)
	require.NoError(t, os.Chmod(dir, 0o711))
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	return dir
}

func begin(t *testing.T, dir string) *service.Services {
	t.Helper()
	s, err := service.Start(t.Context(), dir)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Stop()) })
	return s
}

func do(t *testing.T, address, sql string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	require.NoError(t, err)
	_, err = conn.Exec(t.Context(), sql)
	require.NoError(t, errors.Join(err, conn.Close(t.Context())))
}

func pidOf(t *testing.T, file string) int {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	first, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(first)
	require.NoError(t, err)
	return pid
}

func gone(pid int) bool { return errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) }

func TestStart(t *testing.T) {
	t.Parallel()

	t.Run("started again it finds its data at the same address", func(t *testing.T) {
		t.Parallel()
		dir := folder(t)
		s := begin(t, dir)
		address := s.Postgres.URL(service.Database)
		do(t, address, `create table kept as select 42 as n`)
		client := redis.NewClient(&redis.Options{Addr: s.Redis.Addr(), Password: s.Redis.Password})
		require.NoError(t, client.Set(t.Context(), "kept", "42", 0).Err())
		require.NoError(t, client.Close())
		postmaster := pidOf(t, filepath.Join(s.Postgres.Dir, "postmaster.pid"))
		require.NoError(t, s.Stop())
		require.True(t, gone(postmaster), "stop leaves nothing running")

		s = begin(t, dir)
		require.Equal(t, address, s.Postgres.URL(service.Database))
		do(t, address, `select n from kept`)
		client = redis.NewClient(&redis.Options{Addr: s.Redis.Addr(), Password: s.Redis.Password})
		defer client.Close()
		require.Equal(t, "42", client.Get(t.Context(), "kept").Val())
		require.Equal(t, "noeviction", client.ConfigGet(t.Context(), "maxmemory-policy").Val()["maxmemory-policy"])
	})

	t.Run("a second one in the same folder refuses and says who is there", func(t *testing.T) {
		t.Parallel()
		dir := folder(t)
		begin(t, dir)
		_, err := service.Start(t.Context(), dir)
		require.ErrorIs(t, err, service.ErrInUse)
		require.ErrorContains(t, err, strconv.Itoa(os.Getpid()))
	})

	t.Run("two folders do not collide", func(t *testing.T) {
		t.Parallel()
		a, b := begin(t, folder(t)), begin(t, folder(t))
		require.NotEqual(t, a.Postgres.Port, b.Postgres.Port)
		require.NotEqual(t, a.Redis.Port, b.Redis.Port)
		do(t, a.Postgres.URL(service.Database), `create table only_in_a ()`)
		do(t, b.Postgres.URL(service.Database), `create table only_in_a ()`)
	})

	t.Run("a killed Postgres is started again with what was committed", func(t *testing.T) {
		t.Parallel()
		dir := folder(t)
		s := begin(t, dir)
		do(t, s.Postgres.URL(service.Database), `create table kept as select 42 as n`)
		require.NoError(t, syscall.Kill(pidOf(t, filepath.Join(s.Postgres.Dir, "postmaster.pid")), syscall.SIGKILL))
		select {
		case <-s.Postgres.Ended():
		case <-time.After(10 * time.Second):
			t.Fatal("the end was not noticed")
		}
		require.NoError(t, s.Stop())
		s = begin(t, dir)
		do(t, s.Postgres.URL(service.Database), `select n from kept`)
	})

	t.Run("a pid file left by a crash is no hindrance, whoever has the number now", func(t *testing.T) {
		t.Parallel()
		dir := folder(t)
		s := begin(t, dir)
		require.NoError(t, s.Stop())
		left := filepath.Join(s.Postgres.Dir, "postmaster.pid")
		require.NoError(t, os.WriteFile(left, []byte(strconv.Itoa(os.Getpid())+"\n"), 0o644))
		begin(t, dir)
	})

	t.Run("when its port is taken it finds another", func(t *testing.T) {
		t.Parallel()
		dir := folder(t)
		s := begin(t, dir)
		port := s.Redis.Port
		require.NoError(t, s.Stop())
		other := &service.Redis{Dir: folder(t), Log: filepath.Join(folder(t), "log"), Port: port}
		require.NoError(t, other.Start(t.Context()))
		defer func() { require.NoError(t, other.Stop()) }()
		require.Equal(t, port, other.Port)
		s = begin(t, dir)
		require.NotEqual(t, port, s.Redis.Port)
	})

	t.Run("without the password nobody comes in", func(t *testing.T) {
		t.Parallel()
		s := begin(t, folder(t))
		stranger := *s.Postgres
		stranger.Password = "guess"
		_, err := pgx.Connect(t.Context(), stranger.URL("postgres"))
		require.ErrorContains(t, err, "28P01")
		client := redis.NewClient(&redis.Options{Addr: s.Redis.Addr()})
		defer client.Close()
		require.ErrorContains(t, client.Ping(t.Context()).Err(), "NOAUTH")
	})

	t.Run("a failing statement leaves nothing of its text in the log", func(t *testing.T) {
		t.Parallel()
		s := begin(t, folder(t))
		conn, err := pgx.Connect(t.Context(), s.Postgres.URL(service.Database))
		require.NoError(t, err)
		defer conn.Close(context.Background())
		_, err = conn.Exec(t.Context(), `create table people (name text primary key); insert into people values ('canary-name')`)
		require.NoError(t, err)
		for _, sql := range []string{
			`insert into people values ('canary-name')`, `select 'canary-name'::int`, `select canary-name`,
		} {
			_, err = conn.Exec(t.Context(), sql)
			require.Error(t, err)
		}
		log, err := os.ReadFile(s.Postgres.Log)
		require.NoError(t, err)
		require.NotContains(t, string(log), "canary")
	})
}

func TestThrowaway(t *testing.T) {
	t.Parallel()
	s, remove, err := service.Throwaway(t.Context())
	require.NoError(t, err)
	do(t, s.Postgres.URL("postgres"), `create table t ()`)
	postgres, redis := s.Postgres.Dir, s.Redis.Dir
	require.NoError(t, remove())
	require.NoDirExists(t, postgres)
	require.NoDirExists(t, redis)
	require.NoDirExists(t, filepath.Dir(postgres))
}

func TestRedis(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	r := &service.Redis{Dir: dir, Log: filepath.Join(dir, "log"), Keep: true}
	require.NoError(t, r.Start(t.Context()))
	t.Cleanup(func() { require.NoError(t, r.Stop()) })
	port := r.Port
	ask := func() *redis.Client {
		c := redis.NewClient(&redis.Options{Addr: r.Addr(), Password: r.Password})
		t.Cleanup(func() { require.NoError(t, c.Close()) })
		return c
	}
	require.NoError(t, ask().Set(t.Context(), "job", "1", 0).Err())
	require.NoError(t, r.Wipe(t.Context()))
	require.Zero(t, ask().DBSize(t.Context()).Val(), "wiped while running")

	require.NoError(t, ask().Set(t.Context(), "job", "1", 0).Err())
	r.Kill()
	require.NoError(t, r.Wipe(t.Context()))
	require.NoError(t, r.Start(t.Context()))
	require.Equal(t, port, r.Port, "it comes back where it was")
	require.Zero(t, ask().DBSize(t.Context()).Val(), "wiped while dead")
}
