package main

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"strings"

	"shanqiao/internal/actor"
	"shanqiao/internal/migrate"
	"shanqiao/internal/secret"
)

// migrateCommand brings the configured database to this program's schema.
type migrateCommand struct{}

// Run needs a DATABASE_URL that signs in as someone who may create roles.
func (*migrateCommand) Run(p *program) error {
	s, err := read(p.getenv)
	if err != nil {
		return err
	}
	s, running, err := s.withPrivate()
	if err != nil {
		return err
	}
	if !running {
		return errors.New("migrate: set DATABASE_URL, or start our own services with: shanqiao up")
	}
	keys, err := s.keys()
	if err != nil {
		return err
	}
	ran, err := migrate.Up(p.ctx, s.Database, keys)
	if err != nil {
		return err
	}
	fmt.Fprintf(p.stdout, "%d migrations run\n", ran)
	return nil
}

// psql opens a shell as one of the logins, to see exactly what it may see.
type psql struct {
	Role    string   `default:"exchange" enum:"access,records,exchange,gate,audit,admin" help:"Login: access, records, exchange, gate, audit or admin."`
	Region  string   `help:"With --role records: see this region, a prefix of a nine-digit code such as 110105."`
	Command []string `arg:"" optional:"" passthrough:"" help:"Further arguments for psql, after --."`
}

// Run hands the password over in the environment, where only we can read it.
func (c *psql) Run(p *program) error {
	s, err := read(p.getenv)
	if err != nil {
		return err
	}
	s, running, err := s.withPrivate()
	if err != nil {
		return err
	}
	if !running {
		return errors.New("psql: set DATABASE_URL, or start our own services with: shanqiao up")
	}
	address := s.Database
	if c.Role != "admin" {
		keys, err := s.keys()
		if err != nil {
			return err
		}
		if address, err = migrate.As(s.Database, migrate.Role("shanqiao_"+c.Role), keys); err != nil {
			return err
		}
	}
	u, err := url.Parse(address)
	if err != nil {
		return errors.New("psql: DATABASE_URL is not an address")
	}
	word, _ := u.User.Password()
	u.User = url.User(u.User.Username())
	cmd := exec.CommandContext(p.ctx, "psql", append([]string{u.String()}, after(c.Command)...)...)
	cmd.Env = append(os.Environ(), "PGPASSWORD="+word, "PGOPTIONS="+seeing(c.Region))
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, p.stdout, p.stderr
	err = cmd.Run()
	var ended *exec.ExitError
	if errors.As(err, &ended) {
		return exit(max(ended.ExitCode(), 1))
	}
	return err
}

// seeing sets the reach for the session. Without a region there is none, and
// row security shows nothing.
func seeing(region string) string {
	if region == "" || strings.Trim(region, "0123456789") != "" || len(region) > 9 {
		return ""
	}
	reach := actor.Officer{Level: actor.SubdistrictRole, Region: region}.Reach()
	return "-c app.from=" + reach.From + " -c app.to=" + reach.To
}

// after drops the -- that ends our own flags.
func after(words []string) []string {
	if len(words) > 0 && words[0] == "--" {
		return words[1:]
	}
	return words
}

// keysIfAny reads the secret without making one: looking must not change anything.
func (s settings) keysIfAny() (*secret.Keys, error) {
	if s.SecretFile == "" {
		s.SecretFile = s.ownSecret()
		if _, err := os.Stat(s.SecretFile); errors.Is(err, os.ErrNotExist) {
			return nil, nil
		}
	}
	return s.keys()
}
