// Package session remembers who is signed in, in Postgres, so that losing Redis
// neither signs anyone out nor brings back a session that was ended.
//
// The rule to keep: a row is inserted when a person signs in and never again.
// Everything later is an update that requires the session to be live, so a
// request in flight cannot undo a sign-out. Only a hash of the token is stored.
package session

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"time"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/pg"
)

// Session is a live sign-in and the account behind it.
type Session struct {
	Account      string
	Role         actor.Role
	Name         string
	Region       string
	Organisation string
	Volunteer    string
	Language     string
	Temporary    bool // the password was given by somebody else and must be changed
}

// Limits are how long a session lives: idle between two requests, and at most.
type Limits struct{ Idle, Most time.Duration }

// limits by role. A citizen on an own phone is left in peace; staff who can see
// households are not.
var limits = map[actor.Role]Limits{
	actor.CitizenRole:       {Idle: 7 * 24 * time.Hour, Most: 30 * 24 * time.Hour},
	actor.MemberRole:        {Idle: 12 * time.Hour, Most: 7 * 24 * time.Hour},
	actor.VolunteerRole:     {Idle: 12 * time.Hour, Most: 7 * 24 * time.Hour},
	actor.SubdistrictRole:   {Idle: time.Hour, Most: 12 * time.Hour},
	actor.DistrictRole:      {Idle: time.Hour, Most: 12 * time.Hour},
	actor.CityRole:          {Idle: time.Hour, Most: 12 * time.Hour},
	actor.AuditorRole:       {Idle: 30 * time.Minute, Most: 12 * time.Hour},
	actor.AdministratorRole: {Idle: 30 * time.Minute, Most: 12 * time.Hour},
}

// Store keeps sessions. DB is the access login; Secure says that the site is
// reached by https, which the cookie's name and flags follow.
type Store struct {
	DB     pg.DB
	Secure bool
}

var errEnded = fault.New(fault.Unauthenticated, "error.signed_out")

// cookieName has the prefix that makes browsers refuse the cookie from another
// host or over http. A loopback address in development has no https.
func (s Store) cookieName() string {
	if s.Secure {
		return "__Host-shanqiao"
	}
	return "shanqiao"
}

// Start signs an account in: a new token each time, so that a token planted
// before sign-in is worth nothing. An old session of the same browser ends.
func (s Store) Start(ctx context.Context, w http.ResponseWriter, r *http.Request, account string) (actor.Role, error) {
	token := NewToken()
	var role actor.Role
	err := pg.InTx(ctx, s.DB, func(tx pg.DB) error {
		if old, ok := s.token(r); ok {
			if err := end(ctx, tx, hash(old)); err != nil {
				return err
			}
		}
		var err error
		role, err = pg.One[actor.Role](ctx, tx, errEnded, `
			select role
			  from access.accounts
			 where id = @account and disabled_at is null`, pg.Args{"account": account})
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `
			insert into access.sessions (token_hash, account_id, expires_at)
			values (@hash, @account, now() + @most)`,
			pg.Args{"hash": hash(token), "account": account, "most": limits[role].Most})
		return err
	})
	if err != nil {
		return "", err
	}
	s.setCookie(w, token, 0)
	return role, nil
}

// Of is the live session of a request, or nil when nobody is signed in. The
// request is a sign of life.
func (s Store) Of(ctx context.Context, r *http.Request) (*Session, error) {
	v, quiet, err := s.live(ctx, r)
	if err != nil || v == nil {
		return nil, err
	}
	token, _ := s.token(r)
	return v, s.seen(ctx, hash(token), quiet)
}

// Unseen is Of for what an open page asks by itself: it keeps no session alive.
func (s Store) Unseen(ctx context.Context, r *http.Request) (*Session, error) {
	v, _, err := s.live(ctx, r)
	return v, err
}

// live is the session of a request and how long it was quiet.
func (s Store) live(ctx context.Context, r *http.Request) (*Session, time.Duration, error) {
	token, ok := s.token(r)
	if !ok {
		return nil, 0, nil
	}
	var v Session
	var quiet float64
	err := s.DB.QueryRow(ctx, `
		select a.id, a.role, a.name, a.region, a.organisation_id, a.volunteer_id, a.language, a.password_temporary,
		       extract(epoch from now() - s.last_seen)::float8 as quiet
		  from access.sessions s
		  join access.accounts a on a.id = s.account_id
		 where s.token_hash = @hash
		   and s.revoked_at is null
		   and s.expires_at > now()
		   and s.created_at >= a.sessions_valid_after
		   and a.disabled_at is null`, pg.Args{"hash": hash(token)}).
		Scan(&v.Account, &v.Role, &v.Name, &v.Region, &v.Organisation, &v.Volunteer, &v.Language, &v.Temporary, &quiet)
	if none(err) {
		return nil, 0, nil
	}
	if err != nil {
		return nil, 0, errDown.Because(err)
	}
	silence := time.Duration(quiet * float64(time.Second))
	if silence > limits[v.Role].Idle {
		return nil, 0, nil
	}
	return &v, silence, nil
}

// seen notes a sign of life at most once a minute, and never on a session that
// was ended meanwhile.
func (s Store) seen(ctx context.Context, hash []byte, quiet time.Duration) error {
	if quiet < time.Minute {
		return nil
	}
	_, err := s.DB.Exec(ctx, `
		update access.sessions
		   set last_seen = now()
		 where token_hash = @hash and revoked_at is null and last_seen < now() - interval '1 minute'`,
		pg.Args{"hash": hash})
	return err
}

// End signs the request's session out for good and clears the cookie.
func (s Store) End(ctx context.Context, w http.ResponseWriter, r *http.Request) error {
	token, ok := s.token(r)
	if !ok {
		return nil
	}
	s.setCookie(w, "", -1)
	return end(ctx, s.DB, hash(token))
}

func end(ctx context.Context, db pg.DB, hash []byte) error {
	_, err := db.Exec(ctx, `
		update access.sessions
		   set revoked_at = now()
		 where token_hash = @hash and revoked_at is null`, pg.Args{"hash": hash})
	return err
}

// EndAll ends every session of an account, on every device and process, at once.
func EndAll(ctx context.Context, db pg.DB, account string) error {
	_, err := db.Exec(ctx, `
		update access.accounts
		   set sessions_valid_after = now()
		 where id = @account`, pg.Args{"account": account})
	return err
}

// Has says whether the request carries a session cookie, live or not.
func (s Store) Has(r *http.Request) bool {
	_, err := r.Cookie(s.cookieName())
	return err == nil
}

func (s Store) token(r *http.Request) (string, bool) {
	c, err := r.Cookie(s.cookieName())
	if err != nil || len(c.Value) != tokenLength {
		return "", false
	}
	return c.Value, true
}

// setCookie writes a cookie that ends with the browser; the server decides how
// long a session lives.
func (s Store) setCookie(w http.ResponseWriter, token string, age int) {
	http.SetCookie(w, &http.Cookie{
		Name: s.cookieName(), Value: token, Path: "/", MaxAge: age,
		Secure: s.Secure, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
}

const tokenLength = 43

// NewToken is 256 random bits as 43 characters that a cookie may hold.
func NewToken() string {
	var b [32]byte
	rand.Read(b[:]) // never fails since Go 1.24
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// hash needs no salt: a token is as random as a key.
func hash(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}
