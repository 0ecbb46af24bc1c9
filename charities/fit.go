package charities

import (
	"slices"
	"time"

	"shanqiao/internal/region"
	"shanqiao/needs"
)

// Whether an offer can be drawn on for a need is asked here and nowhere else:
// the matcher's rules give each answer a name and a sentence, and a claim
// refuses what does not hold.

// Gives says whether the offer is of this kind of help.
func (o Offer) Gives(code needs.Code) bool { return slices.Contains(o.Codes, code) }

// Reaches says whether the offer serves the area of a card. A card may say a
// zone or the whole city, because the family's district was too small to name;
// then the two need only have a place in common, and where exactly both learn
// after the claim is approved.
func (o Offer) Reaches(area string) bool {
	return slices.ContainsFunc(o.Areas, func(own string) bool {
		return region.Covers(own, area) || region.Covers(area, own)
	})
}

// Days is the first and the last day on which the offer and a window of days
// both allow help, from today on; there is none where the first is after the
// last. All are civil dates.
func (o Offer) Days(from, to, today time.Time) (first, last time.Time) {
	first, last = from, to
	for _, day := range []time.Time{o.StartsOn, today} {
		if day.After(first) {
			first = day
		}
	}
	if o.EndsOn.Before(last) {
		last = o.EndsOn
	}
	return first, last
}

// Indoors says whether it would be a volunteer who works in the family's home.
// An organisation's own staff are covered by its contract or its project.
func (o Offer) Indoors(code needs.Code) bool {
	item, _ := needs.ItemOf(code)
	return item.Indoors && o.Kind == Volunteer
}

// Insured says whether a volunteer in a home is covered to the last day, not
// only the first: help that comes several times must not outlive the insurance.
func (o Offer) Insured(code needs.Code, last, today time.Time) bool {
	return !o.Indoors(code) || !o.InsuredUntil.Before(last) && !o.InsuredUntil.Before(today)
}

// Asks is the training that a volunteer must show for a kind of help, "" for
// none. What an organisation's staff can do was looked at when it was verified
// or contracted.
func (o Offer) Asks(code needs.Code) string {
	item, _ := needs.ItemOf(code)
	if o.Kind != Volunteer {
		return ""
	}
	return item.Training
}

// Able says whether the offer has the training that a kind of help asks for.
func (o Offer) Able(code needs.Code) bool {
	asked := o.Asks(code)
	return asked == "" || slices.Contains(o.Trained, asked)
}
