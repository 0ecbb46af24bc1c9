package main

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/hibiken/asynq"

	"shanqiao/internal/env"
	"shanqiao/internal/message"
	"shanqiao/internal/migrate"
	"shanqiao/internal/secret"
	"shanqiao/matcher"
	"shanqiao/matcher/assign"
	"shanqiao/portal/html"
)

// settings are everything that the environment decides. Nothing else reads it.
type settings struct {
	Database    string // where Postgres is; empty: one of our own
	Redis       string // where Redis is; empty: one of our own
	Meili       string // where Meilisearch is; empty: the embedded index
	MeiliKey    string
	SecretFile  string // the master secret; empty: one in the data folder
	Checkpoints string // the file of signed chain checkpoints, outside the database
	Data        string // the folder of our own services
	Development bool   // what is unsafe is told and not refused
	Sizes       migrate.Sizes
	Round       matcher.Division // how a round falls into parts

	Secure   bool           // readers come by https
	Proxies  []string       // address ranges whose X-Forwarded-For is believed
	Messages message.Sender // nil: nobody delivers text messages
	Site     html.Site

	InForce []env.Setting // as they may be shown
}

// read collects every mistake before it gives up.
func read(getenv func(string) string) (settings, error) {
	r := env.From(getenv)
	s := settings{
		Database:    r.URL("DATABASE_URL", "postgres", "postgresql"),
		Redis:       r.Address("REDIS_URL"),
		Meili:       strings.TrimSuffix(r.URL("MEILI_URL", "http", "https"), "/"),
		MeiliKey:    r.Secret("MEILI_KEY"),
		SecretFile:  r.Text("SHANQIAO_SECRET_FILE", ""),
		Data:        r.Text("SHANQIAO_DATA", ".local"),
		Development: r.OneOf("SHANQIAO_ENVIRONMENT", "production", "development") == "development",
		Round:       matcher.Division(r.OneOf("SHANQIAO_ROUND", string(matcher.Whole), string(matcher.ByDistrict), string(matcher.ByZone))),
		Sizes: migrate.Sizes{
			Access:   int32(r.Whole("SHANQIAO_POOL_ACCESS", 8, 1, 200)),
			Records:  int32(r.Whole("SHANQIAO_POOL_RECORDS", 16, 1, 200)),
			Exchange: int32(r.Whole("SHANQIAO_POOL_EXCHANGE", 16, 2, 200)), // a round looks on one and writes on another
			Gate:     int32(r.Whole("SHANQIAO_POOL_GATE", 2, 1, 50)),
			Audit:    int32(r.Whole("SHANQIAO_POOL_AUDIT", 2, 1, 50)),
		},
	}
	s.Secure = strings.HasPrefix(r.URL("SHANQIAO_PUBLIC_URL", "http", "https"), "https:")
	s.Proxies = r.Networks("SHANQIAO_PROXIES")
	gateway, token := r.URL("SHANQIAO_SMS_URL", "https", "http"), r.Secret("SHANQIAO_SMS_TOKEN")
	if gateway != "" {
		if token == "" {
			r.Mistake("SHANQIAO_SMS_TOKEN", "must be set with SHANQIAO_SMS_URL")
		}
		s.Messages = message.Gateway{URL: gateway, Token: secret.String(token)}
	}
	s.Site = html.Site{Operator: r.Text("SHANQIAO_OPERATOR", ""), Hotline: r.Text("SHANQIAO_HOTLINE", ""),
		Code: r.Text("SHANQIAO_SITE_CODE", ""), ICP: r.Text("SHANQIAO_ICP", ""), Police: r.Text("SHANQIAO_POLICE_RECORD", "")}
	s.Checkpoints = r.Text("SHANQIAO_CHECKPOINTS", filepath.Join(s.Data, "checkpoints"))
	if s.Redis != "" {
		if _, err := asynq.ParseRedisURI(s.Redis); err != nil {
			r.Mistake("REDIS_URL", "must be an address of the form redis://, rediss://, redis-socket:// or redis-sentinel://")
		}
	}
	if s.MeiliKey != "" && s.Meili == "" {
		r.Mistake("MEILI_KEY", "is set, but MEILI_URL is not")
	}
	if s.Database != "" && s.SecretFile == "" {
		r.Mistake("SHANQIAO_SECRET_FILE", "must be set with DATABASE_URL: the data cannot be read without the secret it was written with")
	}
	s.InForce = r.Settings()
	return s, r.Err()
}

// solver is how rounds are solved.
func (s settings) solver() assign.Solver {
	if s.Round == matcher.Whole {
		return assign.Optimal{}
	}
	return matcher.InParts{Division: s.Round}
}

// keys reads the master secret. For services of our own it is made once and
// kept beside their data.
func (s settings) keys() (*secret.Keys, error) {
	path := s.SecretFile
	if path == "" {
		path = s.ownSecret()
		if err := makeSecret(path); err != nil {
			return nil, err
		}
	}
	master, err := readSecret(path)
	if err != nil {
		return nil, fmt.Errorf("master secret: %w", err)
	}
	return secret.NewKeys(master)
}

// ownSecret is where the secret of our own services stands.
func (s settings) ownSecret() string { return filepath.Join(s.Data, "secret") }

// makeSecret writes a new secret unless there is one. Losing it loses every
// name and phone number, so it is never replaced.
func makeSecret(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o711); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, os.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	b := make([]byte, 32)
	rand.Read(b) // never fails
	_, err = f.WriteString(base64.RawURLEncoding.EncodeToString(b) + "\n")
	return errors.Join(err, f.Sync(), f.Close())
}

// readSecret refuses a file that others on the machine may read.
func readSecret(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a file", path)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("%s may be read by others (mode %04o); run: chmod 600 %s", path, info.Mode().Perm(), path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	master := []byte(strings.TrimSpace(string(text)))
	if len(master) < 32 {
		return nil, fmt.Errorf("%s is too short: 32 characters at least, made at random", path)
	}
	return master, nil
}
