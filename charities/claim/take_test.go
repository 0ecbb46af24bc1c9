package claim_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shanqiao/charities/charitytest"
	"shanqiao/charities/claim"
	"shanqiao/charities/organisation"
	"shanqiao/charities/volunteer"
	"shanqiao/internal/actor"
	"shanqiao/internal/civil"
	"shanqiao/internal/fault"
	"shanqiao/internal/id"
	"shanqiao/internal/pgtest"
)

func ask(by actor.Member, card string, units int) claim.Request {
	return claim.Request{Card: card, Units: units, Worker: by.Account, RequestKey: id.New()}
}

type sums struct{ Quantity, Committed, Delivered int }

func cardSums(t *testing.T, p *pgtest.DB, card string) sums {
	t.Helper()
	var s sums
	require.NoError(t, p.Admin.QueryRow(t.Context(),
		`select quantity, committed, delivered from exchange.cards where id = $1`, card).
		Scan(&s.Quantity, &s.Committed, &s.Delivered))
	return s
}

func TestTwoHundredOrganisationsAskForThreeUnits(t *testing.T) {
	t.Parallel()
	p := pgtest.New(t)
	card := charitytest.Card(t, p, 3)
	members := make([]actor.Member, 200)
	for i := range members {
		members[i] = charitytest.Verified(t, p)
	}

	errs := make([]error, len(members))
	var start, done sync.WaitGroup
	start.Add(1)
	for i, by := range members {
		done.Go(func() {
			start.Wait()
			_, errs[i] = claim.Take(t.Context(), p.Pools.Exchange, by, ask(by, card, 1))
		})
	}
	start.Done()
	done.Wait()

	won := 0
	for _, err := range errs {
		if err == nil {
			won++
			continue
		}
		require.ErrorIs(t, err, claim.ErrTaken)
		require.Equal(t, 0, fault.As(err).Data["remaining"])
	}
	require.Equal(t, 3, won)
	require.Equal(t, sums{Quantity: 3, Committed: 3}, cardSums(t, p, card))
}

