package claim_test

import (
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/charities/charitytest"
	"shanqiao/charities/claim"
	"shanqiao/charities/delivery"
	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/id"
	"shanqiao/internal/pgtest"
)

// Whatever many people do at once, in any order, the sums hold.
func TestLedgerHoldsUnderRandomWork(t *testing.T) {
	t.Parallel()
	p := pgtest.New(t)
	const people, steps = 8, 150
	cards := make([]string, 6)
	for i := range cards {
		cards[i] = charitytest.Card(t, p, 4+i)
	}
	members := make([]actor.Member, people)
	offers := make([]string, people)
	for i := range members {
		members[i] = charitytest.Verified(t, p)
		offers[i] = opened(t, p, members[i], 7)
	}
	errs := make(chan error, people*steps)
	var done sync.WaitGroup
	for i := range members {
		rnd := rand.New(rand.NewPCG(uint64(i), 2026))
		w := &worker{t: t, p: p, by: members[i], offer: offers[i], cards: cards, rnd: rnd}
		done.Go(func() {
			for range steps {
				if err := w.step(); err != nil {
					errs <- err
				}
			}
		})
	}
	done.Wait()
	close(errs)
	for err := range errs {
		require.NotEqual(t, fault.Internal, fault.Of(err), "%v", err)
	}
	checkLedger(t, p)
	for _, by := range members {
		complete(t, p, by)
	}
	checkLedger(t, p)
	var completed int
	require.NoError(t, p.Admin.QueryRow(t.Context(),
		`select count(*) from exchange.claims where state = 'completed'`).Scan(&completed))
	require.Positive(t, completed, "the work never got to an end, so it showed little")
}

type worker struct {
	t     *testing.T
	p     *pgtest.DB
	by    actor.Member
	offer string
	cards []string
	rnd   *rand.Rand
}

// step does one thing to one of the worker's claims, or to another's.
func (w *worker) step() error {
	ctx, db := w.t.Context(), w.p.Pools.Exchange
	officer := charitytest.DistrictOfficer()
	claims, err := claim.List(ctx, db, w.by)
	if err != nil {
		return err
	}
	if len(claims) == 0 || w.rnd.IntN(4) == 0 {
		r := ask(w.by, w.cards[w.rnd.IntN(len(w.cards))], 1+w.rnd.IntN(3))
		if w.rnd.IntN(2) == 0 {
			r.Offer = w.offer
		}
		_, err := claim.Take(ctx, db, w.by, r)
		return err
	}
	c := claims[w.rnd.IntN(len(claims))]
	switch w.rnd.IntN(20) {
	case 0:
		return claim.Decline(ctx, db, officer, c.ID, "not_suitable")
	case 1:
		return claim.Withdraw(ctx, db, w.by, c.ID, claim.WithdrawReasons[w.rnd.IntN(len(claim.WithdrawReasons))])
	case 2:
		return claim.End(ctx, db, c.ID, claim.Household, "consent_withdrawn")
	case 3, 4, 5:
		return claim.Accept(ctx, db, officer, c.ID)
	case 6, 7, 8:
		return claim.Introduced(ctx, db, c.ID)
	case 9, 10, 11, 12, 13:
		results := []delivery.Result{delivery.AsAgreed, delivery.AsAgreed, delivery.Absent}
		_, err := delivery.Record(ctx, db, w.by, delivery.Report{Claim: c.ID, Units: 1 + w.rnd.IntN(2),
			DeliveredOn: beijing(), Result: results[w.rnd.IntN(3)], RequestKey: id.New()})
		return err
	case 14:
		return claim.Resume(ctx, db, officer, c.ID)
	}
	list, err := delivery.List(ctx, db, c.ID)
	if err != nil {
		return err
	}
	for _, d := range list {
		answer := delivery.Received
		if w.rnd.IntN(5) == 0 {
			answer = delivery.NotReceived
		}
		if err := delivery.Confirmed(ctx, db, d.ID, answer); err != nil {
			return err
		}
	}
	return nil
}

// complete brings every open claim of an organisation to its good end.
func complete(t *testing.T, p *pgtest.DB, by actor.Member) {
	t.Helper()
	ctx, db, officer := t.Context(), p.Pools.Exchange, charitytest.DistrictOfficer()
	claims, err := claim.List(ctx, db, by)
	require.NoError(t, err)
	for _, c := range claims {
		switch c.State {
		case claim.Requested:
			require.NoError(t, claim.Accept(ctx, db, officer, c.ID))
			require.NoError(t, claim.Introduced(ctx, db, c.ID))
		case claim.Accepted:
			require.NoError(t, claim.Introduced(ctx, db, c.ID))
		case claim.OnHold:
			require.NoError(t, claim.Resume(ctx, db, officer, c.ID))
		case claim.InProgress:
		default:
			continue
		}
		if c.Left() > 0 {
			_, err := delivery.Record(ctx, db, by, report(c, c.Left(), delivery.AsAgreed))
			require.NoError(t, err)
		}
		list, err := delivery.List(ctx, db, c.ID)
		require.NoError(t, err)
		for _, d := range list {
			require.NoError(t, delivery.Confirmed(ctx, db, d.ID, delivery.Received))
		}
		c, err = claim.For(ctx, db, by, c.ID)
		require.NoError(t, err)
		require.Equal(t, claim.Completed, c.State)
	}
}

const held = `sum(case when state in ('requested','accepted','on-hold','in-progress','completed')
	then units else delivered end)`

// checkLedger compares every sum that is kept with the rows it sums up.
func checkLedger(t *testing.T, p *pgtest.DB) {
	t.Helper()
	for name, sql := range map[string]string{
		"cards": `select count(*) from exchange.cards k
		   where k.committed is distinct from
		     (select coalesce(` + held + `, 0) from exchange.claims c where c.card_id = k.id)
		      or k.delivered is distinct from
		     (select coalesce(sum(c.delivered), 0) from exchange.claims c where c.card_id = k.id)`,
		"offers": `select count(*) from exchange.offers o
		   where o.committed is distinct from
		     (select coalesce(` + held + `, 0) from exchange.claims c where c.offer_id = o.id)`,
		"claims": `select count(*) from exchange.claims c
		   where c.delivered is distinct from
		     (select coalesce(sum(d.units), 0) from exchange.deliveries d
		       where d.claim_id = c.id and d.result <> 'person_absent' and d.answer is distinct from 'not_received')`,
		"completed and not whole": `select count(*) from exchange.claims where state = 'completed' and delivered <> units`,
	} {
		var wrong int
		require.NoError(t, p.Admin.QueryRow(t.Context(), sql).Scan(&wrong), name)
		require.Zero(t, wrong, name)
	}
}
