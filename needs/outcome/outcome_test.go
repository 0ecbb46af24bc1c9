package outcome_test

import (
	"context"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/id"
	"shanqiao/internal/pg"
	"shanqiao/needs"
	"shanqiao/needs/needstest"
	"shanqiao/needs/outcome"
)

type reaction func(ctx context.Context, tx pg.DB, ref string) error

func run(w *needstest.World, do reaction, ref string) error {
	return w.System(func(ctx context.Context, tx pg.DB) error { return do(ctx, tx, ref) })
}

func proposal(w *needstest.World, card, kind string) {
	offer, origin := id.New(), id.New()
	switch kind {
	case "charity":
		w.Exec(`insert into exchange.projects (id, organisation_id, title, summary, codes, areas, places, starts_on, ends_on)
		        values (@id, @org, 't', 's', '{bathing}', '{110105}', 9, current_date, current_date)`,
			pg.Args{"id": origin, "org": w.Org})
	case "volunteer":
		w.Exec(`insert into exchange.volunteers (id, organisation_id, account_id, skills, areas, units_per_month)
		        values (@id, @org, @id, '{bathing}', '{110105}', 9)`, pg.Args{"id": origin, "org": w.Org})
	}
	w.Exec(`insert into exchange.offers (id, kind, organisation_id, project_id, volunteer_id, codes, areas, capacity, starts_on, ends_on)
	        values (@id, @kind::text, @org, case when @kind::text = 'charity' then @origin end,
	                case when @kind::text = 'volunteer' then @origin end, '{bathing}', '{110105}', 9, current_date, current_date)`,
		pg.Args{"id": offer, "kind": kind, "org": w.Org, "origin": origin})
	w.Exec(`insert into exchange.proposals (card_id, offer_id, units, score, parts, trace)
	        values (@card, @offer, 1, 1, '[]', '[]')`, pg.Args{"card": card, "offer": offer})
}

// TestOnce calls everything that comes back over the bridge three times, at
// once and in every order chance gives, and finds one entry for each thing.
func TestOnce(t *testing.T) {
	t.Parallel()
	for range 6 {
		t.Run("three times, at once, out of order", func(t *testing.T) {
			t.Parallel()
			w := needstest.New(t)
			need := w.Need("bathing", 4, needs.Approved)
			card := w.Card(need)
			proposal(w, card, "charity")
			proposal(w, card, "volunteer")
			first := w.Claim(card, w.Org, 2, "completed")
			second := w.Claim(card, w.Organisation("verified"), 2, "in-progress")
			third := w.Claim(card, w.Organisation("verified"), 1, "rejected")
			one, two := w.Delivery(first, 1, "as_agreed"), w.Delivery(first, 1, "partly")
			absent, last := w.Delivery(second, 1, "person_absent"), w.Delivery(second, 1, "as_agreed")
			type call struct {
				do  reaction
				ref string
			}
			calls := []call{{outcome.Listed, card}, {outcome.Matched, card}, {outcome.Claimed, first}, {outcome.Claimed, second},
				{outcome.Claimed, third}, {outcome.Answered, first}, {outcome.Answered, second}, {outcome.Answered, third},
				{outcome.Delivered, one}, {outcome.Delivered, two}, {outcome.Delivered, absent}, {outcome.Delivered, last}}
			calls = append(append(calls, calls...), calls...)
			rand.Shuffle(len(calls), func(i, j int) { calls[i], calls[j] = calls[j], calls[i] })
			var group sync.WaitGroup
			errs := make(chan error, len(calls))
			for _, c := range calls {
				group.Go(func() { errs <- run(w, c.do, c.ref) })
			}
			group.Wait()
			close(errs)
			for err := range errs {
				require.NoError(t, err)
			}
			got := map[string]int{}
			for _, k := range w.Kinds() {
				got[k]++
			}
			require.Equal(t, map[string]int{"published": 1, "matched": 1, "claimed": 3, "delivered": 4,
				"claim_answered": 4}, got) // accepted and completed; accepted; rejected
			require.Equal(t, "published", w.Kinds()[0])
			require.Equal(t, needs.InService, w.State(need))
			units, err := pg.One[int](t.Context(), w.Admin, nil, `select delivered from records.needs where id = @id`, pg.Args{"id": need})
			require.NoError(t, err)
			require.Equal(t, 3, units, "a visit to an empty flat delivers nothing")
		})
	}
}

