package matcher_test

import (
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"shanqiao/charities"
	"shanqiao/internal/actor"
	"shanqiao/internal/id"
	"shanqiao/needs"
	"shanqiao/needs/deid"
)

var everywhere = []string{"110101", "110102", "110105", "110106", "110107", "110108", "110112", "110114", "110115",
	"zone:core", "zone:hills", "110000"}

// many puts so many offers of so many organisations there at once, spread over
// kinds, areas and kinds of help by fixed strides.
func (w *town) many(offers, organisations int) []actor.Member {
	w.t.Helper()
	var by []actor.Member
	for range organisations {
		by = append(by, w.organisation("verified"))
	}
	items := needs.Catalogue()
	var given, contracts, projects, volunteers [][]any
	for i := range offers {
		name, owner, kind := id.New(), by[i%len(by)].Organisation, charities.Kinds[i%3]
		codes := []string{}
		for j := range 1 + i%4 {
			codes = append(codes, string(items[(i/3+j*5)%len(items)].Code))
		}
		areas := []string{everywhere[i%len(everywhere)]}
		if other := everywhere[(i*7+3)%len(everywhere)]; other != areas[0] {
			areas = append(areas, other)
		}
		row := []any{name, kind, owner, nil, nil, nil, codes, areas, 5 + i%30, i % 4, day(-30), day(300), day(300), []string{"care"}}
		switch kind {
		case charities.Purchased:
			row[5] = name
			contracts = append(contracts, []any{name, owner, "110105", fmt.Sprint("N-", i), codes[0], 100, 10, day(-30), day(300), "officer"})
		case charities.Charity:
			row[3] = name
			projects = append(projects, []any{name, owner, "项目", "说明", codes, areas, 10, day(-30), day(300), "published", "officer"})
		case charities.Volunteer:
			row[4] = name
			volunteers = append(volunteers, []any{name, owner, name, codes, areas, 10})
		}
		given = append(given, row)
	}
	w.copy("contracts", contracts, "id", "organisation_id", "district", "number", "code", "unit_price_fen", "units", "starts_on", "ends_on", "created_by")
	w.copy("projects", projects, "id", "organisation_id", "title", "summary", "codes", "areas", "places", "starts_on", "ends_on", "state", "published_by")
	w.copy("volunteers", volunteers, "id", "organisation_id", "account_id", "skills", "areas", "units_per_month")
	w.copy("offers", given, "id", "kind", "organisation_id", "project_id", "volunteer_id", "contract_id", "codes", "areas",
		"capacity", "committed", "starts_on", "ends_on", "insured_until", "trained")
	// As they stand on most days: nothing happened to them just now.
	w.exec(`alter table exchange.offers disable trigger offer_change`, nil)
	w.exec(`update exchange.offers set changed_at = now() - interval '1 day'`, nil)
	w.exec(`alter table exchange.offers enable trigger offer_change`, nil)
	w.exec(`update exchange.organisations set state_at = now() - interval '1 day'`, nil)
	w.exec(`analyze exchange.offers, exchange.organisations`, nil)
	return by
}

func (w *town) copy(table string, rows [][]any, columns ...string) {
	w.t.Helper()
	_, err := w.Admin.CopyFrom(w.t.Context(), pgx.Identifier{"exchange", table}, columns, pgx.CopyFromRows(rows))
	require.NoError(w.t, err)
}

// asks are cards of every kind of help, in many places.
func (w *town) asks(n int) []deid.Card {
	w.t.Helper()
	items := needs.Catalogue()
	cards := make([]deid.Card, n)
	for i := range cards {
		cards[i] = w.card(func(k *deid.Card) {
			item := items[(i*13)%len(items)]
			k.Code, k.Group, k.Quantity = item.Code, item.Group, item.Packages[0]
			k.Area = everywhere[(i*5)%len(everywhere)]
			k.Tick = 1 + i%9
		})
	}
	return cards
}
