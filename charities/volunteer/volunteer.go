// Package volunteer keeps the people who give their time through an
// organisation: what they can do, where, how much a month, until when they are
// insured and what they were trained for. Registering opens an offer. Whom a
// volunteer meets is not known here.
package volunteer

import (
	"context"
	"maps"
	"time"

	"shanqiao/charities/offer"
	"shanqiao/charities/organisation"
	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/id"
	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
)

// Person is what a volunteer offers. Account is the sign-in account, which the
// caller has made. InsuredUntil is the zero time where there is no insurance,
// and then nothing inside a home can be given.
type Person struct {
	Account       string
	Name          string
	Skills        []string // kinds of need
	Areas         []string
	UnitsPerMonth int
	InsuredUntil  time.Time
	Trained       []string
	Qualified     []string
}

// Volunteer is a registered person and how much is promised.
type Volunteer struct {
	ID            string
	Account       string
	Name          string
	Organisation  string
	Skills        []string
	Areas         []string
	UnitsPerMonth int
	InsuredUntil  *time.Time
	Trained       []string
	Qualified     []string
	State         string // active, paused
	Committed     int
	Capacity      int
	RegisteredAt  time.Time
}

const columns = `v.id, v.account_id as account, coalesce(m.name, '') as name, v.organisation_id as organisation,
	v.skills, v.areas, v.units_per_month, v.insured_until, v.trained, v.qualified, v.state,
	o.committed, o.capacity, v.registered_at`

const tables = `exchange.volunteers v
	  join exchange.offers o on o.volunteer_id = v.id
	  left join exchange.members m on m.account_id = v.account_id`

var errNone = fault.New(fault.NotFound, "volunteer.not_found")

var constraints = pg.Constraints{
	"volunteers_account_id_key": fault.New(fault.Conflict, "volunteer.registered_already"),
	"volunteers_pkey":           fault.New(fault.Conflict, "volunteer.registered_already"),
}

// Register enters a volunteer of the member's organisation and opens the offer
// of their time, for a year. One account is one volunteer. The id was chosen
// before, because the sign-in account, which lives elsewhere, already carries it.
func Register(ctx context.Context, db pg.DB, by actor.Member, volunteer string, p Person) (string, error) {
	if err := p.Check(); err != nil {
		return "", err
	}
	return volunteer, pg.InTx(ctx, db, func(tx pg.DB) error {
		if _, err := organisation.Standing(ctx, tx, by.Organisation); err != nil {
			return err
		}
		if err := organisation.Join(ctx, tx, by, p.Account, p.Name); err != nil {
			return err
		}
		args := p.args(pg.Args{"id": volunteer, "organisation": by.Organisation, "account": p.Account})
		_, err := tx.Exec(ctx, `
			insert into exchange.volunteers
			       (id, organisation_id, account_id, skills, areas, units_per_month, insured_until, trained, qualified)
			values (@id, @organisation, @account, @skills, @areas, @units, @insured, @trained, @qualified)`, args)
		if err != nil {
			return constraints.Explain(err)
		}
		made := id.New()
		_, err = tx.Exec(ctx, `
			insert into exchange.offers (id, kind, organisation_id, volunteer_id, codes, areas, capacity,
			       insured_until, trained, qualified, programme, starts_on, ends_on)
			values (@id, 'volunteer', @organisation, @volunteer, @skills, @areas, @units,
			       @insured, @trained, @qualified, 'charity', (now() at time zone 'Asia/Shanghai')::date,
			       (now() at time zone 'Asia/Shanghai' + interval '1 year')::date)`,
			p.args(pg.Args{"id": made, "organisation": by.Organisation, "volunteer": volunteer}))
		if err != nil {
			return err
		}
		return outbox.Append(ctx, tx, outbox.Exchange, offer.Opened(made))
	})
}

// args are what a statement says of the person's help.
func (p Person) args(more pg.Args) pg.Args {
	var insured *time.Time
	if !p.InsuredUntil.IsZero() {
		insured = &p.InsuredUntil
	}
	args := pg.Args{"skills": p.Skills, "areas": p.Areas, "units": p.UnitsPerMonth, "insured": insured,
		"trained": orNone(p.Trained), "qualified": orNone(p.Qualified)}
	maps.Copy(args, more)
	return args
}

func orNone(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// Free says whether an id is still nobody's, whichever organisation the volunteer
// serves through: Conflict "volunteer.registered_already" where it is somebody's.
// It spares making an account in vain; the table's key decides in the end.
func Free(ctx context.Context, db pg.DB, volunteer string) error {
	taken, err := pg.One[bool](ctx, db, nil, `
		select exists (select from exchange.volunteers where id = @id)`, pg.Args{"id": volunteer})
	if err == nil && taken {
		return constraints["volunteers_pkey"]
	}
	return err
}

// Check names every field that must change.
func (p Person) Check() error {
	wrong := map[string]string{}
	if p.Name == "" || len([]rune(p.Name)) > 30 {
		wrong["name"] = "volunteer.name_wrong"
	}
	if p.Account == "" {
		wrong["account"] = "volunteer.account_missing"
	}
	if !offer.CheckCodes(p.Skills) {
		wrong["skills"] = "offer.codes_wrong"
	}
	if !offer.CheckAreas(p.Areas) {
		wrong["areas"] = "offer.areas_wrong"
	}
	if p.UnitsPerMonth < 1 || p.UnitsPerMonth > 200 {
		wrong["units"] = "volunteer.units_wrong"
	}
	if !offer.CheckTrained(p.Trained) {
		wrong["trained"] = "volunteer.training_unknown"
	}
	for _, q := range p.Qualified {
		if !offer.Qualifications[q] {
			wrong["qualified"] = "volunteer.qualification_unknown"
		}
	}
	return fault.InvalidFields(wrong)
}

// List is the volunteers of the member's organisation.
func List(ctx context.Context, db pg.DB, by actor.Member) ([]Volunteer, error) {
	return pg.Many[Volunteer](ctx, db, `
		select `+columns+`
		  from `+tables+`
		  join exchange.organisations g on g.id = v.organisation_id
		 where v.organisation_id = @organisation and g.state = 'verified'
		 order by v.state, v.registered_at, v.id
		 limit 500`, pg.Args{"organisation": by.Organisation})
}

// Mine is the signed-in volunteer.
func Mine(ctx context.Context, db pg.DB, by actor.Volunteer) (Volunteer, error) {
	return pg.One[Volunteer](ctx, db, errNone, `
		select `+columns+`
		  from `+tables+`
		 where v.account_id = @account`, pg.Args{"account": by.Account})
}

// For is one volunteer of the member's organisation.
func For(ctx context.Context, db pg.DB, by actor.Member, volunteer string) (Volunteer, error) {
	return pg.One[Volunteer](ctx, db, errNone, `
		select `+columns+`
		  from `+tables+`
		 where v.id = @id and v.organisation_id = @organisation`,
		pg.Args{"id": volunteer, "organisation": by.Organisation})
}
