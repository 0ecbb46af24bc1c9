package needs

import (
	_ "embed"
	"encoding/json"
	"slices"
)

// Programme is a kind of assistance with the categories of household that the
// policy names for it: a row of the eligibility matrix of 京政办发〔2026〕4号.
// Statutory ones are owed by law and come before what is bought, given or
// volunteered. Any is for whoever qualifies, whatever the category. Flag is what
// the text leaves open: an offer may name fewer categories for itself, with its
// paper, and never more.
type Programme struct {
	Code      string   `json:"code"`
	Statutory bool     `json:"statutory"`
	Zh        string   `json:"zh"`
	En        string   `json:"en"`
	Named     []string `json:"named"`
	Any       bool     `json:"any"`
	Clause    string   `json:"clause"`
	Flag      string   `json:"flag"`
}

// Categories of household in the order of the policy. What is not determined yet
// is none of them.
var Categories = []string{"extreme_poverty", "minimum_living", "marginal", "rigid_expenditure", "other"}

//go:embed programmes.json
var programmesFile []byte

var (
	programmes  []Programme
	programmeOf = map[string]*Programme{}
)

func init() {
	if err := json.Unmarshal(programmesFile, &programmes); err != nil {
		panic("needs: embedded eligibility matrix: " + err.Error())
	}
	for i := range programmes {
		programmeOf[programmes[i].Code] = &programmes[i]
	}
}

// Programmes lists the rows of the matrix.
func Programmes() []Programme { return slices.Clone(programmes) }

// ProgrammeOf finds a kind of assistance.
func ProgrammeOf(code string) (Programme, bool) {
	if p, ok := programmeOf[code]; ok {
		return *p, true
	}
	return Programme{}, false
}

// Names says whether the policy names a category for the programme.
func (p Programme) Names(category string) bool { return p.Any || slices.Contains(p.Named, category) }

// Name is what the programme is called.
func (p Programme) Name(language string) string {
	if language == "zh" {
		return p.Zh
	}
	return p.En
}
