package gate

import (
	"context"
	"time"

	"shanqiao/internal/pg"
	"shanqiao/needs"
	"shanqiao/needs/deid"
)

// homes is the register by household id.
type homes map[string]home

type home struct {
	ID, Region, Category, Condition string
	Size, Eldest, Youngest          int
}

func (hs homes) all() []deid.Registered {
	all := make([]deid.Registered, 0, len(hs))
	for _, h := range hs {
		all = append(all, h.registered())
	}
	return all
}

func (h home) registered() deid.Registered {
	return deid.Registered{Region: h.Region, Size: h.Size, Category: h.Category, Eldest: h.Eldest, Youngest: h.Youngest}
}

// register reads every open household as the gate may see it. Somebody whose
// birthday is not known counts as grown up: 40 years.
func register(ctx context.Context, tx pg.DB) (homes, error) {
	rows, err := pg.Many[home](ctx, tx, `
		select h.id, h.region, h.category, h.condition,
		       count(*)::int as size,
		       max(coalesce(extract(year from age(m.born)), 40))::int as eldest,
		       min(coalesce(extract(year from age(m.born)), 40))::int as youngest
		  from records.households h
		  join records.members m on m.household_id = h.id and m.left_on is null
		 where h.closed_at is null
		 group by h.id, h.region, h.category, h.condition`, pg.Args{})
	hs := make(homes, len(rows))
	for _, h := range rows {
		hs[h.ID] = h
	}
	return hs, err
}

// waiting reads the approved needs that are not listed on the tier. One whose
// window is over is not listed again: it expires, and its officer asks the family.
// A need whose cohort left comes back one or two ticks later, as its ids decide: the same
// needs appearing again at once, together and but for one, would say which cohort
// they were and that one of it is gone.
//
// Codes and a household narrow it to needs of these kinds, and to whatever that
// household waits for; without codes it is all.
func waiting(ctx context.Context, tx pg.DB, tier deid.Tier, day time.Time, hs homes, codes []needs.Code, household string) ([]deid.Waiting, error) {
	type row struct {
		ID, HouseholdID, Code string
		Quantity, Urgency     int
		New                   bool
	}
	rows, err := pg.Many[row](ctx, tx, `
		with last as (
		  select max(at) as at
		    from gate.ticks
		   where tier = @tier
		)
		select n.id, n.household_id, n.code, n.quantity, n.urgency,
		       coalesce(n.approved_at > (select at from last), true) and left_.card_id is null as new
		  from records.needs n
		  left join lateral (
		       select l.card_id, l.closed_at
		         from records.listings l
		        where l.need_id = n.id
		          and l.tier = @tier
		          and l.closed_at is not null
		        order by l.closed_at desc
		        limit 1) left_ on true
		 where n.state in ('approved', 'published')
		   and n.route = 'cohort'
		   and n.window_to >= @day
		   and (@codes::text[] is null or n.code = any(@codes) or n.household_id = @household)
		   and not exists (select from records.listings l
		                    where l.need_id = n.id and l.tier in (@tier, 'direct') and l.closed_at is null)
		   and (left_.card_id is null
		     or now() > left_.closed_at
		        and (get_byte(sha256(convert_to(n.id || left_.card_id, 'UTF8')), 0) % 2 = 0
		          or exists (select from gate.ticks t where t.tier = @tier and t.at > left_.closed_at)))
		 order by n.id`, pg.Args{"tier": tier, "day": day, "codes": codes, "household": household})
	if err != nil {
		return nil, err
	}
	var all []deid.Waiting
	for _, n := range rows {
		h, open := hs[n.HouseholdID]
		if !open {
			continue
		}
		all = append(all, deid.Waiting{Need: needs.ID(n.ID), Household: h.ID, Home: h.registered(), Condition: h.Condition,
			Code: needs.Code(n.Code), Quantity: n.Quantity, Urgency: needs.Urgency(n.Urgency), New: n.New})
	}
	return all, nil
}

// out tells the register what can be seen on a tier: which households are behind
// open cards, and what these show of a place and people.
func out(ctx context.Context, tx pg.DB, tier deid.Tier, hs homes, all *deid.Register) (*deid.Register, error) {
	shows, err := pg.Many[struct {
		Area, Age, Size, Category string
		Code                      needs.Code
	}](ctx, tx, `
		select distinct area, age, size, category, code
		  from exchange.cards
		 where tier = @tier
		   and state = 'open'`, pg.Args{"tier": tier})
	if err != nil {
		return nil, err
	}
	shown := make([]deid.Shown, len(shows))
	for i, s := range shows {
		shown[i] = deid.Shown{Area: s.Area, Age: s.Age, Size: s.Size, Category: s.Category, Youngest: deid.ForYoungest(s.Code)}
	}
	households, err := pg.Many[string](ctx, tx, `
		select distinct household_id
		  from records.listings
		 where tier = @tier
		   and closed_at is null`, pg.Args{"tier": tier})
	listed := make(map[string]deid.Registered, len(households))
	for _, id := range households {
		if h, open := hs[id]; open {
			listed[id] = h.registered()
		}
	}
	return all.With(listed, shown), err
}
