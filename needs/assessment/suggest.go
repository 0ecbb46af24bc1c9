package assessment

import (
	"cmp"
	"slices"

	"shanqiao/needs"
)

// Facts are what the record says of a household, as far as a suggestion needs it.
type Facts struct {
	People      int
	Elders      int    // aged 60 and over
	Children    int    // under 18
	Students    int    // at school or college
	Blind       bool   // a member with a visual disability
	Condition   string // as stored with the household
	LivesAlone  bool
	WorkingAges int // 18 to 59
}

// Suggestion is a need that the answers point to. Reason is the key of a
// sentence that names the answer it comes from. An officer takes it or leaves it.
type Suggestion struct {
	Line
	Reason string
}

type hint struct {
	code    needs.Code
	most    bool // the larger package
	urgency needs.Urgency
	reason  string
	when    func(a Answers, s SelfCare, f Facts) bool
}

// hints are read top to bottom; the first that holds for a kind of need speaks for it.
var hints = []hint{
	{"nursing", true, 2, "suggest.self_care_complete", func(_ Answers, s SelfCare, _ Facts) bool { return s.Level() == Complete }},
	{"nursing", false, 3, "suggest.self_care_and_nobody", func(a Answers, s SelfCare, _ Facts) bool {
		return s.Level() == Partial && a.Guardianship >= 2
	}},
	{"bathing", true, 2, "suggest.self_care_complete", func(_ Answers, s SelfCare, _ Facts) bool { return s.Bathing && s.Level() == Complete }},
	{"bathing", false, 3, "suggest.cannot_bathe", func(_ Answers, s SelfCare, _ Facts) bool { return s.Bathing && s.Assessed }},
	{"care_supplies", false, 3, "suggest.cannot_use_toilet", func(_ Answers, s SelfCare, _ Facts) bool { return s.Toilet && s.Assessed }},
	{"meals", false, 2, "suggest.cannot_eat_alone", func(_ Answers, s SelfCare, _ Facts) bool { return s.Eating && s.Assessed }},
	{"meals", false, 3, "suggest.ill_and_alone", func(a Answers, _ SelfCare, f Facts) bool { return a.Health >= 2 && f.LivesAlone }},
	{"mobility", false, 3, "suggest.cannot_walk", func(_ Answers, s SelfCare, _ Facts) bool { return s.Assessed && (s.Walking || s.Transfer) }},
	{"wheelchair", false, 3, "suggest.cannot_walk", func(_ Answers, s SelfCare, f Facts) bool {
		return s.Assessed && s.Walking && f.Condition == "mobility"
	}},
	{"home_adaptation", false, 4, "suggest.home_unsafe", func(a Answers, s SelfCare, f Facts) bool {
		return a.Housing >= 2 && (s.Level() == Partial || s.Level() == Complete || f.Elders > 0)
	}},
	{"small_repairs", false, 4, "suggest.home_unsafe", func(a Answers, _ SelfCare, f Facts) bool { return a.Housing >= 2 && f.Elders == 0 }},
	{"cleaning", false, 4, "suggest.home_and_elders_alone", func(a Answers, _ SelfCare, f Facts) bool {
		return a.Housing >= 1 && f.Elders > 0 && f.Elders == f.People
	}},
	{"medical_escort", false, 3, "suggest.ill_and_elders_alone", func(a Answers, _ SelfCare, f Facts) bool {
		return a.Health >= 2 && f.Elders > 0 && f.Elders == f.People
	}},
	{"rehabilitation", false, 4, "suggest.mobility_and_partial", func(a Answers, s SelfCare, f Facts) bool {
		return a.Health >= 2 && s.Level() == Partial && f.Condition == "mobility"
	}},
	{"errands", false, 4, "suggest.ill_and_alone", func(a Answers, _ SelfCare, f Facts) bool {
		return a.Health >= 1 && f.LivesAlone && f.Elders > 0
	}},
	{"visiting", false, 3, "suggest.nobody_looks_after", func(a Answers, _ SelfCare, _ Facts) bool { return a.Guardianship >= 2 }},
	{"reading", false, 4, "suggest.cannot_see", func(_ Answers, _ SelfCare, f Facts) bool { return f.Blind }},
	{"counselling", false, 3, "suggest.cut_off", func(a Answers, _ SelfCare, _ Facts) bool { return a.Inclusion >= 3 }},
	{"companionship", false, 4, "suggest.lonely_elder", func(a Answers, _ SelfCare, f Facts) bool { return a.Inclusion >= 2 && f.Elders > 0 }},
	{"inclusion", false, 4, "suggest.lonely", func(a Answers, _ SelfCare, f Facts) bool { return a.Inclusion >= 2 && f.Elders == 0 }},
	{"tutoring", false, 4, "suggest.behind_at_school", func(a Answers, _ SelfCare, f Facts) bool { return a.Education >= 2 && f.Children > 0 }},
	{"school_supplies", false, 4, "suggest.school_and_money", func(a Answers, _ SelfCare, f Facts) bool {
		return a.Education >= 1 && a.Economy >= 2 && f.Students > 0
	}},
	{"job_guidance", false, 4, "suggest.no_work", func(a Answers, _ SelfCare, f Facts) bool { return a.Employment >= 2 && f.WorkingAges > 0 }},
	{"food_parcel", false, 2, "suggest.no_food", func(a Answers, _ SelfCare, _ Facts) bool { return a.Economy >= 3 }},
	{"warm_bedding", false, 3, "suggest.cold_home", func(a Answers, _ SelfCare, _ Facts) bool { return a.Economy >= 2 && a.Housing >= 2 }},
}

// Suggest proposes needs from the answers, the most urgent first, each kind
// once. It is pure: the same answers give the same list.
func Suggest(a Answers, s SelfCare, f Facts) []Suggestion {
	var out []Suggestion
	seen := map[needs.Code]bool{}
	for _, h := range hints {
		item, known := needs.ItemOf(h.code)
		if !known || seen[h.code] || !h.when(a, s, f) {
			continue
		}
		seen[h.code] = true
		quantity := slices.Min(item.Packages)
		if h.most {
			quantity = slices.Max(item.Packages)
		}
		out = append(out, Suggestion{Line{Code: h.code, Quantity: quantity, Urgency: h.urgency}, h.reason})
	}
	slices.SortStableFunc(out, func(x, y Suggestion) int { return cmp.Compare(x.Urgency, y.Urgency) })
	return out
}
