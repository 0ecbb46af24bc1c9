package household

import (
	"context"
	"time"

	"shanqiao/internal/civil"
	"shanqiao/internal/pg"
	"shanqiao/needs/deid/excerpt"
)

// KnownOf gathers what the record of a household holds that may not be read
// outside: names, identity numbers, phones, days of birth and the address, of
// those who have left as well. Minors says that every living member is under
// eighteen on a day; whose day of birth is not known counts as grown up. The
// transaction must reach the household.
func KnownOf(ctx context.Context, tx pg.DB, keys *Keys, household string, at time.Time) (known excerpt.Known, minors bool, err error) {
	h, err := read(ctx, tx, keys, household)
	if err != nil {
		return nil, false, err
	}
	known, minors = excerpt.Known{}, true
	put := func(kind excerpt.Kind, value string) {
		if value != "" {
			known[kind] = append(known[kind], value)
		}
	}
	put(excerpt.Address, h.Address.Reveal())
	put(excerpt.Number, h.Number)
	for _, m := range h.Members {
		put(excerpt.Name, m.Name.Reveal())
		put(excerpt.Identity, m.Identity.Reveal())
		put(excerpt.Mobile, m.Phone.Reveal())
		if m.Born != nil {
			put(excerpt.Born, m.Born.Format("20060102"))
		}
		if m.LeftOn == nil && (m.Born == nil || !m.Born.AddDate(18, 0, 0).After(civil.Day(at))) {
			minors = false
		}
	}
	return known, minors, nil
}
