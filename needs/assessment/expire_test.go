package assessment_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/fault"
	"shanqiao/internal/id"
	"shanqiao/internal/pg"
	"shanqiao/needs"
	"shanqiao/needs/assessment"
	"shanqiao/needs/needstest"
)

// over puts a need whose window ended yesterday.
func over(w *needstest.World, code needs.Code, state needs.State) needs.ID {
	need := w.Need(code, 4, state)
	w.Exec(`update records.needs set window_from = @day::date - 45, window_to = @day::date - 1 where id = @id`,
		pg.Args{"id": need, "day": w.Today()})
	return need
}

func expire(t *testing.T, w *needstest.World, day time.Time) int {
	t.Helper()
	n, err := assessment.Expire(t.Context(), w.Pools.Records, day)
	require.NoError(t, err)
	return n
}

func TestExpire(t *testing.T) {
	t.Parallel()

	t.Run("ends what nobody came for, once, and the family reads it", func(t *testing.T) {
		t.Parallel()
		w := needstest.New(t)
		need := over(w, "bathing", needs.Approved)
		require.Zero(t, expire(t, w, w.Today().AddDate(0, 0, -1)), "a window holds to the end of its last day")
		require.Equal(t, 1, expire(t, w, w.Today()))
		require.Equal(t, needs.Expired, w.State(need))
		require.Zero(t, expire(t, w, w.Today()))
		require.Equal(t, []string{"need_expired"}, w.Kinds())
		require.Empty(t, w.Facts(), "nothing follows from it by itself")
	})

	t.Run("a published one whose card has left expires, whether or not the message has come", func(t *testing.T) {
		t.Parallel()
		w := needstest.New(t)
		need := over(w, "bathing", needs.Published)
		card := w.Card(need)
		require.Zero(t, expire(t, w, w.Today()), "a card that is up runs its own time")
		require.Equal(t, needs.Published, w.State(need))
		w.Exec(`update exchange.cards set state = 'withdrawn' where id = @id`, pg.Args{"id": card})
		w.Exec(`update records.listings set closed_at = now() where card_id = @id`, pg.Args{"id": card})
		require.Equal(t, 1, expire(t, w, w.Today()))
		require.Equal(t, needs.Expired, w.State(need))
	})

	t.Run("not while somebody helps, decides or may look at the contact", func(t *testing.T) {
		t.Parallel()
		w := needstest.New(t)
		var held []needs.ID
		for code, state := range map[needs.Code]string{"bathing": "requested", "meals": "accepted", "reading": "on-hold", "haircut": "in-progress"} {
			need := over(w, code, needs.Approved) // the message of the claim has not come
			w.Claim(w.Card(need), w.Org, 1, state)
			held = append(held, need)
		}
		introduced := over(w, "nursing", needs.Approved)
		claim := w.Claim(w.Card(introduced), w.Org, 1, "cancelled") // nor that of its end
		w.Exec(`insert into records.consents (id, household_id, region, need_id, claim_id, organisation_id, worker_id, fields, purpose,
		                                      given_by, channel, text_version, text_hash, recorded_by, until)
		        values (@id, @household, @region, @need, @claim, @org, @worker, '{phone}', 'arrange_and_serve',
		                @member, 'phone', 'introduction/1', '\x01', 'officer', now() + interval '7 days')`,
			pg.Args{"id": id.New(), "household": w.Household, "region": needstest.Region, "need": introduced, "claim": claim,
				"org": w.Org, "worker": w.Worker.Account, "member": w.Member})
		w.Exec(`insert into records.introductions (claim_id, consent_id, household_id, region, worker_id, contact_sealed, until, introduced_by)
		        select claim_id, id, household_id, region, worker_id, '\x01', until, 'officer' from records.consents`, pg.Args{})
		w.Exec(`update exchange.cards set state = 'closed'`, pg.Args{})
		w.Exec(`update records.listings set closed_at = now()`, pg.Args{})
		require.Zero(t, expire(t, w, w.Today()))
		for _, need := range held {
			require.NotEqual(t, needs.Expired, w.State(need))
		}
		require.Equal(t, needs.Approved, w.State(introduced))
		require.Empty(t, w.Kinds())

		w.Exec(`update exchange.claims set state = 'cancelled'`, pg.Args{})
		w.Exec(`update records.introductions set ended_at = now(), contact_sealed = null`, pg.Args{})
		w.Exec(`update records.needs set state = 'approved'`, pg.Args{}) // as their messages would have it
		require.Equal(t, 5, expire(t, w, w.Today()))
	})

	t.Run("a draft, what somebody serves and what has ended do not", func(t *testing.T) {
		t.Parallel()
		for _, state := range []needs.State{needs.Draft, needs.Claimed, needs.Introduced, needs.InService, needs.Fulfilled, needs.Closed, needs.Withdrawn} {
			w := needstest.New(t)
			need := over(w, "bathing", state)
			require.Zero(t, expire(t, w, w.Today()))
			require.Equal(t, state, w.State(need))
		}
	})

	t.Run("ten at once are one", func(t *testing.T) {
		t.Parallel()
		w := needstest.New(t)
		for _, code := range []needs.Code{"bathing", "meals", "reading"} {
			over(w, code, needs.Approved)
		}
		var group sync.WaitGroup
		expired, errs := make([]int, 10), make([]error, 10)
		for i := range expired {
			group.Go(func() { expired[i], errs[i] = assessment.Expire(t.Context(), w.Pools.Records, w.Today()) })
		}
		group.Wait()
		sum := 0
		for i := range expired {
			require.NoError(t, errs[i])
			sum += expired[i]
		}
		require.Equal(t, 3, sum)
		require.Len(t, w.Kinds(), 3)
	})

	t.Run("the officer assesses anew, or withdraws it", func(t *testing.T) {
		t.Parallel()
		w := needstest.New(t)
		need := over(w, "bathing", needs.Approved)
		expire(t, w, w.Today())
		assessed(t, w) // of the same kind
		require.NoError(t, assessment.Withdraw(t.Context(), w.Pools.Records, w.Assessor, need, "不用了"))
		require.Equal(t, needs.Withdrawn, w.State(need))
	})
}

func TestADraftWhoseWindowIsOverGetsNewDaysFirst(t *testing.T) {
	t.Parallel()
	w := needstest.New(t)
	need := over(w, "bathing", needs.Draft)
	err := assessment.Approve(t.Context(), w.Pools.Records, w.Approver, need)
	require.Equal(t, fault.Conflict, fault.Of(err))
	require.Equal(t, "need.window_over", fault.As(err).Key)
	require.Equal(t, needs.Draft, w.State(need))
	require.NoError(t, assessment.Revise(t.Context(), w.Pools.Records, w.Assessor, need, assessment.Line{Quantity: 4, Urgency: 3}))
	require.NoError(t, assessment.Approve(t.Context(), w.Pools.Records, w.Approver, need))
}
