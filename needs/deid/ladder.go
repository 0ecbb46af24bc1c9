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
	// Urgency never says less than what the family needs, but nothing at all at the end.
	Urgency []map[UrgencyBand]UrgencyBand `json:"urgency"`
	// Weight is how much each column is worth to those who read cards: where it is
	// decides who can help, the size of a household hardly does.
	Weight struct{ Area, Age, Size, Category, Urgency int } `json:"weight"`
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
type Level struct{ Area, Age, Size, Category, Urgency int }

func (l Level) String() string {
	return fmt.Sprintf("area%d age%d size%d category%d urgency%d", l.Area, l.Age, l.Size, l.Category, l.Urgency)
}

// number is the place of a level among places, whatever is said of urgency.
func (l Level) number() int {
	return ((l.Area*len(ladder.Age)+l.Age)*len(ladder.Size)+l.Size)*len(ladder.Category) + l.Category
}

// places are the levels of what is said of a household, by their numbers.
var places = func() []Level {
	var all []Level
	for area := range areas {
		for age := range ladder.Age {
			for size := range ladder.Size {
				for category := range ladder.Category {
					all = append(all, Level{Area: area, Age: age, Size: size, Category: category})
				}
			}
		}
	}
	return all
}()

// areas is how many steps an area has: district, zone, city.
const areas = 3

// finest is the least that a tier generalises. The public one never says how
// urgent a need is: nobody can take it there, and it would part those who are alike.
func finest(t Tier) Level {
	if t == Public {
		return Level{Urgency: len(ladder.Urgency) - 1}
	}
	return Level{}
}

// lattice lists every level of a tier, the one that loses least first.
var lattice = map[Tier][]Level{Public: levels(Public), Verified: levels(Verified)}

func levels(t Tier) []Level {
	var all []Level
	for _, l := range places {
		for l.Urgency = finest(t).Urgency; l.Urgency < len(ladder.Urgency); l.Urgency++ {
			all = append(all, l)
		}
	}
	w := ladder.Weight
	steps := func(l Level) int { // of equal ladders, since what a value loses differs from place to place
		return w.Area*l.Area*full/(areas-1) + w.Age*l.Age*full/(len(ladder.Age)-1) + w.Size*l.Size*full +
			w.Category*l.Category*full + w.Urgency*l.Urgency*full/(len(ladder.Urgency)-1)
	}
	slices.SortStableFunc(all, func(a, b Level) int { return cmp.Compare(steps(a), steps(b)) })
	return all
}

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

var areaNumber, ageNumber, sizeNumber, categoryNumber, urgencyNumber = func() (area, age, size, category, urgency numbers) {
	area, age, size, category, urgency = numbers{}, numbers{}, numbers{}, numbers{}, numbers{}
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
	for _, l := range ladder.Urgency {
		for _, u := range urgencies {
			urgency.add(string(l[u]))
		}
	}
	return area, age, size, category, urgency
}()

func (n numbers) add(value string) {
	if _, seen := n[value]; !seen {
		n[value] = uint8(len(n))
	}
}

// encode writes down a place at every step of every ladder but that of urgency.
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
	case "urgency":
		return []string{string(Urgent), string(Soon), string(Open), Any}
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

// urgencies are the exact bands of what waits for a cohort, the most urgent first.
var urgencies = []UrgencyBand{Urgent, Soon, Open}

// urgencyAt is what a card says of urgency at a step. What cannot wait has no
// ladder, since it is never in a cohort.
func urgencyAt(u needs.Urgency, step int) UrgencyBand {
	if u == needs.WithinTwoDays {
		return Now
	}
	return ladder.Urgency[step][Band(u)]
}

// Band is what a card says of urgency where nothing is generalised.
func Band(u needs.Urgency) UrgencyBand {
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
