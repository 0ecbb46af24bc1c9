package unclaimed

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/pg"
	"shanqiao/internal/region"
	"shanqiao/needs"
)

// Setting is a ladder of a district, and where that stands.
type Setting struct {
	Ladder
	ID       int64
	District string // six digits
	Source   string // the paper that says so
	Since    time.Time
	SetBy    string
	SetAt    time.Time
}

var errNotYours = fault.New(fault.Forbidden, "unclaimed.not_your_district")

// Set writes down a district's ladder for one band of urgency from a day on.
// Only an officer of the district itself may. It changes no step that was taken:
// what is not taken yet follows the new ladder from its first day.
func Set(ctx context.Context, db pg.DB, by actor.Officer, s Setting) error {
	if _, there := region.DistrictOf(s.District); !there || by.Level != actor.DistrictRole || by.Region != s.District {
		return errNotYours
	}
	if err := s.check(); err != nil {
		return err
	}
	// The same again is no change of mind: what was said last stands once.
	_, err := db.Exec(ctx, `
		insert into records.unclaimed_ladders
		       (district, urgency, unit, wider_area, neighbouring_district, push, purchase, meeting, within, source, since, set_by)
		select @district::text, @urgency::int, @unit::text, nullif(@wider::int, 0), nullif(@next::int, 0), nullif(@push::int, 0),
		       nullif(@purchase::int, 0), nullif(@meeting::int, 0), @within::int, @source::text, @since::date, @by::text
		 where not exists (select
		                     from (select unit, wider_area, neighbouring_district, push, purchase, meeting, within, source, since
		                             from records.unclaimed_ladders
		                            where district = @district
		                              and urgency = @urgency
		                            order by id desc
		                            limit 1) last
		                    where (last.unit, last.within, last.source, last.since) = (@unit, @within, @source, @since)
		                      and (last.wider_area, last.neighbouring_district, last.push, last.purchase, last.meeting)
		                          is not distinct from
		                          (nullif(@wider, 0), nullif(@next, 0), nullif(@push, 0), nullif(@purchase, 0), nullif(@meeting, 0)))`,
		pg.Args{"district": s.District, "urgency": s.Urgency, "unit": s.Unit, "wider": s.WiderArea, "next": s.NeighbouringDistrict,
			"push": s.Push, "purchase": s.Purchase, "meeting": s.Meeting, "within": s.Within,
			"source": strings.TrimSpace(s.Source), "since": s.Since, "by": by.Account})
	return err
}

// fields are the ladder's rungs as the form calls them.
var fields = map[needs.Step]string{needs.WiderArea: "wider_area", needs.NextDistrict: "neighbouring_district",
	needs.Push: "push", needs.Purchase: "purchase", needs.Meeting: "meeting"}

// check refuses a ladder that a need could not climb: no step at all, or one that
// comes before a narrower one.
func (s Setting) check() error {
	wrong := map[string]string{}
	if s.Urgency < needs.WithinTwoDays || s.Urgency > needs.AnyTime {
		wrong["urgency"] = "unclaimed.urgency"
	}
	if s.Unit != Day && s.Unit != Workday {
		wrong["unit"] = "unclaimed.unit"
	}
	used, last := s.Rungs(), 0
	if len(used) == 0 {
		wrong["wider_area"] = "unclaimed.no_step"
	}
	for _, r := range used {
		if r.After > 365 {
			wrong[fields[r.Step]] = "unclaimed.days"
		} else if r.After < last {
			wrong[fields[r.Step]] = "unclaimed.order"
		}
		last = max(last, r.After)
	}
	for i, after := range []int{s.WiderArea, s.NeighbouringDistrict, s.Push, s.Purchase, s.Meeting} {
		if after < 0 {
			wrong[fields[needs.Steps[i]]] = "unclaimed.days"
		}
	}
	if s.Within < 1 || s.Within > 60 {
		wrong["within"] = "unclaimed.within"
	}
	if source := strings.TrimSpace(s.Source); source == "" || utf8.RuneCountInString(source) > 200 {
		wrong["source"] = "unclaimed.source_missing"
	}
	if s.Since.IsZero() {
		wrong["since"] = "unclaimed.since"
	}
	return fault.InvalidFields(wrong)
}

const ladderColumns = `
	id, district, urgency, unit, coalesce(wider_area, 0) as wider_area, coalesce(neighbouring_district, 0) as neighbouring_district,
	coalesce(push, 0) as push, coalesce(purchase, 0) as purchase, coalesce(meeting, 0) as meeting, within, source, since, set_by, set_at`

// Settings lists what a district has said, by urgency and the newest first. Any
// officer may read it: it is what the office promises.
func Settings(ctx context.Context, db pg.DB, _ actor.Officer, district string) ([]Setting, error) {
	return pg.Many[Setting](ctx, db, `
		select`+ladderColumns+`
		  from records.unclaimed_ladders
		 where district = @district
		 order by urgency, since desc, id desc
		 limit 200`, pg.Args{"district": district})
}

// ladders are what holds on a day, by district and urgency.
type ladders map[place]Setting

type place struct {
	district string
	urgency  needs.Urgency
}

// inForce reads what districts have said and what has begun by a day.
func inForce(ctx context.Context, tx pg.DB, day time.Time) (ladders, error) {
	rows, err := pg.Many[Setting](ctx, tx, `
		select distinct on (district, urgency)`+ladderColumns+`
		  from records.unclaimed_ladders
		 where since <= @day
		 order by district, urgency, since desc, id desc`, pg.Args{"day": day})
	if err != nil {
		return nil, err
	}
	all := ladders{}
	for _, s := range rows {
		all[place{s.District, s.Urgency}] = s
	}
	return all, nil
}

// of is what holds for a need of a region; where the district has said nothing,
// what is shipped, whose ID is 0.
func (l ladders) of(region string, u needs.Urgency) Setting {
	if s, ok := l[place{region[:6], u}]; ok {
		return s
	}
	return Setting{Ladder: shipped(u), District: region[:6], Source: Shipped.Source}
}

// InForce is what holds on a day for a band of a district, shipped or its own.
func InForce(ctx context.Context, db pg.DB, district string, u needs.Urgency, day time.Time) (Setting, error) {
	all, err := inForce(ctx, db, day)
	if err != nil {
		return Setting{}, err
	}
	return all.of(district, u), nil
}
