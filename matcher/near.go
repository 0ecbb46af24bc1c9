package matcher

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"shanqiao/charities"
	"shanqiao/internal/actor"
	"shanqiao/internal/pg"
	"shanqiao/matcher/rule"
	"shanqiao/needs"
	"shanqiao/needs/deid"
)

// Near says how it stands with the candidates of a card, as something to act
// on: what alone keeps the rest away, and how many it keeps.
type Near struct {
	Fit    int       // offers that pass every rule
	Kind   int       // offers of this kind of help, whoever's and wherever
	Misses []Miss    // most offers first
	Cause  rule.Code // where nobody fits and nobody is near: the rule that failed most often
}

// Miss is a rule that alone keeps offers from a card. Line is its answer, with
// the days and names of one of them, and the areas of all. The catalogue's key
// of what is so is "near." and the rule's code; of what can be done about it
// that key and ".do". Both take {n}.
type Miss struct {
	rule.Line
	Offers        int
	Organisations []Name // at most three, those with most such offers first
}

// Key is the catalogue's key of the miss; a failed rule's own sentence speaks of one pair.
func (m Miss) Key() string { return "near." + string(m.Rule) }

// Name is what an organisation is called.
type Name struct{ Zh, En string }

// remedies are the rules about which a person could do something: call, ask,
// verify, insure. What the household or an organisation has decided stays
// decided, and what is so of the card is so for every offer alike.
var remedies = map[rule.Code]bool{
	rule.Recipient: true, rule.Standing: true, rule.OfferOpen: true, rule.Area: true, rule.Window: true,
	rule.Capacity: true, rule.Budget: true, rule.Insurance: true, rule.Training: true, rule.Qualification: true,
	rule.Rest: true,
}

// Remedies lists them in the order of the rules.
func Remedies() []rule.Code {
	var all []rule.Code
	for _, r := range rule.Rules {
		if remedies[r.Code] {
			all = append(all, r.Code)
		}
	}
	return all
}

// named is an offer with what its organisation is called.
type named struct {
	charities.Offer
	Zh, En string
}

// NearMisses looks at every offer of the card's kind of help, paused ones and
// those of suspended organisations among them, and counts those that fail
// exactly one rule. It is for officers: it names organisations.
func NearMisses(ctx context.Context, db pg.DB, _ actor.Officer, card deid.CardID, at time.Time) (Near, error) {
	var near Near
	err := pg.InTx(ctx, db, func(tx pg.DB) error {
		k, err := cardOf(ctx, tx, card)
		if err != nil {
			return err
		}
		all, err := everyOffer(ctx, tx, k.Code)
		if err != nil {
			return err
		}
		offers := make([]charities.Offer, len(all))
		for i, o := range all {
			offers[i] = o.Offer
		}
		c, err := load(ctx, tx, []deid.Card{k}, offers, at)
		if err != nil {
			return err
		}
		near = c.near(k, all)
		return nil
	})
	if err != nil {
		return Near{}, fmt.Errorf("near misses of card %s: %w", card, err)
	}
	return near, nil
}

func everyOffer(ctx context.Context, tx pg.DB, code needs.Code) ([]named, error) {
	return pg.Many[named](ctx, tx, `
		select `+offerColumns+`, g.name as zh, g.name_en as en
		  from exchange.offers o
		  join exchange.organisations g on g.id = o.organisation_id
		 where o.state <> 'closed' and @code = any(o.codes)
		 order by o.id`, pg.Args{"code": string(code)})
}

// tally gathers the offers that one rule keeps away.
type tally struct {
	miss  Miss
	areas []string
	whose map[Name]int
}

func (c *city) near(card deid.Card, offers []named) Near {
	near := Near{Kind: len(offers)}
	failed, tallies := map[rule.Code]int{}, map[rule.Code]*tally{}
	for _, o := range offers {
		trace := rule.Check(c.pair(card, o.Offer))
		lines := trace.Failed()
		for _, l := range lines {
			failed[l.Rule]++
		}
		switch {
		case len(lines) == 0:
			near.Fit++
		case len(lines) == 1 && remedies[lines[0].Rule]:
			t := tallies[lines[0].Rule]
			if t == nil {
				t = &tally{miss: Miss{Line: lines[0]}, whose: map[Name]int{}}
				tallies[lines[0].Rule] = t
			}
			t.add(o)
		}
	}
	for _, t := range tallies {
		near.Misses = append(near.Misses, t.close())
	}
	order := Remedies()
	slices.SortFunc(near.Misses, func(a, b Miss) int {
		return cmp.Or(cmp.Compare(b.Offers, a.Offers),
			cmp.Compare(slices.Index(order, a.Rule), slices.Index(order, b.Rule)))
	})
	if near.Fit == 0 && len(near.Misses) == 0 {
		near.Cause = commonest(failed)
	}
	return near
}

func (t *tally) add(o named) {
	t.miss.Offers++
	t.whose[Name{o.Zh, o.En}]++
	t.areas = append(t.areas, o.Areas...)
}

// most is how many organisations a miss names: enough to call, short enough to read.
const most = 3

func (t *tally) close() Miss {
	if t.miss.Rule == rule.Area {
		slices.Sort(t.areas)
		t.miss.Data["areas"] = strings.Join(slices.Compact(t.areas), ",")
	}
	for name := range t.whose {
		t.miss.Organisations = append(t.miss.Organisations, name)
	}
	slices.SortFunc(t.miss.Organisations, func(a, b Name) int {
		return cmp.Or(cmp.Compare(t.whose[b], t.whose[a]), cmp.Compare(a.Zh, b.Zh))
	})
	t.miss.Organisations = t.miss.Organisations[:min(most, len(t.miss.Organisations))]
	return t.miss
}
