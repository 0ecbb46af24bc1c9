package view_test

import (
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shanqiao/charities"
	"shanqiao/internal/region"
	"shanqiao/matcher/rule"
	"shanqiao/matcher/score"
	"shanqiao/matcher/view"
	"shanqiao/needs"
)

func areas() []string {
	all := []string{region.City, "110105015"}
	for _, d := range region.Districts() {
		all = append(all, d.Code, region.ZoneOf(d.Code).Code)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func offer(id string, codes []needs.Code, areas ...string) charities.Offer {
	return charities.Offer{ID: charities.OfferID(id), Organisation: "o-" + id, Codes: codes, Areas: areas, Capacity: 3, State: "open"}
}

func find(v *view.View, code needs.Code, area string) []string {
	names := []string{}
	v.Read(func(k view.Known) {
		for _, o := range k.Find(code, func(own string) bool { return charities.Offer{Areas: []string{own}}.Reaches(area) }, nil) {
			names = append(names, o.ID.String())
		}
	})
	slices.Sort(names)
	return names
}

func TestFindLeavesOutOnlyWhatIsOfAnotherKindOrNotNear(t *testing.T) {
	t.Parallel()
	places := areas()
	codes := []needs.Code{"bathing", "meals", "escort"}
	var all []charities.Offer
	for i := range 400 {
		all = append(all, offer(strconv.Itoa(i), []needs.Code{codes[i%3], codes[(i/3+1+i%3)%3]}[:1+i%2],
			slices.Compact([]string{places[i%len(places)], places[(i*7+2)%len(places)]})...))
	}
	var v view.View
	v.Replace(view.Contents{Offers: all})
	for _, code := range codes {
		for _, area := range places {
			want := []string{}
			for _, o := range all {
				if o.Gives(code) && o.Reaches(area) {
					want = append(want, o.ID.String())
				}
			}
			slices.Sort(want)
			require.Equal(t, want, find(&v, code, area), "%s in %s", code, area)
		}
	}
}

func TestPut(t *testing.T) {
	t.Parallel()
	var v view.View
	require.False(t, v.Read(func(view.Known) { t.Error("nothing was put there") }))
	v.Replace(view.Contents{Offers: []charities.Offer{
		offer("a", []needs.Code{"bathing", "meals"}, "110105", "110101"), offer("b", []needs.Code{"meals"}, "110105")}})

	v.Put([]charities.OfferID{"a", "b"}, view.Contents{Offers: []charities.Offer{offer("a", []needs.Code{"meals"}, "110101")}})

	require.Equal(t, 1, v.Len())
	require.Empty(t, find(&v, "bathing", "110105"), "it does something else now")
	require.Empty(t, find(&v, "meals", "110105"), "one moved away, the other is given no more")
	require.Equal(t, []string{"a"}, find(&v, "meals", "110101"))
	require.Equal(t, []charities.OfferID{"a"}, v.IDs())
}

func TestDiffer(t *testing.T) {
	t.Parallel()
	until := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	same, used := offer("same", []needs.Code{"meals"}, "110105"), offer("used", []needs.Code{"meals"}, "110105")
	fresh, gone := offer("fresh", []needs.Code{"meals"}, "110105"), offer("gone", []needs.Code{"meals"}, "110105")
	rests := offer("rests", []needs.Code{"meals"}, "110105")
	var v view.View
	v.Replace(view.Contents{Offers: []charities.Offer{same, used, gone, rests}, Records: map[string]score.Record{"x": {Kept: 1, Ended: 1}}})
	used.Committed = 3
	now := view.Contents{Offers: []charities.Offer{same, used, fresh, rests},
		Pauses:  map[charities.OfferID][]rule.Pause{"rests": {{Reason: "no_capacity", Until: until}}},
		Records: map[string]score.Record{"x": {Kept: 1, Ended: 2}}}

	d := v.Differ([]charities.OfferID{"same", "used", "fresh", "gone", "rests"}, now)

	require.Equal(t, view.Difference{Missing: []charities.OfferID{"fresh"}, Stale: []charities.OfferID{"used", "rests"},
		Orphans: []charities.OfferID{"gone"}, Records: []string{"x"}}, d)
	v.Put(d.Offers(), now)
	require.Empty(t, v.Differ(v.IDs(), now))
}

func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	var v view.View
	v.Replace(view.Contents{Offers: []charities.Offer{offer("kept", []needs.Code{"meals"}, "110105")}})
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for j := range 200 {
				name := charities.OfferID(strconv.Itoa(i))
				v.Put([]charities.OfferID{name}, view.Contents{Offers: []charities.Offer{offer(name.String(), []needs.Code{"meals"}, "110105")}})
				if !slices.Contains(find(&v, "meals", "110105"), "kept") {
					t.Error("a reader lost what nobody touched")
				}
				if j%2 == 0 {
					v.Put([]charities.OfferID{name}, view.Contents{})
				}
			}
		})
	}
	all.Wait()
	require.Equal(t, 9, v.Len())
}
