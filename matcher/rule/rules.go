package rule

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"shanqiao/charities"
	"shanqiao/internal/civil"
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
	{Safety, func(p *Pair) bool { return !p.Offer.Banned(civil.Day(p.At)) }, safetyData},
	{Kind, func(p *Pair) bool { return p.Offer.Gives(p.Card.Code) }, kindData},
	{Area, func(p *Pair) bool { return p.Offer.ReachesFrom(p.Card.Area, p.Around.Sought) }, areaData},
	{Eligibility, func(p *Pair) bool { return p.Offer.Entitled(p.Card.Category) }, eligibilityData},
	{People, func(p *Pair) bool { return p.Offer.Serves(p.Card.Category) }, peopleData},
	{Age, func(p *Pair) bool { return p.Offer.Takes(p.Card.Age) }, ageData},
	{Window, daysMeet, windowData},
	{Units, func(p *Pair) bool { return p.Card.Left() >= 1 }, unitsData},
	{Capacity, func(p *Pair) bool { return p.Offer.Places() >= 1 }, capacityData},
	{Budget, func(p *Pair) bool { return p.Offer.BudgetFen == 0 || p.Offer.Paid() >= 1 }, budgetData},
	{Insurance, insured, insuranceData},
	{Training, func(p *Pair) bool { return p.Offer.Able(p.Card.Code) }, trainingData},
	{Qualification, func(p *Pair) bool { return p.Offer.Licensed(p.Card.Code) }, qualificationData},
	{Engaged, func(p *Pair) bool { return !p.Taken && !slices.Contains(p.Around.Engaged, p.Offer.Organisation) }, nil},
	{Consent, func(p *Pair) bool { return !slices.Contains(p.Around.Unwanted, p.Offer.Organisation) }, nil},
	{Refused, func(p *Pair) bool { return !slices.Contains(p.Around.Refused, p.Offer.Organisation) }, nil},
	{Related, func(p *Pair) bool { return !slices.Contains(p.Around.Related, p.Offer.Organisation) }, nil},
	{Overruled, func(p *Pair) bool { return !p.Overruled }, nil},
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

func areaData(p *Pair) Data {
	d := Data{"area": p.Card.Area, "areas": strings.Join(p.Offer.Areas, ",")}
	if p.Around.Sought > charities.HereOnly && !p.Offer.Reaches(p.Card.Area) {
		d["sought"] = "wider"
	}
	return d
}

// common is the first and the last day on which both the card and the offer
// allow help, from today on.
func common(p *Pair) (first, last time.Time) {
	return p.Offer.Days(p.Card.WindowFrom, p.Card.WindowTo, civil.Day(p.At))
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
	return Data{"left": strconv.Itoa(p.Offer.Places()), "capacity": strconv.Itoa(p.Offer.Capacity)}
}

func insured(p *Pair) bool {
	_, last := common(p)
	return p.Offer.Insured(p.Card.Code, last, civil.Day(p.At))
}

func insuranceData(p *Pair) Data {
	if !p.Offer.Indoors(p.Card.Code) {
		return nil
	}
	_, last := common(p)
	d := Data{"last": date(last), "until": ""}
	if !p.Offer.InsuredUntil.IsZero() {
		d["until"] = date(p.Offer.InsuredUntil)
	}
	return d
}

func trainingData(p *Pair) Data {
	if asked := p.Offer.Asks(p.Card.Code); asked != "" {
		return Data{"training": asked}
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
		if q.Until.After(today) && q.lies(p) && q.Until.After(found.Until) {
			found = q
		}
	}
	return found, !found.Until.IsZero()
}

// lies says whether a pause is about cards like this one.
func (q *Pause) lies(p *Pair) bool {
	return (q.Code == "" || q.Code == p.Card.Code) && (q.Area == "" || q.Area == p.Card.Area) &&
		(q.Age == "" || q.Age == p.Card.Age) && (q.Category == "" || q.Category == p.Card.Category)
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

func safetyData(p *Pair) Data {
	if p.Offer.Banned(civil.Day(p.At)) {
		return Data{"until": date(p.Offer.BannedUntil)}
	}
	return nil
}

func eligibilityData(p *Pair) Data {
	return Data{"programme": p.Offer.Programme, "category": p.Card.Category}
}

func peopleData(p *Pair) Data {
	return Data{"category": p.Card.Category, "categories": strings.Join(p.Offer.Categories, ",")}
}

func ageData(p *Pair) Data {
	return Data{"age": p.Card.Age, "ages": strconv.Itoa(p.Offer.LeastAge) + "-" + strconv.Itoa(p.Offer.Settled().MostAge)}
}

func budgetData(p *Pair) Data {
	if p.Offer.BudgetFen == 0 {
		return Data{"fund": p.Offer.Fund, "left": ""}
	}
	return Data{"fund": p.Offer.Fund, "left": strconv.Itoa(p.Offer.Paid())}
}

func qualificationData(p *Pair) Data {
	if asked := p.Offer.Requires(p.Card.Code); asked != "" {
		return Data{"qualification": asked}
	}
	return nil
}
