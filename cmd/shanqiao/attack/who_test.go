package attack

import (
	"errors"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/cmd/shanqiao/demo"
	"shanqiao/internal/pg"
	"shanqiao/internal/region"
	"shanqiao/needs"
	"shanqiao/needs/deid"
)

// TestWhoIsBehindACard tries to find the family behind a card, in a city with
// six weekly ticks behind it. The numbers are those of docs/attacks.md.
func TestWhoIsBehindACard(t *testing.T) {
	t.Parallel()
	s := newScraper()
	w := &watched{scraper: s, city: grown(t, demo.Options{Households: 320, Seed: 5, Weeks: 6}, func(c *city) { s.look(t, c) })}
	s.look(t, w.city)
	w.truth(t)
	t.Run("1 who keeps every page of every week", w.weeks)
	t.Run("2 who holds the register and the public list", w.register)
	t.Run("3 who takes the list apart by its filters", w.filters)
	t.Run("3 who looks for a card that stands alone", w.lonely)
	t.Run("3 who asks for what no form asks", w.raw)
	t.Run("4 who spells out what is not shown", w.spelling)
	t.Run("5 who guesses ids", w.ids)
	t.Run("5 who asks for cards that are not theirs", w.missing)
	t.Run("6 who looks for the same family in two cards", w.together)
	t.Run("7 who reads what was blotted out", w.tokens)
	t.Run("7 who reads what was blotted out in an assessor's words", w.blotted)
	t.Run("8 who reads between the words", w.words)
	t.Run("9 who knows what all of a group have", w.spread)
	t.Run("10 who asks why it was made no finer", w.coarser)
	t.Run("11 who reads beside the pages", w.beside)
	t.Run("12 who has it sent", w.sent)
	t.Run("13 who looks at what is not yet approved", w.preview)
	t.Run("13 who opens an assessor's words that wait", w.awaiting)
	t.Run("15 who wants to know whether a family is listed", w.presence)
}

// watched is a city, what a scraper kept of it, and what the scraper does not
// know: who is behind each card, by its id.
type watched struct {
	*city
	*scraper
	homes     []home
	behind    map[string]listed
	household map[string]string
}

// home is a household of the register, as an extract of it would say.
type home struct {
	ID, Region, Category, Condition string
	Size, Eldest, Youngest          int
}

// listed is a card with its household.
type listed struct {
	ID, Household, Need string
	Tier                deid.Tier
	Area, Age, Size     string
	Category, Group     string
	Code                needs.Code
	Quantity, Tick      int
	Urgency             deid.UrgencyBand
	At                  home `db:"-"`
}

func (l listed) tuple() deid.Tuple {
	return deid.Tuple{Area: l.Area, Age: l.Age, Size: l.Size, Category: l.Category, Group: needs.Group(l.Group),
		Code: l.Code, Quantity: l.Quantity, Urgency: l.Urgency}
}

func (w *watched) truth(t *testing.T) {
	t.Helper()
	var err error
	w.homes, err = pg.Many[home](t.Context(), w.Admin, `
		select h.id, h.region, h.category, h.condition, count(*)::int as size,
		       max(coalesce(extract(year from age(m.born)), 40))::int as eldest,
		       min(coalesce(extract(year from age(m.born)), 40))::int as youngest
		  from records.households h
		  join records.members m on m.household_id = h.id and m.left_on is null
		 where h.closed_at is null
		 group by h.id`, pg.Args{})
	require.NoError(t, err)
	cards, err := pg.Many[listed](t.Context(), w.Admin, `
		select c.id, l.household_id as household, l.need_id as need, c.tier, c.area, c.age, c.size, c.category,
		       c.need_group as "group", c.code, c.quantity, c.tick, c.urgency
		  from exchange.cards c
		  join records.listings l on l.card_id = c.id
		 where c.tier <> 'direct'`, pg.Args{})
	require.NoError(t, err)
	by := map[string]home{}
	for _, h := range w.homes {
		by[h.ID] = h
	}
	w.behind, w.household = map[string]listed{}, map[string]string{}
	for _, c := range cards {
		c.At = by[c.Household]
		w.behind[c.ID], w.household[c.ID] = c, c.Household
	}
}

// fits says whether the card could be of the household. It is written anew
// from what the words on a card mean, and shares nothing with the gate.
func (l listed) fits(h home) bool {
	age := h.Eldest
	if deid.ForYoungest(l.Code) {
		age = h.Youngest
	}
	guaranteed := h.Category == "minimum_living" || h.Category == "extreme_poverty"
	return region.Covers(l.Area, h.Region) && within(l.Age, age) && within(l.Size, h.Size) &&
		(l.Category == deid.Any || (l.Category == "guaranteed") == guaranteed)
}

// within reads a band: *, 80+, 60-79.
func within(band string, n int) bool {
	if band == deid.Any {
		return true
	}
	from, to, bounded := strings.Cut(strings.TrimSuffix(band, "+"), "-")
	least, err := strconv.Atoi(from)
	most := n
	if bounded {
		var wrong error
		most, wrong = strconv.Atoi(to)
		err = errors.Join(err, wrong)
	}
	if err != nil {
		panic(err) // a band that nobody can read
	}
	return least <= n && n <= most
}

