package project

import (
	"context"
	"strings"

	"shanqiao/charities/organisation"
	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/id"
	"shanqiao/internal/pg"
	"shanqiao/internal/region"
)

// Draft writes a project down. A member drafts for the own organisation and
// without a brand; an officer drafts a brand of the officer's reach and names
// the verified organisation that will carry it out.
func Draft(ctx context.Context, db pg.DB, by actor.Actor, p Plan) (string, error) {
	project := id.New()
	return project, DraftAs(ctx, db, by, project, p)
}

// DraftAs is Draft under an id that was chosen before, so that the same form
// sent twice is one project: the second is Conflict "project.drafted_already".
func DraftAs(ctx context.Context, db pg.DB, by actor.Actor, project string, p Plan) error {
	if !id.Valid(project) {
		return errNone
	}
	if err := p.settle(by); err != nil {
		return err
	}
	return pg.InTx(ctx, db, func(tx pg.DB) error {
		if err := standing(ctx, tx, by, p.Organisation); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `
			insert into exchange.projects (id, organisation_id, brand_region, title, title_en, summary,
			       summary_en, codes, areas, places, least_age, most_age, categories, fund, unit_fen, budget_fen,
			       starts_on, ends_on)
			values (@id, @organisation, @brand, @title, @title_en, @summary,
			       @summary_en, @codes, @areas, @places, @least, @most, @categories, @fund, @unit, @budget,
			       @starts, @ends)`,
			p.args(pg.Args{"id": project, "organisation": p.Organisation, "brand": p.BrandRegion}))
		return constraints.Explain(err)
	})
}

var constraints = pg.Constraints{
	"projects_pkey": fault.New(fault.Conflict, "project.drafted_already"),
}

// Edit changes a draft. What was published is not rewritten: close it and draft anew.
func Edit(ctx context.Context, db pg.DB, by actor.Actor, project string, p Plan) error {
	if err := p.settle(by); err != nil {
		return err
	}
	args, err := owner(by)
	if err != nil {
		return err
	}
	return pg.InTx(ctx, db, func(tx pg.DB) error {
		if err := standing(ctx, tx, by, p.Organisation); err != nil {
			return err
		}
		args["id"], args["carrier"], args["brand"] = project, p.Organisation, p.BrandRegion
		tag, err := tx.Exec(ctx, `
			update exchange.projects p
			   set organisation_id = @carrier, brand_region = @brand, title = @title, title_en = @title_en,
			       summary = @summary, summary_en = @summary_en, codes = @codes, areas = @areas,
			       places = @places, least_age = @least, most_age = @most, categories = @categories,
			       fund = @fund, unit_fen = @unit, budget_fen = @budget, starts_on = @starts, ends_on = @ends
			 where p.id = @id and p.state = 'draft' and `+mine, p.args(args))
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return moved(ctx, tx, by, project)
		}
		return nil
	})
}

// settle checks a plan and whose it is.
func (p *Plan) settle(by actor.Actor) error {
	switch by := by.(type) {
	case actor.Member:
		p.Organisation, p.BrandRegion = by.Organisation, ""
	case actor.Officer:
		prefix, err := reach(by)
		if err != nil {
			return err
		}
		if !strings.HasPrefix(p.BrandRegion, prefix) || region.Name(p.BrandRegion) == p.BrandRegion {
			return fault.InvalidFields(map[string]string{"brand_region": "project.brand_wrong"})
		}
	default:
		return fault.New(fault.Forbidden, "project.not_your_office")
	}
	return p.Check()
}

// standing refuses to work for an organisation that is not verified; to an
// officer who chose it, that is a field to change.
func standing(ctx context.Context, tx pg.DB, by actor.Actor, organisationID string) error {
	_, err := organisation.Standing(ctx, tx, organisationID)
	if _, officer := by.(actor.Officer); officer && err != nil && fault.Of(err) == fault.Forbidden {
		return fault.InvalidFields(map[string]string{"organisation": "project.organisation_unverified"})
	}
	return err
}

func (p Plan) args(more pg.Args) pg.Args {
	args := pg.Args{"title": p.Title, "title_en": p.TitleEn, "summary": p.Summary, "summary_en": p.SummaryEn,
		"codes": p.Codes, "areas": p.Areas, "places": p.Places,
		"least": p.LeastAge, "most": p.MostAge, "categories": p.Categories, "fund": p.Fund, "unit": p.UnitFen, "budget": p.BudgetFen,
		"starts": p.StartsOn, "ends": p.EndsOn}
	for name, value := range more {
		args[name] = value
	}
	return args
}

// moved tells a project that is not there from one that is not in that state any more.
func moved(ctx context.Context, tx pg.DB, by actor.Actor, project string) error {
	if _, err := For(ctx, tx, by, project); err != nil {
		return err
	}
	return fault.New(fault.Conflict, "project.moved_on")
}
