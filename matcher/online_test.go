package matcher_test

import (
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"shanqiao/charities"
	"shanqiao/charities/claim"
	"shanqiao/charities/offer"
	"shanqiao/internal/id"
	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
	"shanqiao/matcher"
	"shanqiao/matcher/assign"
	"shanqiao/needs/deid"
)

// process is one process's memory of the town and what keeps it.
func (w *town) process() *matcher.Follower {
	w.t.Helper()
	f := &matcher.Follower{DB: w.Pools.Exchange, Online: &matcher.Online{}, Now: func() time.Time { return at }}
	require.NoError(w.t, f.Load(w.t.Context()))
	return f
}

func (w *town) look(f *matcher.Follower) {
	w.t.Helper()
	_, err := f.Look(w.t.Context())
	require.NoError(w.t, err)
}

// candidates are the offers that a memory gives for a card; nil asks Postgres.
func (w *town) candidates(o *matcher.Online, k deid.Card) []charities.OfferID {
	w.t.Helper()
	found, err := o.Candidates(w.t.Context(), w.Pools.Exchange, k.ID, at)
	require.NoError(w.t, err)
	ids := []charities.OfferID{}
	for _, c := range found {
		ids = append(ids, c.Offer.ID)
	}
	return ids
}

// best are the first five, of which alone memory and Postgres must agree.
func best(ids []charities.OfferID) []charities.OfferID { return ids[:min(matcher.Best, len(ids))] }

func TestMemoryAnswersAsPostgresDoes(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	by := w.many(600, 20)
	cards := w.asks(60)
	f := w.process()
	agree := func() {
		t.Helper()
		some := 0
		for _, k := range cards {
			want := best(w.candidates(nil, k))
			require.Equal(t, want, best(w.candidates(f.Online, k)), "%s in %s", k.Code, k.Area)
			some += len(want)
		}
		require.Greater(t, some, len(cards), "the town is too poor to tell")
	}
	agree()

	// What a day brings: some of everything that memory must hear of.
	w.exec(`update exchange.offers set committed = capacity where id < '3'`, nil)
	w.exec(`update exchange.offers set state = 'paused' where id like '%a'`, nil)
	w.exec(`update exchange.offers set insured_until = '2020-01-01' where id like '%b' and kind = 'volunteer'`, nil)
	w.exec(`update exchange.organisations set state = 'suspended', state_at = now() where id = @id`, map[string]any{"id": by[3].Organisation})
	for i, k := range cards[:20] {
		w.claim(k, by[i%5], "failed", "provider")
		w.claim(k, by[5+i%5], "completed", "")
		w.claim(k, by[10+i%5], "requested", "")
	}
	_, err := matcher.Round(t.Context(), w.Pools.Exchange, at, assign.Optimal{})
	require.NoError(t, err)
	w.exec(`update exchange.proposals set state = 'declined', reason = 'no_capacity', state_at = now() where offer_id like '%c'`, nil)
	priced := w.number(`select count(*) from exchange.offer_prices`)
	require.Positive(t, priced, "a round leaves its prices")

	w.look(f)
	agree()

	t.Run("and writes the same proposals", func(t *testing.T) {
		for _, k := range cards {
			require.NoError(t, matcher.Propose(t.Context(), w.Pools.Exchange, k.ID, at))
			want := w.proposed(k)
			require.NoError(t, f.Online.Propose(t.Context(), w.Pools.Exchange, k.ID, at))
			require.Equal(t, want, w.proposed(k))
		}
	})
	t.Run("and comparing finds nothing to mend", func(t *testing.T) {
		drift, err := f.Check(t.Context())
		require.NoError(t, err)
		require.False(t, drift.Any(), "%+v", drift)
		require.Equal(t, w.number(`
			select count(*)
			  from exchange.offers o
			  join exchange.organisations g on g.id = o.organisation_id
			 where o.state = 'open' and g.state = 'verified'`), drift.Held)
	})
}

