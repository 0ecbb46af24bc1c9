// Package account keeps who may sign in and how: a login with a password for
// people who work here, a code to the telephone for citizens.
//
// An answer never tells whether an account exists: a wrong login and a wrong
// password are one answer that takes one time. Attempts are counted in Postgres,
// so that losing Redis opens nothing.
package account

import (
	"context"
	"errors"
	"maps"
	"regexp"
	"strings"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/id"
	"shanqiao/internal/pg"
	"shanqiao/internal/secret"
)

// New is an account to be made for someone who signs in with a password.
// Region is needed by officers, Organisation by members and volunteers,
// Volunteer by volunteers. Hash is a finished PHC string from Hash, given
// instead of Password where many accounts share one in a demonstration. Temporary
// says that somebody else gave the password, so that it must be changed first.
type New struct {
	Role         actor.Role
	Login        string
	Password     string
	Hash         string
	Temporary    bool
	Name         string
	Region       string
	Organisation string
	Volunteer    string
	Language     string
}

var (
	loginShape = regexp.MustCompile(`^[a-z0-9][a-z0-9._@-]{2,63}$`)

	constraints = pg.Constraints{
		"accounts_login_key": {Kind: fault.Invalid, Key: "form.invalid", Fields: map[string]string{"login": "account.login_taken"}},
		"accounts_reach":     fault.New(fault.Invalid, "account.reach"),
	}
)

// Check names every field that must change. A page calls it with its own checks,
// so that whoever fills the form reads all of it at once.
func (n New) Check() error {
	wrong := map[string]string{}
	if !loginShape.MatchString(Login(n.Login)) {
		wrong["login"] = "account.login_shape"
	}
	if e := fault.As(usable(n.Password)); e != nil && n.Hash == "" {
		maps.Copy(wrong, e.Fields)
	}
	return fault.InvalidFields(wrong)
}

// Create makes the account and returns its id. Hashing the password comes
// before the statement, because it takes long and a transaction must not.
func Create(ctx context.Context, db pg.DB, n New) (string, error) {
	if err := n.Check(); err != nil {
		return "", err
	}
	hash := n.Hash
	if hash == "" {
		var err error
		if hash, err = Hash(ctx, n.Password); err != nil {
			return "", err
		}
	}
	if n.Language == "" {
		n.Language = "zh"
	}
	account := id.New()
	_, err := db.Exec(ctx, `
		insert into access.accounts (id, role, login, password, password_temporary, name, region, organisation_id, volunteer_id, language)
		values (@id, @role, @login, @password, @temporary, @name, @region, @organisation, @volunteer, @language)`,
		pg.Args{"id": account, "role": n.Role, "login": Login(n.Login), "password": hash, "temporary": n.Temporary, "name": n.Name,
			"region": n.Region, "organisation": n.Organisation, "volunteer": n.Volunteer, "language": n.Language})
	if err != nil {
		return "", constraints.Explain(err)
	}
	return account, nil
}

// Login brings the spellings of a login to one.
func Login(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

var errNone = errors.New("account: none")

// OfPhone is the citizen's account of a telephone number, made when there is
// none yet. The number must be normal; it is stored sealed and found blind.
func OfPhone(ctx context.Context, db pg.DB, keys *secret.Keys, phone secret.String) (string, error) {
	blind := keys.Blind("phone", phone)
	account := id.New()
	_, err := db.Exec(ctx, `
		insert into access.accounts (id, role, phone_blind, phone_sealed)
		values (@id, 'citizen', @blind, @sealed)
		on conflict (phone_blind) do nothing`,
		pg.Args{"id": account, "blind": blind, "sealed": keys.Seal(phoneOf(account), phone)})
	if err != nil {
		return "", err
	}
	return pg.One[string](ctx, db, errNotCitizen, `
		select id
		  from access.accounts
		 where phone_blind = @blind and role = 'citizen' and disabled_at is null`, pg.Args{"blind": blind})
}

var errNotCitizen = fault.New(fault.Invalid, "account.wrong_code")

func phoneOf(account string) secret.Place {
	return secret.Place{Table: "access.accounts", Column: "phone_sealed", Row: account}
}

// Phone is the number behind a citizen's own account.
func Phone(ctx context.Context, db pg.DB, keys *secret.Keys, by actor.Citizen) (secret.String, error) {
	sealed, err := pg.One[[]byte](ctx, db, fault.New(fault.NotFound, "error.not_found"), `
		select phone_sealed
		  from access.accounts
		 where id = @account`, pg.Args{"account": by.Account})
	if err != nil {
		return "", err
	}
	return keys.Open(phoneOf(by.Account), sealed)
}
