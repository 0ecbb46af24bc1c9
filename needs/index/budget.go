package index

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"math"
	"slices"
	"strings"
	"sync"
	"time"

	"shanqiao/internal/fault"
	"shanqiao/internal/pg"
	"shanqiao/needs/deid"
)

// ErrSlow is what a reader is told who has asked too many different questions;
// minutes says how long to wait.
var ErrSlow = fault.New(fault.TooMany, "search.slow_down")

// Budget bounds how many different narrowing questions one reader may ask, and
// raises an alarm when they look as if somebody took the index apart: many that
// share all but one condition, or many that single out too few. A question asked
// again, its next page and another order cost nothing; nor does looking at all.
//
// The count is kept in Postgres, which all portals share. When that does not
// answer, each process counts for itself and allows a quarter.
type Budget struct {
	DB  pg.DB
	Key []byte // for hashing readers and questions
	Now func() time.Time
	// Failed is told when the count could not be kept.
	Failed func(error)

	mu    sync.Mutex
	local map[string][]asking
}

// asking is a question of one reader, as this process alone remembers it.
type asking struct {
	question string
	at       time.Time
}

// allowed is how much a reader of a tier may ask: so many different questions
// within the window and a day. Siblings are so many within the window that share
// all but one condition; strays so many in a day that do, and were answered with
// too few to be shown: either raises an alarm. A visitor is an address, and a whole
// carrier's network may share one.
type allowed struct{ window, day, siblings, strays int }

const window = 10 * time.Minute

var allows = map[deid.Tier]allowed{
	deid.Public:   {window: 200, day: 2000, siblings: 24, strays: 10},
	deid.Verified: {window: 90, day: 600, siblings: 12, strays: 5},
}

// question is the conditions of a query, each in one way of writing it.
type question []clause

type clause struct{ field, text string }

// questionOf lists what narrows a query. A word of text is a condition like any
// other; the order of conditions, of words and of codes says nothing.
func questionOf(q Query) question {
	var out question
	for _, c := range q.Must {
		if names := named(c); len(names) > 0 {
			slices.Sort(names)
			out = append(out, clause{strings.Join(slices.Compact(names), "|"), canon(c)})
		}
	}
	for _, t := range Terms(q.Text) {
		out = append(out, clause{"text", t.Run})
	}
	slices.SortFunc(out, func(a, b clause) int { return strings.Compare(a.field+" "+a.text, b.field+" "+b.text) })
	return slices.Compact(out)
}

// hash is the question's number for one reader.
func (q question) hash(key []byte, reader string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(reader))
	for _, c := range q {
		h.Write([]byte("\x00" + c.field + "\x00" + c.text))
	}
	return h.Sum(nil)[:16]
}

// fields names what a question asks about.
func (q question) fields() string {
	var names []string
	for _, c := range q {
		names = append(names, c.field)
	}
	return strings.Join(slices.Compact(names), ", ")
}

// families are the question with each of its conditions left out: other questions
// of a family differ from it in that one. The family of no condition at all is
// left out, since that is choosing what to look at.
func (q question) families() []question {
	var out []question
	if len(q) < 2 {
		return out
	}
	for i := range q {
		out = append(out, slices.Delete(slices.Clone(q), i, i+1))
	}
	return out
}

// ask counts a question, or refuses it.
func (b *Budget) ask(ctx context.Context, s Scope, q question) error {
	if b == nil || len(q) == 0 {
		return nil
	}
	may := allows[s.tier]
	wait, err := b.count(ctx, s, q, may)
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		b.failed(err)
		wait = b.alone(s, q, may.window/4)
	}
	if wait == 0 {
		return nil
	}
	return ErrSlow.With("minutes", int(math.Ceil(wait.Minutes())))
}

// reader is the number under which somebody is counted. The tiers are counted
// apart, so that what a visitor asks is not held against a member.
func (b *Budget) reader(s Scope) []byte {
	h := hmac.New(sha256.New, b.Key)
	h.Write([]byte(string(s.tier) + "\x00" + s.reader))
	return h.Sum(nil)[:16]
}

// count puts the question down in Postgres and says how long to wait if there
// were too many. Two at once may both be the last one; that is no harm.
func (b *Budget) count(ctx context.Context, s Scope, q question, may allowed) (time.Duration, error) {
	if b.DB == nil {
		return b.alone(s, q, may.window), nil
	}
	var families [][]byte
	for _, f := range q.families() {
		families = append(families, f.hash(b.Key, s.reader))
	}
	type tally struct {
		Granted bool
		Wait    time.Duration
	}
	got, err := pg.One[tally](ctx, b.DB, nil, `
		with others as (
		  select at from exchange.search_questions
		   where reader = @reader and question <> @question and at > now() - interval '1 day'),
		said as (
		  select count(*) filter (where at > now() - @window::interval) as recent, count(*) as today,
		         min(at) filter (where at > now() - @window::interval) as first_recent, min(at) as first_today
		    from others),
		put as (
		  insert into exchange.search_questions as s (reader, question, families)
		  select @reader, @question, @families from said
		   where recent < @most and today < @daily
		  on conflict (reader, question) do update set at = now()
		  returning 1)
		select exists (select from put) as granted,
		       coalesce(case when today >= @daily then first_today + interval '1 day' - now()
		                     when recent >= @most then first_recent + @window::interval - now() end,
		                interval '0') as wait
		  from said`,
		pg.Args{"reader": b.reader(s), "question": q.hash(b.Key, s.reader), "families": orEmpty(families),
			"window": window, "most": may.window, "daily": may.day})
	if err != nil || got.Granted {
		return 0, err
	}
	if err := b.raise(ctx, s, "budget", may.window); err != nil {
		b.failed(err)
	}
	return max(got.Wait, time.Second), nil
}

func orEmpty(list [][]byte) [][]byte {
	if list == nil {
		return [][]byte{}
	}
	return list
}

// alone counts in this process only.
func (b *Budget) alone(s Scope, q question, most int) time.Duration {
	reader, hash, now := string(b.reader(s)), string(q.hash(b.Key, s.reader)), b.Now()
	b.mu.Lock()
	defer b.mu.Unlock()
	const readers = 10_000
	if _, known := b.local[reader]; b.local == nil || !known && len(b.local) >= readers {
		b.local = map[string][]asking{} // lets in rather than shuts out
	}
	lately := slices.DeleteFunc(b.local[reader], func(a asking) bool {
		return a.question == hash || now.Sub(a.at) >= window
	})
	if len(lately) >= most {
		b.local[reader] = lately
		return lately[0].at.Add(window).Sub(now)
	}
	b.local[reader] = append(lately, asking{hash, now})
	return 0
}

func (b *Budget) failed(err error) {
	if b.Failed != nil {
		b.Failed(err)
	}
}
