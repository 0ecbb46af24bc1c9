package contract

import "shanqiao/needs"

// needed is the training that a kind of need asks for: a district buys from
// those who have it and says so in the contract.
func needed(code string) []string {
	item, _ := needs.ItemOf(needs.Code(code))
	if item.Training == "" {
		return []string{}
	}
	return []string{item.Training}
}
