package matcher

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"shanqiao/charities"
	"shanqiao/internal/civil"
	"shanqiao/internal/fault"
	"shanqiao/internal/pg"
	"shanqiao/matcher/assign"
	"shanqiao/matcher/score"
	"shanqiao/needs/deid"
)

// Trial says what other weights would change, on the city as it is and on what
// was answered since a day. Nothing of it is stored.
type Trial struct {
	Cards, Offers int
	Wanted        int
	Now, Then     Side
	Tiers         []Tier // by urgency as the card says it, the most urgent first
	Firsts        int    // cards whose best candidate would be another
	Others        int    // cards to which the round would give another offer
	Moved         int    // units that another offer would be asked for
	Taken         int    // proposals since the day that were taken
	Declined      int    // and that were turned down
	Rounds        int    // rounds that made them
}

// Side is the city under one set of weights. Order is how often, in a hundred
// pairs of one proposal that was taken and one that was turned down, the weights
// put the taken one higher: fifty is chance.
type Side struct {
	Served int
	ByKind map[charities.Kind]int
	Order  float64
}

// Tier is how many units of an urgency are wanted, and served by either weights.
type Tier struct {
	Name              string
	Wanted, Now, Then int
}

// maxWeight keeps sums of utilities far from what a solver can count.
const maxWeight = 1_000_000

// CheckWeights refuses weights that no part may have.
func CheckWeights(w score.Weights) error {
	for _, n := range []int{w.Duty, w.Area, w.Kind, w.Waiting, w.Load, w.Reliability, w.Newcomer, w.Exposure, w.Keep} {
		if n < 0 || n > maxWeight {
			return fault.New(fault.Invalid, "match.weights_wrong")
		}
	}
	// What outweighs all else grows with all else, and a solver can count so far.
	if w.Highest()+w.Keep > assign.MostUtility {
		return fault.New(fault.Invalid, "match.weights_high").With("most", (assign.MostUtility-w.Keep-w.Highest()+w.Parts()*score.Steep)/score.Steep/1000)
	}
	return nil
}

// WeightsOn are the weights that hold at a moment.
func WeightsOn(ctx context.Context, db pg.DB, at time.Time) (hold score.Weights, err error) {
	err = pg.Together(ctx, db, func(b *pg.Batch) { askWeights(b, at, func(w score.Weights) { hold = w }) })
	return hold, err
}

// Try matches the city with the weights that hold and with others, and compares
// how both would have put in order what was answered since a day. The transaction
// may only read, so that the database itself holds it to storing nothing.
func Try(ctx context.Context, db pg.DB, at, since time.Time, w score.Weights, solver assign.Solver) (Trial, error) {
	if err := CheckWeights(w); err != nil {
		return Trial{}, err
	}
	var t Trial
	err := pg.InTx(ctx, db, func(tx pg.DB) error {
		if _, err := tx.Exec(ctx, `set transaction read only`); err != nil {
			return err
		}
		// It thinks for longer than Postgres lets a transaction rest.
		if _, err := tx.Exec(ctx, `set local idle_in_transaction_session_timeout = 0`); err != nil {
			return err
		}
		c, even, err := everything(ctx, tx, at)
		if err != nil {
			return err
		}
		t = Trial{Cards: len(c.cards), Offers: len(c.offers)}
		t.compare(c, w, evenly(solver, even.Even))
		return t.lookBack(ctx, tx, since, c.weights, w)
	})
	if err != nil {
		return Trial{}, fmt.Errorf("try weights: %w", err)
	}
	return t, nil
}

