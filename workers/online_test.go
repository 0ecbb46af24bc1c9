package workers

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shanqiao/charities/offer"
	"shanqiao/internal/id"
	"shanqiao/internal/outbox"
	"shanqiao/internal/pg"
	"shanqiao/matcher"
	"shanqiao/needs"
	"shanqiao/needs/needstest"
)

func TestTwoWorkersHoldOffersAndNeitherGivesWhatIsGone(t *testing.T) {
	t.Parallel()
	w := needstest.New(t)
	process := func() *Workers {
		f := matcher.Follower{DB: w.Pools.Exchange, Online: &matcher.Online{}, Now: time.Now}
		require.NoError(t, f.Load(t.Context()))
		worker := newWorkers(t, w)
		worker.Online = f.Online
		return worker
	}
	given := func() string {
		name := id.New()
		w.Exec(`
			insert into exchange.contracts (id, organisation_id, district, number, code, unit_price_fen, units, starts_on, ends_on, created_by)
			values (@id, @org, '110105', @id, 'meal_delivery', 1000, 3, current_date - 1, current_date + 90, 'officer')`,
			pg.Args{"id": name, "org": w.Organisation("verified")})
		w.Exec(`
			insert into exchange.offers (id, kind, organisation_id, contract_id, codes, areas, capacity, starts_on, ends_on)
			select id, 'purchased', organisation_id, id, array[code], array['110000'], 3, starts_on, ends_on
			  from exchange.contracts
			 where id = @id`, pg.Args{"id": name})
		return name
	}
	proposed := func(offer string) int {
		return count(t, w, `select count(*)::int from exchange.proposals where state = 'open' and offer_id = '`+offer+`'`)
	}
	card := w.Card(w.Need("meal_delivery", 3, needs.Published))
	known := given()
	one, two := process(), process()
	unheard := given()

	fact(t, w, outbox.Exchange, "card.published", card, nil)
	require.NoError(t, one.Drain(t.Context()))
	require.Equal(t, []int{1, 0}, []int{proposed(known), proposed(unheard)}, "from memory")

	require.NoError(t, outbox.Append(t.Context(), w.Pools.Exchange, outbox.Exchange, offer.Opened(unheard)))
	require.NoError(t, two.Drain(t.Context()))
	require.Equal(t, []int{1, 1}, []int{proposed(known), proposed(unheard)}, "its own fact brings it in")

	w.Exec(`update exchange.offers set committed = capacity where id = @id`, pg.Args{"id": known})
	require.NoError(t, outbox.Append(t.Context(), w.Pools.Exchange, outbox.Exchange, offer.Changed(known)))
	require.NoError(t, two.Drain(t.Context()))
	require.Equal(t, []int{0, 1}, []int{proposed(known), proposed(unheard)}, "what is used up is gone, though nobody looked")
	noDeadLetters(t, w)
}
