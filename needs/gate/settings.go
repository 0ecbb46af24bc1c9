package gate

import (
	"context"
	"strings"
	"time"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/pg"
	"shanqiao/internal/region"
	"shanqiao/needs/deid"
)

// Setting is what the city or a district asks of cohorts, and where that stands.
type Setting struct {
	Tier       deid.Tier
	Region     string // six digits; 110000 is the city
	K, KMap, L int
	MostShare  int
	MostListed int    // of a hundred households that fit, behind cards
	Source     string // the paper that says so
	Since      time.Time
	SetBy      string
	SetAt      time.Time
}

// Settings are the numbers alone.
func (s Setting) Settings() deid.Settings {
	return deid.Settings{K: s.K, KMap: s.KMap, L: s.L, MostShare: s.MostShare, MostListed: s.MostListed}
}

var errNotYourRegion = fault.New(fault.Forbidden, "gate.not_your_region")

// Set writes down what the officer's own region asks from a day on: a district
// for itself, the city for all. It may ask for more than is shipped and never
// for less, and it changes no cohort that is out.
func Set(ctx context.Context, db pg.DB, by actor.Officer, s Setting) error {
	if err := mayset(by, s.Region); err != nil {
		return err
	}
	if s.Tier != deid.Public && s.Tier != deid.Verified {
		return fault.InvalidFields(map[string]string{"tier": "gate.tier"})
	}
	if err := s.Settings().Check(s.Tier); err != nil {
		return err
	}
	if strings.TrimSpace(s.Source) == "" {
		return fault.InvalidFields(map[string]string{"source": "gate.source"})
	}
	if s.Since.IsZero() {
		return fault.InvalidFields(map[string]string{"since": "gate.since"})
	}
	_, err := db.Exec(ctx, `
		insert into gate.settings (tier, region, k, k_map, l, most_share, most_listed, source, since, set_by)
		select @tier::text, @region::text, @k::int, @k_map::int, @l::int, @most_share::int, @most_listed::int, @source::text, @since::date, @by::text
		 where not exists (select
		                     from (select k, k_map, l, most_share, most_listed, source, since
		                             from gate.settings
		                            where tier = @tier
		                              and region = @region
		                            order by id desc
		                            limit 1) last
		                    where (last.k, last.k_map, last.l, last.most_share, last.most_listed, last.source, last.since)
		                        = (@k, @k_map, @l, @most_share, @most_listed, @source, @since))`,
		pg.Args{"tier": s.Tier, "region": s.Region, "k": s.K, "k_map": s.KMap, "l": s.L, "most_share": s.MostShare, "most_listed": s.MostListed,
			"source": strings.TrimSpace(s.Source), "since": s.Since, "by": by.Account})
	return err
}

func mayset(by actor.Officer, place string) error {
	switch {
	case by.Level == actor.CityRole && place == region.City:
		return nil
	case by.Level == actor.DistrictRole && len(place) == 6 && by.Region == place:
		if _, there := region.DistrictOf(place); there {
			return nil
		}
	}
	return errNotYourRegion
}

// Settings lists what holds or will hold, the newest first of each tier and
// region. Any officer may read it: it is what the office promises.
func Settings(ctx context.Context, db pg.DB, _ actor.Officer) ([]Setting, error) {
	return pg.Many[Setting](ctx, db, `
		select tier, region, k, k_map, l, most_share, most_listed, source, since, set_by, set_at
		  from gate.settings
		 order by tier, region, since desc, id desc`, pg.Args{})
}

// tightened is s with what the city and the districts ask beyond it on a day.
func tightened(ctx context.Context, tx pg.DB, tier deid.Tier, day time.Time, s deid.Settings) (deid.Settings, error) {
	rows, err := pg.Many[Setting](ctx, tx, `
		select distinct on (region) tier, region, k, k_map, l, most_share, most_listed, source, since, set_by, set_at
		  from gate.settings
		 where tier = @tier
		   and since <= @day
		 order by region, since desc, id desc`, pg.Args{"tier": tier, "day": day})
	if err != nil {
		return s, err
	}
	districts := map[string]deid.Settings{}
	for _, r := range rows {
		if r.Region == region.City {
			s = s.And(r.Settings())
		} else {
			districts[r.Region] = r.Settings()
		}
	}
	s.Districts = districts
	return s, nil
}