func TestTake(t *testing.T) {
	t.Parallel()
	p := pgtest.New(t)
	db := p.Pools.Exchange
	ctx := t.Context()

	t.Run("several organisations share a need, and who asks for too much is told what is left", func(t *testing.T) {
		a, b := charitytest.Verified(t, p), charitytest.Verified(t, p)
		card := charitytest.Card(t, p, 4)
		got, err := claim.Take(ctx, db, a, ask(a, card, 3))
		require.NoError(t, err)
		require.Equal(t, claim.Requested, got.State)
		require.Equal(t, "staff", got.Next())
		require.Equal(t, "陈女士", got.WorkerName)
		require.Equal(t, []string{"claim.requested"}, charitytest.Facts(t, p, got.ID))
		require.Equal(t, []string{"card.changed"}, charitytest.Facts(t, p, card))

		_, err = claim.Take(ctx, db, b, ask(b, card, 2))
		require.ErrorIs(t, err, claim.ErrTaken)
		require.Equal(t, 1, fault.As(err).Data["remaining"])
		_, err = claim.Take(ctx, db, b, ask(b, card, 1))
		require.NoError(t, err)
		require.Equal(t, sums{Quantity: 4, Committed: 4}, cardSums(t, p, card))
	})

	t.Run("the same request twice is one claim, and another under its key is refused", func(t *testing.T) {
		by := charitytest.Verified(t, p)
		card := charitytest.Card(t, p, 4)
		r := ask(by, card, 1)
		first, err := claim.Take(ctx, db, by, r)
		require.NoError(t, err)
		second, err := claim.Take(ctx, db, by, r)
		require.NoError(t, err)
		require.Equal(t, first.ID, second.ID)
		r.Units = 2
		_, err = claim.Take(ctx, db, by, r)
		require.ErrorIs(t, err, fault.New(fault.Invalid, "request.key_reused"))
		require.Equal(t, 1, cardSums(t, p, card).Committed)
	})

	t.Run("the same request in ten windows at once is one claim", func(t *testing.T) {
		by := charitytest.Verified(t, p)
		card := charitytest.Card(t, p, 9)
		r := ask(by, card, 1)
		ids := make([]string, 10)
		var done sync.WaitGroup
		for i := range ids {
			done.Go(func() {
				c, err := claim.Take(ctx, db, by, r)
				if err == nil {
					ids[i] = c.ID
				}
			})
		}
		done.Wait()
		for _, got := range ids {
			require.Equal(t, ids[0], got)
			require.NotEmpty(t, got)
		}
		require.Equal(t, 1, cardSums(t, p, card).Committed)
	})

	t.Run("an organisation claims a card once at a time", func(t *testing.T) {
		by := charitytest.Verified(t, p)
		card := charitytest.Card(t, p, 4)
		_, err := claim.Take(ctx, db, by, ask(by, card, 1))
		require.NoError(t, err)
		_, err = claim.Take(ctx, db, by, ask(by, card, 1))
		require.ErrorIs(t, err, claim.ErrTwice)
		require.Equal(t, 1, cardSums(t, p, card).Committed)
	})

	t.Run("whoever is banned is sent to nobody, whatever the claim draws on", func(t *testing.T) {
		by, officer, today := charitytest.Verified(t, p), charitytest.DistrictOfficer(), civil.Day(time.Now())
		card, account := charitytest.Card(t, p, 4), id.New()
		helper, err := volunteer.Register(ctx, db, by, id.New(), volunteer.Person{Account: account, Name: "小周",
			Skills: []string{"visiting"}, Areas: []string{charitytest.Chaoyang}, UnitsPerMonth: 4})
		require.NoError(t, err)
		banned := fault.New(fault.Conflict, "claim.banned")

		require.NoError(t, organisation.LayBan(ctx, db, officer, by.Organisation, organisation.Ban{Volunteer: helper, Reason: "harm", Until: today}, today))
		r := ask(by, card, 1)
		r.Worker = account
		_, err = claim.Take(ctx, db, by, r)
		require.ErrorIs(t, err, banned)
		require.Zero(t, cardSums(t, p, card).Committed)
		asked, err := claim.Take(ctx, db, by, ask(by, card, 1))
		require.NoError(t, err, "another goes")

		require.NoError(t, organisation.LayBan(ctx, db, officer, by.Organisation, organisation.Ban{Reason: "harm", Until: today}, today))
		_, err = claim.Take(ctx, db, by, ask(by, charitytest.Card(t, p, 1), 1))
		require.ErrorIs(t, err, banned, "also without an offer")
		require.ErrorIs(t, claim.Accept(ctx, db, officer, asked.ID), banned, "and what was asked for before is not accepted")
	})

	t.Run("whom the family or staff do not want here is refused, always with one sentence", func(t *testing.T) {
		left := fault.New(fault.Conflict, "claim.left_to_others")
		exec := func(sql string, args ...any) {
			_, err := p.Admin.Exec(ctx, sql, args...)
			require.NoError(t, err)
		}
		offered := func(by actor.Member) string {
			o := id.New()
			exec(`insert into exchange.contracts (id, organisation_id, district, number, code, unit_price_fen, units, starts_on, ends_on, created_by)
			      values ($1, $2, '110105', $1, 'bathing', 100, 10, now() - interval '1 day', now() + interval '1 year', 'officer')`, o, by.Organisation)
			exec(`insert into exchange.offers (id, kind, organisation_id, contract_id, codes, areas, capacity, starts_on, ends_on)
			      values ($1, 'purchased', $2, $1, array[(select code from exchange.cards limit 1)], array['110000'], 10, now() - interval '1 day', now() + interval '1 year')`, o, by.Organisation)
			return o
		}
		ended := func(state, by string) func(string, actor.Member, string) {
			return func(card string, who actor.Member, _ string) {
				exec(`insert into exchange.claims (id, card_id, organisation_id, units, state, declined_by, worker_id, made_by, due_at)
				      values ($1, $2, $3, 1, $4, $5, 'w', 'm', now())`, id.New(), card, who.Organisation, state, by)
			}
		}
		overruled := func(reason string) func(string, actor.Member, string) {
			return func(card string, _ actor.Member, offer string) {
				exec(`insert into exchange.overrulings (card_id, offer_id, reason, by) values ($1, $2, $3, 'officer')`, card, offer, reason)
			}
		}
		related := func(card string, _ actor.Member, offer string) {
			exec(`insert into exchange.proposals (card_id, offer_id, units, score, parts, trace, state, reason)
			      values ($1, $2, 1, 1, '[]', '{}', 'declined', 'related')`, card, offer)
		}
		for name, out := range map[string]func(card string, who actor.Member, offer string){
			"the family ended it": ended("cancelled", "household"), "staff refused it": ended("rejected", "staff"), "it failed, and staff said so": ended("failed", "staff"),
			"related": related, "the family would rather not": overruled("family_out"), "a conflict": overruled("conflict"), "safety": overruled("safety"),
		} {
			by, other := charitytest.Verified(t, p), charitytest.Verified(t, p)
			card, next := charitytest.Card(t, p, 2), charitytest.Card(t, p, 2)
			offer := offered(by)
			out(card, by, offer)
			for _, drawn := range []string{"", offer} {
				r := ask(by, card, 1)
				r.Offer = drawn
				_, err := claim.Take(ctx, db, by, r)
				require.ErrorIs(t, err, left, name)
				require.Len(t, fault.As(err).Data, 1, "it says what is left of the card and no reason")
			}
			require.Zero(t, cardSums(t, p, card).Committed)
			_, err := claim.Take(ctx, db, other, ask(other, card, 1))
			require.NoError(t, err, "others may")
			_, err = claim.Take(ctx, db, by, ask(by, next, 1))
			require.NoError(t, err, "and it may help elsewhere")
		}

		for _, scope := range []string{"organisation", "offer"} { // what was decided under an earlier card
			by := charitytest.Verified(t, p)
			card := charitytest.Card(t, p, 2)
			r := ask(by, card, 1)
			if r.Offer = offered(by); scope == "offer" {
				exec(`insert into exchange.card_exclusions values ($1, $2, $3)`, card, by.Organisation, r.Offer)
			} else {
				exec(`insert into exchange.card_exclusions values ($1, $2)`, card, by.Organisation)
			}
			_, err := claim.Take(ctx, db, by, r)
			require.ErrorIs(t, err, left)
		}

		by := charitytest.Verified(t, p)
		card, offer := charitytest.Card(t, p, 2), offered(by)
		overruled("unsuited")(card, by, offer)
		r := ask(by, card, 1)
		r.Offer = offer
		_, err := claim.Take(ctx, db, by, r)
		require.ErrorIs(t, err, left, "this one offer")
		_, err = claim.Take(ctx, db, by, ask(by, card, 1))
		require.NoError(t, err, "not the organisation")
		for _, mind := range []string{"provider", "system"} {
			by, card := charitytest.Verified(t, p), charitytest.Card(t, p, 2)
			ended("cancelled", mind)(card, by, "")
			_, err := claim.Take(ctx, db, by, ask(by, card, 1))
			require.NoError(t, err, "what %s ended may be asked for again", mind)
		}
		lifted := charitytest.Verified(t, p)
		card, offer = charitytest.Card(t, p, 2), offered(lifted)
		overruled("conflict")(card, lifted, offer)
		exec(`update exchange.overrulings set lifted_by = 'officer', lifted_at = now() where card_id = $1`, card)
		_, err = claim.Take(ctx, db, lifted, ask(lifted, card, 1))
		require.NoError(t, err, "what an officer took back stands no more")
	})

	t.Run("an organisation that is not verified takes nothing and learns nothing", func(t *testing.T) {
		applied := charitytest.Applied(t, p)
		card := charitytest.Card(t, p, 2)
		for _, c := range []string{card, id.New()} {
			_, err := claim.Take(ctx, db, applied, ask(applied, c, 1))
			require.ErrorIs(t, err, fault.New(fault.Forbidden, "organisation.is.applied"))
		}
		suspended := charitytest.Verified(t, p)
		require.NoError(t, organisation.Decide(ctx, db, charitytest.DistrictOfficer(), organisation.Decision{
			Organisation: suspended.Organisation, To: organisation.Suspended, Reason: "complaint"}))
		_, err := claim.Take(ctx, db, suspended, ask(suspended, card, 1))
		require.ErrorIs(t, err, fault.New(fault.Forbidden, "organisation.is.suspended"))
		nobody := actor.Member{Account: id.New(), Organisation: id.New()}
		_, err = claim.Take(ctx, db, nobody, ask(nobody, card, 1))
		require.ErrorIs(t, err, fault.New(fault.Forbidden, "organisation.unfinished"))
	})

	t.Run("a public card, a stranger's direct card, an unknown card and nonsense are not there", func(t *testing.T) {
		by := charitytest.Verified(t, p)
		public := charitytest.Card(t, p, 2, func(c map[string]any) { c["tier"], c["code"] = "public", "" })
		direct := charitytest.Card(t, p, 2, func(c map[string]any) { c["tier"] = "direct" })
		for _, card := range []string{public, direct, id.New(), "'; drop", ""} {
			_, err := claim.Take(ctx, db, by, ask(by, card, 1))
			require.ErrorIs(t, err, claim.ErrNoCard, card)
		}
		_, err := p.Admin.Exec(ctx, `insert into exchange.card_recipients values ($1, $2)`, direct, by.Organisation)
		require.NoError(t, err)
		_, err = claim.Take(ctx, db, by, ask(by, direct, 1))
		require.NoError(t, err)
	})

	t.Run("a card that is withdrawn, closed or past its window cannot be claimed", func(t *testing.T) {
		by := charitytest.Verified(t, p)
		for _, change := range []func(map[string]any){
			func(c map[string]any) { c["state"] = "withdrawn" },
			func(c map[string]any) { c["state"] = "closed" },
			func(c map[string]any) { c["window_from"], c["window_to"] = "2020-01-01", "2020-02-01" },
		} {
			_, err := claim.Take(ctx, db, by, ask(by, charitytest.Card(t, p, 2, change), 1))
			require.ErrorIs(t, err, claim.ErrClosed)
		}
	})

	t.Run("units, worker and key are checked before anything else", func(t *testing.T) {
		by := charitytest.Verified(t, p)
		card := charitytest.Card(t, p, 2)
		for field, r := range map[string]claim.Request{
			"units":  {Card: card, Units: 0, Worker: by.Account, RequestKey: "k"},
			"worker": {Card: card, Units: 1, RequestKey: "k"},
			"offer":  {Card: card, Units: 1, Worker: by.Account, Offer: "nonsense", RequestKey: "k"},
		} {
			_, err := claim.Take(ctx, db, by, r)
			require.Contains(t, fault.As(err).Fields, field)
		}
		_, err := claim.Take(ctx, db, by, claim.Request{Card: card, Units: 1, Worker: by.Account})
		require.ErrorIs(t, err, fault.New(fault.Invalid, "request.key_missing"))
	})

	t.Run("the worker must be one of the organisation's own", func(t *testing.T) {
		by, other := charitytest.Verified(t, p), charitytest.Verified(t, p)
		card := charitytest.Card(t, p, 4)
		r := ask(by, card, 1)
		r.Worker = other.Account
		_, err := claim.Take(ctx, db, by, r)
		require.Equal(t, map[string]string{"worker": "claim.worker_unknown"}, fault.As(err).Fields)

		colleague := id.New()
		require.NoError(t, organisation.Join(ctx, db, by, colleague, "小李"))
		r.Worker = colleague
		got, err := claim.Take(ctx, db, by, r)
		require.NoError(t, err)
		require.Equal(t, "小李", got.WorkerName)
	})

	t.Run("nobody gathers more needs than they may have open", func(t *testing.T) {
		by := charitytest.Verified(t, p)
		_, err := p.Admin.Exec(ctx, `update exchange.organisations set open_claims = 2 where id = $1`, by.Organisation)
		require.NoError(t, err)
		var last error
		for range 3 {
			_, last = claim.Take(ctx, db, by, ask(by, charitytest.Card(t, p, 2), 1))
		}
		require.ErrorIs(t, last, fault.New(fault.Conflict, "claim.too_many_open"))
		require.Equal(t, 2, fault.As(last).Data["most"])
	})
}
