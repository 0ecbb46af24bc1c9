package organisation

import (
	"context"
	"time"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/pg"
)

// Worker is someone whom an organisation may send to a family: a member, or a
// volunteer who serves through it.
type Worker struct {
	Account   string
	Name      string
	Volunteer bool
	JoinedAt  time.Time
}

// Workers lists those whom the member's organisation may send, members first.
// A volunteer is known here by name once the organisation has joined them.
func Workers(ctx context.Context, db pg.DB, by actor.Member) ([]Worker, error) {
	return pg.Many[Worker](ctx, db, `
		select m.account_id as account, m.name, v.id is not null as volunteer, m.joined_at
		  from exchange.members m
		  left join exchange.volunteers v on v.account_id = m.account_id
		 where m.organisation_id = @organisation and m.left_at is null
		   and (v.id is null or v.state = 'active')
		 order by volunteer, m.name, m.account_id
		 limit 500`,
		pg.Args{"organisation": by.Organisation})
}

// Join enters an account of the member's own organisation as someone it may
// send. The caller has made that account, or knows that it belongs to the
// organisation: this half cannot read accounts.
func Join(ctx context.Context, db pg.DB, by actor.Member, account, name string) error {
	name = clean(name)
	if account == "" || name == "" {
		return fault.InvalidFields(map[string]string{"name": "organisation.contact_missing"})
	}
	return join(ctx, db, by.Organisation, account, name)
}

func join(ctx context.Context, db pg.DB, organisation, account, name string) error {
	if name == "" {
		name = account
	}
	tag, err := db.Exec(ctx, `
		insert into exchange.members (account_id, organisation_id, name)
		values (@account, @organisation, @name)
		on conflict (account_id) do update
		   set name = excluded.name, left_at = null
		 where members.organisation_id = excluded.organisation_id`,
		pg.Args{"account": account, "organisation": organisation, "name": name})
	if err == nil && tag.RowsAffected() == 0 {
		return fault.New(fault.Conflict, "organisation.member_elsewhere")
	}
	return err
}

// Leave ends that an organisation may send someone. Claims that name them stay
// as they are: the record of who went is not rewritten.
func Leave(ctx context.Context, db pg.DB, by actor.Member, account string) error {
	tag, err := db.Exec(ctx, `
		update exchange.members
		   set left_at = now()
		 where account_id = @account and organisation_id = @organisation and left_at is null`,
		pg.Args{"account": account, "organisation": by.Organisation})
	if err == nil && tag.RowsAffected() == 0 {
		return errNone
	}
	return err
}
