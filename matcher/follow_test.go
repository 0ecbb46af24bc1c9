package matcher_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"shanqiao/charities"
	"shanqiao/charities/offer"
	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
	"shanqiao/matcher"
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
	f := w.process()
	f.Looks, f.Checks, f.Failed, f.Mended = looks, time.Hour, func(error) {}, func(matcher.Drift) {}
	ended := make(chan struct{})
	go func() {
		f.Run(w.t.Context())
		close(ended)
	}()
	w.t.Cleanup(func() {
		<-ended
		require.Zero(w.t, w.number(`select count(*) from exchange.match_views`), "it takes leave")
	})
	return f.Online
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

func (w *town) number(sql string) int {
	w.t.Helper()
	var n int
	require.NoError(w.t, w.Admin.QueryRow(context.WithoutCancel(w.t.Context()), sql).Scan(&n))
	return n
}
