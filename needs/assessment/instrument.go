// Package assessment asks what a household lacks, and lets a second person
// decide what of it is published.
//
// An assessment is one visit's answers to one version of the instrument: seven
// dimensions and, where somebody cannot look after themselves, the six items of
// self-care. It opens draft needs. A need leaves draft only by the hand of an
// officer other than the one who assessed it: the database refuses anything
// else. The package suggests; it never decides, and it knows no names.
package assessment

import "slices"

// Instrument is the version of the questions that Assess records. A changed
// question, level or boundary is a new version, never an edit: answers given
// to the old one keep its name.
const Instrument = "seven-dimensions/1"

// Dimension is one of the seven that the ministry names for service-type assistance.
type Dimension struct {
	Key    string
	Zh, En string
	Levels [4]Level
}

// Level is what one answer from 0 to 3 means.
type Level struct{ Zh, En string }

// Name is what the level is called.
func (l Level) Name(language string) string {
	if language == "zh" {
		return l.Zh
	}
	return l.En
}

// Dimensions in the ministry's order: 经济 健康 教育 居住 就业 监护 社会融入.
func Dimensions() []Dimension { return slices.Clone(dimensions) }

var dimensions = []Dimension{
	{"economy", "经济", "Money", [4]Level{
		{"收入够日常开支", "Income covers daily costs"},
		{"偶尔紧张", "Tight now and then"},
		{"每月都紧张，要借钱", "Tight every month, borrows"},
		{"吃饭、买药都成问题", "Food or medicine is out of reach"}}},
	{"health", "健康", "Health", [4]Level{
		{"身体没有大问题", "No great trouble"},
		{"有慢性病，自己能管好", "A lasting illness, kept in hand"},
		{"病情影响生活，常去医院", "Illness limits daily life"},
		{"重病或卧床，离不开人", "Gravely ill or in bed all day"}}},
	{"education", "教育", "Schooling", [4]Level{
		{"没有上学的人，或学习顺利", "Nobody at school, or school goes well"},
		{"功课有点吃力", "Some trouble with schoolwork"},
		{"功课跟不上，家里辅导不了", "Falls behind, nobody can help at home"},
		{"可能失学", "May have to leave school"}}},
	{"housing", "居住", "Home", [4]Level{
		{"住处安全、够用", "Safe and large enough"},
		{"有小毛病，能将就", "Small faults, gets by"},
		{"不方便、不安全，容易摔倒", "Unsafe or hard to move about in"},
		{"不能再住，或没有固定住处", "Not fit to live in, or no fixed home"}}},
	{"employment", "就业", "Work", [4]Level{
		{"有稳定工作，或不需要工作", "Steady work, or none is needed"},
		{"工作不稳定", "Work comes and goes"},
		{"想工作，找不到", "Wants work and finds none"},
		{"长期失业，缺少技能", "Long without work and without a trade"}}},
	{"guardianship", "监护", "Someone to look after them", [4]Level{
		{"家人能照顾，或不需要照顾", "Family can, or nobody needs it"},
		{"有人照顾，但很吃力", "Someone does, and is worn out"},
		{"照顾的人不够", "Too few people to look after them"},
		{"没有人照顾", "Nobody looks after them"}}},
	{"inclusion", "社会融入", "Company of others", [4]Level{
		{"常和邻里、亲友来往", "Often among neighbours and friends"},
		{"来往不多", "Sees few people"},
		{"很少出门，常觉得孤单", "Rarely goes out, often lonely"},
		{"与外界几乎没有联系", "Almost no contact with anyone"}}},
}

// Answers are the levels found, each from 0 to 3, named as the dimensions are.
type Answers struct {
	Economy      int `json:"economy"`
	Health       int `json:"health"`
	Education    int `json:"education"`
	Housing      int `json:"housing"`
	Employment   int `json:"employment"`
	Guardianship int `json:"guardianship"`
	Inclusion    int `json:"inclusion"`
}

// Of is the level of the dimension with this key, or -1.
func (a Answers) Of(key string) int {
	if p := a.at(key); p != nil {
		return *p
	}
	return -1
}

// Set records the level of the dimension with this key and says whether there is one.
func (a *Answers) Set(key string, level int) bool {
	p := a.at(key)
	if p == nil {
		return false
	}
	*p = level
	return true
}

func (a *Answers) at(key string) *int {
	return map[string]*int{
		"economy": &a.Economy, "health": &a.Health, "education": &a.Education, "housing": &a.Housing,
		"employment": &a.Employment, "guardianship": &a.Guardianship, "inclusion": &a.Inclusion,
	}[key]
}
