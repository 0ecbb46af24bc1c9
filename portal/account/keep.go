package account

import (
	"context"
	"slices"
	"strings"
	"time"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/pg"
)

// What an administrator may do to accounts, apart from the person's own
// settings. Duties are kept apart: an administrator opens no administrator's
// account and no role is ever changed, so nobody can hand on, widen or take over
// the right to let people in. Those accounts are opened by whoever runs the
// server. Every act is written down with who did it.

// Openable lists the roles whose accounts an administrator opens. Volunteers are
// registered by their organisation, and citizens sign in by telephone.
var Openable = []actor.Role{actor.SubdistrictRole, actor.DistrictRole, actor.CityRole, actor.MemberRole, actor.AuditorRole}

var (
	errOwn        = fault.New(fault.Conflict, "account.own")
	errNotYours   = fault.New(fault.Forbidden, "account.not_for_administrators")
	errSubstreet  = fault.InvalidFields(map[string]string{"region": "account.region_subdistrict"})
	errDistrict   = fault.InvalidFields(map[string]string{"region": "account.region_district"})
	errNoOrg      = fault.InvalidFields(map[string]string{"organisation": "account.organisation_missing"})
	errNameNeeded = fault.InvalidFields(map[string]string{"name": "form.missing"})
)

// Kept is an account as an administrator sees it.
type Kept struct {
	ID           string
	Role         actor.Role
	Login        string
	Name         string
	Region       string
	Organisation string
	CreatedAt    time.Time
	DisabledAt   *time.Time
	Sessions     int // live ones
	LastSeen     *time.Time
}

const kept = `
	select a.id, a.role, a.login, a.name, a.region, a.organisation_id as organisation, a.created_at, a.disabled_at,
	       count(s.token_hash) filter (where s.revoked_at is null and s.expires_at > now()
	                                     and s.created_at >= a.sessions_valid_after)::int as sessions,
	       max(s.last_seen) as last_seen
	  from access.accounts a
	  left join access.sessions s on s.account_id = a.id
	 where a.login is not null and a.role <> 'citizen'`

// Filter narrows a list of accounts. Text is the beginning of a login or a part
// of a name; After is the login that the page before ended with.
type Filter struct {
	Role  actor.Role
	Text  string
	After string
}

// List is accounts with a login in the order of their logins, n at most.
// Citizens have none and are on no list.
func List(ctx context.Context, db pg.DB, _ actor.Administrator, f Filter, n int) ([]Kept, error) {
	return pg.Many[Kept](ctx, db, kept+`
		   and (@role = '' or a.role = @role)
		   and (@text = '' or starts_with(a.login, lower(@text)) or strpos(a.name, @text) > 0)
		   and a.login > @after
		 group by a.id
		 order by a.login
		 limit @n`, pg.Args{"role": string(f.Role), "text": strings.TrimSpace(f.Text), "after": f.After, "n": n})
}

// For is one account with a login; a citizen's is not there.
func For(ctx context.Context, db pg.DB, _ actor.Administrator, account string) (Kept, error) {
	return pg.One[Kept](ctx, db, errNotThere, kept+`
		   and a.id = @account
		 group by a.id`, pg.Args{"account": account})
}

// Counted is how many accounts a role has, and how many of them are shut.
type Counted struct {
	Role     actor.Role
	N        int
	Disabled int
}

// Counts counts the accounts of every role, citizens' among them.
func Counts(ctx context.Context, db pg.DB, _ actor.Administrator) ([]Counted, error) {
	return pg.Many[Counted](ctx, db, `
		select role, count(*)::int as n, (count(*) filter (where disabled_at is not null))::int as disabled
		  from access.accounts
		 group by role`, pg.Args{})
}

// Open makes an account with a password that is told once, here. The person must
// change it after signing in.
func Open(ctx context.Context, db pg.DB, by actor.Administrator, n New) (account, password string, err error) {
	if err := n.openable(); err != nil {
		return "", "", err
	}
	n.Password, n.Hash, n.Temporary = NewPassword(), "", true
	// The hash takes long, so it is made before the transaction begins.
	if n.Hash, err = Hash(ctx, n.Password); err != nil {
		return "", "", err
	}
	err = pg.InTx(ctx, db, func(tx pg.DB) error {
		if account, err = Create(ctx, tx, n); err != nil {
			return err
		}
		return note(ctx, tx, by, account, "created")
	})
	return account, n.Password, err
}

