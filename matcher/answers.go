package matcher

import (
	"context"
	"time"

	"shanqiao/charities"
	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/pg"
	"shanqiao/matcher/rule"
	"shanqiao/matcher/score"
)

// Answers is what became of the proposals made since a day to the organisations
// of an officer's district, or of the whole city: by the weights and rules that
// made them, by kind of offer, by part of the score, and by reason.
type Answers struct {
	All       Count
	ByWeights []WeightsCount
	ByKind    []KindCount
	ByPart    []PartCount
	ByReason  []ReasonCount
	Overruled []OverruledCount
}

// Count is how proposals were answered. Those that are neither taken nor turned
// down are still open, or lapsed without an answer.
type Count struct {
	Made, Taken, Declined int
}

// Answered is how many had an answer at all.
func (c Count) Answered() int { return c.Taken + c.Declined }

// WeightsCount is by the day since which the weights held, and the version of the rules.
type WeightsCount struct {
	From  time.Time
	Rules int
	Count
}

// KindCount is by kind of offer.
type KindCount struct {
	Kind charities.Kind
	Count
}

// PartCount compares proposals in which a part of the score gave half of what it
// can, or more, with those in which it gave less. A part that is worth its weight
// is answered better where it gave much.
type PartCount struct {
	Part      score.Name
	Much, Few Count
}

// ReasonCount is by why organisations turned proposals down. Against is the rule
// that did not know it, "" where no rule could.
type ReasonCount struct {
	Reason
	Against rule.Code
	N       int
}

// OverruledCount is by why officers set the matcher's answer aside, lifted or not.
type OverruledCount struct {
	Overruling
	N int
}

// AnswersOf counts for a district officer what the organisations registered with
// the district answered, for the city all. It reads proposals made from the
// beginning of the day since on; who was asked and what for is not told.
func AnswersOf(ctx context.Context, db pg.DB, by actor.Officer, since time.Time) (Answers, error) {
	prefix, ok := by.Area()
	if !ok || by.Level == actor.SubdistrictRole {
		return Answers{}, fault.New(fault.Forbidden, "match.not_your_office")
	}
	args := pg.Args{"prefix": prefix, "since": since}
	var a Answers
	err := pg.InTx(ctx, db, func(tx pg.DB) (err error) {
		if a.All, err = pg.One[Count](ctx, tx, nil, answered+`
			select `+counted+` from answered p`, args); err != nil {
			return err
		}
		a.ByWeights, err = pg.Many[WeightsCount](ctx, tx, answered+`
			select w."from", p.rules, `+counted+`
			  from answered p
			  cross join lateral (
			       select max(starts_on) as "from" from exchange.match_weights
			        where starts_on <= (p.made_at at time zone 'Asia/Shanghai')::date) w
			 group by w."from", p.rules
			 order by w."from" desc, p.rules desc`, args)
		if err != nil {
			return err
		}
		a.ByKind, err = pg.Many[KindCount](ctx, tx, answered+`
			select p.kind, `+counted+`
			  from answered p
			 group by p.kind
			 order by array_position(array['purchased','charity','volunteer'], p.kind)`, args)
		if err != nil {
			return err
		}
		if err := a.parts(ctx, tx, args); err != nil {
			return err
		}
		return a.reasons(ctx, tx, args)
	})
	return a, err
}

// A claim says that a proposal was taken, also when the claim has ended since and
// the proposal went back among the others.
const answered = `
	with answered as (
	  select p.made_at, p.parts, p.reason, o.kind, (p.trace ->> 'version')::int as rules,
	         p.state = 'declined' as declined,
	         p.state <> 'declined' and (p.state = 'taken' or exists (
	           select from exchange.claims c where c.card_id = p.card_id and c.offer_id = p.offer_id)) as taken
	    from exchange.proposals p
	    join exchange.offers o on o.id = p.offer_id
	    join exchange.organisations g on g.id = o.organisation_id
	   where starts_with(g.district, @prefix)
	     and p.made_at >= @since::date at time zone 'Asia/Shanghai'
	)`

const counted = `count(*)::int as made, count(*) filter (where p.taken)::int as taken,
	count(*) filter (where p.declined)::int as declined`

func (a *Answers) parts(ctx context.Context, tx pg.DB, args pg.Args) error {
	type row struct {
		Part score.Name
		Much bool
		Count
	}
	rows, err := pg.Many[row](ctx, tx, answered+`
		select e.part ->> 'name' as part, (e.part ->> 'points')::int * 2 >= (e.part ->> 'most')::int as much, `+counted+`
		  from answered p
		  cross join lateral jsonb_array_elements(p.parts) as e (part)
		 where (e.part ->> 'most')::int > 0 and (p.taken or p.declined)
		 group by 1, 2
		 order by 1, 2`, args)
	if err != nil {
		return err
	}
	of := map[score.Name]*PartCount{}
	for _, r := range rows {
		if of[r.Part] == nil {
			of[r.Part] = &PartCount{Part: r.Part}
		}
		if r.Much {
			of[r.Part].Much = r.Count
		} else {
			of[r.Part].Few = r.Count
		}
	}
	for _, name := range score.Names {
		if c := of[name]; c != nil {
			a.ByPart = append(a.ByPart, *c)
		}
	}
	return nil
}

func (a *Answers) reasons(ctx context.Context, tx pg.DB, args pg.Args) (err error) {
	a.ByReason, err = pg.Many[ReasonCount](ctx, tx, answered+`
		select r.code, r.scope, r.rest_days, r.against, count(*)::int as n
		  from answered p
		  join exchange.decline_reasons r on r.code = p.reason
		 where p.declined
		 group by r.code, r.scope, r.rest_days, r.against, r.position
		 order by n desc, r.position`, args)
	if err != nil {
		return err
	}
	a.Overruled, err = pg.Many[OverruledCount](ctx, tx, `
		select r.way, r.scope, v.reason, count(*)::int as n
		  from exchange.overrulings v
		  join exchange.overrule_reasons r on r.code = v.reason
		  join exchange.offers o on o.id = v.offer_id
		  join exchange.organisations g on g.id = o.organisation_id
		 where starts_with(g.district, @prefix) and v.at >= @since::date at time zone 'Asia/Shanghai'
		 group by r.way, r.scope, v.reason, r.position
		 order by r.position`, args)
	return err
}
