package deid

import (
	"shanqiao/internal/fault"
)

// Settings are the numbers that make a cohort safe enough to be shown.
type Settings struct {
	K         int // distinct households in a cohort, at least
	KMap      int // households of the register that fit the shown tuple, at least
	L         int // different conditions in a cohort, at least
	MostShare int // of one condition in a cohort, in percent, at most
	// MostListed is how many of a hundred households that fit a place and people,
	// as cards show them, may be behind such cards: where all of them are, a card
	// says of every one of them, by name, that it is listed.
	MostListed int
	// Hold is how many of a hundred cohorts of new needs appear one tick later.
	// Ticks of the schedule draw; one that somebody asks for by hand does not.
	Hold int
	// Districts ask for more than the city, by their six digits. A cohort meets
	// what every district asks that a household in it lives in.
	Districts map[string]Settings
}

// Defaults are the shipped settings of a tier and the least that is allowed;
// reference: k of 11 for what anyone can read, 5 for verified organisations.
func Defaults(t Tier) Settings {
	s := Settings{K: 5, KMap: 20, L: 3, MostShare: 60, MostListed: 50}
	if t == Public {
		s.K = 11
	}
	return s
}

// HoldShipped is the share of new cohorts that the schedule holds for a tick, in percent.
const HoldShipped = 50

// Of is what a district asks; place has six digits or more. It is never less
// than what the city asks.
func (s Settings) Of(place string) Settings {
	if len(place) >= 6 {
		if d, asks := s.Districts[place[:6]]; asks {
			return s.And(d)
		}
	}
	return s
}

// And asks for as much as either.
func (s Settings) And(o Settings) Settings {
	s.K, s.KMap, s.L = max(s.K, o.K), max(s.KMap, o.KMap), max(s.L, o.L)
	s.MostShare, s.MostListed = min(s.MostShare, o.MostShare), min(s.MostListed, o.MostListed)
	return s
}

// harder says whether s asks for more than o in anything.
func (s Settings) harder(o Settings) bool {
	return s.K > o.K || s.KMap > o.KMap || s.L > o.L || s.MostShare < o.MostShare || s.MostListed < o.MostListed
}

// Check says what is wrong with settings that somebody wants for a tier: a field
// may ask for more than the shipped value, within reason, and never for less.
func (s Settings) Check(t Tier) error {
	least, wrong := Defaults(t), map[string]string{}
	if s.K < least.K || s.K > 200 {
		wrong["k"] = "gate.k"
	}
	if s.KMap < least.KMap || s.KMap > 10_000 {
		wrong["k_map"] = "gate.k_map"
	}
	if s.L < least.L || s.L > 6 {
		wrong["l"] = "gate.l"
	}
	if s.MostShare > least.MostShare || s.MostShare < 20 {
		wrong["most_share"] = "gate.most_share"
	}
	if s.MostListed > least.MostListed || s.MostListed < 5 {
		wrong["most_listed"] = "gate.most_listed"
	}
	if len(wrong) > 0 {
		return fault.InvalidFields(wrong)
	}
	return nil
}