// openable says whether an administrator may open it, and names the field that
// does not fit the role.
func (n New) openable() error {
	switch {
	case !slices.Contains(Openable, n.Role):
		return errNotYours
	case strings.TrimSpace(n.Name) == "":
		return errNameNeeded
	case n.Role == actor.SubdistrictRole && len(n.Region) != 9:
		return errSubstreet
	case n.Role == actor.DistrictRole && len(n.Region) != 6:
		return errDistrict
	case n.Role == actor.MemberRole && n.Organisation == "":
		return errNoOrg
	}
	return nil
}

// Shut disables an account and ends its sessions. The own one stays open, so
// that the last administrator does not shut the door from outside.
func Shut(ctx context.Context, db pg.DB, by actor.Administrator, account string) error {
	return change(ctx, db, by, account, "disabled", func(tx pg.DB, _ Kept) error { return Disable(ctx, tx, by, account) })
}

// Reopen lets a disabled account in again; an administrator's is for whoever
// runs the server to let in.
func Reopen(ctx context.Context, db pg.DB, by actor.Administrator, account string) error {
	return change(ctx, db, by, account, "enabled", func(tx pg.DB, k Kept) error {
		if k.Role == actor.AdministratorRole {
			return errNotYours
		}
		return Enable(ctx, tx, by, account)
	})
}

// Reset gives an account a new password, which is told once and must be changed,
// and ends its sessions. Not an administrator's: that would be a way to become one of them.
func Reset(ctx context.Context, db pg.DB, by actor.Administrator, account string) (password string, err error) {
	password = NewPassword()
	hash, err := Hash(ctx, password)
	if err != nil {
		return "", err
	}
	return password, change(ctx, db, by, account, "password_reset", func(tx pg.DB, k Kept) error {
		if k.Role == actor.AdministratorRole {
			return errNotYours
		}
		_, err := tx.Exec(ctx, `
			update access.accounts
			   set password = @hash, password_temporary = true, sessions_valid_after = now()
			 where id = @account and role <> 'administrator'`, pg.Args{"hash": hash, "account": account})
		return err
	})
}

// SignOut ends every session of an account.
func SignOut(ctx context.Context, db pg.DB, by actor.Administrator, account string) error {
	return change(ctx, db, by, account, "signed_out", func(tx pg.DB, _ Kept) error {
		_, err := tx.Exec(ctx, `
			update access.accounts
			   set sessions_valid_after = now()
			 where id = @account`, pg.Args{"account": account})
		return err
	})
}

// change does one thing to another's account and writes it down, or neither.
func change(ctx context.Context, db pg.DB, by actor.Administrator, account, what string, do func(tx pg.DB, k Kept) error) error {
	if account == by.Account {
		return errOwn
	}
	return pg.InTx(ctx, db, func(tx pg.DB) error {
		k, err := For(ctx, tx, by, account)
		if err != nil {
			return err
		}
		if err := do(tx, k); err != nil {
			return err
		}
		return note(ctx, tx, by, account, what)
	})
}

func note(ctx context.Context, tx pg.DB, by actor.Administrator, account, what string) error {
	_, err := tx.Exec(ctx, `
		insert into access.account_events (by_account, account_id, what)
		values (@by, @account, @what)`, pg.Args{"by": by.Account, "account": account, "what": what})
	return err
}

// Event is what an administrator did to an account.
type Event struct {
	At   time.Time
	What string
	By   string // login
}

// Events is what was done to an account, the latest first; 50 at most.
func Events(ctx context.Context, db pg.DB, _ actor.Administrator, account string) ([]Event, error) {
	return pg.Many[Event](ctx, db, `
		select e.at, e.what, coalesce(b.login, '') as by
		  from access.account_events e
		  join access.accounts b on b.id = e.by_account
		 where e.account_id = @account
		 order by e.id desc
		 limit 50`, pg.Args{"account": account})
}