// TestNamed keeps what an organisation was called that day, in both languages.
func TestNamed(t *testing.T) {
	t.Parallel()
	w := needstest.New(t)
	claim := w.Claim(w.Card(w.Need("bathing", 2, needs.Published)), w.Org, 2, "in-progress")
	require.NoError(t, run(w, outcome.Claimed, claim))
	w.Exec(`update exchange.organisations set name_en = 'Good Neighbours' where id = @id`, pg.Args{"id": w.Org})
	require.NoError(t, run(w, outcome.Delivered, w.Delivery(claim, 1, "as_agreed")))
	said, err := pg.Many[string](t.Context(), w.Admin, `
		select kind || ': ' || (payload::jsonb ->> 'name') || ', ' || coalesce(payload::jsonb ->> 'name_en', 'none')
		  from records.chain_entries
		 where household_id = @household and payload::jsonb ? 'name'
		 order by seq`, pg.Args{"household": w.Household})
	require.NoError(t, err)
	require.Equal(t, []string{"claimed: 邻里助老社, none", "claim_answered: 邻里助老社, Good Neighbours", "delivered: 邻里助老社, Good Neighbours"}, said)
}

func TestDelivered(t *testing.T) {
	t.Parallel()
	t.Run("the last unit and every answer fulfil the need, and more than was asked breaks nothing", func(t *testing.T) {
		t.Parallel()
		w := needstest.New(t)
		need := w.Need("bathing", 2, needs.Published)
		claim := w.Claim(w.Card(need), w.Org, 2, "in-progress")
		one, two := w.Delivery(claim, 1, "as_agreed"), w.Delivery(claim, 1, "as_agreed")
		require.NoError(t, run(w, outcome.Delivered, one))
		require.NoError(t, run(w, outcome.Delivered, two))
		require.Equal(t, needs.InService, w.State(need), "the provider's word is one key of two")
		w.ClaimState(claim, "failed")
		require.NoError(t, run(w, outcome.Answered, claim))
		require.Equal(t, needs.InService, w.State(need), "and nobody else is sent meanwhile")
		require.NoError(t, outcome.Confirm(t.Context(), w.Pools.Records, w.Citizen, one, outcome.Received))
		require.Equal(t, needs.InService, w.State(need))
		require.NoError(t, outcome.Confirm(t.Context(), w.Pools.Records, w.Approver, two, outcome.Partly))
		require.Equal(t, needs.Fulfilled, w.State(need))
		require.Equal(t, []string{"confirmed", "need_fulfilled"}, w.Kinds()[len(w.Kinds())-2:])
		require.NoError(t, run(w, outcome.Delivered, w.Delivery(claim, 2, "as_agreed")))
		require.Equal(t, needs.Fulfilled, w.State(need))
	})
	t.Run("what the household denies is not counted, and somebody else may help", func(t *testing.T) {
		t.Parallel()
		w := needstest.New(t)
		need := w.Need("bathing", 1, needs.Published)
		claim := w.Claim(w.Card(need), w.Org, 1, "in-progress")
		delivery := w.Delivery(claim, 1, "as_agreed")
		require.NoError(t, run(w, outcome.Delivered, delivery))
		require.NoError(t, outcome.Confirm(t.Context(), w.Pools.Records, w.Citizen, delivery, outcome.NotReceived))
		left, err := pg.One[int](t.Context(), w.Admin, nil, `select delivered from records.needs where id = @id`, pg.Args{"id": need})
		require.NoError(t, err)
		require.Zero(t, left)
		require.Equal(t, needs.Claimed, w.State(need))
		w.ClaimState(claim, "failed")
		require.NoError(t, run(w, outcome.Answered, claim))
		require.Equal(t, needs.Published, w.State(need))
		require.NotContains(t, w.Kinds(), "need_fulfilled")
	})
	t.Run("a delivery on a withdrawn need is still on the chain", func(t *testing.T) {
		t.Parallel()
		w := needstest.New(t)
		need := w.Need("bathing", 2, needs.Withdrawn)
		claim := w.Claim(w.Card(need), w.Org, 1, "in-progress")
		require.NoError(t, run(w, outcome.Delivered, w.Delivery(claim, 1, "as_agreed")))
		require.Contains(t, w.Kinds(), "delivered")
		require.Equal(t, needs.Withdrawn, w.State(need))
	})
	t.Run("what is not there is not found", func(t *testing.T) {
		t.Parallel()
		w := needstest.New(t)
		for _, do := range []reaction{outcome.Listed, outcome.Unlisted, outcome.Matched, outcome.Claimed, outcome.Answered, outcome.Delivered} {
			require.Equal(t, fault.NotFound, fault.Of(run(w, do, id.New())))
		}
	})
}

