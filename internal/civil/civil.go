// Package civil knows what day it is in Beijing, which is the day that windows,
// terms and schedules count in, wherever the machine stands.
package civil

import "time"

// Beijing is the clock of the city. It has had no summer time since 1991, so a
// fixed offset is exact and needs no zone data on the machine.
var Beijing = time.FixedZone("Asia/Shanghai", 8*60*60)

// Day is the day in Beijing at an instant, as midnight UTC: a civil date, which
// is how Postgres gives a date and how one is compared with another.
func Day(at time.Time) time.Time {
	y, m, d := at.In(Beijing).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}
