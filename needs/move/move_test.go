package move_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/fault"
	"shanqiao/internal/id"
	"shanqiao/internal/pg"
	"shanqiao/needs"
	"shanqiao/needs/move"
	"shanqiao/needs/needstest"
)

func TestPath(t *testing.T) {
	t.Parallel()
	require.Equal(t, []needs.State{needs.Published, needs.Claimed}, move.Path(needs.Approved, needs.Claimed))
	require.Equal(t, []needs.State{needs.Published, needs.Approved}, move.Path(needs.InService, needs.Approved))
	require.Empty(t, move.Path(needs.Draft, needs.Withdrawn), "only a person withdraws")
	require.Empty(t, move.Path(needs.Fulfilled, needs.Published), "what is fulfilled is not reopened by an event")
	for from := range needs.Moves {
		for to := range needs.Moves {
			at := from
			for _, next := range move.Path(from, to) {
				require.Contains(t, needs.Moves[at], next, "%s → %s", from, to)
				at = next
			}
		}
	}
}

func TestTo(t *testing.T) {
	t.Parallel()
	w := needstest.New(t)
	need := w.Need("bathing", 4, needs.Approved)
	to := func(id needs.ID, s needs.State) error {
		return w.System(func(ctx context.Context, tx pg.DB) error { return move.To(ctx, tx, id, s) })
	}
	require.Equal(t, fault.Conflict, fault.Of(to(need, needs.Fulfilled)))
	require.NoError(t, to(need, needs.Published))
	require.NoError(t, to(need, needs.Claimed))
	require.Equal(t, fault.NotFound, fault.Of(to(needs.ID(id.New()), needs.Published)))
	require.Equal(t, needs.Claimed, w.State(need))
}

func TestSettle(t *testing.T) {
	t.Parallel()
	settle := func(w *needstest.World, need needs.ID) needs.State {
		var at needs.State
		require.NoError(t, w.System(func(ctx context.Context, tx pg.DB) (err error) {
			at, err = move.Settle(ctx, tx, need)
			return err
		}))
		return at
	}
	t.Run("the furthest of several living claims speaks for the need", func(t *testing.T) {
		t.Parallel()
		w := needstest.New(t)
		need := w.Need("bathing", 4, needs.Approved)
		card := w.Card(need)
		require.Equal(t, needs.Published, settle(w, need))
		w.Claim(card, w.Org, 1, "requested")
		require.Equal(t, needs.Claimed, settle(w, need))
		second := w.Claim(card, w.Organisation("verified"), 1, "in-progress")
		w.Exec(`insert into records.outcomes (delivery_id, claim_id, need_id, household_id, region, units, result, delivered_on)
		        values ('d', @claim, @need, @household, @region, 1, 'as_agreed', current_date)`,
			pg.Args{"claim": second, "need": need, "household": w.Household, "region": needstest.Region})
		require.Equal(t, needs.InService, settle(w, need))
		w.ClaimState(second, "failed")
		require.Equal(t, needs.Claimed, settle(w, need))
	})
	t.Run("a need whose card closed, and of which help is denied, may be listed anew", func(t *testing.T) {
		t.Parallel()
		w := needstest.New(t)
		need := w.Need("bathing", 1, needs.InService)
		card := w.Card(need)
		w.Claim(card, w.Org, 1, "completed")
		w.Exec(`update exchange.cards set state = 'closed' where id = @id`, pg.Args{"id": card})
		require.Equal(t, needs.Approved, settle(w, need))
		w.Card(need) // the gate lists it again: no open listing stands in the way
		require.Equal(t, needs.Published, settle(w, need))
	})
	t.Run("a draft and a withdrawn need do not move by themselves", func(t *testing.T) {
		t.Parallel()
		w := needstest.New(t)
		for code, state := range map[needs.Code]needs.State{"bathing": needs.Draft, "meals": needs.Withdrawn, "reading": needs.Closed} {
			need := w.Need(code, 4, state)
			w.Claim(w.Card(need), w.Org, 1, "accepted")
			require.Equal(t, state, settle(w, need))
		}
	})
	t.Run("an expired need comes back by what there is for it after all", func(t *testing.T) {
		t.Parallel()
		w := needstest.New(t)
		need := w.Need("bathing", 4, needs.Expired)
		require.Equal(t, needs.Expired, settle(w, need), "for nothing it does not")
		card := w.Card(need)
		require.Equal(t, needs.Published, settle(w, need))
		w.Exec(`update records.needs set state = 'expired'`, pg.Args{})
		claim := w.Claim(card, w.Org, 1, "accepted")
		require.Equal(t, needs.Claimed, settle(w, need))
		w.ClaimState(claim, "cancelled")
		w.Exec(`update exchange.cards set state = 'withdrawn'`, pg.Args{})
		w.Exec(`update records.needs set state = 'expired', delivered = quantity`, pg.Args{})
		require.Equal(t, needs.Fulfilled, settle(w, need), "all was delivered, and told of late")
	})
	t.Run("an expired need that was asked for anew stays behind", func(t *testing.T) {
		t.Parallel()
		w := needstest.New(t)
		old := w.Need("bathing", 4, needs.Expired)
		w.Claim(w.Card(old), w.Org, 1, "accepted")
		w.Need("bathing", 4, needs.Draft)
		require.Equal(t, needs.Expired, settle(w, old), "one open need of a kind")
	})
}
