package deid

import "sync"

// Within lists the categories of household that a card's band may mean: every one
// for what is not said. The list is shared and read only.
func Within(band string) []string {
	if band == "" {
		band = Any
	}
	return within()[band]
}

// Ages is the youngest and the oldest that a card's band of age may mean; what is
// not said may be anyone.
func Ages(band string) (least, most int) {
	if ends, ok := ages()[band]; ok {
		return ends[0], ends[1]
	}
	return 0, Oldest
}

// Oldest is above every age.
const Oldest = 200

// A city asks these for a million pairs, so they are worked out once.
var (
	within = sync.OnceValue(func() map[string][]string {
		all := map[string][]string{}
		for _, of := range ladder.Category {
			for category, band := range of {
				all[band] = append(all[band], category)
			}
		}
		return all
	})
	ages = sync.OnceValue(func() map[string][2]int {
		all := map[string][2]int{}
		for _, steps := range ladder.Age {
			least := 0
			for _, b := range steps {
				all[b.Band] = [2]int{least, b.To}
				least = b.To + 1
			}
		}
		return all
	})
)
