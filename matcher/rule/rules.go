package rule

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"shanqiao/charities"
	"shanqiao/internal/civil"
	"shanqiao/internal/region"
	"shanqiao/needs"
	"shanqiao/needs/deid"
)

// Rules lists every rule. The cheap ones that refuse most come early, and what
// a person could still change (days, capacity, insurance) comes after what they
// could not, so that the first failure is also the plainest answer.
var Rules = []Rule{
	{CardOpen, func(p *Pair) bool { return p.Card.State == "open" }, nil},
	{Tier, func(p *Pair) bool { return p.Card.Tier == deid.Verified || p.Card.Tier == deid.Direct }, nil},
	{Recipient, recipient, nil},
	{Standing, func(p *Pair) bool { return p.Offer.Standing == "verified" }, nil},
	{OfferOpen, func(p *Pair) bool { return p.Offer.State == "open" }, nil},
	{Kind, func(p *Pair) bool { return slices.Contains(p.Offer.Codes, p.Card.Code) }, kindData},
	{Area, areasMeet, areaData},
	{Window, daysMeet, windowData},
	{Units, func(p *Pair) bool { return p.Card.Left() >= 1 }, unitsData},
	{Capacity, func(p *Pair) bool { return p.Offer.Left() >= 1 }, capacityData},
	{Insurance, insured, insuranceData},
	{Training, trained, trainingData},
	{Engaged, func(p *Pair) bool { return !p.Taken && !slices.Contains(p.Around.Engaged, p.Offer.Organisation) }, nil},
	{Refused, func(p *Pair) bool { return !slices.Contains(p.Around.Refused, p.Offer.Organisation) }, nil},
	{Declined, func(p *Pair) bool { return p.Declined == "" }, declinedData},
	{Rest, rested, restData},
}

func recipient(p *Pair) bool {
	return p.Card.Tier != deid.Direct || slices.Contains(p.Around.Recipients, p.Offer.Organisation)
}

func kindData(p *Pair) Data {
	codes := make([]string, len(p.Offer.Codes))
	for i, c := range p.Offer.Codes {
		codes[i] = string(c)
	}
	return Data{"code": string(p.Card.Code), "codes": strings.Join(codes, ",")}
}

// areasMeet: a card may say a zone or the whole city, because the family's
// district was too small to name. The offer reaches it when the two areas have
// a place in common; where exactly, both learn after the claim is approved.
func areasMeet(p *Pair) bool {
	for _, a := range p.Offer.Areas {
		if region.Covers(a, p.Card.Area) || region.Covers(p.Card.Area, a) {
			return true
		}
	}
	return false
}

func areaData(p *Pair) Data {
	return Data{"area": p.Card.Area, "areas": strings.Join(p.Offer.Areas, ",")}
}

// common is the first and the last day on which both the card and the offer
// allow help, from today on.
func common(p *Pair) (first, last time.Time) {
	first, last = p.Card.WindowFrom, p.Card.WindowTo
	for _, day := range []time.Time{p.Offer.StartsOn, civil.Day(p.At)} {
		if day.After(first) {
			first = day
		}
	}
	if p.Offer.EndsOn.Before(last) {
		last = p.Offer.EndsOn
	}
	return first, last
}

func daysMeet(p *Pair) bool {
	first, last := common(p)
	return !first.After(last)
}

func windowData(p *Pair) Data {
	return Data{"from": date(p.Card.WindowFrom), "to": date(p.Card.WindowTo),
		"starts": date(p.Offer.StartsOn), "ends": date(p.Offer.EndsOn)}
}

func unitsData(p *Pair) Data {
	return Data{"left": strconv.Itoa(p.Card.Left()), "quantity": strconv.Itoa(p.Card.Quantity)}
}

func capacityData(p *Pair) Data {
	return Data{"left": strconv.Itoa(p.Offer.Left()), "capacity": strconv.Itoa(p.Offer.Capacity)}
}

// inside says whether a volunteer would work in the family's home. An
// organisation's own staff are covered by its contract or its project.
func inside(p *Pair) bool {
	item, _ := needs.ItemOf(p.Card.Code)
	return item.Indoors && p.Offer.Kind == charities.Volunteer
}

// insured asks for cover to the last common day, not only the first: help that
// comes several times must not outlive the insurance.
func insured(p *Pair) bool {
	if !inside(p) {
		return true
	}
	_, last := common(p)
	return !p.Offer.InsuredUntil.Before(last) && !p.Offer.InsuredUntil.Before(civil.Day(p.At))
}

func insuranceData(p *Pair) Data {
	if !inside(p) {
		return nil
	}
	_, last := common(p)
	d := Data{"last": date(last), "until": ""}
	if !p.Offer.InsuredUntil.IsZero() {
		d["until"] = date(p.Offer.InsuredUntil)
	}
	return d
}

// required is the training that a volunteer must show. What an organisation's
// staff can do was looked at when it was verified or contracted.
func required(p *Pair) string {
	item, _ := needs.ItemOf(p.Card.Code)
	if p.Offer.Kind != charities.Volunteer {
		return ""
	}
	return item.Training
}

func trained(p *Pair) bool {
	need := required(p)
	return need == "" || slices.Contains(p.Offer.Trained, need)
}

func trainingData(p *Pair) Data {
	if need := required(p); need != "" {
		return Data{"training": need}
	}
	return nil
}

func declinedData(p *Pair) Data {
	if p.Declined == "" {
		return nil
	}
	return Data{"reason": p.Declined}
}

// resting finds the pause that lies over this pair, the longest if several.
func resting(p *Pair) (Pause, bool) {
	today, found := civil.Day(p.At), Pause{}
	for _, q := range p.Pauses {
		if q.Until.After(today) && (q.Code == "" || q.Code == p.Card.Code) &&
			(q.Area == "" || q.Area == p.Card.Area) && q.Until.After(found.Until) {
			found = q
		}
	}
	return found, !found.Until.IsZero()
}

func rested(p *Pair) bool {
	_, on := resting(p)
	return !on
}

func restData(p *Pair) Data {
	if q, on := resting(p); on {
		return Data{"reason": q.Reason, "until": date(q.Until)}
	}
	return nil
}

func date(t time.Time) string { return t.Format(time.DateOnly) }
