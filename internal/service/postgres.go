package service

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// Postgres is a private cluster. Its superuser has a generated password; there
// is no socket, because the path of one may be longer than the system allows.
type Postgres struct {
	Dir      string // the data folder
	Log      string // the log file
	Port     int    // of 127.0.0.1; the one wanted before Start, the one used after
	Password string
	Fast     bool // for throw-away data: a power cut loses everything
	as       *syscall.Credential
	child    *child
}

// URL is the superuser's address of one database.
func (p *Postgres) URL(database string) string {
	u := url.URL{
		Scheme: "postgres", User: url.UserPassword("postgres", p.Password),
		Host: fmt.Sprintf("127.0.0.1:%d", p.Port), Path: "/" + database, RawQuery: "sslmode=disable",
	}
	return u.String()
}

// Start creates the cluster if there is none, runs it and waits until it answers.
func (p *Postgres) Start(ctx context.Context) error {
	bin, err := FindPostgres()
	if err != nil {
		return err
	}
	if err := p.create(ctx, bin); err != nil {
		return err
	}
	if err := endOrphan(filepath.Join(p.Dir, "postmaster.pid"), p.Dir, syscall.SIGINT, syscall.SIGQUIT); err != nil {
		return err
	}
	for range 5 {
		if p.Port, err = portOr(p.Port); err != nil {
			return err
		}
		if err = p.run(ctx, bin); err == nil || ctx.Err() != nil {
			return err
		}
		p.Port = 0 // most likely taken between our asking and its binding
	}
	return fmt.Errorf("postgres does not start: %w\n%s", err, lastLines(p.Log))
}

// create runs initdb. A folder without the file that initdb writes last is one
// that a killed initdb left, so it is emptied first.
func (p *Postgres) create(ctx context.Context, bin string) error {
	done := filepath.Join(p.Dir, "shanqiao-created")
	if _, err := os.Stat(done); err == nil {
		return nil
	}
	if err := empty(p.Dir); err != nil {
		return err
	}
	secret := p.Dir + ".password"
	if err := writePrivate(secret, []byte(p.Password+"\n")); err != nil {
		return err
	}
	defer os.Remove(secret)
	if p.as != nil {
		if err := os.Chown(secret, int(p.as.Uid), int(p.as.Gid)); err != nil {
			return err
		}
	}
	args := []string{
		"-D", p.Dir, "-U", "postgres", "--auth=scram-sha-256", "--pwfile=" + secret,
		"--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums",
	}
	if p.Fast {
		args = append(args, "--no-sync")
	}
	cmd := exec.CommandContext(ctx, filepath.Join(bin, "initdb"), args...)
	cmd.Dir, cmd.Env = p.Dir, plainEnv()
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: p.as}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	return os.WriteFile(done, nil, 0o600)
}

// settings keep personal values out of the log: no statement, no parameter,
// no detail of an error, and no error of a session at all.
func (p *Postgres) settings() []string {
	set := []string{
		"listen_addresses=127.0.0.1", "unix_socket_directories=", "timezone=UTC", "log_timezone=UTC",
		"password_encryption=scram-sha-256", "logging_collector=off", "log_statement=none",
		"log_min_messages=log", "log_min_error_statement=panic", "log_error_verbosity=terse",
		"log_parameter_max_length=0", "log_parameter_max_length_on_error=0", "log_checkpoints=off",
		"shared_buffers=256MB", "max_connections=200",
	}
	if p.Fast {
		set = append(set, "fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=400",
			"autovacuum_naptime=10min", "wal_level=minimal", "max_wal_senders=0", "max_wal_size=4GB", "checkpoint_timeout=1h",
			"log_min_messages=fatal")
	}
	return set
}

func (p *Postgres) run(ctx context.Context, bin string) error {
	log, err := logTo(p.Log)
	if err != nil {
		return err
	}
	defer log.Close()
	args := []string{"-D", p.Dir, "-p", fmt.Sprint(p.Port)}
	for _, s := range p.settings() {
		args = append(args, "-c", s)
	}
	cmd := exec.Command(filepath.Join(bin, "postgres"), args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr, cmd.Env = p.Dir, log, log, plainEnv()
	if p.child, err = start(cmd, p.as, syscall.SIGINT); err != nil {
		return err
	}
	if err := p.wait(ctx); err != nil {
		p.child.kill()
		return err
	}
	return nil
}

// wait polls until our password opens the cluster, which also proves that it is ours.
func (p *Postgres) wait(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 90*time.Second)
	defer cancel()
	tick := time.NewTicker(30 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-p.child.done:
			return fmt.Errorf("postgres ended: %w", errors.Join(p.child.err, ctx.Err()))
		case <-tick.C:
			conn, err := pgx.Connect(ctx, p.URL("postgres"))
			if err == nil {
				return conn.Close(ctx)
			}
		}
	}
}

// ensure makes the database name unless it is there.
func (p *Postgres) ensure(ctx context.Context, name string) error {
	conn, err := pgx.Connect(ctx, p.URL("postgres"))
	if err != nil {
		return err
	}
	var there bool
	err = conn.QueryRow(ctx, `select exists (select from pg_database where datname = $1)`, name).Scan(&there)
	if err == nil && !there {
		_, err = conn.Exec(ctx, `create database `+pgx.Identifier{name}.Sanitize())
	}
	return errors.Join(err, conn.Close(context.WithoutCancel(ctx)))
}

// Stop ends it the fast way: sessions are cut off, data is written.
func (p *Postgres) Stop() error {
	if p.child == nil {
		return nil
	}
	return p.child.stop(syscall.SIGINT, syscall.SIGQUIT, 30*time.Second)
}

// Ended is closed when the cluster is gone, wanted or not.
func (p *Postgres) Ended() <-chan struct{} { return p.child.done }

// plainEnv is what a service needs of ours: nothing that points it elsewhere.
func plainEnv() []string {
	return []string{"PATH=" + os.Getenv("PATH"), "LANG=C.UTF-8", "LC_ALL=C.UTF-8", "TZ=UTC"}
}

func empty(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := os.RemoveAll(filepath.Join(dir, e.Name())); err != nil {
			return err
		}
	}
	return nil
}
