// Package project keeps what organisations run: their own projects, and the
// branded ones that a district or a subdistrict publishes and an organisation
// carries out. Publishing a project opens an offer with as many places as the
// project has; pausing and closing it close the offer to new claims. What was
// promised stays promised.
package project

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"shanqiao/charities"
	"shanqiao/charities/offer"
	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/pg"
	"shanqiao/internal/state"
)

// State is where a project stands.
type State string

// The states of a project, as stored.
const (
	Drafted   State = "draft"
	Published State = "published"
	Paused    State = "paused"
	Closed    State = "closed"
)

// Moves is every change of state that is allowed: docs/states-exchange.md draws
// it and a test compares.
var Moves = state.Moves[State]{
	Drafted:   {Published, Closed},
	Published: {Paused, Closed},
	Paused:    {Published, Closed},
	Closed:    {},
}

// From lists the states that may move to s, for the where clause of the change.
func (s State) From() []string { return Moves.From(s) }

// Plan is what a project will do. BrandRegion is the district or subdistrict
// whose brand it is, "" for an organisation's own. Codes are kinds of need,
// Areas the city, zones or districts, Places how many units it can give. Bounds say
// for whom it is, Fund what pays for it; BudgetFen is spent at UnitFen a unit, and
// is 0 where only places count.
type Plan struct {
	Organisation string
	BrandRegion  string
	Title        string
	TitleEn      string
	Summary      string
	SummaryEn    string
	Codes        []string
	Areas        []string
	Places       int
	charities.Bounds
	Fund      string
	UnitFen   int64
	BudgetFen int64
	StartsOn  time.Time // civil date, UTC midnight
	EndsOn    time.Time
}

// Project is a plan and how it stands. Committed and Delivered count units.
type Project struct {
	ID string
	Plan
	OrganisationName   string
	OrganisationNameEn string
	State              State
	PublishedAt        *time.Time
	Committed          int
	Delivered          int
}

const columns = `p.id, p.organisation_id as organisation, p.brand_region, p.title, p.title_en, p.summary,
	p.summary_en, p.codes, p.areas, p.places, p.least_age, p.most_age, p.categories, p.fund, p.unit_fen, p.budget_fen, p.starts_on, p.ends_on,
	g.name as organisation_name, g.name_en as organisation_name_en, p.state, p.published_at, coalesce(o.committed, 0) as committed,
	coalesce((select sum(c.delivered) from exchange.claims c where c.offer_id = o.id), 0)::int as delivered`

const tables = `exchange.projects p
	  join exchange.organisations g on g.id = p.organisation_id
	  left join exchange.offers o on o.project_id = p.id`

var errNone = fault.New(fault.NotFound, "project.not_found")

// mine narrows projects (as p) to those that someone may change: a member the
// organisation's own, an officer the brands of the officer's reach.
const mine = `((@organisation <> '' and p.organisation_id = @organisation and p.brand_region = '')
	or (@region <> '' and p.brand_region <> '' and starts_with(p.brand_region, @region)))`

func owner(by actor.Actor) (pg.Args, error) {
	switch by := by.(type) {
	case actor.Member:
		return pg.Args{"organisation": by.Organisation, "region": ""}, nil
	case actor.Officer:
		prefix, err := reach(by)
		return pg.Args{"organisation": "", "region": prefix}, err
	}
	return nil, fault.New(fault.Forbidden, "project.not_your_office")
}

// reach is the beginning of the codes of the brands an officer may keep.
func reach(by actor.Officer) (string, error) {
	if prefix, ok := by.Area(); ok {
		return prefix, nil
	}
	return "", fault.New(fault.Forbidden, "project.not_your_office")
}

// List is the projects that a member's organisation or an officer may change.
func List(ctx context.Context, db pg.DB, by actor.Actor) ([]Project, error) {
	args, err := owner(by)
	if err != nil {
		return nil, err
	}
	return pg.Many[Project](ctx, db, `
		select `+columns+`
		  from `+tables+`
		 where `+mine+`
		 order by p.state = 'closed', p.created_at desc, p.id
		 limit 500`, args)
}

// For is one of them.
func For(ctx context.Context, db pg.DB, by actor.Actor, project string) (Project, error) {
	args, err := owner(by)
	if err != nil {
		return Project{}, err
	}
	args["id"] = project
	return pg.One[Project](ctx, db, errNone, `
		select `+columns+`
		  from `+tables+`
		 where p.id = @id and `+mine, args)
}

// Check cleans a plan and names every field that must change; whose brand it may
// carry is for the verbs. A page calls it with what it could not read.
func (p *Plan) Check() error {
	for _, s := range []*string{&p.Title, &p.TitleEn, &p.Summary, &p.SummaryEn} {
		*s = strings.TrimSpace(*s)
	}
	wrong := map[string]string{}
	text := func(field, s string, least, most int) {
		switch n := utf8.RuneCountInString(s); {
		case !utf8.ValidString(s), n > most:
			wrong[field] = "project." + field + "_length"
		case n < least:
			wrong[field] = "project." + field + "_missing"
		}
	}
	text("title", p.Title, 2, 40)
	text("title_en", p.TitleEn, 0, 120)
	text("summary", p.Summary, 4, 600)
	text("summary_en", p.SummaryEn, 0, 1200)
	if !offer.CheckCodes(p.Codes) {
		wrong["codes"] = "offer.codes_wrong"
	}
	if !offer.CheckAreas(p.Areas) {
		wrong["areas"] = "offer.areas_wrong"
	}
	if p.Places < 1 || p.Places > 100_000 {
		wrong["places"] = "project.places_wrong"
	}
	p.Bounds = p.Settled()
	offer.WrongBounds(p.Bounds, wrong)
	if p.Fund != "" && !slices.Contains(charities.Funds, p.Fund) {
		wrong["fund"] = "offer.fund_wrong"
	}
	if p.UnitFen < 0 || p.BudgetFen < 0 || p.BudgetFen > 0 && p.UnitFen == 0 {
		wrong["unit"] = "offer.unit_missing"
	}
	if p.StartsOn.IsZero() {
		wrong["starts_on"] = "offer.date_missing"
	}
	if p.EndsOn.Before(p.StartsOn) || p.EndsOn.IsZero() {
		wrong["ends_on"] = "offer.dates_order"
	}
	return fault.InvalidFields(wrong)
}
