package matcher

import (
	"cmp"
	"context"
	"slices"
	"time"

	"shanqiao/internal/actor"
	"shanqiao/internal/pg"
	"shanqiao/internal/region"
	"shanqiao/matcher/rule"
)

// Account is a round as officers read it. FinishedAt is the zero time of a round
// that was broken off; its report is empty then.
type Account struct {
	ID         string
	StartedAt  time.Time
	FinishedAt time.Time
	Report     Report
}

// Rounds lists rounds, the newest first, at most so many that began before a
// moment. The city sees all of each, a district its own part.
func Rounds(ctx context.Context, db pg.DB, by actor.Officer, before time.Time, most int) ([]Account, error) {
	list, err := pg.Many[Account](ctx, db, `
		select id, started_at, coalesce(finished_at, '0001-01-01T00:00:00Z') as finished_at, report
		  from exchange.rounds
		 where started_at < @before
		 order by started_at desc, id desc
		 limit @most`, pg.Args{"before": before, "most": most})
	for i := range list {
		list[i].Report = list[i].Report.For(by)
	}
	return list, err
}

// RoundFor reads one round, the city all of it, a district its own part.
func RoundFor(ctx context.Context, db pg.DB, by actor.Officer, id string) (Account, error) {
	a, err := pg.One[Account](ctx, db, errNoRound, `
		select id, started_at, coalesce(finished_at, '0001-01-01T00:00:00Z') as finished_at, report
		  from exchange.rounds
		 where id = @id`, pg.Args{"id": id})
	a.Report = a.Report.For(by)
	return a, err
}

// For is the part of a report that an officer may read: all of it for the city;
// for a district the cards that name it, or a zone or the city of which it is a
// part and whose cards may be its own, and nothing that names another district.
func (r Report) For(by actor.Officer) Report {
	if by.Level == actor.CityRole {
		return r
	}
	mine := func(area string) bool { return region.Covers(area, by.Region) }
	part := Report{Round: r.Round, At: r.At, Rules: r.Rules, Weights: r.Weights, Proof: r.Proof, Seconds: r.Seconds}
	urgency, causes := map[string]Band{}, map[rule.Code]Cause{}
	for _, d := range r.Districts {
		if !mine(d.Name) {
			continue
		}
		part.Districts = append(part.Districts, d)
		for _, b := range d.ByUrgency {
			u := urgency[b.Name]
			urgency[b.Name] = Band{b.Name, u.Needs + b.Needs, u.Wanted + b.Wanted, u.Served + b.Served}
		}
		for _, s := range d.Short {
			c := causes[s.Rule]
			causes[s.Rule] = Cause{s.Rule, c.Needs + s.Needs, c.Units + s.Units}
		}
	}
	part.ByUrgency = inOrder(urgency, byTier)
	part.Unserved = inOrder(causes, func(c Cause) string { return string(c.Rule) })
	slices.SortStableFunc(part.Unserved, func(a, b Cause) int { return cmp.Compare(b.Units, a.Units) })
	for _, b := range r.ByArea {
		if mine(b.Name) {
			part.ByArea, part.Needs = append(part.ByArea, b), part.Needs+b.Needs
		}
	}
	for _, f := range r.Failed {
		if mine(f.Area) {
			part.Failed = append(part.Failed, f)
		}
	}
	if r.Joined != nil {
		joined := *r.Joined
		joined.Failed = slices.DeleteFunc(slices.Clone(joined.Failed), func(area string) bool { return !mine(area) })
		part.Joined = &joined
	}
	if r.Evenness != nil {
		even := *r.Evenness
		even.Areas = nil
		for _, s := range r.Evenness.Areas {
			if mine(s.Name) {
				even.Areas = append(even.Areas, s)
			}
		}
		part.Evenness = &even
	}
	return part
}
