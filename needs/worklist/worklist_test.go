package worklist_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/fault"
	"shanqiao/internal/id"
	"shanqiao/internal/pg"
	"shanqiao/needs"
	"shanqiao/needs/consent"
	"shanqiao/needs/needstest"
	"shanqiao/needs/outcome"
	"shanqiao/needs/worklist"
)

func TestToday(t *testing.T) {
	t.Parallel()
	w := needstest.New(t)
	w.Need("meals", 20, needs.Draft)
	w.Exec(`update records.needs set window_from = current_date - 60, window_to = current_date`, pg.Args{})
	w.Need("reading", 2, needs.Approved)
	need := w.Need("bathing", 4, needs.Published)
	card := w.Card(need)
	w.Claim(card, w.Organisation("verified"), 1, "requested")
	accepted := w.Claim(card, w.Org, 1, "accepted")
	served := w.Claim(w.Card(w.Need("nursing", 4, needs.Published)), w.Org, 1, "in-progress")
	delivery := w.Delivery(served, 1, "as_agreed")
	require.NoError(t, w.System(func(ctx context.Context, tx pg.DB) error { return outcome.Delivered(ctx, tx, delivery) }))

	got, err := worklist.Today(t.Context(), w.Pools.Records, w.Approver)
	require.NoError(t, err)
	require.Equal(t, worklist.Counts{ToApprove: 1, Waiting: 1, Claims: 1, Consents: 1, Confirm: 1, Overdue: 1}, got)

	got, err = worklist.Today(t.Context(), w.Pools.Records, w.Assessor)
	require.NoError(t, err)
	require.Zero(t, got.ToApprove, "own drafts are for somebody else")

	got, err = worklist.Today(t.Context(), w.Pools.Records, w.Stranger)
	require.NoError(t, err)
	require.Equal(t, worklist.Counts{}, got)

	_, err = consent.Give(t.Context(), w.Pools.Records, w.Assessor, consent.Consent{Need: need, Claim: accepted, Organisation: w.Org,
		Worker: w.Worker.Account, Fields: []consent.Field{consent.Phone}, Purpose: "arrange_and_serve", GivenBy: w.Member,
		Channel: consent.ByPhone, TextVersion: consent.Current().Version, Days: 7})
	require.NoError(t, err)
	got, err = worklist.Today(t.Context(), w.Pools.Records, w.Approver)
	require.NoError(t, err)
	require.Equal(t, 0, got.Consents)
	require.Equal(t, 1, got.Introduce)

	t.Run("each number is the length of its list", func(t *testing.T) {
		for view, n := range map[worklist.View]int{worklist.ToApprove: 1, worklist.Waiting: 1, worklist.Overdue: 1, worklist.Direct: 0} {
			rows, more, err := worklist.Needs(t.Context(), w.Pools.Records, w.Approver, view, worklist.After{})
			require.NoError(t, err)
			require.False(t, more)
			require.Len(t, rows, n, view)
		}
		for step, n := range map[worklist.Step]int{worklist.Decide: 1, worklist.Consent: 0, worklist.Introduce: 1} {
			rows, _, err := worklist.Claims(t.Context(), w.Pools.Records, w.Approver, step, worklist.After{})
			require.NoError(t, err)
			require.Len(t, rows, n, step)
		}
		rows, _, err := worklist.Deliveries(t.Context(), w.Pools.Records, w.Approver, false, worklist.After{})
		require.NoError(t, err)
		require.Len(t, rows, 1)
		for _, view := range worklist.Views {
			rows, _, err := worklist.Needs(t.Context(), w.Pools.Records, w.Stranger, view, worklist.After{})
			require.NoError(t, err)
			require.Empty(t, rows, view)
		}
	})
	t.Run("another subdistrict's need and claim are not there", func(t *testing.T) {
		_, err := worklist.NeedFor(t.Context(), w.Pools.Records, w.Stranger, need)
		require.Equal(t, fault.NotFound, fault.Of(err))
		_, err = worklist.ClaimFor(t.Context(), w.Pools.Records, w.Stranger, accepted)
		require.Equal(t, fault.NotFound, fault.Of(err))
		_, err = worklist.ClaimFor(t.Context(), w.Pools.Records, w.Approver, id.New())
		require.Equal(t, fault.NotFound, fault.Of(err))
		c, err := worklist.ClaimFor(t.Context(), w.Pools.Records, w.Approver, accepted)
		require.NoError(t, err)
		require.NotEmpty(t, c.ConsentID)
		all, err := worklist.ClaimsOf(t.Context(), w.Pools.Records, w.Approver, need)
		require.NoError(t, err)
		require.Len(t, all, 2)
		cards, err := worklist.Cards(t.Context(), w.Pools.Records, w.Approver, need)
		require.NoError(t, err)
		require.Len(t, cards, 1)
		hers, err := worklist.OfHousehold(t.Context(), w.Pools.Records, w.Citizen, w.Household)
		require.NoError(t, err)
		require.Len(t, hers, 4)
		got, err := worklist.DeliveriesOf(t.Context(), w.Pools.Records, w.Citizen, w.Household)
		require.NoError(t, err)
		require.Len(t, got, 1)
	})
}

// TestExpired keeps a need for which nobody came before the officer's eyes.
func TestExpired(t *testing.T) {
	t.Parallel()
	w := needstest.New(t)
	listed := func() []worklist.Need {
		t.Helper()
		rows, _, err := worklist.Needs(t.Context(), w.Pools.Records, w.Assessor, worklist.Overdue, worklist.After{})
		require.NoError(t, err)
		today, err := worklist.Today(t.Context(), w.Pools.Records, w.Assessor)
		require.NoError(t, err)
		require.Equal(t, len(rows), today.Overdue)
		return rows
	}
	need := w.Need("bathing", 4, needs.Expired)
	require.Len(t, listed(), 1)
	require.Equal(t, need, listed()[0].ID)
	w.Need("meals", 20, needs.Draft)
	require.Len(t, listed(), 1, "a need of another kind is no answer to it")
	w.Need("bathing", 4, needs.Draft)
	require.Empty(t, listed(), "it was assessed anew")
	w.Exec(`delete from records.needs where state = 'draft'`, pg.Args{})
	require.Len(t, listed(), 1)
	w.Exec(`update records.needs set state = 'withdrawn'`, pg.Args{})
	require.Empty(t, listed())
}

func TestPaging(t *testing.T) {
	t.Parallel()
	w := needstest.New(t)
	need := w.Need("bathing", 4, needs.Draft)
	w.Exec(`insert into records.needs (id, household_id, region, assessment_id, code, quantity, urgency, window_from, window_to, state, assessed_by)
	        select 'n' || g, household_id, region, assessment_id, code || g, 1, 1 + g % 4,
	               window_from, window_to, 'draft', assessed_by
	          from records.needs, generate_series(100, 174) g where id = @id`, pg.Args{"id": need})
	seen := map[needs.ID]bool{}
	var after worklist.After
	for pages := 1; ; pages++ {
		rows, more, err := worklist.Needs(t.Context(), w.Pools.Records, w.Approver, worklist.ToApprove, after)
		require.NoError(t, err)
		for _, r := range rows {
			require.False(t, seen[r.ID])
			seen[r.ID] = true
			after = worklist.After{Urgency: int(r.Urgency), CreatedAt: r.CreatedAt, ID: string(r.ID)}
		}
		if !more {
			require.Equal(t, 3, pages)
			break
		}
	}
	total, err := pg.One[int](t.Context(), w.Admin, nil, `select count(*)::int from records.needs`, pg.Args{})
	require.NoError(t, err)
	require.Len(t, seen, total)
}
