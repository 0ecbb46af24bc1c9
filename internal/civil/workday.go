package civil

import (
	_ "embed"
	"encoding/json"
	"time"
)

//go:embed workdays.json
var file []byte

// Calendar is the list of working days that Workday knows: which paper it
// comes from and which days it covers.
var Calendar struct {
	Source   string
	From, To time.Time
}

// turned are the days that are not what their weekday says: true for a weekend
// on which people work.
var turned = map[time.Time]bool{}

func init() {
	var all struct {
		Source   string
		From, To string
		Off, On  []string
	}
	if err := json.Unmarshal(file, &all); err != nil {
		panic("civil: embedded calendar: " + err.Error())
	}
	Calendar.Source, Calendar.From, Calendar.To = all.Source, parsed(all.From), parsed(all.To)
	for _, d := range all.Off {
		turned[parsed(d)] = false
	}
	for _, d := range all.On {
		turned[parsed(d)] = true
	}
}

func parsed(s string) time.Time {
	d, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic("civil: embedded calendar: " + err.Error())
	}
	return d
}

// Workday says whether people work on a civil date. Outside the days that the
// calendar covers only weekends are known to be free.
func Workday(day time.Time) bool {
	if on, listed := turned[day]; listed {
		return on
	}
	return day.Weekday() != time.Saturday && day.Weekday() != time.Sunday
}

// Midnight is the instant at which a civil date begins in Beijing.
func Midnight(day time.Time) time.Time {
	y, m, d := day.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, Beijing)
}
