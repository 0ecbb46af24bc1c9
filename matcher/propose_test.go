package matcher_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"shanqiao/charities"
	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/id"
	"shanqiao/matcher"
	"shanqiao/needs"
	"shanqiao/needs/deid"
)

type offers = map[charities.OfferID]string

var officer = actor.Officer{Account: "officer", Level: actor.DistrictRole, Region: "110105"}

func TestPropose(t *testing.T) {
	t.Parallel()

	t.Run("an offer that passes every rule is proposed, with its reasons, and the card is matched once", func(t *testing.T) {
		t.Parallel()
		w := newTown(t)
		by := w.organisation("verified")
		fits := w.offer(by)
		w.offer(w.organisation("applied"))
		w.offer(by, func(o *charities.Offer) { o.Areas = []string{"110101"} })
		k := w.card()

		for range 2 {
			require.NoError(t, matcher.Propose(t.Context(), w.Pools.Exchange, k.ID, at))
		}

		require.Equal(t, offers{fits.ID: "open"}, w.proposed(k))
		require.Equal(t, []string{"card.matched " + k.ID.String()}, w.facts())
		list, err := matcher.ForCard(t.Context(), w.Pools.Exchange, officer, k.ID)
		require.NoError(t, err)
		require.Len(t, list, 1)
		require.Equal(t, 4, list[0].Units)
		require.True(t, list[0].Trace.Held())
		require.Equal(t, list[0].Score, list[0].Parts.Sum())
		require.NotEmpty(t, list[0].OrganisationName)
		require.Equal(t, "Good Neighbours", list[0].OrganisationNameEn)
		require.False(t, list[0].Assigned())
	})

	t.Run("the best five are kept", func(t *testing.T) {
		t.Parallel()
		w := newTown(t)
		by := w.organisation("verified")
		for range 7 {
			w.offer(by, func(o *charities.Offer) { o.Codes = []needs.Code{"bathing", "meals"} })
		}
		best := w.offer(by)
		k := w.card()

		require.NoError(t, matcher.Propose(t.Context(), w.Pools.Exchange, k.ID, at))

		require.Len(t, w.proposed(k), matcher.Best)
		list, err := matcher.ForCard(t.Context(), w.Pools.Exchange, officer, k.ID)
		require.NoError(t, err)
		require.Equal(t, best.ID, list[0].Offer)
	})

	t.Run("a public card, a closed one and a fully promised one get nothing", func(t *testing.T) {
		t.Parallel()
		w := newTown(t)
		w.offer(w.organisation("verified"))
		for _, k := range []deid.Card{
			w.card(func(k *deid.Card) { k.Tier, k.Code = deid.Public, "" }),
			w.card(func(k *deid.Card) { k.State = "closed" }),
			w.card(func(k *deid.Card) { k.Committed = 4 }),
		} {
			require.NoError(t, matcher.Propose(t.Context(), w.Pools.Exchange, k.ID, at))
			require.Empty(t, w.proposed(k))
		}
		require.Empty(t, w.facts())
	})

	t.Run("a direct card reaches only whom it was sent to", func(t *testing.T) {
		t.Parallel()
		w := newTown(t)
		chosen, other := w.organisation("verified"), w.organisation("verified")
		mine := w.offer(chosen)
		theirs := w.offer(other)
		k := w.card(func(k *deid.Card) { k.Tier, k.Tick = deid.Direct, 0 })
		w.exec(`insert into exchange.card_recipients (card_id, organisation_id) values (@card, @organisation)`,
			map[string]any{"card": k.ID, "organisation": chosen.Organisation})

		require.NoError(t, matcher.Propose(t.Context(), w.Pools.Exchange, k.ID, at))

		require.Equal(t, offers{mine.ID: "open"}, w.proposed(k))
		_, err := matcher.WhyNot(t.Context(), w.Pools.Exchange, other, k.ID, theirs.ID, at)
		require.Equal(t, fault.NotFound, fault.Of(err))
	})

	t.Run("an offer that filled up lapses, and comes back when there is room", func(t *testing.T) {
		t.Parallel()
		w := newTown(t)
		o := w.offer(w.organisation("verified"))
		k := w.card()
		require.NoError(t, matcher.Propose(t.Context(), w.Pools.Exchange, k.ID, at))

		w.exec(`update exchange.offers set committed = capacity where id = @id`, map[string]any{"id": o.ID})
		require.NoError(t, matcher.Propose(t.Context(), w.Pools.Exchange, k.ID, at))
		require.Equal(t, offers{o.ID: "lapsed"}, w.proposed(k))

		w.exec(`update exchange.offers set committed = 9 where id = @id`, map[string]any{"id": o.ID})
		require.NoError(t, matcher.ProposeForOffer(t.Context(), w.Pools.Exchange, o.ID, at))
		require.Equal(t, offers{o.ID: "open"}, w.proposed(k))
		list, err := matcher.ForCard(t.Context(), w.Pools.Exchange, officer, k.ID)
		require.NoError(t, err)
		require.Equal(t, 1, list[0].Units)
		require.Len(t, w.facts(), 1)
	})

	t.Run("an organisation at work on the card, or refused there, is not proposed", func(t *testing.T) {
		t.Parallel()
		w := newTown(t)
		k := w.card()
		busy, refused, late := w.organisation("verified"), w.organisation("verified"), w.organisation("verified")
		w.offer(busy)
		w.offer(refused)
		again := w.offer(late)
		w.claim(k, busy, "in-progress", "")
		w.claim(k, refused, "rejected", "household")
		w.claim(k, late, "cancelled", "system")

		require.NoError(t, matcher.Propose(t.Context(), w.Pools.Exchange, k.ID, at))

		require.Equal(t, offers{again.ID: "open"}, w.proposed(k))
	})

	t.Run("two at once end as one", func(t *testing.T) {
		t.Parallel()
		w := newTown(t)
		o := w.offer(w.organisation("verified"))
		k := w.card()
		var both errgroup.Group
		for range 4 {
			both.Go(func() error { return matcher.Propose(t.Context(), w.Pools.Exchange, k.ID, at) })
			both.Go(func() error { return matcher.ProposeForOffer(t.Context(), w.Pools.Exchange, o.ID, at) })
		}
		require.NoError(t, both.Wait())
		require.Equal(t, offers{o.ID: "open"}, w.proposed(k))
		require.Len(t, w.facts(), 1)
	})

	t.Run("a card or an offer that is not there is not found", func(t *testing.T) {
		t.Parallel()
		w := newTown(t)
		require.Equal(t, fault.NotFound, fault.Of(matcher.Propose(t.Context(), w.Pools.Exchange, deid.CardID(id.New()), at)))
		require.Equal(t, fault.NotFound, fault.Of(matcher.ProposeForOffer(t.Context(), w.Pools.Exchange, charities.OfferID(id.New()), at)))
	})

	t.Run("a suspended organisation's proposals lapse", func(t *testing.T) {
		t.Parallel()
		w := newTown(t)
		by := w.organisation("verified")
		o, k := w.offer(by), w.card()
		require.NoError(t, matcher.ProposeForOffer(t.Context(), w.Pools.Exchange, o.ID, at))
		require.Equal(t, offers{o.ID: "open"}, w.proposed(k))
		w.exec(`update exchange.organisations set state = 'suspended' where id = @id`, map[string]any{"id": by.Organisation})

		require.NoError(t, matcher.ProposeForOffer(t.Context(), w.Pools.Exchange, o.ID, at))

		require.Equal(t, offers{o.ID: "lapsed"}, w.proposed(k))
	})

	t.Run("the order of duty of a district turns the ranking", func(t *testing.T) {
		t.Parallel()
		w := newTown(t)
		by := w.organisation("verified")
		bought := w.offer(by)
		given := w.offer(by, func(o *charities.Offer) { o.Kind = charities.Charity })
		k := w.card()
		first := func() charities.OfferID {
			require.NoError(t, matcher.Propose(t.Context(), w.Pools.Exchange, k.ID, at))
			list, err := matcher.ForCard(t.Context(), w.Pools.Exchange, officer, k.ID)
			require.NoError(t, err)
			require.Len(t, list, 2)
			return list[0].Offer
		}
		require.Equal(t, bought.ID, first())

		turned := matcher.Duty{Steps: []charities.Step{charities.Entitlement, charities.Given, charities.Volunteered, charities.Bought},
			Strict: true, Source: "京民发〔2026〕1号", From: day(0)}
		for range 2 {
			require.NoError(t, matcher.SetDuty(t.Context(), w.Pools.Exchange, officer, turned, day(0)))
		}
		require.Equal(t, given.ID, first())
		all, err := matcher.Duties(t.Context(), w.Pools.Exchange, officer)
		require.NoError(t, err)
		require.Len(t, all, 2, "sent twice it is one, and the city's stays")
		turned.Steps, turned.Source, turned.From = charities.Steps[:3], " ", day(-1)
		fields := fault.As(matcher.SetDuty(t.Context(), w.Pools.Exchange, officer, turned, day(0))).Fields
		for _, field := range []string{"second", "source", "since"} {
			require.Contains(t, fields, field)
		}
	})
}