var tiers = map[deid.Tier]int{deid.Public: 11, deid.Verified: 5}

// weeks compares every page that was ever shown with every other.
func (w *watched) weeks(t *testing.T) {
	ticks := w.one(t, `select count(*)::text from gate.ticks where tier = 'verified' and published > 0`, pg.Args{})
	n, err := strconv.Atoi(ticks)
	require.NoError(t, err)
	require.GreaterOrEqual(t, n, 4, "weeks in which something came")
	require.NotEqual(t, "0", w.one(t, `
		select count(*)::text
		  from records.listings a
		  join records.listings b on b.need_id = a.need_id and b.tier = a.tier and b.card_id <> a.card_id and a.closed_at < b.listed_at`, pg.Args{}),
		"some need left and was listed again")
	for tier, k := range tiers {
		t.Run(string(tier), func(t *testing.T) {
			kept := w.kept[tier]
			t.Logf("%d snapshots, the last of %d cards", len(kept), len(kept[len(kept)-1]))
			require.Greater(t, len(kept), 3)
			left := 0
			for i := 1; i < len(kept); i++ {
				for id := range kept[i-1] {
					if _, stays := kept[i][id]; !stays {
						left++
					}
				}
			}
			require.Positive(t, left, "something left")
			require.Empty(t, differences(kept, w.household, k))

			// A reader who could be fooled by any of these would have found nothing above.
			last := kept[len(kept)-1]
			for id := range last {
				for name, change := range map[string]func(snapshot){
					"one leaves alone":  func(s snapshot) { delete(s, id) },
					"one becomes finer": func(s snapshot) { s[id] += " and more" },
					"one comes alone":   func(s snapshot) { s["alone"] = "something new" },
					"one has a new id":  func(s snapshot) { s["again"] = s[id]; delete(s, id) },
				} {
					next := maps.Clone(last)
					change(next)
					require.NotEmpty(t, differences([]snapshot{last, next}, w.household, k), name)
				}
				break
			}
		})
	}
}

// register looks up every card that was ever shown in an extract of the register,
// and in the list of those on basic living aid that is read out in public.
func (w *watched) register(t *testing.T) {
	var public []home
	for _, h := range w.homes {
		if h.Category == "minimum_living" {
			public = append(public, h)
		}
	}
	count := func(l listed, in []home) (n int) {
		for _, h := range in {
			if l.fits(h) {
				n++
			}
		}
		return n
	}
	least, expected := len(w.homes), 0.0
	for _, l := range w.behind {
		require.True(t, l.fits(l.At), "the attacker reads cards as they are meant: %+v", l)
		n := count(l, w.homes)
		least, expected = min(least, n), expected+1/float64(n)
		require.GreaterOrEqual(t, n, 20, "%+v", l.tuple())
		require.NotEqual(t, 1, count(l, public), "%+v", l.tuple())
	}
	t.Logf("%d cards; at least %d households fit one; %.2f%% of guesses are right", len(w.behind), least, 100*expected/float64(len(w.behind)))
	fine := listed{Area: w.homes[0].Region, Age: fmt.Sprint(w.homes[0].Eldest, "-", w.homes[0].Eldest), Size: deid.Any, Category: deid.Any}
	fine.Age = strings.ReplaceAll(fine.Age, " ", "")
	require.Less(t, count(fine, w.homes), 20, "a street and an age would find somebody")

	for _, cards := range w.village(t) {
		require.GreaterOrEqual(t, count(cards[0], w.homes), 20, "%v", cards[0].tuple())
	}
}

// village lets every household of a district that has few of them ask for the
// same: all of them together would make a cohort that is large enough.
func (w *watched) village(t *testing.T) (cohorts [][]listed) {
	t.Helper()
	near, by := map[string][]home{}, map[string]home{}
	for _, h := range w.homes {
		near[h.Region[:6]] = append(near[h.Region[:6]], h)
		by[h.ID] = h
	}
	_, everybody := w.waiting(t)
	for _, homes := range near {
		if len(homes) < 8 || len(homes) > 19 {
			continue
		}
		var waiting []deid.Waiting
		for i, h := range homes {
			waiting = append(waiting, deid.Waiting{Need: needs.ID(h.ID), Household: h.ID, Home: h.registered(),
				Condition: fmt.Sprint(i % 4), Code: "bathing", Quantity: 4, Urgency: needs.WithinTwoWeeks})
		}
		for _, c := range deid.Form(deid.Verified, waiting, deid.NewRegister(everybody), deid.Defaults(deid.Verified)) {
			var cards []listed
			for _, n := range c.Needs {
				cards = append(cards, listed{Household: n.Household, At: by[n.Household], Area: c.Tuple.Area, Age: c.Tuple.Age, Size: c.Tuple.Size,
					Category: c.Tuple.Category, Code: c.Tuple.Code})
			}
			cohorts = append(cohorts, cards)
		}
	}
	require.NotEmpty(t, cohorts)
	return cohorts
}
