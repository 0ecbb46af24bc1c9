package matcher

import (
	"cmp"
	"context"
	"slices"
	"time"

	"shanqiao/internal/actor"
	"shanqiao/internal/pg"
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
// for a district the cards that name just this district, and what can be said of
// the whole without naming another.
func (r Report) For(by actor.Officer) Report {
	if by.Level == actor.CityRole {
		return r
	}
	mine := func(area string) bool { return area == by.Region }
	part := Report{Round: r.Round, At: r.At, Rules: r.Rules, Weights: r.Weights, Proof: r.Proof, Seconds: r.Seconds}
	for _, d := range r.Districts {
		if !mine(d.Name) {
			continue
		}
		part.Districts, part.ByUrgency = []District{d}, d.ByUrgency
		causes := map[rule.Code]Cause{}
		for _, s := range d.Short {
			c := causes[s.Rule]
			causes[s.Rule] = Cause{s.Rule, c.Needs + s.Needs, c.Units + s.Units}
		}
		part.Unserved = inOrder(causes, func(c Cause) string { return string(c.Rule) })
		slices.SortStableFunc(part.Unserved, func(a, b Cause) int { return cmp.Compare(b.Units, a.Units) })
	}
	for _, b := range r.ByArea {
		if mine(b.Name) {
			part.ByArea, part.Needs = []Band{b}, b.Needs
		}
	}
	for _, f := range r.Failed {
		if mine(f.Area) {
			part.Failed = []Failure{f}
		}
	}
	if r.Evenness != nil {
		even := *r.Evenness
		even.Areas = nil
		for _, s := range r.Evenness.Areas {
			if mine(s.Name) {
				even.Areas = []Evenshare{s}
			}
		}
		part.Evenness = &even
	}
	return part
}
