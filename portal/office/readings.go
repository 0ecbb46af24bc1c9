package office

import (
	"shanqiao/needs/household"
	"shanqiao/portal/locale"
)

// mostReadings are shown on a record; the family's own page has them all.
const mostReadings = 10

// readingTable shows which offices opened the record and what for. The reader stands
// in it too: opening the page is what wrote the first line.
func readingTable(l *locale.Locale, list []household.Reading) *table {
	t := newTable(l, "office.household.readings", "at", "office", "purpose", "times")
	for _, read := range list[:min(len(list), mostReadings)] {
		t.add(text(l.Time(read.Last)), text(l.Region(read.Office)), text(l.T("household.purpose."+string(read.Purpose))), text(l.Number(int64(read.Times))))
	}
	return t
}
