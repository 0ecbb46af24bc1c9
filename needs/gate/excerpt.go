package gate

import (
	"bytes"
	"context"

	"shanqiao/internal/pg"
	"shanqiao/needs"
	"shanqiao/needs/deid/excerpt"
)

// excerpts puts approved texts beside the cards that are listed now, where the
// district has excerpts switched on. A text is used once: beside a second card it
// would say that both are of one need. What was approved under other detectors or
// another policy is void, and its card has the generated sentence alone.
func excerpts(ctx context.Context, tx pg.DB, cards, owners []string) error {
	type approved struct {
		Card, Need, Text string
		Hash             []byte
	}
	found, err := pg.Many[approved](ctx, tx, `
		select l.card, x.need_id as need, x.excerpt as text, x.hash
		  from unnest(@cards::text[], @needs::text[]) l (card, need)
		  join records.notes x on x.need_id = l.need and x.state = 'approved'
		 where coalesce((select d.enabled
		                   from records.excerpt_districts d
		                  where d.district = left(x.region, 6)
		                    and d.since <= (now() at time zone 'Asia/Shanghai')::date
		                  order by d.since desc, d.id desc
		                  limit 1), false)
		 order by l.card
		   for update of x`, pg.Args{"cards": cards, "needs": owners})
	if err != nil {
		return err
	}
	var ids, texts, used, void []string
	var hashes [][]byte
	for _, a := range found {
		if !bytes.Equal(a.Hash, excerpt.Approval(a.Text)) {
			void = append(void, a.Need)
			continue
		}
		ids, texts, hashes, used = append(ids, a.Card), append(texts, a.Text), append(hashes, a.Hash), append(used, a.Need)
	}
	_, err = tx.Exec(ctx, `
		insert into exchange.card_excerpts (card_id, text, hash)
		select e.card, e.text, e.hash
		  from unnest(@cards::text[], @texts::text[], @hashes::bytea[]) e (card, text, hash)`,
		pg.Args{"cards": ids, "texts": texts, "hashes": hashes})
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
		update records.notes set state = case when need_id = any(@void::text[]) then 'void' else 'used' end
		 where need_id = any(@void::text[]) or need_id = any(@used::text[])`, pg.Args{"void": void, "used": used})
	return err
}

// TakeBack removes the text beside a card at once and leaves the reason with its
// note, for the officer's desk. Where the text held what is the household's own,
// the whole cohort leaves with it.
func TakeBack(ctx context.Context, db pg.DB, card string, need needs.ID, reason string, all bool) error {
	return pg.InTx(ctx, db, func(tx pg.DB) error {
		if err := alone(ctx, tx, allTiers...); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `delete from exchange.card_excerpts where card_id = @card`, pg.Args{"card": card}); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `
			update records.notes set state = 'taken_down', scan_reason = @reason, told = false
			 where need_id = @need and state = 'used'`, pg.Args{"need": need, "reason": reason})
		if err != nil || !all {
			return err
		}
		return Withdraw(ctx, tx, need)
	})
}
