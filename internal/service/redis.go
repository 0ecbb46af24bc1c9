package service

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/redis/go-redis/v9"
)

// Redis is a private server. Jobs live in it, so it must never evict; nothing
// but jobs lives in it, so losing it loses nothing.
type Redis struct {
	Dir      string // what it writes stands here
	Log      string
	Port     int // of 127.0.0.1; the one wanted before Start, the one used after
	Password string
	Keep     bool // whether a restart finds what was there
	as       *syscall.Credential
	child    *child
}

// Addr is host and port.
func (r *Redis) Addr() string { return fmt.Sprintf("127.0.0.1:%d", r.Port) }

// URL is the whole address, password included.
func (r *Redis) URL() string { return fmt.Sprintf("redis://:%s@%s/0", r.Password, r.Addr()) }

// Start runs it, on the port it had before if that is free, and waits until it answers.
func (r *Redis) Start(ctx context.Context) error {
	bin, err := FindRedis()
	if err != nil {
		return err
	}
	if r.Password == "" {
		r.Password = password()
	}
	if err := endOrphan(filepath.Join(r.Dir, "redis.pid"), r.Dir, syscall.SIGTERM, syscall.SIGKILL); err != nil {
		return err
	}
	for range 5 {
		if r.Port, err = portOr(r.Port); err != nil {
			return err
		}
		if err = r.run(ctx, bin); err == nil || ctx.Err() != nil {
			return err
		}
		r.Port = 0
	}
	return fmt.Errorf("redis does not start: %w\n%s", err, lastLines(r.Log))
}

func (r *Redis) run(ctx context.Context, bin string) error {
	conf := filepath.Join(r.Dir, "redis.conf")
	if err := r.configure(conf); err != nil {
		return err
	}
	log, err := logTo(r.Log)
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := exec.Command(bin, conf)
	cmd.Dir, cmd.Stdout, cmd.Stderr, cmd.Env = r.Dir, log, log, plainEnv()
	if r.child, err = start(cmd, r.as, syscall.SIGTERM); err != nil {
		return err
	}
	if err := r.wait(ctx); err != nil {
		r.child.kill()
		return err
	}
	return nil
}

// configure writes the settings to a file, because arguments can be read by
// everyone on the machine.
func (r *Redis) configure(path string) error {
	appendOnly := "no"
	if r.Keep {
		appendOnly = "yes"
	}
	text := fmt.Sprintf(`bind 127.0.0.1
port %d
protected-mode yes
requirepass %s
dir "%s"
pidfile "%s"
daemonize no
save ""
appendonly %s
appendfsync everysec
maxmemory-policy noeviction
loglevel notice
databases 16
`, r.Port, r.Password, r.Dir, filepath.Join(r.Dir, "redis.pid"), appendOnly)
	if err := writePrivate(path, []byte(text)); err != nil {
		return err
	}
	if r.as == nil {
		return nil
	}
	return os.Chown(path, int(r.as.Uid), int(r.as.Gid))
}

func (r *Redis) wait(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	client := redis.NewClient(&redis.Options{Addr: r.Addr(), Password: r.Password, MaxRetries: -1, PoolSize: 1})
	defer client.Close()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-r.child.done:
			return fmt.Errorf("redis ended: %w", errors.Join(r.child.err, ctx.Err()))
		case <-tick.C:
			if err := client.Ping(ctx).Err(); err == nil {
				return nil
			}
		}
	}
}

// Stop ends it in order.
func (r *Redis) Stop() error {
	if r.child == nil {
		return nil
	}
	return r.child.stop(syscall.SIGTERM, syscall.SIGKILL, 10*time.Second)
}

// Kill ends it as a power cut would.
func (r *Redis) Kill() { r.child.kill() }

// Wipe loses everything it held. It works on a running and on a killed one.
func (r *Redis) Wipe(ctx context.Context) error {
	if r.child != nil && !r.child.ended() {
		client := redis.NewClient(&redis.Options{Addr: r.Addr(), Password: r.Password})
		defer client.Close()
		return client.FlushAll(ctx).Err()
	}
	return empty(r.Dir)
}

// Ended is closed when the server is gone, wanted or not.
func (r *Redis) Ended() <-chan struct{} { return r.child.done }
