package assessment

// SelfCareItem is one of the six things of the self-care scale of 特困人员认定.
type SelfCareItem struct {
	Key    string
	Zh, En string
}

// SelfCareItems in the order of the scale.
var SelfCareItems = []SelfCareItem{
	{"eating", "自己吃饭", "Eats without help"},
	{"dressing", "自己穿衣", "Dresses without help"},
	{"transfer", "自己上下床", "Gets in and out of bed without help"},
	{"toilet", "自己如厕", "Uses the toilet without help"},
	{"walking", "室内自己走动", "Walks indoors without help"},
	{"bathing", "自己洗澡", "Bathes without help"},
}

// Name is what the item is called.
func (i SelfCareItem) Name(language string) string {
	if language == "zh" {
		return i.Zh
	}
	return i.En
}

// SelfCare holds what a person cannot do alone. Where the scale was not used,
// Assessed is false and the rest says nothing: not asked is not the same as able.
type SelfCare struct {
	Assessed bool `json:"assessed"`
	Eating   bool `json:"eating"`
	Dressing bool `json:"dressing"`
	Transfer bool `json:"transfer"`
	Toilet   bool `json:"toilet"`
	Walking  bool `json:"walking"`
	Bathing  bool `json:"bathing"`
}

// SelfCareLevel is the tier of the scale, as stored.
type SelfCareLevel string

// The tiers: 全自理, 部分丧失, 完全丧失, 未评估.
const (
	Able        SelfCareLevel = "able"
	Partial     SelfCareLevel = "partial"
	Complete    SelfCareLevel = "complete"
	NotAssessed SelfCareLevel = "not_assessed"
)

// Unmet counts the items that the person cannot do alone.
func (s SelfCare) Unmet() int {
	n := 0
	for _, cannot := range []bool{s.Eating, s.Dressing, s.Transfer, s.Toilet, s.Walking, s.Bathing} {
		if cannot {
			n++
		}
	}
	return n
}

// Level is the tier: none unmet is able, one to three partial, four or more complete.
func (s SelfCare) Level() SelfCareLevel {
	switch n := s.Unmet(); {
	case !s.Assessed:
		return NotAssessed
	case n == 0:
		return Able
	case n <= 3:
		return Partial
	}
	return Complete
}

// Set records one item and says whether there is one of this key.
func (s *SelfCare) Set(key string, cannot bool) bool {
	p := map[string]*bool{
		"eating": &s.Eating, "dressing": &s.Dressing, "transfer": &s.Transfer,
		"toilet": &s.Toilet, "walking": &s.Walking, "bathing": &s.Bathing,
	}[key]
	if p == nil {
		return false
	}
	*p = cannot
	return true
}
