package index

import (
	"context"
	"time"

	"shanqiao/internal/pg"
	"shanqiao/needs/deid"
)

// found notes how a question was answered, and raises an alarm if it is one of
// too many that differ in one condition. That a note cannot be made is no reason
// to keep the answer back.
func (b *Budget) found(ctx context.Context, s Scope, q question, few bool) {
	if b == nil || b.DB == nil || len(q) == 0 {
		return
	}
	families, may := q.families(), allows[s.tier]
	hashes, fields := make([][]byte, len(families)), make([]string, len(families))
	for i, f := range families {
		hashes[i], fields[i] = f.hash(b.Key, s.reader), f.fields()
	}
	// The statement does not see its own update, so the answer counts beside it.
	_, err := b.DB.Exec(ctx, `
		with answered as (
		  update exchange.search_questions set few = @few
		   where reader = @reader and question = @question and few <> @few),
		family as (select f.hash, f.fields from unnest(@families::bytea[], @fields::text[]) as f (hash, fields)),
		kin as (
		  select f.fields,
		         count(*) filter (where s.at > now() - @window::interval) as near,
		         count(*) filter (where case when s.question = @question then @few else s.few end) as few
		    from family f
		    join exchange.search_questions s on s.reader = @reader and f.hash = any(s.families)
		     and s.at > now() - interval '1 day'
		   group by f.hash, f.fields)
		insert into exchange.search_alarms as a (reader, account_id, pattern, fields, questions, few)
		select distinct on (fields) @reader, @account, 'bisecting', fields, greatest(near, few), few
		  from kin
		 where near >= @siblings or few >= @strays
		 order by fields, near desc
		on conflict on constraint search_alarms_once do update
		   set questions = greatest(a.questions, excluded.questions), few = greatest(a.few, excluded.few), last_at = now()`,
		pg.Args{"reader": b.reader(s), "question": q.hash(b.Key, s.reader), "few": few, "families": hashes, "fields": fields,
			"account": account(s), "window": window, "siblings": may.siblings, "strays": may.strays})
	if err != nil && ctx.Err() == nil {
		b.failed(err)
	}
}

// raise notes an alarm of a reader that is not about one family of questions.
func (b *Budget) raise(ctx context.Context, s Scope, pattern string, questions int) error {
	_, err := b.DB.Exec(ctx, `
		insert into exchange.search_alarms as a (reader, account_id, pattern, fields, questions, few)
		values (@reader, @account, @pattern, '', @questions, 0)
		on conflict on constraint search_alarms_once do update set last_at = now()`,
		pg.Args{"reader": b.reader(s), "account": account(s), "pattern": pattern, "questions": questions})
	return err
}

// account is whose alarm it is; nobody's for a visitor.
func account(s Scope) *string {
	if s.tier != deid.Verified || s.reader == "" {
		return nil
	}
	return &s.reader
}

// Alarm is that somebody asked as if to take the index apart. Account is empty
// for a visitor. Fields names the conditions that the questions shared.
type Alarm struct {
	Account   string
	Pattern   string // bisecting or budget
	Fields    string
	Questions int
	Few       int
	FirstAt   time.Time
	LastAt    time.Time
}

// Alarms lists the latest alarms of the last 30 days, n at most.
func Alarms(ctx context.Context, db pg.DB, n int) ([]Alarm, error) {
	return pg.Many[Alarm](ctx, db, `
		select coalesce(account_id, '') as account, pattern, fields, questions, few, first_at, last_at
		  from exchange.search_alarms
		 where last_at > now() - interval '30 days'
		 order by last_at desc, id desc
		 limit @n`,
		pg.Args{"n": n})
}

// Forget removes what readers asked more than a day ago.
func Forget(ctx context.Context, db pg.DB) error {
	_, err := db.Exec(ctx, `
		delete from exchange.search_questions where at < now() - interval '1 day'`)
	return err
}