func (t *Trial) compare(c *city, w score.Weights, solver assign.Solver) {
	other := *c
	other.weights = w
	now, then := c.plan(), other.plan()
	tiers := map[deid.UrgencyBand]Tier{}
	given := func(p *plan, side *Side, add func(*Tier, int)) map[pair]int {
		units := map[pair]int{}
		side.ByKind = map[charities.Kind]int{}
		for _, share := range solver.Solve(p.Problem).Shares {
			e := p.Edges[share.Edge]
			o := p.city.offers[e.Resource]
			units[pair{p.city.cards[e.Need].ID, o.ID}] += share.Units
			side.Served += share.Units
			side.ByKind[o.Kind] += share.Units
			tier := tiers[p.city.cards[e.Need].Urgency]
			add(&tier, share.Units)
			tiers[p.city.cards[e.Need].Urgency] = tier
		}
		return units
	}
	before := given(now, &t.Now, func(t *Tier, units int) { t.Now += units })
	after := given(then, &t.Then, func(t *Tier, units int) { t.Then += units })
	others := map[deid.CardID]bool{}
	for p, units := range after {
		t.Moved += max(0, units-before[p])
		if before[p] == 0 {
			others[p.card] = true
		}
	}
	t.Others = len(others)
	for i, card := range c.cards {
		t.Wanted += card.Left()
		tier := tiers[card.Urgency]
		tier.Wanted += card.Left()
		tiers[card.Urgency] = tier
		if len(now.found[i]) > 0 && now.top(i) != then.top(i) {
			t.Firsts++
		}
	}
	for _, band := range bands {
		if tier, some := tiers[band]; some {
			tier.Name = string(band)
			t.Tiers = append(t.Tiers, tier)
		}
	}
}

// top is the offer that a list of a card's candidates begins with: by score alone,
// as lists are written. The last round's prices are of the weights that it had.
func (p *plan) top(card int) charities.OfferID {
	best := slices.MinFunc(p.found[card], func(a, b candidate) int {
		return cmp.Or(cmp.Compare(b.sum, a.sum), cmp.Compare(p.city.offers[a.offer].ID, p.city.offers[b.offer].ID))
	})
	return p.city.offers[best.offer].ID
}

// bands are the urgencies in the order in which they are served.
var bands = []deid.UrgencyBand{deid.Now, deid.Urgent, deid.Soon, deid.Unsaid, deid.Open}

// lookBack scores again what was answered, from the parts that were stored with it.
func (t *Trial) lookBack(ctx context.Context, tx pg.DB, since time.Time, now, then score.Weights) error {
	type row struct {
		Card    deid.CardID
		Parts   score.Parts
		RoundID string
		Taken   bool
	}
	rows, err := pg.Many[row](ctx, tx, `
		select p.card_id as card, p.parts, coalesce(p.round_id, '') as round_id, p.state <> 'declined' as taken
		  from exchange.proposals p
		 where p.made_at >= @since::date at time zone 'Asia/Shanghai'
		   and (p.state in ('taken', 'declined') or exists (
		        select from exchange.claims c where c.card_id = p.card_id and c.offer_id = p.offer_id))`,
		pg.Args{"since": civil.Day(since)})
	if err != nil {
		return err
	}
	rounds := map[string]bool{}
	var sums [2][]answer
	for _, r := range rows {
		if r.Taken {
			t.Taken++
		} else {
			t.Declined++
		}
		if r.RoundID != "" {
			rounds[r.RoundID] = true
		}
		sums[0] = append(sums[0], answer{r.Parts.Again(now).Sum(), r.Taken})
		sums[1] = append(sums[1], answer{r.Parts.Again(then).Sum(), r.Taken})
	}
	t.Rounds = len(rounds)
	t.Now.Order, t.Then.Order = concordance(sums[0]), concordance(sums[1])
	return nil
}

type answer struct {
	sum   int
	taken bool
}

// concordance counts the pairs of a taken and a declined one in which the taken one is
// higher, an equal pair as half, of a hundred; 0 where there are none.
func concordance(all []answer) float64 {
	slices.SortFunc(all, func(a, b answer) int { return cmp.Compare(a.sum, b.sum) })
	below, right, taken := 0, 0, 0 // right in halves
	for i := 0; i < len(all); {
		j, up, down := i, 0, 0
		for ; j < len(all) && all[j].sum == all[i].sum; j++ {
			if all[j].taken {
				up++
			} else {
				down++
			}
		}
		right += up * (2*below + down)
		below, taken, i = below+down, taken+up, j
	}
	if taken == 0 || below == 0 {
		return 0
	}
	return 100 * float64(right) / float64(2*taken*below)
}
