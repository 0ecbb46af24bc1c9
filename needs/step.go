package needs

// Step is what is done for a need that waits too long for somebody to take it,
// each wider than the one before.
type Step string

// The five steps, as stored. The first three concern who is looked for and
// cross to the exchange half; the last two are work for staff.
const (
	WiderArea    Step = "wider_area"
	NextDistrict Step = "neighbouring_district"
	Push         Step = "push"
	Purchase     Step = "purchase"
	Meeting      Step = "meeting"
)

// Steps in the order in which they are taken.
var Steps = []Step{WiderArea, NextDistrict, Push, Purchase, Meeting}
