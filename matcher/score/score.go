// Package score says how well an offer that passed every rule suits a card: a
// sum of named parts, each a whole number of thousandths of a point, so that
// the same inputs give the same sum on every machine and a page can show where
// each point came from.
//
// It must never use anything about the family that is not on the card, nor
// pictures, popularity or payment. It has no database and no clock.
package score

import (
	"math/bits"
	"slices"
	"strconv"
	"strings"
	"time"

	"shanqiao/charities"
	"shanqiao/internal/region"
	"shanqiao/needs/deid"
)

// Name of a part; the catalogue's key is "score." and the name.
type Name string

// The parts.
const (
	Duty        Name = "duty"        // who should pay first in this district
	Area        Name = "area"        // both areas narrow, and the same
	Kind        Name = "kind"        // does little else: generalists stay free
	Waiting     Name = "waiting"     // publishing rounds since the card appeared
	Load        Name = "load"        // share of its capacity that is still free
	Reliability Name = "reliability" // promises kept; half for who is new
	Newcomer    Name = "newcomer"    // a first chance
	Exposure    Name = "exposure"    // a card that few were asked about
	Owed        Name = "owed"        // where the order is strict: public duty before private goodwill
	Chosen      Name = "chosen"      // an officer put it first
)

// Names lists the parts in the order in which they are shown.
var Names = []Name{Duty, Area, Kind, Waiting, Load, Reliability, Newcomer, Exposure, Owed, Chosen}

// Weights is the most that each part can give, in thousandths of a point, and
// since when. Keep is what a standing assignment is worth when the city is
// matched again, so that nobody is moved for nothing.
type Weights struct {
	From        time.Time `json:"from"`
	Duty        int       `json:"duty"`
	Area        int       `json:"area"`
	Kind        int       `json:"kind"`
	Waiting     int       `json:"waiting"`
	Load        int       `json:"load"`
	Reliability int       `json:"reliability"`
	Newcomer    int       `json:"newcomer"`
	Exposure    int       `json:"exposure"`
	Keep        int       `json:"keep"`
}

// Parts is what the weighed parts give at most, all together.
func (w Weights) Parts() int {
	return w.Duty + w.Area + w.Kind + w.Waiting + w.Load + w.Reliability + w.Newcomer + w.Exposure
}

// Steep is how many times the weighed parts the highest score contains: themselves,
// two steps of public duty that outweigh them, and a choice that outweighs all three.
const Steep = 6

// Highest is the most that any pair could score: where the order of duty is strict,
// both public steps come before the offer's others, and an officer chose it.
func (w Weights) Highest() int { return Steep*w.Parts() + 4*(w.Keep+1) + 1000 }

// Record is what became of an organisation's claims: Kept were carried out,
// Ended is those and the ones that it gave up or failed.
type Record struct{ Kept, Ended int }

// Facts are what the score knows besides the card and the offer: the order of
// duty where the card lies and whether it is strict, the number of the latest
// publishing round, how many offers were proposed for the card on earlier days, the
// organisation's record, and whether an officer chose the pair.
type Facts struct {
	Order  []charities.Step
	Strict bool
	Tick   int
	Seen   int
	Record Record
	Chosen bool
}

// Part is one named piece of a score. Most is what it could have been.
type Part struct {
	Name   Name `json:"name"`
	Points int  `json:"points"`
	Most   int  `json:"most"`
}

// Parts of one score.
type Parts []Part

// Sum is the score, in thousandths of a point.
func (ps Parts) Sum() int {
	sum := 0
	for _, p := range ps {
		sum += p.Points
	}
	return sum
}

// Most is the score that could have been, in thousandths of a point.
func (ps Parts) Most() int {
	most := 0
	for _, p := range ps {
		most += p.Most
	}
	return most
}

// Key is the part's sentence in the catalogue, with {points} and {most}.
func (p Part) Key() string { return "score." + string(p.Name) }

// Words fills the placeholders of the part's sentence.
func (p Part) Words() map[string]string {
	return map[string]string{"points": Points(p.Points), "most": Points(p.Most)}
}

// Points writes thousandths as points: 12500 is "12.5".
func Points(thousandths int) string {
	return strings.TrimSuffix(strconv.FormatFloat(float64(thousandths)/1000, 'f', 1, 64), ".0")
}

// Patience is after how many publishing rounds waiting gives all it can.
const Patience = 8

// Enough is how many offers proposed for a card leave nothing owed to it.
const Enough = 5

// chances is how many ended claims make an organisation no newcomer any more.
const chances = 3

// Of scores one pair. Divisions round down, each part by itself, so the parts
// always add up to the score.
func Of(card deid.Card, offer charities.Offer, f Facts, w Weights) Parts {
	return Append(make(Parts, 0, len(Names)), &card, &offer, f, w)
}

