package household

import (
	"context"
	"errors"
	"time"

	"shanqiao/internal/actor"
	"shanqiao/internal/id"
	"shanqiao/internal/pg"
	"shanqiao/internal/secret"
)

// For reads the whole record of a household in the officer's reach.
func For(ctx context.Context, db pg.DB, keys *Keys, by actor.Officer, household string) (Household, error) {
	if !id.Valid(household) {
		return Household{}, errNotFound
	}
	var h Household
	err := pg.As(ctx, db, by.Reach(), func(tx pg.DB) (err error) {
		h, err = read(ctx, tx, keys, household)
		return err
	})
	return h, err
}

type stored struct {
	ID        string
	Number    string
	Region    string
	Address   []byte
	Category  string
	Condition string
	Income    *int64
	Account   string
	CreatedAt time.Time
	ClosedAt  *time.Time
}

func read(ctx context.Context, tx pg.DB, keys *Keys, household string) (Household, error) {
	s, err := pg.One[stored](ctx, tx, errNotFound, `
		select id, number, region, address_sealed as address, category, condition,
		       monthly_income_fen as income, coalesce(account_id, '') as account, created_at, closed_at
		  from records.households where id = @id`, pg.Args{"id": household})
	if err != nil {
		return Household{}, err
	}
	address, err := keys.Open(secret.Place{Table: "households", Column: "address_sealed", Row: s.ID}, s.Address)
	if err != nil {
		return Household{}, err
	}
	h := Household{ID: s.ID, Number: s.Number, Region: s.Region, Address: address, Category: s.Category,
		Condition: s.Condition, Income: s.Income, Account: s.Account, CreatedAt: s.CreatedAt, ClosedAt: s.ClosedAt}
	h.Members, err = members(ctx, tx, keys, household)
	return h, err
}

type storedMember struct {
	ID         string
	Head       bool
	Relation   string
	Name       []byte
	Identity   []byte
	Phone      []byte
	Sex        string
	Born       *time.Time
	Disability string
	Student    bool
	JoinedOn   time.Time
	LeftOn     *time.Time
}

func members(ctx context.Context, tx pg.DB, keys *Keys, household string) ([]Member, error) {
	rows, err := pg.Many[storedMember](ctx, tx, `
		select id, head, relation, name_sealed as name, identity_sealed as identity, phone_sealed as phone,
		       sex, born, disability, student, joined_on, left_on
		  from records.members
		 where household_id = @household
		 order by left_on nulls first, head desc, born nulls last, id`, pg.Args{"household": household})
	if err != nil {
		return nil, err
	}
	all := make([]Member, len(rows))
	for i, r := range rows {
		if all[i], err = r.open(keys); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func (r storedMember) open(keys *Keys) (Member, error) {
	var failed []error
	open := func(column string, sealed []byte) secret.String {
		s, err := keys.Open(secret.Place{Table: "members", Column: column, Row: r.ID}, sealed)
		failed = append(failed, err)
		return s
	}
	m := Member{ID: r.ID, Head: r.Head, Relation: r.Relation, Sex: r.Sex, Born: r.Born, Disability: r.Disability,
		Student: r.Student, JoinedOn: r.JoinedOn, LeftOn: r.LeftOn,
		Name: open("name_sealed", r.Name), Identity: open("identity_sealed", r.Identity), Phone: open("phone_sealed", r.Phone)}
	return m, errors.Join(failed...)
}

// Contact is how to reach a member.
type Contact struct {
	Member  string
	Name    secret.String
	Phone   secret.String
	Address secret.String
	Region  string
}

// ContactOf reads how to reach a living member, or the head when member is empty,
// in a transaction that reaches the household. A member without a phone is reached
// through the head's.
func ContactOf(ctx context.Context, tx pg.DB, keys *Keys, household, member string) (Contact, error) {
	h, err := read(ctx, tx, keys, household)
	if err != nil {
		return Contact{}, err
	}
	head := h.Head()
	for _, m := range h.Living() {
		if m.ID != member && (member != "" || !m.Head) {
			continue
		}
		c := Contact{Member: m.ID, Name: m.Name, Phone: m.Phone, Address: h.Address, Region: h.Region}
		if c.Phone == "" {
			c.Phone = head.Phone
		}
		return c, nil
	}
	return Contact{}, errNotFound
}
