package unclaimed

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shanqiao/internal/civil"
	"shanqiao/needs"
)

func on(day, hour int) time.Time { return time.Date(2026, 11, day, hour, 0, 0, 0, civil.Beijing) }

func until(t time.Time) *time.Time { return &t }

func TestAge(t *testing.T) {
	t.Parallel()
	listed := Wait{Listed: on(2, 10), Quantity: 4} // a Monday
	with := func(covers ...Cover) Wait { w := listed; w.Covers = covers; return w }
	cases := map[string]struct {
		wait Wait
		day  int
		unit Unit
		age  int
	}{
		"the day of the listing does not count":          {listed, 2, Day, 0},
		"the next day does":                              {listed, 3, Day, 1},
		"weekends are days":                              {listed, 12, Day, 10},
		"and no working days":                            {listed, 12, Workday, 8},
		"a claim of all of it stops the clock":           {with(Cover{From: on(5, 12), Units: 4}), 12, Day, 3},
		"a claim of a part does not":                     {with(Cover{From: on(5, 12), Units: 3}), 12, Day, 10},
		"two parts that make it whole do":                {with(Cover{From: on(4, 12), Units: 3}, Cover{From: on(5, 12), Units: 1}), 12, Day, 3},
		"one that fell through lets it run on":           {with(Cover{From: on(5, 12), To: until(on(8, 9)), Units: 4}), 12, Day, 7},
		"what was delivered before it ended is not lost": {with(Cover{From: on(5, 12), To: until(on(8, 9)), Units: 4, Kept: 4}), 12, Day, 3},
		"what was delivered in part leaves the rest":     {with(Cover{From: on(5, 12), To: until(on(8, 9)), Units: 4, Kept: 2}), 12, Day, 7},
		"a claim within a day stops nothing":             {with(Cover{From: on(5, 9), To: until(on(5, 17)), Units: 4}), 12, Day, 10},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.age, c.wait.Age(civil.Day(on(c.day, 12)), c.unit))
		})
	}
}

func TestAfter(t *testing.T) {
	t.Parallel()
	friday := civil.Day(on(6, 12))
	require.Equal(t, civil.Day(on(9, 12)), Workday.After(friday, 1))
	require.Equal(t, civil.Day(on(7, 12)), Day.After(friday, 1))
	require.Equal(t, friday, Workday.After(friday, 0))
}

func TestShipped(t *testing.T) {
	t.Parallel()
	require.Len(t, Shipped.Ladders, 4)
	last := 0
	for _, l := range Shipped.Ladders {
		s := Setting{Ladder: l, District: "110105", Source: Shipped.Source, Since: on(1, 0)}
		require.NoError(t, s.check())
		require.Len(t, l.Rungs(), len(needs.Steps))
		require.Greater(t, l.Meeting, last, "what is more urgent climbs faster")
		last = l.Meeting
	}
}

func TestStand(t *testing.T) {
	t.Parallel()
	s := Setting{Ladder: Ladder{Urgency: 3, Unit: Workday, WiderArea: 2, Push: 5, Meeting: 9, Within: 3}}
	w := &waiting{State: needs.Published, wait: Wait{Listed: on(2, 10), Quantity: 1}}
	require.Empty(t, w.due(s, on(3, 9)))
	require.Equal(t, []Rung{{needs.WiderArea, 2}}, w.due(s, on(4, 1)))
	at := w.stand(s, on(4, 9))
	require.True(t, at.Running)
	require.Equal(t, needs.WiderArea, at.Next)
	require.Equal(t, civil.Day(on(4, 9)), at.NextOn, "it is due and the machine comes by today")
	w.taken = []Taken{{Step: needs.WiderArea}}
	at = w.stand(s, on(5, 9))
	require.Equal(t, needs.Push, at.Next, "what is not used is passed over")
	require.Equal(t, civil.Day(on(9, 9)), at.NextOn, "over the weekend")
	require.Equal(t, []Rung{{needs.Push, 5}, {needs.Meeting, 9}}, w.due(s, on(20, 9)), "a machine that stood still makes up for it in order")
	w.wait.Covers = []Cover{{From: on(4, 0), Units: 1}}
	at = w.stand(s, on(20, 9))
	require.False(t, at.Running)
	require.Empty(t, at.Next)
	require.Empty(t, w.due(s, on(20, 9)))
}
