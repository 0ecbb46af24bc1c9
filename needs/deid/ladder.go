package deid

import (
	"cmp"
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"shanqiao/internal/region"
	"shanqiao/needs"
)

// band is a step of a ladder of numbers: everything up to To.
type band struct {
	Band string `json:"band"`
	To   int    `json:"to"`
}

// ladders says how each column is made coarser, step by step. It is data that
// two people review, because a finer step shows more of a family.
type ladders struct {
	Version  string              `json:"version"`
	Age      [][]band            `json:"age"`
	Size     [][]band            `json:"size"`
	Category []map[string]string `json:"category"`
	Loss     struct {
		Area     []int `json:"area"`
		Age      []int `json:"age"`
		Size     []int `json:"size"`
		Category []int `json:"category"`
	} `json:"loss"`
}

//go:embed ladders.json
var laddersFile []byte

var ladder = func() ladders {
	var l ladders
	if err := json.Unmarshal(laddersFile, &l); err != nil {
		panic("deid: embedded ladders: " + err.Error())
	}
	return l
}()

// LaddersVersion names the reviewed ladders that a tick was made with.
func LaddersVersion() string { return ladder.Version }

// Level is how far each column is generalised: 0 is the finest step.
type Level struct{ Area, Age, Size, Category int }

func (l Level) String() string {
	return fmt.Sprintf("area%d age%d size%d category%d", l.Area, l.Age, l.Size, l.Category)
}

func (l Level) loss() int {
	return ladder.Loss.Area[l.Area] + ladder.Loss.Age[l.Age] + ladder.Loss.Size[l.Size] + ladder.Loss.Category[l.Category]
}

// lattice lists every level, the one that loses least first.
var lattice = func() []Level {
	var all []Level
	for area := range ladder.Loss.Area {
		for age := range ladder.Loss.Age {
			for size := range ladder.Loss.Size {
				for category := range ladder.Loss.Category {
					all = append(all, Level{area, age, size, category})
				}
			}
		}
	}
	slices.SortStableFunc(all, func(a, b Level) int { return cmp.Compare(a.loss(), b.loss()) })
	return all
}()

// place is what can be recognised about a household before any generalisation.
type place struct {
	Region   string // nine digits
	Age      int    // years, of the member for whom the help is
	Size     int    // people
	Category string
}

// at generalises a place to a level. The tuple's need columns stay empty.
func (p place) at(l Level) Tuple {
	return Tuple{
		Area:     areaAt(p.Region, l.Area),
		Age:      bandAt(ladder.Age[l.Age], p.Age),
		Size:     bandAt(ladder.Size[l.Size], p.Size),
		Category: ladder.Category[l.Category][p.Category],
	}
}

func areaAt(place string, level int) string {
	switch level {
	case 0:
		return place[:6]
	case 1:
		return region.ZoneOf(place).Code
	default:
		return region.City
	}
}

func bandAt(steps []band, n int) string { return steps[bandOf(steps, n)].Band }

// bandOf is the place of the band that n belongs to; what is beyond the last belongs to the last.
func bandOf(steps []band, n int) int {
	i := 0
	for i < len(steps)-1 && n > steps[i].To {
		i++
	}
	return i
}

// numbers gives every value of a column a small number, the same for one value
// wherever it stands.
type numbers map[string]uint8

var areaNumber, ageNumber, sizeNumber, categoryNumber = func() (area, age, size, category numbers) {
	area, age, size, category = numbers{}, numbers{}, numbers{}, numbers{}
	for _, d := range region.Districts() {
		area.add(d.Code)
	}
	for _, z := range region.Zones {
		area.add(z.Code)
	}
	area.add(region.City)
	for _, l := range ladder.Age {
		for _, b := range l {
			age.add(b.Band)
		}
	}
	for _, l := range ladder.Size {
		for _, b := range l {
			size.add(b.Band)
		}
	}
	for _, l := range ladder.Category {
		for _, raw := range slices.Sorted(maps.Keys(l)) {
			category.add(l[raw])
		}
	}
	return area, age, size, category
}()

func (n numbers) add(value string) {
	if _, seen := n[value]; !seen {
		n[value] = uint8(len(n))
	}
}

// encode writes down a place at every step of every ladder.
func encode(p place) coded {
	var c coded
	for l := range c.area {
		c.area[l] = areaNumber[areaAt(p.Region, l)]
	}
	for l, steps := range ladder.Age {
		c.age[l] = ageNumber[bandAt(steps, p.Age)]
	}
	for l, steps := range ladder.Size {
		c.size[l] = sizeNumber[bandAt(steps, p.Size)]
	}
	for l, of := range ladder.Category {
		c.category[l] = categoryNumber[of[p.Category]]
	}
	return c
}

// Bands lists the bands of a column over all its steps, for filters and for
// the check that every combination has a sentence.
func Bands(column string) []string {
	var steps [][]band
	switch column {
	case "age":
		steps = ladder.Age
	case "size":
		steps = ladder.Size
	case "category":
		return []string{"guaranteed", "near", Any}
	}
	var all []string
	for _, s := range steps {
		for _, b := range s {
			if !slices.Contains(all, b.Band) {
				all = append(all, b.Band)
			}
		}
	}
	return all
}

// urgencyBand is what a card says of urgency.
func urgencyBand(u needs.Urgency) UrgencyBand {
	switch u {
	case needs.WithinTwoDays:
		return Now
	case needs.WithinFiveDays:
		return Urgent
	case needs.WithinTwoWeeks:
		return Soon
	default:
		return Open
	}
}
