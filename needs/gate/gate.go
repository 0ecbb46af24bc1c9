// Package gate is the only way from a need to a card: publish, the first of the
// two crossings. It works under a database login of its own, which sees of a
// household its region, size, ages and category, and nothing that names anyone;
// no other login may write a card.
//
// What a cohort must be is decided by needs/deid. The gate reads what waits,
// lets deid form cohorts, and writes cards, listings, the snapshot and the
// facts in one transaction. Nobody joins a cohort later and a cohort leaves
// whole; at the end of each tick the gate looks at what can be seen now beside
// all that could be seen before, and takes the tick back if it shows somebody.
package gate

import (
	"context"
	"fmt"
	"time"

	"shanqiao/internal/id"
	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
	"shanqiao/needs/deid"
)

// Report says what one tick did. Withheld needs wait for the next tick, unseen.
type Report struct {
	Tick, Waiting, Published, Cohorts, Withheld, Retired int
}

// one tick of a tier at a time, in whichever process
const lock = `select pg_advisory_xact_lock(hashtextextended('gate.tick:' || @tier, 0))`

// Tick publishes every cohort that can be formed of the waiting needs on one
// tier, after cohorts whose time is over have left. Day is the civil date that
// the cards' windows start from; s is the least that is asked, to which the city
// and the districts may have added. A tick that would show somebody to a reader
// who keeps every page does not happen, and its error is a *Refused.
func Tick(ctx context.Context, db pg.DB, tier deid.Tier, day time.Time, s deid.Settings) (Report, error) {
	var report Report
	err := pg.InTx(ctx, db, func(tx pg.DB) error {
		report = Report{}
		if _, err := tx.Exec(ctx, lock, pg.Args{"tier": tier}); err != nil {
			return err
		}
		s, err := tightened(ctx, tx, tier, day, s)
		if err != nil {
			return fmt.Errorf("read the settings: %w", err)
		}
		if report.Retired, err = retire(ctx, tx, tier, day); err != nil {
			return fmt.Errorf("retire cohorts: %w", err)
		}
		homes, err := register(ctx, tx)
		if err != nil {
			return fmt.Errorf("read the register: %w", err)
		}
		waiting, err := waiting(ctx, tx, tier, homes)
		if err != nil {
			return fmt.Errorf("read what waits: %w", err)
		}
		cohorts := deid.Form(tier, waiting, deid.NewRegister(homes.all()), s)
		report.Waiting, report.Cohorts = len(waiting), len(cohorts)
		for _, c := range cohorts {
			report.Published += len(c.Needs)
		}
		report.Withheld = report.Waiting - report.Published
		if report.Tick, err = begin(ctx, tx, tier, s, report); err != nil {
			return err
		}
		for _, c := range cohorts {
			if err := publish(ctx, tx, tier, report.Tick, day, c); err != nil {
				return fmt.Errorf("publish a cohort: %w", err)
			}
		}
		if err := observe(ctx, tx, tier, report.Tick); err != nil {
			return fmt.Errorf("write down what can be seen: %w", err)
		}
		return check(ctx, tx, tier, report.Tick, s)
	})
	return report, err
}

// begin writes the tick's own row.
func begin(ctx context.Context, tx pg.DB, tier deid.Tier, s deid.Settings, r Report) (int, error) {
	return pg.One[int](ctx, tx, nil, `
		insert into gate.ticks (tier, ladders, k, waiting, published, cohorts)
		values (@tier, @ladders, @k, @waiting, @published, @cohorts)
		returning id`,
		pg.Args{"tier": tier, "ladders": deid.LaddersVersion(), "k": s.K, "waiting": r.Waiting,
			"published": r.Published, "cohorts": r.Cohorts})
}

// publish writes a whole cohort: its cards, which differ by their ids alone,
// the listings that join them with their households, and one fact for each.
func publish(ctx context.Context, tx pg.DB, tier deid.Tier, tick int, day time.Time, c deid.Cohort) error {
	cohort := id.New()
	_, err := tx.Exec(ctx, `
		insert into gate.cohorts (id, tick, tuple, households, register, levels, k)
		values (@id, @tick, @tuple, @households, @register, @levels, @k)`,
		pg.Args{"id": cohort, "tick": tick, "tuple": c.Tuple.String(), "households": c.Households,
			"register": c.Register, "levels": c.Level.String(), "k": c.K})
	if err != nil {
		return err
	}
	cards := make([]string, len(c.Needs))
	owners := make([]string, len(c.Needs))
	facts := make([]outbox.Fact, len(c.Needs))
	for i, w := range c.Needs {
		cards[i], owners[i] = id.New(), string(w.Need)
		facts[i] = published(deid.CardID(cards[i]), tier)
	}
	if err := insertCards(ctx, tx, cards, deid.NewCard("", tier, c.Tuple, tick, day)); err != nil {
		return err
	}
	if err := list(ctx, tx, tier, cards, owners); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
		insert into gate.snapshots (tick, card_id, cohort_id)
		select @tick, card, @cohort from unnest(@cards::text[]) card`,
		pg.Args{"tick": tick, "cohort": cohort, "cards": cards})
	if err != nil {
		return err
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

// insertCards writes one row for each id, all alike.
func insertCards(ctx context.Context, tx pg.DB, ids []string, c deid.Card) error {
	_, err := tx.Exec(ctx, `
		insert into exchange.cards
		       (id, tier, area, age, size, category, need_group, code, quantity, urgency,
		        window_from, window_to, sentence_zh, sentence_en, tick, state, version)
		select card, @tier, @area, @age, @size, @category, @group, @code, @quantity, @urgency,
		       @from, @to, @zh, @en, @tick, @state, @version
		  from unnest(@ids::text[]) card`,
		pg.Args{"ids": ids, "tier": c.Tier, "area": c.Area, "age": c.Age, "size": c.Size, "category": c.Category,
			"group": c.Group, "code": c.Code, "quantity": c.Quantity, "urgency": c.Urgency,
			"from": c.WindowFrom, "to": c.WindowTo, "zh": c.SentenceZh, "en": c.SentenceEn,
			"tick": c.Tick, "state": c.State, "version": c.Version})
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