func TestDecline(t *testing.T) {
	t.Parallel()

	t.Run("what was declined stays declined, and its consequence holds until its day", func(t *testing.T) {
		t.Parallel()
		w := newTown(t)
		by := w.organisation("verified")
		o := w.offer(by)
		k, other := w.card(), w.card()
		require.NoError(t, matcher.ProposeForOffer(t.Context(), w.Pools.Exchange, o.ID, at))

		require.NoError(t, matcher.Decline(t.Context(), w.Pools.Exchange, by, k.ID, o.ID, "no_capacity"))
		// The consequence counts from the database's clock, so the test must too.
		var now time.Time
		require.NoError(t, w.Admin.QueryRow(t.Context(), `select now()`).Scan(&now))
		w.exec(`update exchange.cards set window_to = '2999-01-01'`, map[string]any{})
		w.exec(`update exchange.offers set ends_on = '2999-01-01', starts_on = '2000-01-01'`, map[string]any{})

		require.NoError(t, matcher.ProposeForOffer(t.Context(), w.Pools.Exchange, o.ID, now))
		require.Equal(t, offers{o.ID: "declined"}, w.proposed(k))
		require.Equal(t, offers{o.ID: "lapsed"}, w.proposed(other))

		require.NoError(t, matcher.ProposeForOffer(t.Context(), w.Pools.Exchange, o.ID, now.AddDate(0, 0, 8)))
		require.Equal(t, offers{o.ID: "declined"}, w.proposed(k))
		require.Equal(t, offers{o.ID: "open"}, w.proposed(other))
	})

	t.Run("twice, with an unknown reason, or another's: told apart, and nothing changes", func(t *testing.T) {
		t.Parallel()
		w := newTown(t)
		by, stranger := w.organisation("verified"), w.organisation("verified")
		o, k := w.offer(by), w.card()
		require.NoError(t, matcher.Propose(t.Context(), w.Pools.Exchange, k.ID, at))

		decline := func(who actor.Member, reason string) fault.Kind {
			return fault.Of(matcher.Decline(t.Context(), w.Pools.Exchange, who, k.ID, o.ID, reason))
		}
		require.Equal(t, fault.NotFound, decline(stranger, "too_far"))
		require.Equal(t, fault.Invalid, decline(by, "bored"))
		require.Equal(t, offers{o.ID: "open"}, w.proposed(k))
		require.NoError(t, matcher.Decline(t.Context(), w.Pools.Exchange, by, k.ID, o.ID, "too_far"))
		require.Equal(t, fault.Conflict, decline(by, "period"))
	})

	t.Run("the reasons are listed in order", func(t *testing.T) {
		t.Parallel()
		w := newTown(t)
		reasons, err := matcher.Reasons(t.Context(), w.Pools.Exchange)
		require.NoError(t, err)
		require.Len(t, reasons, 9)
		require.Equal(t, matcher.Reason{Code: "no_capacity", Scope: "offer", RestDays: 7}, reasons[0])
	})
}

