package citizen

import (
	"context"

	"shanqiao/internal/actor"
	"shanqiao/needs/unclaimed"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
	"shanqiao/portal/story"
)

// waiting says of each kind of help that nobody has taken yet how long it has been
// looked for, where, and what comes next.
func (c *Citizen) waiting(ctx context.Context, l *locale.Locale, by actor.Citizen) ([]html.Fact, error) {
	if by.Household == "" {
		return nil, nil
	}
	items, err := unclaimed.OfHousehold(ctx, c.Records, by, by.Household, c.Now())
	if err != nil {
		return nil, err
	}
	var all []html.Fact
	for _, i := range items {
		all = append(all, html.Fact{Label: story.Thing(l, i.Code, i.Left), Value: told(l, i.Standing)})
	}
	return all, nil
}

func told(l *locale.Locale, s unclaimed.Standing) string {
	now, waited := "unclaimed.family.first", story.Waited(l, s.Waited, s.Ladder.Unit)
	switch {
	case s.Meeting != nil && s.Meeting.RecordedAt != nil:
		return l.T("unclaimed.family.agreed", "waited", waited, "next", l.T("chain.agreed."+string(s.Meeting.Next)), "day", l.Day(s.Meeting.NextOn))
	case s.Meeting.Waits():
		return l.T("unclaimed.family.meeting", "waited", waited, "day", l.Day(s.Meeting.DueOn))
	case s.At() != "":
		now = "unclaimed.family." + string(s.At())
	case s.Waited == 0:
		now = "unclaimed.family.fresh"
	}
	said := l.T(now, "waited", waited)
	if s.Next != "" {
		said = l.T("unclaimed.family.then", "now", said, "day", l.Day(s.NextOn), "next", l.T("unclaimed.family.next."+string(s.Next)))
	}
	return said
}
