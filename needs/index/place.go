package index

import (
	"slices"
	"strings"

	"shanqiao/internal/region"
)

// Serving widens places to every area that a card may name and that touches
// them. A card's area is a district, a zone or the whole city, whatever its
// cohort needed to hide in: who serves Shijingshan must also be shown the cards
// that say only "central districts" or "Beijing", because the household may live
// there. It also narrows: who serves a zone sees the districts in it. An unknown
// code widens to nothing.
func Serving(places ...string) []string {
	var codes []string
	for _, place := range places {
		switch {
		case place == region.City:
			for _, d := range region.Districts() {
				codes = append(codes, d.Code)
			}
			for _, z := range region.Zones {
				codes = append(codes, z.Code)
			}
		case strings.HasPrefix(place, "zone:"):
			for _, d := range region.Districts() {
				if region.ZoneOf(d.Code).Code == place {
					codes = append(codes, d.Code, place)
				}
			}
		default:
			d, ok := region.DistrictOf(place)
			if !ok {
				continue
			}
			codes = append(codes, d.Code, region.ZoneOf(d.Code).Code)
		}
		if len(codes) > 0 {
			codes = append(codes, region.City)
		}
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

// Within is the condition that a card may lie in one of the places.
func Within(places ...string) Cond { return In{Field: Area, Codes: Serving(places...)} }
