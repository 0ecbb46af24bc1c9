package matcher

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"shanqiao/charities"
	"shanqiao/internal/id"
	"shanqiao/internal/pg"
	"shanqiao/matcher/score"
	"shanqiao/matcher/view"
)

// overlap is how far back each look reaches. A change carries the time at which
// its transaction began and is seen when it ends, so a look must reach back
// further than any transaction lasts that changes what can be given. One that
// lasted longer is found by the next comparison.
const overlap = 2 * time.Minute

// Follower keeps an Online's memory equal to Postgres: Load first, then Run. Every
// process that has one follows by itself, so that several need nothing between
// them but Postgres. Its methods are called by one goroutine at a time.
type Follower struct {
	DB     *pgxpool.Pool
	Online *Online
	Now    func() time.Time
	Looks  time.Duration // between two looks when no bell rings
	Checks time.Duration // between two comparisons
	Failed func(error)   // told of what failed; the next time makes up for it
	Mended func(Drift)   // told of what was mended

	id     string
	seen   time.Time // of the last look
	last   map[change]bool
	mended int
}

// Load reads the whole city. Until it returns, Postgres is asked each time.
func (f *Follower) Load(ctx context.Context) error {
	start, err := pg.One[time.Time](ctx, f.DB, nil, `select now()`, pg.Args{})
	if err != nil {
		return err
	}
	all, err := f.all(ctx)
	if err != nil {
		return err
	}
	prices, err := allPrices(ctx, f.DB)
	if err != nil {
		return err
	}
	f.Online.view.Replace(all)
	f.Online.view.PutPrices(prices)
	f.id, f.seen, f.last = id.New(), start, nil
	return f.say(ctx)
}

// all is what memory should hold.
func (f *Follower) all(ctx context.Context) (view.Contents, error) {
	offers, err := openOffers(ctx, f.DB, nil)
	if err != nil {
		return view.Contents{}, err
	}
	c := &city{at: f.Now()}
	err = c.loadOffers(ctx, f.DB, offers)
	return c.contents(), err
}

// some is what memory should hold of these.
func (f *Follower) some(ctx context.Context, ids []charities.OfferID) (view.Contents, error) {
	c := &city{at: f.Now()}
	err := c.loadNamed(ctx, f.DB, ids)
	return c.contents(), err
}

func (c *city) contents() view.Contents {
	return view.Contents{Offers: c.offers, Pauses: c.pauses, Records: c.records}
}

// change is one thing that may have changed what memory holds. Mark tells two
// changes of one thing apart.
type change struct {
	What string
	Ref  string
	Mark string
}

// Look reads again whatever changed since the last look. It lists the offers
// that it read.
func (f *Follower) Look(ctx context.Context) ([]charities.OfferID, error) {
	ids, err := f.look(ctx)
	f.Online.behind.Store(err != nil)
	return ids, err
}

func (f *Follower) look(ctx context.Context) ([]charities.OfferID, error) {
	rows, at, err := f.changes(ctx)
	if err != nil {
		return nil, err
	}
	now := make(map[change]bool, len(rows))
	fresh := map[string][]string{}
	for _, c := range rows {
		now[c] = true
		if !f.last[c] {
			fresh[c.What] = append(fresh[c.What], c.Ref)
		}
	}
	ids, err := f.again(ctx, fresh)
	if err != nil {
		return nil, err
	}
	f.last, f.seen = now, at
	return ids, nil
}

// changes lists what changed from a little before the last look on, also what
// was seen then, and says when it looked.
func (f *Follower) changes(ctx context.Context) ([]change, time.Time, error) {
	type row struct {
		change
		At time.Time
	}
	rows, err := pg.Many[row](ctx, f.DB, `
		select 'offer' as what, id as ref, version::text as mark, changed_at as at
		  from exchange.offers
		 where changed_at > @since
		union all
		select 'organisation', id, state, state_at
		  from exchange.organisations
		 where state_at > @since
		union all
		select 'organisation', organisation_id, id || coalesce(lifted_by, ''), coalesce(lifted_at, at)
		  from exchange.bans
		 where greatest(at, lifted_at) > @since
		union all
		select 'offer', offer_id, card_id, state_at
		  from exchange.proposals
		 where state = 'declined' and state_at > @since
		union all
		select 'record', organisation_id, id, state_at
		  from exchange.claims
		 where state in ('completed', 'failed', 'cancelled') and state_at > @since
		union all
		select 'round', id, '', finished_at
		  from exchange.rounds
		 where finished_at > @since
		union all
		select 'now', '', '', now()`, pg.Args{"since": f.seen.Add(-overlap)})
	if err != nil {
		return nil, f.seen, err
	}
	now, all := f.seen, make([]change, 0, len(rows))
	for _, r := range rows {
		if r.What == "now" { // Postgres's clock, because the others are by it too
			now = r.At
			continue
		}
		all = append(all, r.change)
	}
	return all, now, nil
}

// again reads what changed: offers, those of organisations whose standing
// changed, records, and after a round all prices.
func (f *Follower) again(ctx context.Context, fresh map[string][]string) ([]charities.OfferID, error) {
	if len(fresh) == 0 {
		return nil, nil
	}
	ids, err := pg.Many[charities.OfferID](ctx, f.DB, `
		select id
		  from exchange.offers
		 where id = any(@offers)
		union
		select id
		  from exchange.offers
		 where organisation_id = any(@organisations)`,
		pg.Args{"offers": fresh["offer"], "organisations": fresh["organisation"]})
	if err != nil {
		return nil, err
	}
	if len(ids) > 0 {
		now, err := f.some(ctx, ids)
		if err != nil {
			return nil, err
		}
		f.Online.view.Put(ids, now)
	}
	if organisations := fresh["record"]; len(organisations) > 0 {
		records, err := f.records(ctx, organisations)
		if err != nil {
			return nil, err
		}
		f.Online.view.PutRecords(organisations, records)
	}
	if len(fresh["round"]) > 0 {
		prices, err := allPrices(ctx, f.DB)
		if err != nil {
			return nil, err
		}
		f.Online.view.PutPrices(prices)
	}
	return ids, nil
}

// records reads the records of organisations that have offers.
func (f *Follower) records(ctx context.Context, organisations []string) (map[string]score.Record, error) {
	offers, err := pg.Many[charities.OfferID](ctx, f.DB, `
		select id
		  from exchange.offers
		 where organisation_id = any(@organisations)`, pg.Args{"organisations": organisations})
	if err != nil {
		return nil, err
	}
	c := &city{}
	err = pg.Together(ctx, f.DB, func(b *pg.Batch) { c.askRecords(b, offers) })
	return c.records, err
}