func TestTheLastUnitIsGoneForEverybody(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	by, other := w.organisation("verified"), w.organisation("verified")
	last := w.offer(by, func(o *charities.Offer) { o.Capacity = 1 })
	rest := w.offer(other)
	wanted, k := w.card(func(k *deid.Card) { k.Quantity = 1 }), w.card()
	one, two := w.process(), w.process()
	for _, f := range []*matcher.Follower{one, two} {
		require.ElementsMatch(t, []charities.OfferID{last.ID, rest.ID}, w.candidates(f.Online, k))
	}
	require.NoError(t, one.Online.Propose(t.Context(), w.Pools.Exchange, k.ID, at))
	require.Equal(t, offers{last.ID: "open", rest.ID: "open"}, w.proposed(k))

	w.exec(`update exchange.cards set window_from = current_date, window_to = current_date + 30`, nil)
	w.exec(`update exchange.offers set starts_on = current_date - 1, ends_on = current_date + 90`, nil)
	w.look(one)
	w.look(two)
	_, err := claim.Take(t.Context(), w.Pools.Exchange, by,
		claim.Request{RequestKey: id.New(), Card: wanted.ID.String(), Offer: last.ID.String(), Units: 1, Worker: by.Account})
	require.NoError(t, err)

	for name, f := range map[string]*matcher.Follower{"one": one, "two": two} {
		require.Equal(t, []charities.OfferID{rest.ID}, w.candidates(f.Online, k), "process %s has not looked, and does not give it", name)
	}
	list, err := matcher.ForCard(t.Context(), w.Pools.Exchange, officer, k.ID)
	require.NoError(t, err)
	require.Len(t, list, 1, "nor does an officer's page")
	mine, err := matcher.ForOrganisation(t.Context(), w.Pools.Exchange, by)
	require.NoError(t, err)
	require.Empty(t, mine, "nor its own organisation's")
	require.NoError(t, two.Online.Propose(t.Context(), w.Pools.Exchange, k.ID, at))
	require.Equal(t, offers{last.ID: "lapsed", rest.ID: "open"}, w.proposed(k), "nor is it written again")
	require.Contains(t, w.facts(), "offer.changed "+last.ID.String(), "so that it lapses for all other cards too")
}

func TestMemoryLooksFurtherWhenItsBestAreGone(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	by := w.organisation("verified")
	for range 40 {
		w.offer(by)
	}
	later := w.offer(by, func(o *charities.Offer) { o.Kind, o.Areas = charities.Charity, []string{"110000"} })
	k := w.card()
	f := w.process()
	w.exec(`update exchange.offers set committed = capacity where id <> @id`, map[string]any{"id": later.ID})

	require.Equal(t, []charities.OfferID{later.ID}, w.candidates(f.Online, k))
}

func TestLook(t *testing.T) {
	t.Parallel()

	t.Run("what a transaction changed that began before the last look and ended after it is seen", func(t *testing.T) {
		t.Parallel()
		w := newTown(t)
		o := w.offer(w.organisation("verified"), func(o *charities.Offer) { o.State = "paused" })
		k := w.card()
		f := w.process()
		slow, err := w.Pools.Exchange.Begin(t.Context())
		require.NoError(t, err)
		_, err = slow.Exec(t.Context(), `update exchange.offers set state = 'open' where id = $1`, o.ID)
		require.NoError(t, err)
		w.look(f)
		require.Empty(t, w.candidates(f.Online, k))

		require.NoError(t, slow.Commit(t.Context()))
		w.look(f)

		require.Equal(t, []charities.OfferID{o.ID}, w.candidates(f.Online, k))
	})

	t.Run("what was seen is not read again", func(t *testing.T) {
		t.Parallel()
		w := newTown(t)
		o := w.offer(w.organisation("verified"))
		f := w.process()
		ids, err := f.Look(t.Context())
		require.NoError(t, err)
		require.Equal(t, []charities.OfferID{o.ID}, ids, "the first look reaches back before the load")
		ids, err = f.Look(t.Context())
		require.NoError(t, err)
		require.Empty(t, ids)
	})

	t.Run("an organisation's standing counts for all its offers, both ways", func(t *testing.T) {
		t.Parallel()
		w := newTown(t)
		by := w.organisation("applied")
		o := w.offer(by)
		k := w.card()
		f := w.process()
		require.Empty(t, w.candidates(f.Online, k))
		for state, want := range map[string][]charities.OfferID{"verified": {o.ID}, "suspended": {}} {
			w.exec(`update exchange.organisations set state = @state, state_at = now() where id = @id`,
				pgx.StrictNamedArgs{"state": state, "id": by.Organisation})
			w.look(f)
			require.Equal(t, want, w.candidates(f.Online, k), state)
		}
	})
}

func TestAnOfferThatMemoryHasNotHeardOfIsProposedByItsOwnFact(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	by := w.organisation("verified")
	k := w.card()
	f := w.process()
	o := w.offer(by)

	require.NoError(t, f.Online.ProposeForOffer(t.Context(), w.Pools.Exchange, o.ID, at))

	require.Equal(t, offers{o.ID: "open"}, w.proposed(k))
}

