package note

import (
	"context"

	"shanqiao/internal/actor"
	"shanqiao/internal/pg"
)

var forgetter = actor.System{Name: "forget-notes"}

// KeepDays is how long words are kept where the district does not say otherwise.
const KeepDays = 30

// Forget removes the words of notes that nobody decides about any more, and of
// needs that are past deciding, once the district's days are over. The text that
// was let out and the writer's name go with them, unless the text still waits for
// its card or is out: the nightly reading needs both. How far a note came, the
// hash of what was approved and the chain stay. It returns how many were emptied.
func Forget(ctx context.Context, db pg.DB) (removed int, err error) {
	err = pg.As(ctx, db, forgetter.Reach(), func(tx pg.DB) error {
		for _, sql := range []string{over, emptied} {
			tag, err := tx.Exec(ctx, sql, pg.Args{"days": KeepDays})
			if err != nil {
				return err
			}
			removed += int(tag.RowsAffected())
		}
		return nil
	})
	return removed, err
}

// kept is the days of the place of a note, and whether they are over.
const kept = `
	x.moved_at < now() - make_interval(days => coalesce(
		(select d.keep_days
		   from records.excerpt_districts d
		  where d.district = left(x.region, 6)
		    and d.since <= (now() at time zone 'Asia/Shanghai')::date
		  order by d.since desc, d.id desc
		  limit 1), @days))`

// emptied takes what was written from notes that are decided, or cannot be any more.
const emptied = `
	update records.notes x
	   set note_sealed = '', kept_sealed = null, first_sealed = null, removed_at = now()
	  from records.needs n
	 where n.id = x.need_id
	   and x.removed_at is null
	   and (x.state <> 'written' or n.state not in ('draft', 'approved'))
	   and ` + kept

// over takes the rest from notes whose text is not out and will not be; it comes
// first, because emptying does not move a note.
const over = `
	update records.notes x
	   set note_sealed = '', kept_sealed = null, first_sealed = null, name_sealed = null, excerpt = '', removed_at = now()
	  from records.needs n
	 where n.id = x.need_id
	   and (x.removed_at is null or x.excerpt <> '' or x.name_sealed is not null)
	   and (x.state in ('refused', 'void', 'taken_down') or x.state = 'written' and n.state not in ('draft', 'approved')
	        or x.state = 'used' and not exists (select from records.listings l
	                                              join exchange.card_excerpts e on e.card_id = l.card_id
	                                             where l.need_id = x.need_id))
	   and ` + kept
