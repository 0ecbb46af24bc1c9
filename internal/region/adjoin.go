package region

import (
	_ "embed"
	"encoding/json"
)

//go:embed data/adjoining.json
var adjoiningFile []byte

// neighbours are the districts that have a border in common.
var neighbours = map[string]map[string]bool{}

func init() {
	var all struct {
		Pairs [][2]string `json:"pairs"`
	}
	if err := json.Unmarshal(adjoiningFile, &all); err != nil {
		panic("region: embedded list of neighbours: " + err.Error())
	}
	for _, p := range all.Pairs {
		for i, one := range p {
			if neighbours[one] == nil {
				neighbours[one] = map[string]bool{}
			}
			neighbours[one][p[1-i]] = true
		}
	}
}

// Adjoin says whether two districts have a border in common. A district does
// not adjoin itself.
func Adjoin(one, other string) bool { return neighbours[one][other] }

// Near says whether a district of one area (the city, a zone, a district, or a
// subdistrict's) adjoins a district of the other. With inZone both must lie in
// the same functional zone: life there is alike and the way is short.
func Near(one, other string, inZone bool) bool {
	for _, a := range districts {
		if !meets(one, a.Code) {
			continue
		}
		for b := range neighbours[a.Code] {
			if meets(other, b) && (!inZone || ZoneOf(a.Code) == ZoneOf(b)) {
				return true
			}
		}
	}
	return false
}

// meets says whether an area and a district have a place in common.
func meets(area, district string) bool { return Covers(area, district) || Covers(district, area) }