func TestForOrganisation(t *testing.T) {
	t.Parallel()

	t.Run("urgent cards first, only one's own, only what can still be claimed", func(t *testing.T) {
		t.Parallel()
		w := newTown(t)
		by, other := w.organisation("verified"), w.organisation("verified")
		w.offer(by)
		w.offer(other)
		calm := w.card(func(k *deid.Card) { k.Urgency = deid.Open })
		pressing := w.card(func(k *deid.Card) { k.Urgency = deid.Urgent })
		now := w.card(func(k *deid.Card) { k.Tier, k.Urgency = deid.Direct, deid.Now })
		w.exec(`insert into exchange.card_recipients (card_id, organisation_id) values (@card, @by)`,
			map[string]any{"card": now.ID, "by": by.Organisation})
		gone, busy := w.card(), w.card()
		for _, k := range []deid.Card{calm, pressing, now, gone, busy} {
			require.NoError(t, matcher.Propose(t.Context(), w.Pools.Exchange, k.ID, at))
		}
		w.exec(`update exchange.cards set committed = quantity where id = @id`, map[string]any{"id": gone.ID})
		w.claim(busy, by, "accepted", "")

		list, err := matcher.ForOrganisation(t.Context(), w.Pools.Exchange, by)
		require.NoError(t, err)
		require.Len(t, list, 3)
		require.Equal(t, []deid.CardID{now.ID, pressing.ID, calm.ID}, []deid.CardID{list[0].Card, list[1].Card, list[2].Card})
		require.Equal(t, by.Organisation, list[0].Organisation)

		none, err := matcher.ForOrganisation(t.Context(), w.Pools.Exchange, actor.Member{})
		require.NoError(t, err)
		require.Empty(t, none)
	})
}