func TestCheckMendsWhatALookMissed(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	by := w.organisation("verified")
	hidden := w.offer(by, func(o *charities.Offer) { o.State = "paused" })
	gone, elsewhere := w.offer(by), w.offer(by, func(o *charities.Offer) { o.Areas = []string{"110101"} })
	k := w.card()
	f := w.process()
	w.look(f)
	require.Equal(t, []charities.OfferID{gone.ID}, w.candidates(f.Online, k))

	// Nobody hears of these.
	w.exec(`alter table exchange.offers disable trigger offer_change`, nil)
	w.exec(`update exchange.offers set state = 'open' where id = @id`, map[string]any{"id": hidden.ID})
	w.exec(`update exchange.offers set state = 'closed' where id = @id`, map[string]any{"id": gone.ID})
	w.exec(`update exchange.offers set areas = '{110105}' where id = @id`, map[string]any{"id": elsewhere.ID})
	w.look(f)
	require.Empty(t, w.candidates(f.Online, k), "what is gone is not given, and what nobody heard of cannot be")

	drift, err := f.Check(t.Context())
	require.NoError(t, err)
	require.Equal(t, matcher.Drift{Missing: 1, Stale: 1, Orphans: 1, Held: 2}, drift)
	require.ElementsMatch(t, []charities.OfferID{hidden.ID, elsewhere.ID}, w.candidates(f.Online, k))

	again, err := f.Check(t.Context())
	require.NoError(t, err)
	require.False(t, again.Any())
	views, err := matcher.Views(t.Context(), w.Pools.Exchange)
	require.NoError(t, err)
	require.Equal(t, []int64{1, 3}, []int64{int64(views.Views), views.Mended}, "and says so")
}

// follow runs a process of its own, with the bell and without waiting to look.
func (w *town) follow(looks time.Duration) *matcher.Online {
	w.t.Helper()
	o, err := matcher.Follow(w.t.Context(), matcher.Follower{DB: w.Pools.Exchange, Now: func() time.Time { return at },
		Looks: looks, Checks: time.Hour, Failed: func(error) {}, Mended: func(matcher.Drift) {}})
	require.NoError(w.t, err)
	return o
}

func (w *town) soon(o *matcher.Online, k deid.Card, want ...charities.OfferID) {
	w.t.Helper()
	require.Eventually(w.t, func() bool {
		found, err := o.Candidates(w.t.Context(), w.Pools.Exchange, k.ID, at)
		return err == nil && len(found) == len(want) && (len(want) == 0 || found[0].Offer.ID == want[0])
	}, 20*time.Second, 5*time.Millisecond)
}

func TestAFactRingsTheBell(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	by := w.organisation("verified")
	k := w.card()
	o := w.follow(time.Hour)
	require.Empty(t, w.candidates(o, k))
	given := w.offer(by)

	require.Eventually(t, func() bool { // the first rings may come before it listens
		err := pg.InTx(t.Context(), w.Pools.Exchange, func(tx pg.DB) error {
			return outbox.Append(t.Context(), tx, outbox.Exchange, offer.Changed(given.ID.String()))
		})
		return err == nil && len(w.candidates(o, k)) == 1
	}, 20*time.Second, 20*time.Millisecond)
}

func TestLosingTheConnectionChangesNothing(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	by := w.organisation("verified")
	before := w.offer(by)
	k := w.card()
	o := w.follow(10 * time.Millisecond)
	w.soon(o, k, before.ID)

	for range 3 {
		w.exec(`
			select pg_terminate_backend(pid)
			  from pg_stat_activity
			 where datname = current_database() and usename like '%exchange%'`, nil)
		w.soon(o, k, before.ID)
	}

	better := w.offer(by, func(o *charities.Offer) { o.Capacity = 1000 })
	w.exec(`update exchange.offers set committed = 5 where id = @id`, map[string]any{"id": before.ID})
	w.soon(o, k, better.ID, before.ID)
	require.NoError(t, o.Propose(t.Context(), w.Pools.Exchange, k.ID, at))
	require.Equal(t, offers{before.ID: "open", better.ID: "open"}, w.proposed(k))
}

func TestPrices(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	by := w.organisation("verified")
	dear, cheap := w.offer(by), w.offer(by, func(o *charities.Offer) { o.Committed = 5 })
	k := w.card()
	f := w.process()
	require.Equal(t, []charities.OfferID{dear.ID, cheap.ID}, w.candidates(f.Online, k), "no price is known: by score alone")

	w.exec(`insert into exchange.offer_prices (offer_id, price) values (@id, 20000)`, map[string]any{"id": dear.ID})
	w.exec(`insert into exchange.rounds (id, started_at, finished_at) values ('r', now(), now())`, nil)
	w.look(f)

	require.Equal(t, []charities.OfferID{cheap.ID, dear.ID}, w.candidates(f.Online, k), "others need the better one more")
	require.Equal(t, []charities.OfferID{cheap.ID, dear.ID}, w.candidates(nil, k))
	_, err := matcher.Round(t.Context(), w.Pools.Exchange, at, assign.Greedy{})
	require.NoError(t, err)
	require.Zero(t, w.number(`select count(*) from exchange.offer_prices`), "a round without prices leaves none")
}

func (w *town) number(sql string) int {
	w.t.Helper()
	var n int
	require.NoError(w.t, w.Admin.QueryRow(w.t.Context(), sql).Scan(&n))
	return n
}
