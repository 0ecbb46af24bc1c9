// Package region knows the districts and subdistricts of Beijing: 16 districts,
// 349 subdistricts, towns and zones, as the National Bureau of Statistics listed
// them on 2023-06-30. Key by code and never by name: 八里庄街道 exists twice.
package region

import (
	_ "embed"
	"encoding/json"
	"slices"
	"strings"
)

// City is the code of Beijing as a whole.
const City = "110000"

// Subdistrict is a 街道, 镇, 乡, 地区 or zone; Code has nine digits.
type Subdistrict struct {
	Code     string `json:"code"`
	Name     string `json:"name"`
	Kind     string `json:"kind"`
	Pinyin   string `json:"pinyin"`
	Initials string `json:"initials"`
	District string `json:"-"`
}

// District has six digits and belongs to one of four functional zones.
type District struct {
	Code         string        `json:"code"`
	Name         string        `json:"name"`
	Short        string        `json:"short"`
	English      string        `json:"en"`
	ZoneName     string        `json:"zone"`
	Subdistricts []Subdistrict `json:"subdistricts"`
}

// Zone is a functional zone of the city plan, the step between district and city.
type Zone struct{ Code, Name, English string }

// Zones in the order of the plan. Their codes are what a card's area may say.
var Zones = []Zone{
	{"zone:core", "核心区", "Core area"},
	{"zone:central", "中心城区", "Central districts"},
	{"zone:plain", "平原新城", "New towns on the plain"},
	{"zone:hills", "生态涵养区", "Ecological hills"},
}

//go:embed data/beijing_divisions.min.json
var file []byte

var (
	districts []District
	byCode    = map[string]*District{}
	subByCode = map[string]*Subdistrict{}
)

func init() {
	var all struct {
		Districts []District `json:"districts"`
	}
	if err := json.Unmarshal(file, &all); err != nil {
		panic("region: embedded list of divisions: " + err.Error())
	}
	districts = all.Districts
	for i := range districts {
		d := &districts[i]
		byCode[d.Code] = d
		for j := range d.Subdistricts {
			s := &d.Subdistricts[j]
			s.District = d.Code
			subByCode[s.Code] = s
		}
	}
}

// Districts lists the sixteen, in the official order.
func Districts() []District { return slices.Clone(districts) }

// DistrictOf finds the district of any code of six or nine digits.
func DistrictOf(code string) (District, bool) {
	if len(code) < 6 {
		return District{}, false
	}
	d, ok := byCode[code[:6]]
	if !ok {
		return District{}, false
	}
	return *d, true
}

// SubdistrictOf finds a subdistrict by its nine digits.
func SubdistrictOf(code string) (Subdistrict, bool) {
	s, ok := subByCode[code]
	if !ok {
		return Subdistrict{}, false
	}
	return *s, true
}

// ZoneOf is the functional zone that a district or subdistrict lies in. The
// sub-centre is one district, Tongzhou, and would hide nothing as a zone of its
// own, so it counts with the new towns.
func ZoneOf(code string) Zone {
	d, _ := DistrictOf(code)
	if d.ZoneName == "城市副中心" {
		return Zones[2]
	}
	for _, z := range Zones {
		if z.Name == d.ZoneName {
			return z
		}
	}
	return Zone{}
}

// Name is what to call a code of any kind: 北京市, a zone, a district, or a
// subdistrict with its district before it.
func Name(code string) string {
	if code == City {
		return "北京市"
	}
	for _, z := range Zones {
		if z.Code == code {
			return z.Name
		}
	}
	if s, ok := subByCode[code]; ok {
		return byCode[s.District].Name + s.Name
	}
	if d, ok := byCode[code]; ok {
		return d.Name
	}
	return code
}

// English is Name for readers of English; subdistricts are spelled in pinyin.
func English(code string) string {
	if code == City {
		return "Beijing"
	}
	for _, z := range Zones {
		if z.Code == code {
			return z.English
		}
	}
	if s, ok := subByCode[code]; ok {
		return spelled(s.Pinyin) + ", " + byCode[s.District].English
	}
	if d, ok := byCode[code]; ok {
		return d.English
	}
	return code
}

// spelled is a name without what kind of place it is, or with that in English
// where the data keeps it, as most names that a district has too.
func spelled(pinyin string) string {
	for _, kind := range [][2]string{{" jie dao", " Subdistrict"}, {" di qu", " Area"}, {"mi yun zhen", "Miyun Town"}, {"yan qing zhen", "Yanqing Town"}} {
		if rest, ok := strings.CutSuffix(pinyin, kind[0]); ok {
			return title(rest) + kind[1]
		}
	}
	return title(pinyin)
}

// title joins syllables as a place name is written: "dong hua men" → "Donghuamen".
func title(pinyin string) string {
	var out []rune
	for i, r := range pinyin {
		if i == 0 && r >= 'a' && r <= 'z' {
			r -= 'a' - 'A'
		}
		if r != ' ' {
			out = append(out, r)
		}
	}
	return string(out)
}

// Covers says whether area (a city, zone, district or subdistrict code) contains place.
func Covers(area, place string) bool {
	switch {
	case area == City, area == place:
		return true
	case len(area) > 5 && area[:5] == "zone:":
		return ZoneOf(place).Code == area
	default:
		return len(place) > len(area) && place[:len(area)] == area
	}
}
