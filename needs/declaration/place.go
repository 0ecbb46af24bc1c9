package declaration

import (
	"context"
	"errors"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/pg"
	"shanqiao/needs/household"
)

// place finds the household that a declaration belongs to, or begins one.
func (s *submission) place(ctx context.Context, tx pg.DB) (place, error) {
	if officer, ok := s.by.(actor.Officer); ok {
		return s.atCounter(ctx, tx, officer)
	}
	return s.online(ctx, tx)
}

// online attaches to the citizen's own household, or to the one that the citizen
// declared for before, or to the one with this identity number. Only the first
// lets the citizen read anything; the others are silent. Where a stranger's open
// declaration is in the way, a household of its own begins, and the officer who
// reads both is told which is the twin.
func (s *submission) online(ctx context.Context, tx pg.DB) (place, error) {
	own, err := household.OfAccount(ctx, tx, s.account)
	if err != nil {
		return place{}, err
	}
	if own != "" {
		return place{household: own}, s.unlessOther(ctx, tx, own)
	}
	known, err := s.declaredBefore(ctx, tx)
	if err != nil {
		return place{}, err
	}
	if known == "" {
		if known, err = household.OfIdentity(ctx, tx, s.keys, s.Identity); err != nil {
			return place{}, err
		}
	}
	if known == "" {
		return s.begin(ctx, tx, "")
	}
	sender, open, err := openOf(ctx, tx, known)
	switch {
	case err != nil:
		return place{}, err
	case !open:
		return place{household: known}, nil
	case sender == s.account:
		return place{}, errOpen
	}
	return s.begin(ctx, tx, known)
}

// atCounter attaches to the household that the officer names or whose identity
// number is on the form, if it is the officer's to serve.
func (s *submission) atCounter(ctx context.Context, tx pg.DB, by actor.Officer) (place, error) {
	known := s.Household
	if known == "" {
		var err error
		if known, err = household.OfIdentity(ctx, tx, s.keys, s.Identity); err != nil {
			return place{}, err
		}
	}
	if known == "" {
		return s.begin(ctx, tx, "")
	}
	number, err := household.Number(ctx, tx, by, known)
	switch {
	case err != nil:
		return place{}, err
	case number == "" && s.Household != "":
		return place{}, fault.New(fault.NotFound, "household.not_found")
	case number == "":
		return place{}, errAway
	}
	return place{household: known}, nil
}

// unlessOther refuses when somebody else's declaration is open for the citizen's
// own household, and says so: it is this family's to know.
func (s *submission) unlessOther(ctx context.Context, tx pg.DB, own string) error {
	sender, open, err := openOf(ctx, tx, own)
	if err == nil && open && sender != "" && sender != s.account {
		return errOpenOther
	}
	return err
}

// begin registers a household with the declarer as its head. With a twin, the
// identity number stays with the twin: a person belongs to one living household.
//
// The account may follow the household at once only when no identity number was
// typed. With one, an officer links them, as where the number was on record:
// otherwise the difference would tell whether that person is.
func (s *submission) begin(ctx context.Context, tx pg.DB, twin string) (place, error) {
	head := household.Member{Head: true, Relation: "self", Name: s.Name, Phone: s.Phone, Identity: s.Identity}
	account := s.account
	if s.Identity != "" || twin != "" {
		account = ""
	}
	if twin != "" {
		head.Identity = ""
	}
	h, err := household.Register(ctx, tx, s.keys, s.by, household.New{
		Region: s.Region, Account: account, Members: []household.Member{head}})
	return place{household: h, twin: twin}, err
}

// declaredBefore is the household of the citizen's latest declaration, or "".
func (s *submission) declaredBefore(ctx context.Context, tx pg.DB) (string, error) {
	none := fault.New(fault.NotFound, "none")
	h, err := pg.OneAs[string](ctx, tx, actor.Whole, none, `
		select household_id from records.declarations where account_id = @account
		 order by declared_at desc limit 1`, pg.Args{"account": s.account})
	if errors.Is(err, none) {
		return "", nil
	}
	return h, err
}

// openOf is who sent the open declaration of a household, if there is one.
func openOf(ctx context.Context, tx pg.DB, h string) (sender string, open bool, err error) {
	none := fault.New(fault.NotFound, "none")
	sender, err = pg.OneAs[string](ctx, tx, actor.Reach{Household: h}, none, `
		select coalesce(account_id, '') from records.declarations
		 where household_id = @household and state in ('submitted','accepted')`, pg.Args{"household": h})
	if errors.Is(err, none) {
		return "", false, nil
	}
	return sender, err == nil, err
}
