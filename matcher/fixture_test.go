package matcher_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"shanqiao/charities"
	"shanqiao/internal/actor"
	"shanqiao/internal/id"
	"shanqiao/internal/pgtest"
	"shanqiao/needs"
	"shanqiao/needs/deid"
)

var at = time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)

func day(n int) time.Time { return time.Date(2026, 11, 23+n, 0, 0, 0, 0, time.UTC) }

// town is a database with a few rows put there as the gate and the
// organisations would have, without going through their verbs: the matcher
// must not depend on those.
type town struct {
	*pgtest.DB
	t     testing.TB
	count int
}

func newTown(t testing.TB) *town { return &town{DB: pgtest.New(t), t: t} }

func (w *town) exec(sql string, args map[string]any) {
	w.t.Helper()
	_, err := w.Admin.Exec(w.t.Context(), sql, pgx.StrictNamedArgs(args))
	require.NoError(w.t, err)
}

func (w *town) organisation(state string) actor.Member {
	w.t.Helper()
	w.count++
	by := actor.Member{Account: id.New(), Organisation: id.New()}
	w.exec(`
		insert into exchange.organisations (id, name, name_en, credit_code, kind, district, state, decided_by)
		values (@id, @name, 'Good Neighbours', @credit, 'charity', '110105', @state, 'officer')`,
		pgx.StrictNamedArgs{"id": by.Organisation, "name": fmt.Sprint("机构", w.count),
			"credit": fmt.Sprintf("53110000%010d", w.count), "state": state})
	return by
}

// offer fills in what a test does not care about: a purchased service of
// bathing in 110105 with ten units, for the whole year.
func (w *town) offer(by actor.Member, change ...func(*charities.Offer)) charities.Offer {
	w.t.Helper()
	o := charities.Offer{ID: charities.OfferID(id.New()), Kind: charities.Purchased, Organisation: by.Organisation,
		Codes: []needs.Code{"bathing"}, Areas: []string{"110105"}, Capacity: 10,
		StartsOn: day(-30), EndsOn: day(300), State: "open"}
	for _, c := range change {
		c(&o)
	}
	w.count++
	origin := map[string]any{"project": nil, "volunteer": nil, "contract": nil}
	switch args := (pgx.StrictNamedArgs{"id": o.ID, "by": o.Organisation, "codes": o.Codes, "areas": o.Areas,
		"from": o.StartsOn, "to": o.EndsOn}); o.Kind {
	case charities.Purchased:
		origin["contract"] = o.ID
		w.exec(`
			insert into exchange.contracts (id, organisation_id, district, number, code, unit_price_fen, units, starts_on, ends_on, created_by)
			values (@id, @by, '110105', @number, 'bathing', 100, 10, @from, @to, 'officer')`,
			pgx.StrictNamedArgs{"id": o.ID, "by": o.Organisation, "number": fmt.Sprint("HT-", w.count), "from": o.StartsOn, "to": o.EndsOn})
	case charities.Charity:
		origin["project"] = o.ID
		w.exec(`
			insert into exchange.projects (id, organisation_id, title, summary, codes, areas, places, starts_on, ends_on, state, published_by)
			values (@id, @by, '项目', '说明', @codes, @areas, 10, @from, @to, 'published', 'officer')`, args)
	case charities.Volunteer:
		origin["volunteer"] = o.ID
		w.exec(`
			insert into exchange.volunteers (id, organisation_id, account_id, skills, areas, units_per_month)
			values (@id, @by, @id, @codes, @areas, 10)`,
			pgx.StrictNamedArgs{"id": o.ID, "by": o.Organisation, "codes": o.Codes, "areas": o.Areas})
	}
	w.exec(`
		insert into exchange.offers (id, kind, organisation_id, project_id, volunteer_id, contract_id, codes, areas,
		       capacity, committed, trained, starts_on, ends_on, state)
		values (@id, @kind, @by, @project, @volunteer, @contract, @codes, @areas,
		       @capacity, @committed, coalesce(@trained, '{}'::text[]), @from, @to, @state)`,
		pgx.StrictNamedArgs{"id": o.ID, "kind": o.Kind, "by": o.Organisation, "project": origin["project"],
			"volunteer": origin["volunteer"], "contract": origin["contract"], "codes": o.Codes, "areas": o.Areas,
			"capacity": o.Capacity, "committed": o.Committed, "trained": o.Trained,
			"from": o.StartsOn, "to": o.EndsOn, "state": o.State})
	return o
}

// card fills in what a test does not care about: four bathing visits, soon, in 110105.
func (w *town) card(change ...func(*deid.Card)) deid.Card {
	w.t.Helper()
	k := deid.Card{ID: deid.CardID(id.New()), Tier: deid.Verified, State: "open", Tick: 1,
		WindowFrom: day(0), WindowTo: day(30),
		Tuple: deid.Tuple{Area: "110105", Age: "*", Size: "*", Category: "*", Group: needs.Care,
			Code: "bathing", Quantity: 4, Urgency: deid.Soon}}
	for _, c := range change {
		c(&k)
	}
	w.exec(`
		insert into exchange.cards (id, tier, area, age, size, category, need_group, code, quantity, committed, urgency,
		       window_from, window_to, sentence_zh, sentence_en, tick, state)
		values (@id, @tier, @area, @age, @size, @category, @group, @code, @quantity, @committed, @urgency,
		       @from, @to, '需要帮助', 'help is needed', @tick, @state)`,
		pgx.StrictNamedArgs{"id": k.ID, "tier": k.Tier, "area": k.Area, "age": k.Age, "size": k.Size,
			"category": k.Category, "group": k.Group, "code": k.Code, "quantity": k.Quantity,
			"committed": k.Committed, "urgency": k.Urgency, "from": k.WindowFrom, "to": k.WindowTo,
			"tick": k.Tick, "state": k.State})
	return k
}

func (w *town) claim(k deid.Card, by actor.Member, state, declinedBy string) {
	w.t.Helper()
	w.exec(`
		insert into exchange.claims (id, card_id, organisation_id, units, state, declined_by, worker_id, made_by, due_at)
		values (@id, @card, @by, 1, @state, @declined, 'w', 'm', now())`,
		pgx.StrictNamedArgs{"id": id.New(), "card": k.ID, "by": by.Organisation, "state": state, "declined": declinedBy})
}

// proposed maps the offers proposed for a card to their state.
func (w *town) proposed(k deid.Card) map[charities.OfferID]string {
	w.t.Helper()
	rows, err := w.Admin.Query(w.t.Context(), `
		select offer_id, state from exchange.proposals where card_id = $1`, k.ID)
	require.NoError(w.t, err)
	found := map[charities.OfferID]string{}
	var offer, state string
	_, err = pgx.ForEachRow(rows, []any{&offer, &state}, func() error {
		found[charities.OfferID(offer)] = state
		return nil
	})
	require.NoError(w.t, err)
	return found
}

// facts lists what the exchange half's outbox says.
func (w *town) facts() []string {
	w.t.Helper()
	rows, err := w.Admin.Query(w.t.Context(), `
		select kind || ' ' || ref from exchange.outbox order by created_at, kind, ref`)
	require.NoError(w.t, err)
	facts, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(w.t, err)
	return facts
}
