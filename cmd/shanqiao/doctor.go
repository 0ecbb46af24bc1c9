package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net"
	"slices"
	"text/tabwriter"
	"time"

	"shanqiao/internal/env"
	"shanqiao/internal/secret"
	"shanqiao/internal/service"
)

// state is how bad a finding is.
type state string

const (
	fine    state = "ok"
	note    state = "note"    // worth knowing
	unsafe  state = "UNSAFE"  // works, and must not be used so with real people's data
	missing state = "MISSING" // does not work
)

// finding is one line of the doctor's table. It never holds a password.
type finding struct {
	about string
	state state
	text  string
}

// findings are what the doctor found, in the order it looked.
type findings []finding

func (f *findings) add(about string, s state, format string, args ...any) {
	*f = append(*f, finding{about, s, fmt.Sprintf(format, args...)})
}

// bad are those that must keep the program from serving.
func (f findings) bad() findings {
	var out findings
	for _, one := range f {
		if one.state == unsafe || one.state == missing {
			out = append(out, one)
		}
	}
	return out
}

func (f findings) print(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintln(t, "WHAT\tSTATE\tDETAIL")
	for _, one := range f {
		fmt.Fprintf(t, "%s\t%s\t%s\n", one.about, one.state, one.text)
	}
	return t.Flush()
}

// doctor says what is configured, reachable, of which version, and unsafe.
type doctor struct{}

// Run ends with code 1 when anything is unsafe or does not work.
func (*doctor) Run(p *program) error {
	s, err := read(p.getenv)
	if err != nil {
		return err
	}
	found := slices.Concat(examineSelf(), configured(s), chosen(s))
	s, running, err := s.withPrivate()
	switch {
	case err != nil:
		found.add("services", missing, "%v", err)
	case !running:
		found.add("services", note, "our own are not running; start them with: shanqiao up")
	}
	keys, err := s.keysIfAny()
	switch {
	case err != nil:
		found.add("secret", missing, "%v", err)
	case keys == nil:
		found.add("secret", note, "none yet; it is made once, in %s", s.ownSecret())
	default:
		found.add("secret", fine, "readable by its owner only: %s", cmp.Or(s.SecretFile, s.ownSecret()))
	}
	if running {
		found = append(found, examine(p.ctx, s, keys)...)
		found.verdict(s.Development)
	}
	if keys != nil {
		found = append(found, examineChain(p.ctx, s, keys, time.Now())...)
	}
	if err := found.print(p.stdout); err != nil {
		return err
	}
	if len(found.bad()) > 0 {
		return exit(1)
	}
	return nil
}

// configured says where each part is to be found, before anything is asked.
func configured(s settings) findings {
	var f findings
	place := func(about, address, otherwise string) {
		if address == "" {
			f.add(about, note, "%s", otherwise)
			return
		}
		f.add(about, note, "configured: %s", env.Shown(address))
	}
	place("postgres", s.Database, "not configured: a cluster of our own in "+s.Data)
	place("redis", s.Redis, "not configured: a server of our own in "+s.Data)
	place("index", s.Meili, "not configured: embedded, in memory")
	return f
}

// examine asks every service. Each has a few seconds.
func examine(ctx context.Context, s settings, keys *secret.Keys) findings {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	var f findings
	if keys != nil {
		f = append(f, examinePostgres(ctx, s.Database, keys)...)
	}
	f = append(f, examineRedis(ctx, s.Redis)...)
	if s.Meili != "" {
		f = append(f, examineMeili(ctx, s.Meili, s.MeiliKey)...)
	}
	return f
}

// withPrivate fills in the addresses of our own services, and says whether
// everything that is needed can be asked.
func (s settings) withPrivate() (settings, bool, error) {
	if s.Database != "" && s.Redis != "" {
		return s, true, nil
	}
	database, redis, running, err := service.Running(s.Data)
	if err != nil || !running {
		return s, false, err
	}
	if s.Database == "" {
		s.Database = database
	}
	if s.Redis == "" {
		s.Redis = redis
	}
	return s, true, nil
}

// near says whether host is this machine, where plain text stays inside.
func near(host string) bool {
	if host == "localhost" || (len(host) > 0 && host[0] == '/') {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