// Append is Of for whoever scores many pairs and keeps only the sums: the parts
// come after those that are there, in the same memory if there is room.
func Append(parts Parts, card *deid.Card, offer *charities.Offer, f Facts, w Weights) Parts {
	step, start := offer.Step(), len(parts)
	parts = append(parts,
		Part{Duty, duty(step, f.Order, w.Duty), w.Duty},
		Part{Area, area(card.Area, offer.Areas, w.Area), w.Area},
		Part{Kind, w.Kind / max(1, len(offer.Codes)), w.Kind},
		Part{Waiting, w.Waiting * waited(card.Tick, f.Tick) / Patience, w.Waiting},
		Part{Load, w.Load * max(0, offer.Left()) / max(1, offer.Capacity), w.Load},
		Part{Reliability, reliability(f.Record, w.Reliability), w.Reliability},
		Part{Newcomer, w.Newcomer * max(0, chances-f.Record.Ended) / chances, w.Newcomer})
	if w.Exposure > 0 {
		parts = append(parts, Part{Exposure, w.Exposure * max(0, Enough-f.Seen) / Enough, w.Exposure})
	}
	if f.Strict { // one step earlier outweighs all else together, and a standing assignment
		before, all := owed(step, f.Order)
		worth := parts[start:].Most() + w.Keep + 1
		parts = append(parts, Part{Owed, before * worth, all * worth})
	}
	if f.Chosen { // more than all else together, so that what a person decided comes first
		all := parts[start:].Most() + 1000
		parts = append(parts, Part{Chosen, all, all})
	}
	return parts
}

// duty gives the first step in the order everything, the last nothing.
func duty(s charities.Step, order []charities.Step, most int) int {
	at := slices.Index(order, s)
	if at < 0 || len(order) < 2 {
		return 0
	}
	return most * (len(order) - 1 - at) / (len(order) - 1)
}

// owed counts how many steps of public duty come no earlier than this one and have
// another step behind them, of how many there are. Between charity and volunteers
// nobody owes anything, and there the better suited comes first.
func owed(s charities.Step, order []charities.Step) (before, all int) {
	at := slices.Index(order, s)
	for i, step := range order[:max(0, len(order)-1)] {
		if step != charities.Entitlement && step != charities.Bought {
			continue
		}
		all++
		if at >= 0 && at <= i {
			before++
		}
	}
	return before, all
}

// area counts districts. Of the districts that the card may mean, the offer
// reaches both/card; and it is the more at home the fewer it serves. So two
// narrow areas that meet give most, and a citywide offer gives little anywhere.
func area(card string, offered []string, most int) int {
	wanted, reached := districts(card), uint32(0)
	for _, a := range offered {
		reached |= districts(a)
	}
	both := bits.OnesCount32(wanted & reached)
	if both == 0 {
		return 0
	}
	return most * both / (bits.OnesCount32(wanted) * bits.OnesCount32(reached))
}

func waited(since, now int) int {
	if since <= 0 { // sent directly: it never stood in a round
		return 0
	}
	return min(Patience, max(0, now-since))
}

// reliability starts from two kept of four, which a newcomer neither gains nor
// loses by, and one mishap does not end anyone.
func reliability(r Record, most int) int {
	return most * (r.Kept + 2) / (r.Ended + 4)
}

// sets holds one bit per district for every code of a district, zone or the city.
var sets = func() map[string]uint32 {
	m := map[string]uint32{}
	for i, d := range region.Districts() {
		bit := uint32(1) << i
		m[d.Code] = bit
		m[region.ZoneOf(d.Code).Code] |= bit
		m[region.City] |= bit
	}
	return m
}()

// districts is the set of districts that a code of any kind means.
func districts(code string) uint32 {
	if set, ok := sets[code]; ok {
		return set
	}
	if d, ok := region.DistrictOf(code); ok {
		return sets[d.Code]
	}
	return 0
}

// Again scores stored parts with other weights, each part giving the same share of
// what it now can. A part that could give nothing when it was stored tells nothing
// and gives nothing. What outweighed all else still does.
func (ps Parts) Again(w Weights) Parts {
	weight := map[Name]int{Duty: w.Duty, Area: w.Area, Kind: w.Kind, Waiting: w.Waiting, Load: w.Load,
		Reliability: w.Reliability, Newcomer: w.Newcomer, Exposure: w.Exposure}
	again, others := make(Parts, 0, len(ps)), 0
	for _, p := range ps {
		most := weight[p.Name]
		switch p.Name {
		case Owed: // a whole number of steps, each worth a little more than the others together
			most = p.Most / (others + 1) * (again.Most() + w.Keep + 1)
		case Chosen:
			most = again.Most() + 1000
		}
		others += p.Most
		again = append(again, p.share(most))
	}
	return again
}

func (p Part) share(most int) Part {
	if p.Most == 0 {
		return Part{Name: p.Name}
	}
	return Part{p.Name, int(int64(p.Points) * int64(most) / int64(p.Most)), most}
}
