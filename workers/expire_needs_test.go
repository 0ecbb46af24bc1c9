package workers

import (
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/charities/claim"
	"shanqiao/internal/fault"
	"shanqiao/internal/id"
	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
	"shanqiao/needs"
	"shanqiao/needs/assessment"
	"shanqiao/needs/chain"
	"shanqiao/needs/deid"
	"shanqiao/needs/gate"
	"shanqiao/needs/needstest"
)

// lastDay puts a household with a need and a card whose windows end today, sent
// straight to the organisation.
func lastDay(t *testing.T, w *needstest.World) (*needstest.World, needs.ID, string) {
	t.Helper()
	h := another(t, w)
	need := h.Need("bathing", 2, needs.Published)
	card := h.Card(need)
	h.Exec(`update records.needs set window_from = @day::date - 40, window_to = @day where id = @need`,
		pg.Args{"need": need, "day": h.Today()})
	h.Exec(`update exchange.cards set tier = 'direct', window_from = @day::date - 40, window_to = @day where id = @card`,
		pg.Args{"card": card, "day": h.Today()})
	h.Exec(`update records.listings set tier = 'direct' where card_id = @card`, pg.Args{"card": card})
	h.Exec(`insert into exchange.card_recipients (card_id, organisation_id) values (@card, @org)`,
		pg.Args{"card": card, "org": h.Org})
	return h, need, card
}

// TestANeedExpiresOrIsClaimed lets an organisation ask for a need in the moment
// in which its card leaves and it expires. One of the two happens, never both.
func TestANeedExpiresOrIsClaimed(t *testing.T) {
	t.Parallel()
	w := needstest.New(t)
	workers := newWorkers(t, w)
	claimed, expired := 0, 0
	for round := range 8 {
		h, need, card := lastDay(t, w)
		tomorrow := w.Today().AddDate(0, 0, 1)
		var asked error
		errs := make([]error, 3)
		take := sync.OnceFunc(func() {
			_, asked = claim.Take(t.Context(), w.Pools.Exchange, w.Worker,
				claim.Request{Card: card, Units: 1, Worker: w.Worker.Account, RequestKey: id.New()})
		})
		leave := sync.OnceFunc(func() {
			_, errs[0] = gate.Tick(t.Context(), w.Pools.Gate, deid.Verified, tomorrow, deid.Defaults(deid.Verified))
		})
		switch round { // both orders for certain; the others as it comes
		case 0:
			take()
		case 1:
			leave()
		}
		var group sync.WaitGroup
		begin := make(chan struct{})
		group.Go(func() { <-begin; take() })
		group.Go(func() {
			<-begin
			leave()
			_, errs[1] = assessment.Expire(t.Context(), w.Pools.Records, tomorrow)
		})
		group.Go(func() {
			<-begin
			_, errs[2] = assessment.Expire(t.Context(), w.Pools.Records, tomorrow)
		})
		close(begin)
		group.Wait()
		for _, err := range errs {
			require.NoError(t, err)
		}
		require.NoError(t, workers.Drain(t.Context()))
		noDeadLetters(t, w)
		_, err := assessment.Expire(t.Context(), w.Pools.Records, tomorrow)
		require.NoError(t, err)

		ended := slices.Contains(h.Kinds(), string(chain.NeedExpired))
		if asked == nil {
			claimed++
			require.Equal(t, needs.Claimed, h.State(need))
			require.False(t, ended)
			continue
		}
		expired++
		require.Equal(t, fault.Conflict, fault.Of(asked), "%v", asked)
		require.Equal(t, needs.Expired, h.State(need))
		require.True(t, ended)
	}
	t.Logf("%d claimed, %d expired", claimed, expired)
	require.Positive(t, claimed)
	require.Positive(t, expired)
}

// TestNeedsExpireByTheClock runs the slot twice.
func TestNeedsExpireByTheClock(t *testing.T) {
	t.Parallel()
	w := needstest.New(t)
	workers := newWorkers(t, w)
	need := w.Need("bathing", 2, needs.Approved)
	w.Exec(`update records.needs set window_from = current_date - 40, window_to = current_date - 2`, pg.Args{})
	for range 2 {
		require.NoError(t, outbox.Append(t.Context(), w.Pools.Records, outbox.Records,
			outbox.Fact{Kind: "expire-needs", Key: id.New(), Queue: outbox.Default}))
		require.NoError(t, workers.Drain(t.Context()))
		noDeadLetters(t, w)
		require.Equal(t, needs.Expired, w.State(need))
		require.Equal(t, []string{string(chain.NeedExpired)}, w.Kinds())
	}
}
