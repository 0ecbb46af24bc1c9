package gate_test

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"shanqiao/internal/id"
	"shanqiao/internal/pg"
	"shanqiao/internal/pgtest"
	"shanqiao/needs"
	"shanqiao/needs/deid"
	"shanqiao/needs/gate"
)

// resident is a household of the invented register, as the test itself knows it.
type resident struct {
	id, region, category, condition string
	eldest, youngest, size          int
}

// town is an invented register that grows, and what somebody saw of it who
// copied every page after every tick.
type town struct {
	*pgtest.DB
	*rand.Rand
	register map[string]resident
	needs    []needs.ID
	seen     []map[string]sight // by tick, by card
	tier     deid.Tier
}

// sight is a card with whose it is, which the copyist does not know.
type sight struct {
	resident
	Code     needs.Code
	columns  [8]string // area, age, size, category, group, code, quantity, urgency
	youngest bool
}

// settle lets n households move in, most with one need and some with two.
func (w *town) settle(t *testing.T, n int) {
	t.Helper()
	pick := func(of ...string) string { return of[w.IntN(len(of))] }
	var b pgx.Batch
	for range n {
		r := resident{id: id.New(), region: pick("110107001", "110107002", "110105015", "110116001"),
			category:  pick("minimum_living", "minimum_living", "extreme_poverty", "marginal", "other"),
			condition: pick("none", "chronic", "mobility", "sensory"), eldest: 30 + w.IntN(60), size: 1 + w.IntN(4)}
		r.youngest = r.eldest
		assessment := id.New()
		b.Queue(`insert into records.households (id, number, region, category, condition) values ($1, $1, $2, $3, $4)`,
			r.id, r.region, r.category, r.condition)
		for m := range r.size {
			age := r.eldest
			if m > 0 {
				age = w.IntN(r.eldest)
				r.youngest = min(r.youngest, age)
			}
			b.Queue(`
				insert into records.members (id, household_id, region, head, relation, name_sealed, born)
				values ($1, $2, $3, $4, $5, 'x', current_date - make_interval(years => $6, days => 30))`,
				id.New(), r.id, r.region, m == 0, map[bool]string{true: "self", false: "child"}[m == 0], age)
		}
		b.Queue(`
			insert into records.assessments (id, household_id, region, request_key, instrument, dimensions, self_care, self_care_level, assessor_id)
			values ($1, $2, $3, $1, 'test', '{}', '{}', 'able', 'first')`, assessment, r.id, r.region)
		codes := []string{pick("bathing", "bathing", "meals"), pick("tutoring", "cleaning")}
		for _, code := range codes[:1+w.IntN(2)] {
			need := id.New()
			w.needs = append(w.needs, needs.ID(need))
			b.Queue(`
				insert into records.needs (id, household_id, region, assessment_id, code, quantity, urgency, window_from, window_to,
				       route, state, assessed_by, approved_by, approved_at)
				values ($1, $2, $3, $4, $5, 4, $6, $7, $7, 'cohort', 'approved', 'first', 'second', now())`,
				need, r.id, r.region, assessment, code, 3+w.IntN(2), day)
		}
		w.register[r.id] = r
	}
	require.NoError(t, w.Admin.SendBatch(t.Context(), &b).Close())
}

// copyPages writes down every card that can be read now.
func (w *town) copyPages(t *testing.T) {
	t.Helper()
	type row struct {
		ID, HouseholdID, Area, Age, Size, Category, NeedGroup, Code, Urgency string
		Quantity                                                             int
	}
	rows, err := pg.Many[row](t.Context(), w.Admin, `
		select c.id, l.household_id, c.area, c.age, c.size, c.category, c.need_group, c.code, c.urgency, c.quantity
		  from exchange.cards c join records.listings l on l.card_id = c.id
		 where c.tier = @tier and c.state = 'open'`, pg.Args{"tier": w.tier})
	require.NoError(t, err)
	page := map[string]sight{}
	for _, r := range rows {
		page[r.ID] = sight{resident: w.register[r.HouseholdID], Code: needs.Code(r.Code), youngest: r.Code == "tutoring",
			columns: [8]string{r.Area, r.Age, r.Size, r.Category, r.NeedGroup, r.Code, strconv.Itoa(r.Quantity), r.Urgency}}
	}
	w.seen = append(w.seen, page)
}

// live lets things happen between two ticks: help is promised, needs are withdrawn.
func (w *town) live(t *testing.T) {
	t.Helper()
	if w.tier == deid.Verified {
		_, err := w.Admin.Exec(t.Context(), `
			update exchange.cards set committed = quantity
			 where state = 'open' and abs(hashtext(id || $1)) % 100 < 15`, strconv.Itoa(w.Int()))
		require.NoError(t, err)
	} else {
		_, err := w.Admin.Exec(t.Context(), `
			update records.needs set state = 'in_service'
			 where state = 'approved' and abs(hashtext(id || $1)) % 100 < 15`, strconv.Itoa(w.Int()))
		require.NoError(t, err)
	}
	for range 2 {
		gone := w.needs[w.IntN(len(w.needs))]
		_, err := w.Admin.Exec(t.Context(), `update records.needs set state = 'withdrawn' where id = $1`, string(gone))
		require.NoError(t, err)
		require.NoError(t, gate.Withdraw(t.Context(), w.Pools.Gate, gone))
	}
}

