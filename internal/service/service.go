// Package service runs a Postgres and a Redis of our own from the machine's
// binaries, in a folder of ours, on free ports of 127.0.0.1. It never touches
// the services that the machine itself runs, and what it starts ends with it:
// on Stop, on Ctrl-C through Stop, and when this program is killed.
//
// One folder has one owner at a time, held by a lock that dies with its holder.
package service

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// Services are the private ones of one folder.
type Services struct {
	Postgres *Postgres
	Redis    *Redis
	lock     *os.File
}

// memory is what a folder remembers from one start to the next.
type memory struct {
	PostgresPort     int    `json:"postgres_port"`
	PostgresPassword string `json:"postgres_password"`
	RedisPort        int    `json:"redis_port"`
	RedisPassword    string `json:"redis_password"`
}

// ErrInUse says that another process holds the folder.
var ErrInUse = errors.New("already running here")

// Start runs both services in dir, which is made if it is not there. What was
// there before is found again; the ports stay the same when they are free.
func Start(ctx context.Context, dir string) (*Services, error) {
	return launch(ctx, dir, "/var/lib", false)
}

// Throwaway runs both services in a new temporary folder, as fast as they go
// when nothing needs to be kept. Remove must be called.
func Throwaway(ctx context.Context) (*Services, func() error, error) {
	dir, err := os.MkdirTemp("", "shanqiao-")
	if err != nil {
		return nil, nil, err
	}
	if err := os.Chmod(dir, 0o711); err != nil {
		return nil, nil, errors.Join(err, os.RemoveAll(dir))
	}
	s, err := launch(ctx, dir, "/var/tmp", true)
	if err != nil {
		return nil, nil, errors.Join(err, os.RemoveAll(dir))
	}
	remove := func() error {
		return errors.Join(s.Stop(), os.RemoveAll(s.Postgres.Dir), os.RemoveAll(s.Redis.Dir), os.RemoveAll(dir))
	}
	return s, remove, nil
}

func launch(ctx context.Context, dir, elsewhere string, fast bool) (*Services, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o711); err != nil {
		return nil, err
	}
	s := &Services{}
	if s.lock, err = hold(dir); err != nil {
		return nil, err
	}
	if err := s.start(ctx, dir, elsewhere, fast); err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	return s, nil
}

func (s *Services) start(ctx context.Context, dir, elsewhere string, fast bool) error {
	as, err := unprivileged()
	if err != nil {
		return err
	}
	m, err := recall(dir)
	if err != nil {
		return err
	}
	postgres, err := home(dir, "postgres", elsewhere, as)
	if err != nil {
		return err
	}
	redis, err := home(dir, "redis", elsewhere, as)
	if err != nil {
		return err
	}
	s.Postgres = &Postgres{
		Dir: postgres, Log: filepath.Join(dir, "postgres.log"), Port: m.PostgresPort,
		Password: m.PostgresPassword, Fast: fast, as: as,
	}
	s.Redis = &Redis{
		Dir: redis, Log: filepath.Join(dir, "redis.log"), Port: m.RedisPort,
		Password: m.RedisPassword, Keep: !fast, as: as,
	}
	if err := s.Postgres.Start(ctx); err != nil {
		return err
	}
	if err := s.Postgres.ensure(ctx, Database); err != nil {
		return err
	}
	if err := s.Redis.Start(ctx); err != nil {
		return err
	}
	m.PostgresPort, m.RedisPort = s.Postgres.Port, s.Redis.Port
	return m.keep(dir)
}

// Stop ends both and lets go of the folder. It may be called twice.
func (s *Services) Stop() error {
	var errs []error
	if s.Redis != nil {
		errs = append(errs, s.Redis.Stop())
	}
	if s.Postgres != nil {
		errs = append(errs, s.Postgres.Stop())
	}
	if s.lock != nil {
		errs = append(errs, s.lock.Close())
		s.lock = nil
	}
	return errors.Join(errs...)
}

// hold takes the folder. The kernel lets go of the lock when we die, so a
// killed run never blocks the next one.
func hold(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		who, readErr := os.ReadFile(f.Name())
		if readErr != nil {
			who = []byte("?")
		}
		return nil, errors.Join(fmt.Errorf("%w: process %s holds %s; stop it first, or use another checkout",
			ErrInUse, strings.TrimSpace(string(who)), dir), f.Close())
	}
	if err := f.Truncate(0); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	if _, err := f.WriteAt(fmt.Appendf(nil, "%d\n", os.Getpid()), 0); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// recall reads what the folder remembers. Passwords are written down before
// first use, so that a start cut short can be started again.
func recall(dir string) (memory, error) {
	var m memory
	text, err := os.ReadFile(filepath.Join(dir, "services.json"))
	if errors.Is(err, os.ErrNotExist) {
		m = memory{PostgresPassword: password(), RedisPassword: password()}
		return m, m.keep(dir)
	}
	if err != nil {
		return m, err
	}
	if err := json.Unmarshal(text, &m); err != nil {
		return m, fmt.Errorf("%s: %w", filepath.Join(dir, "services.json"), err)
	}
	return m, nil
}

func (m memory) keep(dir string) error {
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	return writePrivate(filepath.Join(dir, "services.json"), append(text, '\n'))
}

// Running finds the services that another program runs in dir. It is false
// when nobody holds the folder.
func Running(dir string) (postgresURL, redisURL string, running bool, err error) {
	f, err := os.Open(filepath.Join(dir, "lock"))
	if errors.Is(err, os.ErrNotExist) {
		return "", "", false, nil
	}
	if err != nil {
		return "", "", false, err
	}
	defer f.Close()
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_SH|syscall.LOCK_NB); err == nil {
		return "", "", false, nil // let go of with the file
	}
	m, err := recall(dir)
	if err != nil {
		return "", "", false, err
	}
	p := Postgres{Port: m.PostgresPort, Password: m.PostgresPassword}
	r := Redis{Port: m.RedisPort, Password: m.RedisPassword}
	return p.URL(Database), r.URL(), true, nil
}

// Database is the one that a private cluster keeps for the product.
const Database = "shanqiao"
