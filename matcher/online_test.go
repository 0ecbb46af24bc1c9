package matcher_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/charities"
	"shanqiao/charities/claim"
	"shanqiao/internal/id"
	"shanqiao/matcher"
	"shanqiao/matcher/assign"
	"shanqiao/needs/deid"
)

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

func TestACutInTheMiddleWritesNothing(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	o := w.offer(w.organisation("verified"))
	k := w.card()
	f := w.process()

	tx, err := w.Pools.Exchange.Begin(t.Context())
	require.NoError(t, err)
	require.NoError(t, f.Online.Propose(t.Context(), tx, k.ID, at))
	w.exec(`select pg_terminate_backend(@pid::int)`, map[string]any{"pid": tx.Conn().PgConn().PID()})
	require.Error(t, tx.Commit(t.Context()))

	require.Empty(t, w.proposed(k))
	require.Equal(t, []charities.OfferID{o.ID}, w.candidates(f.Online, k), "memory lost nothing")
	require.NoError(t, f.Online.Propose(t.Context(), w.Pools.Exchange, k.ID, at))
	require.Equal(t, offers{o.ID: "open"}, w.proposed(k))
	require.Equal(t, []string{"card.matched " + k.ID.String()}, w.facts())
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
