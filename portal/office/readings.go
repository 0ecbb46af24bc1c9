package office

import (
	"net/http"

	"shanqiao/internal/actor"
	"shanqiao/needs/household"
	"shanqiao/portal/locale"
)

// readings shows which offices opened the record and what for. The reader stands
// in it too: opening the page is what wrote the first line.
func (o *Office) readings(r *http.Request, l *locale.Locale, by actor.Officer, home string) (*table, error) {
	list, err := household.Readings(r.Context(), o.Records, by, home)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	t := newTable(l, "office.household.readings", "at", "office", "purpose", "times")
	for _, read := range list[:min(len(list), 10)] {
		t.add(text(l.Time(read.Last)), text(l.Region(read.Office)), text(l.T("household.purpose."+string(read.Purpose))), text(l.Number(int64(read.Times))))
	}
	return t, nil
}
