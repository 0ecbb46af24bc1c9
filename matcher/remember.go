package matcher

import (
	"container/heap"

	"shanqiao/charities"
	"shanqiao/matcher/rule"
	"shanqiao/matcher/view"
	"shanqiao/needs/deid"
)

// room is where the offers of one card are weighed.
type room struct {
	offers []*charities.Offer
	byNet  []candidate
	bySum  []candidate
}

// remembered names so many offers at most that are best for a card by what memory
// holds: by the same rules and the same score, only of offers as they were when it
// last looked. So many by score less price, as an answer ranks, and so many by
// score alone, as a list is written. More says whether it knows others.
//
// All are weighed and few are judged: nearly every offer of the kind that is near
// passes the rules, and the rules cost more than the score.
func (o *Online) remembered(c *city, card deid.Card, most int) (best []charities.OfferID, more, held bool) {
	r, _ := o.rooms.Get().(*room)
	if r == nil {
		r = new(room)
	}
	defer o.rooms.Put(r)
	held = o.view.Read(func(k view.Known) {
		m := *c
		m.pauses, m.records, m.prices = k.Pauses, k.Records, k.Prices
		r.offers = k.Find(card.Code, c.within(card), r.offers)
		r.byNet = r.byNet[:0]
		w := m.weigher(card)
		for i, offer := range r.offers {
			r.byNet = append(r.byNet, w.weigh(i, offer))
		}
		p := rule.Pair{Card: card, At: m.at, Around: m.around[card.ID]}
		holds := func(f candidate) bool {
			m.turn(&p, *r.offers[f.offer])
			return rule.FirstFailed(&p) == ""
		}
		r.bySum = append(r.bySum[:0], r.byNet...)
		first, rest := bestOf(ranking{r.byNet, r.offers, func(f candidate) int { return f.net }}, most, holds)
		top, _ := bestOf(ranking{r.bySum, r.offers, func(f candidate) int { return f.sum }}, most, holds)
		best, more = append(first, top...), rest
	})
	return best, more, held
}

// bestOf takes so many that hold from the top of a ranking, and says whether one
// more would hold.
func bestOf(all ranking, most int, holds func(candidate) bool) (best []charities.OfferID, more bool) {
	heap.Init(&all)
	for all.Len() > 0 {
		if f := all.found[0]; holds(f) {
			if len(best) == most {
				return best, true
			}
			best = append(best, all.offers[f.offer].ID)
		}
		heap.Pop(&all)
	}
	return best, false
}

// ranking is a heap of candidates with the one that is worth most on top, equals
// by the offer's id. To have a few of a thousand in order, not all need be sorted.
type ranking struct {
	found  []candidate
	offers []*charities.Offer
	worth  func(candidate) int
}

func (r *ranking) Len() int { return len(r.found) }

func (r *ranking) Less(i, j int) bool {
	a, b := r.found[i], r.found[j]
	if x, y := r.worth(a), r.worth(b); x != y {
		return x > y
	}
	return r.offers[a.offer].ID < r.offers[b.offer].ID
}

func (r *ranking) Swap(i, j int) { r.found[i], r.found[j] = r.found[j], r.found[i] }

// Push is not used: a ranking only shrinks.
func (r *ranking) Push(f any) { r.found = append(r.found, f.(candidate)) }

// Pop gives up the last, which the heap has put there.
func (r *ranking) Pop() any {
	r.found = r.found[:len(r.found)-1]
	return nil
}
