package charities

import (
	"slices"
	"time"

	"shanqiao/internal/region"
	"shanqiao/needs"
	"shanqiao/needs/deid"
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

// Requires is the qualification that the law asks of whoever gives a kind of
// help, "" for none. Of an organisation it was looked at when it was verified or
// contracted.
func (o Offer) Requires(code needs.Code) string {
	item, _ := needs.ItemOf(code)
	if o.Kind != Volunteer {
		return ""
	}
	return item.Qualification
}

// Licensed says whether a volunteer shows the qualification that is asked for.
func (o Offer) Licensed(code needs.Code) bool {
	asked := o.Requires(code)
	return asked == "" || slices.Contains(o.Qualified, asked)
}

// Banned says whether a ban lies on whoever would come, on a day.
func (o Offer) Banned(today time.Time) bool {
	return !o.BannedUntil.IsZero() && !o.BannedUntil.Before(today)
}

// Takes says whether the offer is for people of the age that a card says. A card
// says a band or nothing; the two need only have an age in common, and who it is
// they learn after the claim is approved.
func (b Bounds) Takes(band string) bool {
	least, most := deid.Ages(band)
	return b.LeastAge <= most && least <= b.Settled().MostAge
}

// Serves says whether the offer is for households of the category that a card
// says, or may mean.
func (b Bounds) Serves(band string) bool {
	return len(b.Categories) == 0 || slices.ContainsFunc(deid.Within(band), func(category string) bool {
		return slices.Contains(b.Categories, category)
	})
}

// Entitled says whether the policy names the category that a card says, or may
// mean, for the assistance in whose name the offer is given.
func (o Offer) Entitled(band string) bool {
	p, ok := needs.ProgrammeOf(o.Programme)
	return !ok || p.Any || slices.ContainsFunc(deid.Within(band), p.Names)
}
