package deid

// Within lists the categories of household that a card's band may mean: every one
// for what is not said.
func Within(band string) []string {
	if band == "" {
		band = Any
	}
	var all []string
	for _, of := range ladder.Category {
		for category, shown := range of {
			if shown == band {
				all = append(all, category)
			}
		}
	}
	return all
}

// Ages is the youngest and the oldest that a card's band of age may mean; what is
// not said may be anyone.
func Ages(band string) (least, most int) {
	for _, steps := range ladder.Age {
		least = 0
		for _, b := range steps {
			if b.Band == band {
				return least, b.To
			}
			least = b.To + 1
		}
	}
	return 0, Oldest
}

// Oldest is above every age.
const Oldest = 200
