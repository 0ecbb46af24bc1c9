package charities

import (
	"slices"

	"shanqiao/internal/region"
	"shanqiao/needs"
)

// Sought is how far beyond its own area help for a card is looked for. The card
// says the same as before: what grows is who is asked.
type Sought int

// From the card's own area to all districts that adjoin it.
const (
	HereOnly  Sought = iota
	InZone           // also the districts next door in the same functional zone
	NextDoors        // also those of other zones
)

// SoughtAfter is how far the steps taken for a card go.
func SoughtAfter(steps []needs.Step) Sought {
	switch {
	case slices.Contains(steps, needs.NextDistrict):
		return NextDoors
	case slices.Contains(steps, needs.WiderArea):
		return InZone
	}
	return HereOnly
}

// ReachesFrom says whether the offer serves the area of a card, or, as far as
// help is sought, an area that adjoins it.
func (o Offer) ReachesFrom(area string, s Sought) bool {
	return o.Reaches(area) || s > HereOnly && slices.ContainsFunc(o.Areas, func(own string) bool {
		return region.Near(area, own, s == InZone)
	})
}
