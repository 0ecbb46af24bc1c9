package organisation

import (
	"context"
	"slices"
	"time"

	"shanqiao/charities/offer"
	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
)

// Ban says that nobody of the organisation, or one of its volunteers, is sent to
// a family until a day is over. Reason is a code: what happened is in the papers
// of the district, for words here could tell of a family.
type Ban struct {
	Volunteer string // "" for the whole organisation
	Reason    string
	Until     time.Time
}

// Banned is a ban with who is meant, as the district reads it.
type Banned struct {
	ID int64
	Ban
	Name     string // of the volunteer
	At       time.Time
	LiftedAt *time.Time
}

// BanReasons are why a ban may be laid: harm to a person, money taken, a family's
// privacy broken, a family left waiting, or something that is being looked into.
var BanReasons = []string{"harm", "money", "privacy", "absence", "checking"}

// Helper is a volunteer as a ban names one.
type Helper struct{ ID, Name string }

var errNoBan = fault.New(fault.NotFound, "ban.not_found")

// LayBan keeps everything the organisation or the volunteer offers from being
// matched and claimed, and families’ contacts closed to them, from now until the
// last day of the ban. What is under way is not ended by it: that is for the
// offices that introduced them.
func LayBan(ctx context.Context, db pg.DB, by actor.Officer, organisation string, b Ban, today time.Time) error {
	wrong := map[string]string{}
	if !slices.Contains(BanReasons, b.Reason) {
		wrong["reason"] = "form.not_chosen"
	}
	if b.Until.Before(today) || b.Until.After(today.AddDate(10, 0, 0)) {
		wrong["until"] = "ban.until_wrong"
	}
	if err := fault.InvalidFields(wrong); err != nil {
		return err
	}
	return pg.InTx(ctx, db, func(tx pg.DB) error {
		if _, err := For(ctx, tx, by, organisation); err != nil {
			return err
		}
		if b.Volunteer != "" {
			_, err := pg.One[string](ctx, tx, fault.InvalidFields(map[string]string{"volunteer": "form.not_chosen"}), `
				select id
				  from exchange.volunteers
				 where id = @id and organisation_id = @organisation`,
				pg.Args{"id": b.Volunteer, "organisation": organisation})
			if err != nil {
				return err
			}
		}
		// Claims lock the same row: one that is entered now is before the ban or after it.
		_, err := tx.Exec(ctx, `
			select id
			  from exchange.organisations
			 where id = @organisation
			   for no key update`, pg.Args{"organisation": organisation})
		if err != nil {
			return err
		}
		// Sent twice it is one ban, which one lifting ends.
		_, err = tx.Exec(ctx, `
			insert into exchange.bans (organisation_id, volunteer_id, reason, until, by)
			select @organisation::text, nullif(@volunteer::text, ''), @reason::text, @until::date, @by::text
			 where not exists (select from exchange.bans
			                    where organisation_id = @organisation::text
			                      and coalesce(volunteer_id, '') = @volunteer::text
			                      and (reason, until) = (@reason::text, @until::date)
			                      and lifted_at is null)`,
			pg.Args{"organisation": organisation, "volunteer": b.Volunteer, "reason": b.Reason, "until": b.Until, "by": by.Account})
		if err != nil {
			return err
		}
		return bannedChanged(ctx, tx, organisation, b.Volunteer)
	})
}

// LiftBan ends a ban before its day.
func LiftBan(ctx context.Context, db pg.DB, by actor.Officer, organisation string, ban int64) error {
	return pg.InTx(ctx, db, func(tx pg.DB) error {
		if _, err := For(ctx, tx, by, organisation); err != nil {
			return err
		}
		volunteer, err := pg.One[string](ctx, tx, errNoBan, `
			update exchange.bans
			   set lifted_by = @by, lifted_at = now()
			 where id = @id and organisation_id = @organisation and lifted_at is null
			returning coalesce(volunteer_id, '')`,
			pg.Args{"id": ban, "organisation": organisation, "by": by.Account})
		if err != nil {
			return err
		}
		return bannedChanged(ctx, tx, organisation, volunteer)
	})
}

// Bans lists every ban of an organisation, the newest first.
func Bans(ctx context.Context, db pg.DB, by actor.Officer, organisation string) ([]Banned, error) {
	if _, err := For(ctx, db, by, organisation); err != nil {
		return nil, err
	}
	return pg.Many[Banned](ctx, db, `
		select b.id, coalesce(b.volunteer_id, '') as volunteer, b.reason, b.until, coalesce(m.name, '') as name, b.at, b.lifted_at
		  from exchange.bans b
		  left join exchange.volunteers v on v.id = b.volunteer_id
		  left join exchange.members m on m.account_id = v.account_id
		 where b.organisation_id = @organisation
		 order by b.id desc
		 limit 200`, pg.Args{"organisation": organisation})
}

// Helpers lists the volunteers of an organisation, for the officer who lays a ban.
func Helpers(ctx context.Context, db pg.DB, by actor.Officer, organisation string) ([]Helper, error) {
	if _, err := For(ctx, db, by, organisation); err != nil {
		return nil, err
	}
	return pg.Many[Helper](ctx, db, `
		select v.id, coalesce(m.name, '') as name
		  from exchange.volunteers v
		  left join exchange.members m on m.account_id = v.account_id
		 where v.organisation_id = @organisation
		 order by m.name, v.id
		 limit 500`, pg.Args{"organisation": organisation})
}

// bannedChanged says of each offer that the ban is about that it can give other
// than before: it is matched anew.
func bannedChanged(ctx context.Context, tx pg.DB, organisation, volunteer string) error {
	open, err := pg.Many[string](ctx, tx, `
		select id
		  from exchange.offers
		 where organisation_id = @organisation and state <> 'closed' and (@volunteer = '' or volunteer_id = @volunteer)
		 order by id`, pg.Args{"organisation": organisation, "volunteer": volunteer})
	if err != nil {
		return err
	}
	var facts []outbox.Fact
	for _, o := range open {
		facts = append(facts, offer.Changed(o))
	}
	return outbox.Append(ctx, tx, outbox.Exchange, facts...)
}
