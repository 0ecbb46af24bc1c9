package project

import (
	"context"
	"strings"
	"time"

	"shanqiao/internal/pg"
	"shanqiao/internal/region"
)

// Few is the count below which the public is told "fewer than Few": the k of
// public cards, so that no project's figure says more than a card does.
const Few = 11

// Count is a number for everyone's eyes. Hidden says that it is below Few, and
// then N is 0.
type Count struct {
	N      int
	Hidden bool
}

// CountOf hides a number that is too small to tell.
func CountOf(n int) Count {
	if n < Few {
		return Count{Hidden: true}
	}
	return Count{N: n}
}

// Shown is a project as everyone may see it, with its progress.
type Shown struct {
	ID                 string
	BrandRegion        string
	Title              string
	TitleEn            string
	Summary            string
	SummaryEn          string
	Codes              []string
	Areas              []string
	Places             int
	StartsOn           time.Time
	EndsOn             time.Time
	OrganisationName   string
	OrganisationNameEn string
	Paused             bool
	Committed          Count
	Delivered          Count
}

// TitleIn is the title in a language, in Chinese where there is no English one.
func (s Shown) TitleIn(language string) string { return pick(language, s.Title, s.TitleEn) }

// SummaryIn is the summary in a language, in Chinese where there is no English one.
func (s Shown) SummaryIn(language string) string { return pick(language, s.Summary, s.SummaryEn) }

func pick(language, zh, en string) string {
	if language == "zh" || strings.TrimSpace(en) == "" {
		return zh
	}
	return en
}

// Public is the projects that everyone may see, brands first, at most 200. A
// brand region ("110105") narrows it to that region's brands and those of its
// subdistricts; "" is all.
func Public(ctx context.Context, db pg.DB, brand string) ([]Shown, error) {
	if brand != "" && region.Name(brand) == brand {
		return nil, errNone
	}
	rows, err := pg.Many[Project](ctx, db, `
		select `+columns+`
		  from `+tables+`
		 where p.state in ('published','paused') and g.state = 'verified'
		   and (@brand = '' or starts_with(p.brand_region, @brand))
		 order by p.brand_region = '', p.state = 'paused', p.published_at desc, p.id
		 limit 200`, pg.Args{"brand": brand})
	shown := make([]Shown, len(rows))
	for i, p := range rows {
		shown[i] = p.shown()
	}
	return shown, err
}

// Page is one project that everyone may see.
func Page(ctx context.Context, db pg.DB, project string) (Shown, error) {
	p, err := pg.One[Project](ctx, db, errNone, `
		select `+columns+`
		  from `+tables+`
		 where p.id = @id and p.state in ('published','paused') and g.state = 'verified'`,
		pg.Args{"id": project})
	return p.shown(), err
}

func (p Project) shown() Shown {
	return Shown{
		ID: p.ID, BrandRegion: p.BrandRegion, Title: p.Title, TitleEn: p.TitleEn,
		Summary: p.Summary, SummaryEn: p.SummaryEn, Codes: p.Codes, Areas: p.Areas, Places: p.Places,
		StartsOn: p.StartsOn, EndsOn: p.EndsOn, OrganisationName: p.OrganisationName, OrganisationNameEn: p.OrganisationNameEn,
		Paused: p.State == Paused, Committed: CountOf(p.Committed), Delivered: CountOf(p.Delivered),
	}
}
