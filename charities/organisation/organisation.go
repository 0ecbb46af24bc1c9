// Package organisation keeps the organisations that help: charities, social
// services and enterprises, and how each stands with the district that
// verifies it.
//
// An organisation that is not verified sees no need at all. Every verb of the
// exchange half that acts for one begins with Standing, which locks the row, so
// that a suspension and a claim cannot pass each other.
package organisation

import (
	"context"
	"strings"
	"time"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/pg"
	"shanqiao/internal/state"
)

// State is how an organisation stands.
type State string

// The states of an organisation, as stored.
const (
	Applied   State = "applied"
	Verified  State = "verified"
	Rejected  State = "rejected"
	Suspended State = "suspended"
)

// Moves is every change of state that is allowed: docs/states-exchange.md draws
// it and a test compares. A rejected organisation may mend its application.
var Moves = state.Moves[State]{
	Applied:   {Verified, Rejected},
	Verified:  {Suspended},
	Rejected:  {Applied},
	Suspended: {Verified},
}

// From lists the states that may move to s, for the where clause of the change.
func (s State) From() []string { return Moves.From(s) }

// Kind is what an organisation is.
type Kind string

// The kinds of organisation.
const (
	Charity       Kind = "charity"
	SocialService Kind = "social_service"
	Enterprise    Kind = "enterprise"
)

// Kinds in the order in which they are offered.
var Kinds = []Kind{Charity, SocialService, Enterprise}

// Organisation is what is known of one. Phone is the office's, not a person's.
type Organisation struct {
	ID         string
	Name       string
	NameEn     string
	CreditCode string
	Kind       Kind
	District   string
	Summary    string
	Contact    string
	Phone      string
	State      State
	Reason     string
	StateAt    time.Time
	AppliedAt  time.Time
}

const columns = `id, name, name_en, credit_code, kind, district, summary, contact, phone,
	state, reason, state_at, applied_at`

var errNone = fault.New(fault.NotFound, "organisation.not_found")

// For is one organisation as an officer of its district or of the city sees it.
func For(ctx context.Context, db pg.DB, by actor.Officer, id string) (Organisation, error) {
	prefix, err := reach(by)
	if err != nil {
		return Organisation{}, err
	}
	return pg.One[Organisation](ctx, db, errNone, `
		select `+columns+`
		  from exchange.organisations
		 where id = @id and starts_with(district, @prefix)`,
		pg.Args{"id": id, "prefix": prefix})
}

// Mine is the organisation of the signed-in member; NotFound where the account
// exists and the application was never finished.
func Mine(ctx context.Context, db pg.DB, by actor.Member) (Organisation, error) {
	return pg.One[Organisation](ctx, db, errNone, `
		select `+columns+`
		  from exchange.organisations
		 where id = @id`,
		pg.Args{"id": by.Organisation})
}

// Worklist is the organisations of the officer's reach, in one state or, with
// "", all; those who wait longest first. At most 200.
func Worklist(ctx context.Context, db pg.DB, by actor.Officer, state State) ([]Organisation, error) {
	prefix, err := reach(by)
	if err != nil {
		return nil, err
	}
	return pg.Many[Organisation](ctx, db, `
		select `+columns+`
		  from exchange.organisations
		 where starts_with(district, @prefix) and (@state = '' or state = @state)
		 order by state = 'applied' desc, applied_at, id
		 limit 200`,
		pg.Args{"prefix": prefix, "state": string(state)})
}

// Waiting counts the organisations of the officer's reach that wait to be verified.
func Waiting(ctx context.Context, db pg.DB, by actor.Officer) (int, error) {
	prefix, err := reach(by)
	if err != nil {
		return 0, err
	}
	return pg.One[int](ctx, db, nil, `
		select count(*)
		  from exchange.organisations
		 where starts_with(district, @prefix) and state = 'applied'`,
		pg.Args{"prefix": prefix})
}

// Trusted is the verified organisations of the whole city by name, for an
// officer who commissions one. At most 500.
func Trusted(ctx context.Context, db pg.DB, _ actor.Officer) ([]Organisation, error) {
	return pg.Many[Organisation](ctx, db, `
		select `+columns+`
		  from exchange.organisations
		 where state = 'verified'
		 order by name, id
		 limit 500`, pg.Args{})
}

// reach is the beginning of the district codes an officer may see. A
// subdistrict verifies nobody.
func reach(by actor.Officer) (string, error) {
	if prefix, ok := by.Area(); ok && by.Level != actor.SubdistrictRole {
		return prefix, nil
	}
	return "", fault.New(fault.Forbidden, "organisation.not_your_office")
}

// Standing locks an organisation and refuses one that is not verified:
// Forbidden, with a key that says how it stands. It returns how many claims may
// be open at once. Only inside a transaction.
func Standing(ctx context.Context, tx pg.DB, id string) (openClaims int, err error) {
	type row struct {
		State      State
		OpenClaims int
	}
	r, err := pg.One[row](ctx, tx, fault.New(fault.Forbidden, "organisation.unfinished"), `
		select state, open_claims
		  from exchange.organisations
		 where id = @id
		   for no key update`,
		pg.Args{"id": id})
	if err != nil {
		return 0, err
	}
	return r.OpenClaims, refused(r.State)
}

// Check is Standing without the lock, for pages that only show something.
func Check(ctx context.Context, db pg.DB, id string) error {
	state, err := pg.One[State](ctx, db, fault.New(fault.Forbidden, "organisation.unfinished"), `
		select state
		  from exchange.organisations
		 where id = @id`,
		pg.Args{"id": id})
	if err != nil {
		return err
	}
	return refused(state)
}

func refused(s State) error {
	if s == Verified {
		return nil
	}
	return fault.New(fault.Forbidden, "organisation.is."+string(s))
}

// clean trims what was typed and drops characters that are not text.
func clean(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "")))
}
