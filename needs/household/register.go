package household

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/id"
	"shanqiao/internal/pg"
	"shanqiao/internal/secret"
	"shanqiao/needs/chain"
)

// New is a household to be registered. Category, Condition and Income may be
// left empty: not determined, none known, not known. Without a head among the
// members, the first is the head.
type New struct {
	Region    string
	Address   secret.String
	Category  string
	Condition string
	Income    *int64 // fen a month
	Account   string // of the citizen who registers through a declaration
	Members   []Member
}

// Registration is what the first entry of the chain says.
type Registration struct {
	Region   string `json:"region"`
	Members  int    `json:"members"`
	Category string `json:"category"`
}

// Register takes a household up, with its members, and begins its chain. A person
// who already belongs to a living household is a conflict. An officer registers
// within reach; a citizen's declaration registers in the place that it names.
func Register(ctx context.Context, db pg.DB, keys *Keys, by actor.Actor, n New) (string, error) {
	if err := n.check(); err != nil {
		return "", err
	}
	reach := by.Reach()
	if _, self := by.(actor.Citizen); self {
		reach = actor.Reach{From: n.Region, To: n.Region}
	}
	if n.Region < reach.From || n.Region > reach.To {
		return "", errOutOfReach
	}
	var household string
	err := pg.As(ctx, db, reach, func(tx pg.DB) error {
		household = id.New()
		_, err := tx.Exec(ctx, `
			insert into records.households (id, number, region, address_sealed, category, condition,
			                                monthly_income_fen, account_id)
			values (@id, @region || '-' || lpad(nextval('records.household_numbers')::text, 5, '0'), @region,
			        @address, @category, @condition, @income, nullif(@account, ''))`,
			pg.Args{"id": household, "region": n.Region, "category": n.Category, "condition": n.Condition,
				"address": keys.Seal(secret.Place{Table: "households", Column: "address_sealed", Row: household}, n.Address),
				"income":  n.Income, "account": n.Account})
		if err != nil {
			return err
		}
		if err := chain.Start(ctx, tx, household); err != nil {
			return err
		}
		for _, m := range n.Members {
			if _, err := insert(ctx, tx, keys, household, n.Region, m); err != nil {
				return err
			}
		}
		return chain.Append(ctx, tx, household, by, chain.Registered, "",
			Registration{Region: n.Region, Members: len(n.Members), Category: n.Category})
	})
	return household, constraints.Explain(err)
}

var errOutOfReach = fault.New(fault.Forbidden, "household.out_of_reach")

// insert adds one member whose values were checked.
func insert(ctx context.Context, tx pg.DB, keys *Keys, household, region string, m Member) (string, error) {
	m.ID = id.New()
	seal := func(column string, s secret.String) []byte {
		return keys.Seal(secret.Place{Table: "members", Column: column, Row: m.ID}, s)
	}
	done, err := tx.Exec(ctx, `
		insert into records.members (id, household_id, region, head, relation, name_sealed, identity_sealed,
		                             identity_blind, phone_sealed, phone_blind, sex, born, disability, student,
		                             request_key)
		select @id, @household, @region, @head, @relation, @name, @identity, @identity_blind,
		       @phone, @phone_blind, @sex, @born::date, @disability, @student, nullif(@request, '')
		 where @born::date is null or @born::date <= (now() at time zone 'Asia/Shanghai')::date`,
		pg.Args{"id": m.ID, "household": household, "region": region, "head": m.Head, "relation": m.Relation,
			"name": seal("name_sealed", m.Name), "identity": seal("identity_sealed", m.Identity),
			"identity_blind": keys.Blind("identity", m.Identity), "phone": seal("phone_sealed", m.Phone),
			"phone_blind": keys.Blind("phone", m.Phone), "sex": m.Sex, "born": m.Born,
			"disability": m.Disability, "student": m.Student, "request": m.Request})
	if err == nil && done.RowsAffected() == 0 {
		return "", errNotBorn
	}
	return m.ID, err
}

// facts reads what a normal identity number says of its holder.
func facts(identity secret.String) (born time.Time, sex string, err error) {
	s := identity.Reveal()
	if born, err = time.Parse("20060102", s[6:14]); err != nil {
		return born, "", err
	}
	odd, err := strconv.Atoi(s[16:17])
	if err != nil {
		return born, "", fmt.Errorf("sex in identity number: %w", err)
	}
	if odd%2 == 1 {
		return born, "male", nil
	}
	return born, "female", nil
}