func TestUnlisted(t *testing.T) {
	t.Parallel()
	t.Run("a need nobody took waits again", func(t *testing.T) {
		t.Parallel()
		w := needstest.New(t)
		need := w.Need("bathing", 4, needs.Approved)
		card := w.Card(need)
		require.NoError(t, run(w, outcome.Unlisted, card), "it is still open")
		require.Empty(t, w.Kinds())
		w.Exec(`update exchange.cards set state = 'withdrawn' where id = @id`, pg.Args{"id": card})
		require.NoError(t, run(w, outcome.Unlisted, card), "before its listing was told")
		require.NoError(t, run(w, outcome.Listed, card))
		require.NoError(t, run(w, outcome.Unlisted, card))
		require.Equal(t, []string{"published", "unlisted"}, w.Kinds())
		require.Equal(t, needs.Approved, w.State(need))
	})
	t.Run("a claim goes on when its card leaves", func(t *testing.T) {
		t.Parallel()
		w := needstest.New(t)
		need := w.Need("bathing", 4, needs.Published)
		card := w.Card(need)
		require.NoError(t, run(w, outcome.Claimed, w.Claim(card, w.Org, 2, "accepted")))
		w.Exec(`update exchange.cards set state = 'closed' where id = @id`, pg.Args{"id": card})
		require.NoError(t, run(w, outcome.Unlisted, card))
		require.Equal(t, needs.Claimed, w.State(need))
	})
}

func TestListed(t *testing.T) {
	t.Parallel()
	w := needstest.New(t)
	card := w.Card(w.Need("bathing", 4, needs.Approved))
	w.Exec(`update records.listings set tier = 'direct'`, pg.Args{})
	require.NoError(t, run(w, outcome.Listed, card))
	require.Equal(t, []string{"sent_direct"}, w.Kinds(), "the chain says which way it went")
}

func TestMatched(t *testing.T) {
	t.Parallel()
	w := needstest.New(t)
	card := w.Card(w.Need("bathing", 4, needs.Approved))
	require.NoError(t, run(w, outcome.Matched, card), "nothing found is no entry")
	require.Empty(t, w.Kinds())
	proposal(w, card, "charity")
	require.NoError(t, run(w, outcome.Matched, card))
	require.NoError(t, run(w, outcome.Matched, card))
	proposal(w, card, "volunteer")
	require.NoError(t, run(w, outcome.Matched, card))
	require.Equal(t, []string{"published", "matched", "matched"}, w.Kinds())
}

