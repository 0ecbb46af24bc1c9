package matcher

import (
	"context"
	"slices"
	"strings"
	"time"

	"shanqiao/charities"
	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/pg"
	"shanqiao/internal/region"
)

// Duty is the order in which a place asks for help: who is asked first, and from
// which day. Where it is strict, a step of public duty comes before those after it
// whatever else speaks for them; otherwise the order weighs as the weights say.
// Source is the paper that says so.
type Duty struct {
	Area   string // a district or the city
	Steps  []charities.Step
	Strict bool
	Source string
	From   time.Time
	SetBy  string
	SetAt  time.Time
}

// Duties lists every order that was ever set, of one place the newest first, so
// the first that has begun holds. They are no secret among officers.
func Duties(ctx context.Context, db pg.DB, _ actor.Officer) ([]Duty, error) {
	return pg.Many[Duty](ctx, db, `
		select area, kinds as steps, strict, source, starts_on as "from", set_by, set_at
		  from exchange.duty_orders
		 order by area, starts_on desc, id desc
		 limit 500`, pg.Args{})
}

// SetDuty writes down the order of the officer's own district, or of the city,
// from a day on that is not over. What held before stays written down. Sent twice
// it is one.
func SetDuty(ctx context.Context, db pg.DB, by actor.Officer, d Duty, today time.Time) error {
	switch _, ok := by.Area(); {
	case !ok || by.Level == actor.SubdistrictRole:
		return fault.New(fault.Forbidden, "match.not_your_office")
	case by.Level == actor.CityRole:
		d.Area = region.City
	default:
		d.Area = by.Region
	}
	d.Source = strings.TrimSpace(d.Source)
	wrong := map[string]string{}
	steps := slices.Clone(d.Steps)
	slices.Sort(steps)
	if all := slices.Sorted(slices.Values(charities.Steps)); !slices.Equal(steps, all) {
		wrong["second"] = "duty.twice"
	}
	if n := len([]rune(d.Source)); n == 0 || n > 200 {
		wrong["source"] = "duty.source_missing"
	}
	if d.From.Before(today) {
		wrong["since"] = "duty.since_past"
	}
	if err := fault.InvalidFields(wrong); err != nil {
		return err
	}
	_, err := db.Exec(ctx, `
		insert into exchange.duty_orders (area, starts_on, kinds, strict, source, set_by)
		select @area::text, @from::date, @steps::text[], @strict::boolean, @source::text, @by::text
		 where not exists (
		       select from (select kinds, strict, source
		                      from exchange.duty_orders
		                     where area = @area and starts_on = @from
		                     order by id desc
		                     limit 1) last
		        where (last.kinds, last.strict, last.source) = (@steps::text[], @strict::boolean, @source::text))`,
		pg.Args{"area": d.Area, "from": d.From, "steps": d.Steps, "strict": d.Strict, "source": d.Source, "by": by.Account})
	return err
}
