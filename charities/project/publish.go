package project

import (
	"context"

	"shanqiao/charities/offer"
	"shanqiao/internal/actor"
	"shanqiao/internal/id"
	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
)

// Publish shows a project to everyone and opens its offer, or takes a paused
// one up again. The organisation that carries it out must be verified.
func Publish(ctx context.Context, db pg.DB, by actor.Actor, project string) error {
	return pg.InTx(ctx, db, func(tx pg.DB) error {
		p, err := For(ctx, tx, by, project)
		if err != nil {
			return err
		}
		if err := standing(ctx, tx, by, p.Organisation); err != nil {
			return err
		}
		if err := move(ctx, tx, by, project, Published); err != nil {
			return err
		}
		if p.State == Paused {
			return setOffer(ctx, tx, project, "open")
		}
		return open(ctx, tx, p)
	})
}

// Pause closes a project to new claims until it is published again.
func Pause(ctx context.Context, db pg.DB, by actor.Actor, project string) error {
	return stop(ctx, db, by, project, Paused, "paused")
}

// Close ends a project. Claims that were made go on to their end.
func Close(ctx context.Context, db pg.DB, by actor.Actor, project string) error {
	return stop(ctx, db, by, project, Closed, "closed")
}

func stop(ctx context.Context, db pg.DB, by actor.Actor, project string, to State, offerState string) error {
	return pg.InTx(ctx, db, func(tx pg.DB) error {
		if err := move(ctx, tx, by, project, to); err != nil {
			return err
		}
		return setOffer(ctx, tx, project, offerState)
	})
}

func move(ctx context.Context, tx pg.DB, by actor.Actor, project string, to State) error {
	args, err := owner(by)
	if err != nil {
		return err
	}
	_, account := by.Signature()
	args["id"], args["to"], args["from"], args["by"] = project, string(to), to.From(), account
	tag, err := tx.Exec(ctx, `
		update exchange.projects p
		   set state = @to,
		       published_by = coalesce(p.published_by, @by),
		       published_at = coalesce(p.published_at, case when @to = 'published' then now() end)
		 where p.id = @id and p.state = any(@from) and `+mine, args)
	if err != nil {
		return err
	}
	if tag.RowsAffected() == 0 {
		return moved(ctx, tx, by, project)
	}
	return nil
}

// open makes the project's places claimable.
func open(ctx context.Context, tx pg.DB, p Project) error {
	made := id.New()
	_, err := tx.Exec(ctx, `
		insert into exchange.offers (id, kind, organisation_id, project_id, codes, areas, capacity,
		       least_age, most_age, categories, fund, unit_fen, budget_fen, programme, starts_on, ends_on)
		values (@id, 'charity', @organisation, @project, @codes, @areas, @places,
		       @least, @most, @categories, @fund, @unit, @budget, 'charity', @starts, @ends)`,
		pg.Args{"id": made, "organisation": p.Organisation, "project": p.ID, "codes": p.Codes, "areas": p.Areas,
			"places": p.Places, "least": p.LeastAge, "most": p.MostAge, "categories": p.Categories, "fund": p.Fund,
			"unit": p.UnitFen, "budget": p.BudgetFen, "starts": p.StartsOn, "ends": p.EndsOn})
	if err != nil {
		return err
	}
	return outbox.Append(ctx, tx, outbox.Exchange, offer.Opened(made))
}

// setOffer follows the project's state; a draft that is closed has no offer.
func setOffer(ctx context.Context, tx pg.DB, project, state string) error {
	changed, err := pg.Many[string](ctx, tx, `
		update exchange.offers
		   set state = @state
		 where project_id = @project and state <> 'closed'
		returning id`, pg.Args{"project": project, "state": state})
	for _, o := range changed {
		if err == nil {
			err = outbox.Append(ctx, tx, outbox.Exchange, offer.Changed(o))
		}
	}
	return err
}
