package gate

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/pg"
	"shanqiao/needs/deid"
)

// Reason says what a reader who kept every page would have learnt from a tick.
type Reason struct {
	Kind       string   `json:"kind"`       // one of the kinds below
	What       string   `json:"what"`       // the life or the pair in tuples and ticks
	Households int      `json:"households"` // so few share it
	Least      int      `json:"least"`
	Cards      []string `json:"cards"` // at most ten of them
}

// The kinds. Trajectory: fewer than k households came, stayed and went alike.
// Changed: a card shows something finer, coarser or other than it did. Pair:
// needs of fewer than k households came up together, and so tell of each other.
const (
	Trajectory = "trajectory"
	Changed    = "changed"
	Pair       = "pair"
)

// Sight is one card as a reader would have seen it: from the round From, until
// it was gone in the round To. Rounds are 0 where they are not what tells.
type Sight struct {
	deid.Tuple
	From, To int
}

// Sights reads What; nothing where it is not what check writes.
func (r Reason) Sights() []Sight {
	between := "; "
	if r.Kind == Pair {
		between = " and "
	}
	var all []Sight
	for part := range strings.SplitSeq(r.What, between) {
		var s Sight
		if r.Kind != Pair {
			rounds, rest, _ := strings.Cut(part, " ")
			from, to, _ := strings.Cut(rounds, "-")
			s.From, s.To, part = number(from), number(to), rest
		}
		tuple, ok := deid.ReadTuple(part)
		if !ok {
			return nil
		}
		s.Tuple = tuple
		all = append(all, s)
	}
	return all
}

func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}

// Refused is the error of a tick that would have shown somebody. Nothing of the
// tick happened; Note keeps the reasons for staff.
type Refused struct {
	Tier    deid.Tier
	Reasons []Reason
}

// Error names the first reason; cards and ticks only, nobody's name is known here.
func (r *Refused) Error() string {
	first := r.Reasons[0]
	return fmt.Sprintf("the %s tick is refused for %d reasons; the first: %s of %d households, at least %d are asked: %s",
		r.Tier, len(r.Reasons), first.Kind, first.Households, first.Least, first.What)
}

