package gate

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"shanqiao/internal/id"
	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
	"shanqiao/needs/deid"
)

// chunk is how many cards a statement writes.
const chunk = 5000

// listing is a card with what stays on this side of it.
type listing struct {
	deid.Card
	need, cohort string
}

// publish writes whole cohorts: their cards, which differ within a cohort by
// their ids alone, the listings that join them with their households, and one
// fact for each. All of it is written in the order of the random ids, so that no
// order in any table or queue tells of needs, households or cohorts.
func publish(ctx context.Context, tx pg.DB, tier deid.Tier, tick int, day time.Time, cohorts []deid.Cohort) error {
	var all []listing
	ids, tuples, levels := make([]string, len(cohorts)), make([]string, len(cohorts)), make([]string, len(cohorts))
	households, register, ks := make([]int, len(cohorts)), make([]int, len(cohorts)), make([]int, len(cohorts))
	for i, c := range cohorts {
		ids[i], tuples[i], levels[i] = id.New(), c.Tuple.String(), c.Level.String()
		households[i], register[i], ks[i] = c.Households, c.Register, c.K
		card := deid.NewCard("", tier, c.Tuple, tick, day)
		for _, w := range c.Needs {
			card.ID = deid.CardID(id.New())
			all = append(all, listing{Card: card, need: string(w.Need), cohort: ids[i]})
		}
	}
	_, err := tx.Exec(ctx, `
		insert into gate.cohorts (id, tick, tuple, households, register, levels, k)
		select c.id, @tick, c.tuple, c.households, c.register, c.levels, c.k
		  from unnest(@ids::text[], @tuples::text[], @households::int[], @register::int[], @levels::text[], @ks::int[])
		       c (id, tuple, households, register, levels, k)`,
		pg.Args{"tick": tick, "ids": ids, "tuples": tuples, "households": households, "register": register,
			"levels": levels, "ks": ks})
	if err != nil {
		return err
	}
	slices.SortFunc(all, func(a, b listing) int { return cmp.Compare(a.ID, b.ID) })
	for part := range slices.Chunk(all, chunk) {
		if err := write(ctx, tx, tier, tick, part); err != nil {
			return err
		}
	}
	if tier != deid.Verified {
		return nil // nobody claims a public card
	}
	cards := make([]string, len(all))
	for i, l := range all {
		cards[i] = string(l.ID)
	}
	if err := carry(ctx, tx, cards); err != nil {
		return fmt.Errorf("carry over who was ruled out: %w", err)
	}
	return nil
}

// write writes some cards with everything that belongs to them.
func write(ctx context.Context, tx pg.DB, tier deid.Tier, tick int, part []listing) error {
	cards, facts := make([]deid.Card, len(part)), make([]outbox.Fact, len(part))
	ids, owners, cohorts := make([]string, len(part)), make([]string, len(part)), make([]string, len(part))
	for i, l := range part {
		cards[i], facts[i] = l.Card, published(l.ID, tier)
		ids[i], owners[i], cohorts[i] = string(l.ID), l.need, l.cohort
	}
	if err := insertCards(ctx, tx, cards); err != nil {
		return err
	}
	if err := list(ctx, tx, tier, ids, owners); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `
		insert into gate.snapshots (tick, card_id, cohort_id)
		select @tick, s.card, s.cohort from unnest(@cards::text[], @cohorts::text[]) s (card, cohort)`,
		pg.Args{"tick": tick, "cards": ids, "cohorts": cohorts})
	if err != nil {
		return err
	}
	if tier == deid.Verified {
		if err := excerpts(ctx, tx, ids, owners); err != nil {
			return fmt.Errorf("excerpts: %w", err)
		}
	}
	return outbox.Append(ctx, tx, outbox.Exchange, facts...)
}

// published is the fact that a card can be claimed; shown, that the public can
// read one, which sets less in motion.
func published(card deid.CardID, tier deid.Tier) outbox.Fact {
	kind := "card.published"
	if tier == deid.Public {
		kind = "card.shown"
	}
	return outbox.Fact{Kind: kind, Ref: string(card), Queue: outbox.Bulk}
}

// insertCards writes cards, whatever they say.
func insertCards(ctx context.Context, tx pg.DB, cards []deid.Card) error {
	column := func(of func(deid.Card) string) []string {
		all := make([]string, len(cards))
		for i, c := range cards {
			all[i] = of(c)
		}
		return all
	}
	quantity, ticks := make([]int, len(cards)), make([]int, len(cards))
	from, to := make([]time.Time, len(cards)), make([]time.Time, len(cards))
	for i, c := range cards {
		quantity[i], ticks[i], from[i], to[i] = c.Quantity, c.Tick, c.WindowFrom, c.WindowTo
	}
	_, err := tx.Exec(ctx, `
		insert into exchange.cards
		       (id, tier, area, age, size, category, need_group, code, quantity, urgency,
		        window_from, window_to, sentence_zh, sentence_en, tick)
		select c.id, c.tier, c.area, c.age, c.size, c.category, c.need_group, c.code, c.quantity, c.urgency,
		       c.window_from, c.window_to, c.zh, c.en, c.tick
		  from unnest(@ids::text[], @tiers::text[], @areas::text[], @ages::text[], @sizes::text[], @categories::text[],
		              @groups::text[], @codes::text[], @quantities::int[], @urgencies::text[],
		              @from::date[], @to::date[], @zh::text[], @en::text[], @ticks::int[])
		       c (id, tier, area, age, size, category, need_group, code, quantity, urgency, window_from, window_to, zh, en, tick)`,
		pg.Args{
			"ids":        column(func(c deid.Card) string { return string(c.ID) }),
			"tiers":      column(func(c deid.Card) string { return string(c.Tier) }),
			"areas":      column(func(c deid.Card) string { return c.Area }),
			"ages":       column(func(c deid.Card) string { return c.Age }),
			"sizes":      column(func(c deid.Card) string { return c.Size }),
			"categories": column(func(c deid.Card) string { return c.Category }),
			"groups":     column(func(c deid.Card) string { return string(c.Group) }),
			"codes":      column(func(c deid.Card) string { return string(c.Code) }),
			"urgencies":  column(func(c deid.Card) string { return string(c.Urgency) }),
			"zh":         column(func(c deid.Card) string { return c.SentenceZh }),
			"en":         column(func(c deid.Card) string { return c.SentenceEn }),
			"quantities": quantity, "ticks": ticks, "from": from, "to": to,
		})
	return err
}

// list writes the rows that join cards with needs. They stay in the records half.
func list(ctx context.Context, tx pg.DB, tier deid.Tier, cards, owners []string) error {
	_, err := tx.Exec(ctx, `
		insert into records.listings (card_id, need_id, household_id, region, tier)
		select l.card, n.id, n.household_id, n.region, @tier
		  from unnest(@cards::text[], @needs::text[]) l (card, need)
		  join records.needs n on n.id = l.need`,
		pg.Args{"tier": tier, "cards": cards, "needs": owners})
	return err
}