// within reads a band as a person would, without the ladders' help.
func within(band string, n int) bool {
	switch from, to, ranged := strings.Cut(band, "-"); {
	case band == "*":
		return true
	case ranged:
		a, _ := strconv.Atoi(from)
		z, _ := strconv.Atoi(to)
		return a <= n && n <= z
	default:
		a, _ := strconv.Atoi(strings.TrimSuffix(band, "+"))
		return n >= a
	}
}

// fits says whether a household could be the one on a card.
func (r resident) fits(s sight) bool {
	zones := map[string]string{"110107": "zone:central", "110105": "zone:central", "110116": "zone:hills"}
	near := map[string]string{"minimum_living": "guaranteed", "extreme_poverty": "guaranteed", "marginal": "near", "other": "near"}
	area, age := s.columns[0], r.eldest
	if s.youngest {
		age = r.youngest
	}
	return (area == "110000" || area == r.region[:6] || area == zones[r.region[:6]]) && within(s.columns[1], age) &&
		within(s.columns[2], r.size) && (s.columns[3] == "*" || s.columns[3] == near[r.category])
}

// snapshot checks one page by itself: k, l, share, k-map, and who is on it.
func (w *town) snapshot(t *testing.T, page map[string]sight, s deid.Settings) {
	t.Helper()
	classes := map[[8]string]map[string]string{}
	for _, c := range page {
		require.True(t, c.fits(c), "a card says something untrue: %v of %v", c.columns, c.resident)
		if classes[c.columns] == nil {
			classes[c.columns] = map[string]string{}
			fits := 0
			for _, r := range w.register {
				if r.fits(c) {
					fits++
				}
			}
			require.GreaterOrEqual(t, fits, s.KMap, "k-map of %v", c.columns)
		}
		classes[c.columns][c.id] = c.condition
	}
	for columns, homes := range classes {
		require.GreaterOrEqual(t, len(homes), s.K, "k of %v", columns)
		count := map[string]int{}
		for _, condition := range homes {
			count[condition]++
		}
		require.GreaterOrEqual(t, len(count), s.L, "l of %v", columns)
		for condition, n := range count {
			require.LessOrEqual(t, n*100, s.MostShare*len(homes), "share of %s in %v", condition, columns)
		}
	}
}

// trajectories checks that whatever pages somebody kept, what came, stayed,
// changed and went alike on them did so for k households at least.
func (w *town) trajectories(t *testing.T, kept []int, k int) {
	t.Helper()
	lives, cards := map[string]map[string]bool{}, map[string]string{}
	for _, at := range kept {
		for card := range w.seen[at] {
			cards[card] = w.seen[at][card].id
		}
	}
	for card, home := range cards {
		life := ""
		for _, at := range kept {
			s, there := w.seen[at][card]
			life += fmt.Sprint(there, s.columns, ";")
		}
		if lives[life] == nil {
			lives[life] = map[string]bool{}
		}
		lives[life][home] = true
	}
	for life, homes := range lives {
		require.GreaterOrEqual(t, len(homes), k, "pages %v, life %s", kept, life)
	}
}

// together checks what arrived between two pages: no pair of columns belongs to few households.
func (w *town) together(t *testing.T, before, after map[string]sight, k int) {
	t.Helper()
	of := map[string][][8]string{}
	for card, s := range after {
		if _, old := before[card]; !old {
			of[s.id] = append(of[s.id], s.columns)
		}
	}
	pairs := map[[2][8]string]int{}
	for _, shown := range of {
		for i, a := range shown {
			for _, b := range shown[i+1:] {
				pairs[[2][8]string{a, b}]++
				pairs[[2][8]string{b, a}]++
			}
		}
	}
	for pair, n := range pairs {
		require.GreaterOrEqual(t, n, k, "pair %v", pair)
	}
}

// TestAReaderWhoKeepsEveryPage runs invented registers through eight ticks and
// attacks what could be read with a checker that shares nothing with the gate.
func TestAReaderWhoKeepsEveryPage(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		tier deid.Tier
		seed uint64
		hold int
	}{{deid.Verified, 1, 0}, {deid.Verified, 2, 50}, {deid.Public, 3, 0}, {deid.Public, 4, 50}} {
		t.Run(fmt.Sprintf("%s tier, seed %d", c.tier, c.seed), func(t *testing.T) {
			t.Parallel()
			w := &town{DB: pgtest.New(t), Rand: rand.New(rand.NewPCG(c.seed, 8)), register: map[string]resident{}, tier: c.tier}
			s := deid.Defaults(c.tier)
			s.Hold = c.hold
			w.settle(t, 200)
			w.seen = append(w.seen, map[string]sight{})
			for range 8 {
				_, err := gate.Tick(t.Context(), w.Pools.Gate, c.tier, day, s)
				require.NoError(t, err)
				w.copyPages(t)
				w.live(t)
				w.settle(t, 25)
			}
			published := 0
			for i, page := range w.seen {
				published = max(published, len(page))
				w.snapshot(t, page, s)
				for j := range i {
					w.trajectories(t, []int{j, i}, s.K)
				}
				if i > 0 {
					w.together(t, w.seen[i-1], page, s.K)
				}
			}
			w.trajectories(t, []int{0, 1, 2, 3, 4, 5, 6, 7, 8}, s.K)
			require.Greater(t, published, 100, "most found their way out")
			require.Less(t, len(w.seen[1]), len(w.register), "and something happened")
		})
	}
}