// observe writes down what can be seen on a tier after a tick. It looks at the
// cards themselves and compares them with what was there before. Both are taken
// as sets: nothing is known yet of how many rows the tick has written, and a join
// that is planned for a few of them takes the square of the time for many.
func observe(ctx context.Context, tx pg.DB, tier deid.Tier, tick int) error {
	const tuple = `concat_ws('|', c.area, c.age, c.size, c.category, c.need_group, c.code, c.quantity, c.urgency)`
	args := pg.Args{"tier": tier, "tick": tick}
	_, err := tx.Exec(ctx, `
		update gate.appearances a
		   set to_tick = @tick
		  from (select card_id, tuple
		          from gate.appearances
		         where tier = @tier
		           and to_tick is null
		        except
		        select c.id, `+tuple+`
		          from exchange.cards c
		         where c.tier = @tier
		           and c.state = 'open') gone
		 where a.card_id = gone.card_id
		   and a.to_tick is null`, args)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
		insert into gate.appearances (card_id, tier, tuple, from_tick)
		select come.id, @tier, come.tuple, @tick
		  from (select c.id, `+tuple+` as tuple
		          from exchange.cards c
		         where c.tier = @tier
		           and c.state = 'open'
		        except
		        select card_id, tuple
		          from gate.appearances
		         where tier = @tier
		           and to_tick is null) come`, args)
	return err
}

// check compares everything that was ever to be seen on a tier, from the first
// kept tick to this one. Cards whose whole lives are alike are a group in every
// pair of snapshots, so a life shared by k households is enough for all pairs.
func check(ctx context.Context, tx pg.DB, tier deid.Tier, tick int, s deid.Settings) error {
	lives, err := pg.Many[Reason](ctx, tx, `
		with lives as (
		  select a.card_id, count(distinct a.tuple) as tuples,
		         string_agg(a.from_tick || '-' || coalesce(a.to_tick::text, '') || ' ' || a.tuple, '; ' order by a.from_tick) as life
		    from gate.appearances a
		   where a.tier = @tier
		     and not exists (select from gate.excuses e where e.card_id = a.card_id)
		   group by a.card_id
		)
		select case when max(v.tuples) > 1 then @changed else @trajectory end as kind, v.life as what,
		       count(distinct l.household_id)::int as households, coalesce(max(c.k), @k)::int as least,
		       (array_agg(v.card_id order by v.card_id))[1:10] as cards
		  from lives v
		  left join records.listings l on l.card_id = v.card_id
		  left join gate.snapshots s on s.card_id = v.card_id
		  left join gate.cohorts c on c.id = s.cohort_id
		 group by v.life
		having count(distinct l.household_id) < coalesce(max(c.k), @k)
		    or max(v.tuples) > 1
		 order by households, what`,
		pg.Args{"tier": tier, "k": s.K, "trajectory": Trajectory, "changed": Changed})
	if err != nil {
		return err
	}
	pairs, err := pg.Many[Reason](ctx, tx, `
		with arrived as (
		  select a.card_id, a.tuple, l.household_id, count(*) over (partition by l.household_id) as cards
		    from gate.appearances a
		    join records.listings l on l.card_id = a.card_id
		   where a.tier = @tier
		     and a.from_tick = @tick
		     and not exists (select from gate.excuses e where e.card_id = a.card_id)
		), several as materialized (
		  select card_id, tuple, household_id
		    from arrived
		   where cards > 1
		)
		select @pair as kind, a.tuple || ' and ' || b.tuple as what,
		       count(distinct a.household_id)::int as households, @k::int as least,
		       (array_agg(a.card_id order by a.card_id))[1:10] as cards
		  from several a
		  join several b on b.household_id = a.household_id and b.tuple > a.tuple
		 group by a.tuple, b.tuple
		having count(distinct a.household_id) < @k
		 order by households, what`,
		pg.Args{"tier": tier, "tick": tick, "k": s.K, "pair": Pair})
	if err != nil {
		return err
	}
	if reasons := append(lives, pairs...); len(reasons) > 0 {
		return &Refused{Tier: tier, Reasons: reasons}
	}
	return nil
}

// Note keeps the reasons of a refused tick. It must be given a pool: the tick's
// own transaction is gone.
func Note(ctx context.Context, db pg.DB, r *Refused) error {
	reasons, err := json.Marshal(r.Reasons)
	if err != nil {
		return err
	}
	_, err = db.Exec(ctx, `
		insert into gate.refusals (tier, reasons)
		values (@tier, @reasons)`, pg.Args{"tier": r.Tier, "reasons": reasons})
	return err
}

var (
	errCityOnly   = fault.New(fault.Forbidden, "gate.city_only")
	errNothingOut = fault.New(fault.Conflict, "gate.nothing_out")
)

// Refusal is a refused tick as it was kept.
type Refusal struct {
	ID int64
	At time.Time
	Refused
}

// Cards are those that its reasons name.
func (r Refusal) Cards() []string {
	var all []string
	for _, reason := range r.Reasons {
		all = append(all, reason.Cards...)
	}
	return all
}

// Refusals lists the ticks that were refused for something that nobody has
// excused yet and after which none went through, newest first, at most fifty.
// They concern the whole city.
func Refusals(ctx context.Context, db pg.DB, by actor.Officer) ([]Refusal, error) {
	if by.Level != actor.CityRole {
		return nil, errCityOnly
	}
	type row struct {
		ID      int64
		At      time.Time
		Tier    string
		Reasons []Reason
	}
	rows, err := pg.Many[row](ctx, db, `
		select r.id, r.at, r.tier, r.reasons
		  from gate.refusals r
		 where exists (select
		                 from jsonb_array_elements(r.reasons) reason, jsonb_array_elements_text(reason->'cards') card
		                where not exists (select from gate.excuses e where e.card_id = card))
		   and not exists (select from gate.ticks t where t.tier = r.tier and t.at > r.at)
		 order by r.id desc
		 limit 50`, pg.Args{})
	kept := make([]Refusal, len(rows))
	for i, r := range rows {
		kept[i] = Refusal{r.ID, r.At, Refused{deid.Tier(r.Tier), r.Reasons}}
	}
	return kept, err
}

// Excuse lets ticks go on after an officer of the city has looked at what was
// refused: the cards of one life are named, what is out is out, and the reason
// stands beside it. Where none of them ever came out there is nothing to excuse,
// and the next tick is another.
func Excuse(ctx context.Context, db pg.DB, by actor.Officer, cards []string, reason string) error {
	if by.Level != actor.CityRole {
		return errCityOnly
	}
	if strings.TrimSpace(reason) == "" {
		return fault.InvalidFields(map[string]string{"reason": "gate.reason"})
	}
	out, err := pg.One[bool](ctx, db, nil, `
		select exists (select from exchange.cards where id = any(@cards))`, pg.Args{"cards": cards})
	if err != nil {
		return err
	}
	if !out {
		return errNothingOut
	}
	_, err = db.Exec(ctx, `
		insert into gate.excuses (card_id, reason, by)
		select card, @reason, @by
		  from unnest(@cards::text[]) card
		 where exists (select from exchange.cards c where c.id = card)
		    on conflict (card_id) do nothing`,
		pg.Args{"cards": cards, "reason": strings.TrimSpace(reason), "by": by.Account})
	return err
}