func TestAnswered(t *testing.T) {
	t.Parallel()
	for _, state := range []string{"rejected", "completed", "failed", "cancelled", "entered-in-error"} {
		t.Run("a claim that is "+state+" frees the need and destroys the contact", func(t *testing.T) {
			t.Parallel()
			w := needstest.New(t)
			need := w.Need("bathing", 4, needs.Introduced)
			claim := w.Claim(w.Card(need), w.Org, 2, state)
			w.Exec(`insert into records.consents (id, household_id, region, need_id, claim_id, organisation_id, worker_id, fields,
			                                      purpose, given_by, channel, text_version, text_hash, recorded_by, until)
			        values ('c', @household, @region, @need, @claim, @org, 'w', '{phone}', 'p', @member, 'phone', '1', '\x01', 'o', now() + interval '9 days')`,
				pg.Args{"household": w.Household, "region": needstest.Region, "need": need, "claim": claim, "org": w.Org, "member": w.Member})
			w.Exec(`insert into records.introductions (claim_id, consent_id, household_id, region, worker_id, contact_sealed, until, introduced_by)
			        values (@claim, 'c', @household, @region, 'w', '\x01', now() + interval '9 days', 'o')`,
				pg.Args{"household": w.Household, "region": needstest.Region, "claim": claim})
			require.NoError(t, run(w, outcome.Answered, claim))
			require.NoError(t, run(w, outcome.Answered, claim))
			require.Equal(t, needs.Published, w.State(need))
			left, err := pg.One[int](t.Context(), w.Admin, nil, `
				select count(*)::int from records.introductions where ended_at is null or contact_sealed is not null`, pg.Args{})
			require.NoError(t, err)
			require.Zero(t, left)
			kinds := map[string]int{}
			for _, k := range w.Kinds() {
				kinds[k]++
			}
			require.Equal(t, 1, kinds["introduction_ended"])
			require.Equal(t, 1, kinds["claimed"])
		})
	}
	t.Run("one of two claims falls through and the need stays claimed", func(t *testing.T) {
		t.Parallel()
		w := needstest.New(t)
		need := w.Need("bathing", 4, needs.Published)
		card := w.Card(need)
		first := w.Claim(card, w.Org, 2, "requested")
		require.NoError(t, run(w, outcome.Claimed, first))
		require.NoError(t, run(w, outcome.Claimed, w.Claim(card, w.Organisation("verified"), 2, "requested")))
		w.ClaimState(first, "cancelled")
		require.NoError(t, run(w, outcome.Answered, first))
		require.Equal(t, needs.Claimed, w.State(need))
	})
}

func TestConfirm(t *testing.T) {
	t.Parallel()
	start := func(t *testing.T) (*needstest.World, string) {
		w := needstest.New(t)
		claim := w.Claim(w.Card(w.Need("bathing", 4, needs.Published)), w.Org, 2, "in-progress")
		delivery := w.Delivery(claim, 1, "as_agreed")
		require.NoError(t, run(w, outcome.Delivered, delivery))
		return w, delivery
	}
	t.Run("the household's own word, once", func(t *testing.T) {
		t.Parallel()
		w, delivery := start(t)
		require.NoError(t, outcome.Confirm(t.Context(), w.Pools.Records, w.Citizen, delivery, outcome.Received))
		err := outcome.Confirm(t.Context(), w.Pools.Records, w.Assessor, delivery, outcome.NotReceived)
		require.Equal(t, "outcome.confirmed_already", fault.As(err).Key)
		require.Equal(t, "confirmed", w.Kinds()[len(w.Kinds())-1])
		require.Equal(t, []string{"outcome.confirmed"}, w.Facts())
	})
	t.Run("two at once: one is heard", func(t *testing.T) {
		t.Parallel()
		w, delivery := start(t)
		var group sync.WaitGroup
		errs := make([]error, 8)
		for i := range errs {
			group.Go(func() {
				errs[i] = outcome.Confirm(t.Context(), w.Pools.Records, w.Citizen, delivery, outcome.Answers[i%3])
			})
		}
		group.Wait()
		ok := 0
		for _, err := range errs {
			if err == nil {
				ok++
			} else {
				require.Equal(t, fault.Conflict, fault.Of(err))
			}
		}
		require.Equal(t, 1, ok)
	})
	t.Run("another household, another subdistrict and the provider find nothing", func(t *testing.T) {
		t.Parallel()
		w, delivery := start(t)
		for _, by := range []actor.Actor{actor.Citizen{Account: id.New(), Household: id.New()}, actor.Citizen{Account: id.New()},
			w.Stranger, w.Worker, actor.Auditor{}, actor.Administrator{}} {
			err := outcome.Confirm(t.Context(), w.Pools.Records, by, delivery, outcome.Received)
			require.Equal(t, fault.NotFound, fault.Of(err), "%T", by)
		}
	})
	t.Run("an unknown answer is refused", func(t *testing.T) {
		t.Parallel()
		w, delivery := start(t)
		err := outcome.Confirm(t.Context(), w.Pools.Records, w.Citizen, delivery, "perhaps")
		require.Equal(t, fault.Invalid, fault.Of(err))
	})
}
