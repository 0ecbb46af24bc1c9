// Package view holds in memory what can be given: the open offers of verified
// organisations, found by kind of help and by area, with what the rules and the
// score ask beside the offer itself. Whoever fills it reads Postgres.
//
// It decides nothing: what is near it is told, and the truth is in Postgres: what comes of a view is checked
// against the rows before anybody acts on it.
package view

import (
	"maps"
	"reflect"
	"slices"
	"sync"

	"shanqiao/charities"
	"shanqiao/matcher/rule"
	"shanqiao/matcher/score"
	"shanqiao/needs"
)

// Contents is what is read from Postgres, of some offers or of all: the offers,
// by their ids their pauses, and by organisation its record.
type Contents struct {
	Offers  []charities.Offer
	Pauses  map[charities.OfferID][]rule.Pause
	Records map[string]score.Record
}

// View may be read and written by many at once. The zero View is not loaded and empty.
type View struct {
	mu      sync.RWMutex
	loaded  bool
	offers  map[charities.OfferID]*charities.Offer
	places  map[place][]*charities.Offer
	areas   map[string]bool // every area that was ever named
	pauses  map[charities.OfferID][]rule.Pause
	prices  map[charities.OfferID]int
	records map[string]score.Record
}

// place is where an offer is looked for: what it gives, and one of its areas.
type place struct {
	code needs.Code
	area string
}

// Replace puts the whole city in place of what was held.
func (v *View) Replace(all Contents) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.loaded = true
	v.offers = make(map[charities.OfferID]*charities.Offer, len(all.Offers))
	v.places, v.areas = map[place][]*charities.Offer{}, map[string]bool{}
	v.pauses = map[charities.OfferID][]rule.Pause{}
	v.prices, v.records = map[charities.OfferID]int{}, map[string]score.Record{}
	v.put(all)
}

// Put makes what is held of the offers of these ids exactly what now is: those
// that are not among the offers are given no more.
func (v *View) Put(ids []charities.OfferID, now Contents) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, id := range ids {
		v.drop(id)
	}
	v.put(now)
}

func (v *View) put(now Contents) {
	for _, given := range now.Offers {
		v.drop(given.ID)
		o := &given
		v.offers[o.ID] = o
		for _, p := range placesOf(o) {
			v.places[p] = append(v.places[p], o)
			v.areas[p.area] = true
		}
		if pauses := now.Pauses[o.ID]; len(pauses) > 0 {
			v.pauses[o.ID] = pauses
		}
	}
	maps.Copy(v.records, now.Records)
}

func (v *View) drop(id charities.OfferID) {
	o, held := v.offers[id]
	if !held {
		return
	}
	delete(v.offers, id)
	delete(v.pauses, id)
	for _, p := range placesOf(o) {
		if rest := slices.DeleteFunc(v.places[p], func(x *charities.Offer) bool { return x == o }); len(rest) > 0 {
			v.places[p] = rest
		} else {
			delete(v.places, p)
		}
	}
}

func placesOf(o *charities.Offer) []place {
	all := make([]place, 0, len(o.Codes)*len(o.Areas))
	for _, code := range o.Codes {
		for _, area := range o.Areas {
			if p := (place{code, area}); !slices.Contains(all, p) { // were one named twice
				all = append(all, p)
			}
		}
	}
	return all
}

// PutRecords puts the records of these organisations in place of what was held.
func (v *View) PutRecords(organisations []string, now map[string]score.Record) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, o := range organisations {
		delete(v.records, o)
	}
	maps.Copy(v.records, now)
}

// PutPrices puts all prices in place of those that were held.
func (v *View) PutPrices(now map[charities.OfferID]int) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.prices = maps.Clone(now)
}

// Known is a view while it is read. It must not be kept, nor its maps changed.
type Known struct {
	Pauses  map[charities.OfferID][]rule.Pause
	Prices  map[charities.OfferID]int
	Records map[string]score.Record
	view    *View
}

// Read hands over what is held, which does not change until do returns. It says
// whether anything was ever put there; if not, do is not called.
func (v *View) Read(do func(Known)) bool {
	v.mu.RLock()
	defer v.mu.RUnlock()
	if v.loaded {
		do(Known{v.pauses, v.prices, v.records, v})
	}
	return v.loaded
}

// Find lists the offers of a kind of help of which one area at least is near, each
// once and in no order. They are put where into was, if there is room, and must
// not be changed.
func (k Known) Find(code needs.Code, near func(area string) bool, into []*charities.Offer) []*charities.Offer {
	at := make(map[string]bool, len(k.view.areas))
	for area := range k.view.areas {
		at[area] = near(area)
	}
	found := into[:0]
	for area, here := range at {
		if !here {
			continue
		}
		for _, o := range k.view.places[place{code, area}] {
			// One that is near with several areas is found by the first.
			if first := slices.IndexFunc(o.Areas, func(own string) bool { return at[own] }); o.Areas[first] == area {
				found = append(found, o)
			}
		}
	}
	return found
}

// Len is how many offers are held.
func (v *View) Len() int {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return len(v.offers)
}

// IDs are the offers that are held, in no order.
func (v *View) IDs() []charities.OfferID {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return slices.Collect(maps.Keys(v.offers))
}

// Difference is what a view holds otherwise than Postgres says. Missing offers
// it lacks, stale ones it holds in another state, orphans it holds although they
// are given no more. Records are organisations.
type Difference struct {
	Missing, Stale, Orphans []charities.OfferID
	Records                 []string
}

// Offers are all that differ.
func (d Difference) Offers() []charities.OfferID {
	return slices.Concat(d.Missing, d.Stale, d.Orphans)
}

// Differ compares what is held of the offers of these ids with what is so now.
func (v *View) Differ(ids []charities.OfferID, now Contents) Difference {
	given := make(map[charities.OfferID]*charities.Offer, len(now.Offers))
	for i := range now.Offers {
		given[now.Offers[i].ID] = &now.Offers[i]
	}
	v.mu.RLock()
	defer v.mu.RUnlock()
	var d Difference
	for _, id := range ids {
		o, there := given[id]
		held, holds := v.offers[id]
		switch {
		case there && !holds:
			d.Missing = append(d.Missing, id)
		case holds && !there:
			d.Orphans = append(d.Orphans, id)
		case there && (!reflect.DeepEqual(held, o) || !samePauses(v.pauses[id], now.Pauses[id])):
			d.Stale = append(d.Stale, id)
		}
	}
	for name, record := range now.Records {
		if held, ok := v.records[name]; !ok || !reflect.DeepEqual(held, record) {
			d.Records = append(d.Records, name)
		}
	}
	return d
}

// samePauses does not look at the order, nor at pauses that are over: those
// that Postgres no longer gives do nothing where they are still held.
func samePauses(held, now []rule.Pause) bool {
	return !slices.ContainsFunc(now, func(p rule.Pause) bool {
		return !slices.ContainsFunc(held, func(q rule.Pause) bool { return reflect.DeepEqual(p, q) })
	})
}
