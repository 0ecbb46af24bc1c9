package unclaimed

import (
	_ "embed"
	"encoding/json"
	"time"

	"shanqiao/internal/civil"
	"shanqiao/needs"
)

// Unit is what a ladder counts in: days by the calendar, or working days.
type Unit string

// The units.
const (
	Day     Unit = "day"     // 天
	Workday Unit = "workday" // 工作日
)

// Units in the order of the form.
var Units = []Unit{Day, Workday}

// counts says whether a date counts.
func (u Unit) counts(day time.Time) bool { return u != Workday || civil.Workday(day) }

// After is the date that lies n units after a day.
func (u Unit) After(day time.Time, n int) time.Time {
	for n > 0 {
		if day = day.AddDate(0, 0, 1); u.counts(day) {
			n--
		}
	}
	return day
}

// Rung is a step and the age at which it is taken.
type Rung struct {
	Step  needs.Step
	After int
}

// Ladder is what holds for one band of urgency: after how long each step is
// taken, where 0 means that it is not used, and in how long the meeting must
// have decided.
type Ladder struct {
	Urgency              needs.Urgency
	Unit                 Unit
	WiderArea            int `json:"wider_area"`
	NeighbouringDistrict int `json:"neighbouring_district"`
	Push                 int
	Purchase             int
	Meeting              int
	Within               int
}

// Rungs lists the steps that are used, in their order.
func (l Ladder) Rungs() []Rung {
	var used []Rung
	for i, after := range []int{l.WiderArea, l.NeighbouringDistrict, l.Push, l.Purchase, l.Meeting} {
		if after > 0 {
			used = append(used, Rung{needs.Steps[i], after})
		}
	}
	return used
}

// Shipped is what holds where a district has said nothing.
var Shipped struct {
	Source   string
	SourceEn string `json:"source_en"`
	Ladders  []Ladder
}

//go:embed shipped.json
var shippedFile []byte

func init() {
	if err := json.Unmarshal(shippedFile, &Shipped); err != nil {
		panic("unclaimed: embedded ladders: " + err.Error())
	}
}

// shipped is the ladder of a band as it comes with the system.
func shipped(u needs.Urgency) Ladder {
	for _, l := range Shipped.Ladders {
		if l.Urgency == u {
			return l
		}
	}
	return Shipped.Ladders[len(Shipped.Ladders)-1]
}
