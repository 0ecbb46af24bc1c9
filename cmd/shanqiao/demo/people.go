// Package demo invents a city: households in hardship, the organisations that
// could help them, and a few weeks of work. It drives the same functions as the
// pages do and writes no table, so what it shows is what the product does.
//
// Nobody in it exists. Identity numbers begin with an area code that was never
// given out and phones with a prefix that no operator has, so that they can be
// recognised wherever they should not be.
package demo

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"shanqiao/internal/region"
	"shanqiao/needs"
)

// The marks of invented personal values. A canary scan looks for them.
const (
	IdentityMark = "1199" // area codes that were never given out
	PhoneMark    = "1420" // a prefix that no operator has
	NameMark     = "䴙"    // in the given name of every eighth household's head
)

// person is an invented member of an invented household.
type person struct {
	Name       string
	Identity   string
	Phone      string
	Relation   string
	Sex        string
	Born       time.Time
	Disability string
	Student    bool
}

// family is an invented household with what an assessor would find there.
type family struct {
	Region    string
	Address   string
	Category  string
	Condition string
	Income    int64 // fen a month
	Hardships []string
	Words     string
	People    []person
	Wants     []want
}

type want struct {
	Code     needs.Code
	Quantity int
	Urgency  needs.Urgency
}

// shape is a kind of household with the share of all in a thousand.
type shape struct {
	share     int
	ages      []span // the first is the head
	relations []string
	condition []string
	hardships []string
	codes     []needs.Code
	words     []string
}

type span struct{ from, to int }

// shapes follow what registers look like: mostly small, old or ill, some with children.
var shapes = []shape{
	{300, []span{{66, 92}}, nil,
		[]string{"chronic", "mobility", "sensory", "cognitive", "none", "serious_illness"},
		[]string{"elder_care", "low_income", "loneliness"},
		[]needs.Code{"bathing", "meals", "cleaning", "medical_escort", "visiting", "companionship", "reading", "errands", "home_adaptation", "small_repairs"},
		[]string{"我一个人住，腿脚不好，洗澡怕摔。", "耳朵背，电话听不清，请上门时多敲几下。", "做饭费劲，常常一顿吃两天。", ""}},
	{170, []span{{64, 88}, {62, 86}}, []string{"spouse"},
		[]string{"chronic", "mobility", "serious_illness", "none", "cognitive"},
		[]string{"elder_care", "medical", "low_income"},
		[]needs.Code{"nursing", "bathing", "medical_escort", "meals", "care_supplies", "wheelchair", "home_adaptation", "cleaning"},
		[]string{"老伴瘫痪在床，我也七十多了，翻身都困难。", "每周要去医院透析，没人陪。", ""}},
	{150, []span{{32, 58}}, nil,
		[]string{"serious_illness", "mobility", "mental", "sensory", "none"},
		[]string{"medical", "lost_work", "disability_care"},
		[]needs.Code{"rehabilitation", "job_guidance", "counselling", "mobility", "food_parcel", "nursing", "legal_advice"},
		[]string{"生病后丢了工作，积蓄已经用完。", "眼睛看不清，出门需要人带。", ""}},
	{120, []span{{29, 46}, {5, 16}}, []string{"child"},
		[]string{"none", "chronic", "child_development", "mental"},
		[]string{"schooling", "low_income", "lost_work"},
		[]needs.Code{"tutoring", "school_supplies", "counselling", "job_guidance", "food_parcel", "warm_bedding"},
		[]string{"我一个人带孩子，晚上打工，孩子作业没人管。", ""}},
	{120, []span{{34, 52}, {33, 50}, {6, 17}}, []string{"spouse", "child"},
		[]string{"serious_illness", "chronic", "none", "mobility"},
		[]string{"medical", "lost_work", "schooling"},
		[]needs.Code{"school_supplies", "tutoring", "job_guidance", "food_parcel", "medical_escort", "rehabilitation"},
		[]string{"爱人做了手术，医药费压得喘不过气。", ""}},
	{70, []span{{61, 76}, {7, 15}}, []string{"grandchild"},
		[]string{"chronic", "none", "mobility", "sensory"},
		[]string{"schooling", "elder_care", "low_income"},
		[]needs.Code{"tutoring", "school_supplies", "companionship", "cleaning", "warm_bedding", "errands"},
		[]string{"孩子的爸妈不在身边，我眼睛花，教不了功课。", ""}},
	{70, []span{{52, 74}, {24, 46}}, []string{"child"},
		[]string{"mobility", "mental", "cognitive", "child_development", "chronic"},
		[]string{"disability_care", "low_income"},
		[]needs.Code{"rehabilitation", "nursing", "inclusion", "counselling", "mobility", "care_supplies"},
		[]string{"孩子是重度残疾，我年纪大了，担心以后没人照顾。", ""}},
}

var districtWeights = map[string]int{ // rough shares of the register, in a thousand
	"110101": 60, "110102": 75, "110105": 130, "110106": 110, "110107": 40, "110108": 115, "110109": 35, "110111": 70,
	"110112": 75, "110113": 50, "110114": 55, "110115": 70, "110116": 30, "110117": 30, "110118": 30, "110119": 25,
}

var categories = []struct {
	share  int
	code   string
	income span // yuan a head and month; invented, not a standard
}{
	{560, "minimum_living", span{300, 1250}}, {60, "extreme_poverty", span{0, 0}}, {220, "marginal", span{1400, 2050}},
	{90, "rigid_expenditure", span{2600, 5200}}, {70, "other", span{2100, 3900}},
}

const surnames = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾萧田董袁潘蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范石廖贾夏韦付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺顾毛郝龚邵"
const given = "秀英桂兰玉珍淑华凤琴丽敏静建国志强明军永福德顺长海春梅红霞小东文斌晓燕立新宝山庆云国栋素芳洪涛俊杰雪莲子涵雨桐佳怡浩然宇航欣妍思远"

// families invents n households in the order of their making, the same for one seed.
func families(seed uint64, n int, today time.Time) []family {
	r := rand.New(rand.NewPCG(seed, 0x5eed))
	all := make([]family, n)
	for i := range all {
		all[i] = invent(r, i, today)
	}
	return all
}

func invent(r *rand.Rand, i int, today time.Time) family {
	s := pick(r, shapes, func(s shape) int { return s.share })
	c := pick(r, categories, func(c struct {
		share  int
		code   string
		income span
	}) int {
		return c.share
	})
	districts := region.Districts()
	d := pick(r, districts, func(d region.District) int { return districtWeights[d.Code] })
	streets := slices.DeleteFunc(slices.Clone(d.Subdistricts), func(s region.Subdistrict) bool { return s.Kind == "special" })
	f := family{
		Region: streets[r.IntN(len(streets))].Code, Category: c.code, Condition: s.condition[r.IntN(len(s.condition))],
		Address:   fmt.Sprintf("幸福里%d号楼%d单元%d室", 1+r.IntN(40), 1+r.IntN(6), 101+100*r.IntN(12)+r.IntN(4)),
		Hardships: some(r, s.hardships, 1+r.IntN(2)), Words: s.words[r.IntN(len(s.words))],
	}
	surname := []rune(surnames)[r.IntN(len([]rune(surnames)))]
	for j, age := range s.ages {
		p := member(r, i*8+j, age, today)
		p.Relation = "self"
		if j > 0 {
			p.Relation = s.relations[j-1]
		}
		family := surname
		if p.Relation == "spouse" {
			family = []rune(surnames)[r.IntN(len([]rune(surnames)))]
		}
		p.Name = string(family) + name(r)
		if j == 0 && i%8 == 0 {
			p.Name = string(family) + NameMark + string([]rune(given)[r.IntN(len([]rune(given)))])
		}
		f.People = append(f.People, p)
	}
	if f.Condition == "mobility" || f.Condition == "sensory" || f.Condition == "mental" {
		f.People[len(f.People)-1].Disability = map[string]string{"mobility": "physical", "sensory": "visual", "mental": "mental"}[f.Condition]
	}
	f.Income = int64(c.income.in(r)) * 100 * int64(len(f.People))
	for _, code := range some(r, s.codes, 1+r.IntN(2)) {
		item, _ := needs.ItemOf(code)
		f.Wants = append(f.Wants, want{code, item.Packages[r.IntN(len(item.Packages))], urgency(r)})
	}
	return f
}

func member(r *rand.Rand, serial int, age span, today time.Time) person {
	years := age.in(r)
	born := today.AddDate(-years, 0, -r.IntN(364)-1)
	sex := []string{"female", "male"}[r.IntN(2)]
	p := person{Sex: sex, Born: born, Disability: "none", Student: years >= 6 && years <= 17}
	p.Identity = identity(born, serial)
	if years >= 14 {
		p.Phone = fmt.Sprintf("%s%07d", PhoneMark, serial%10_000_000)
	}
	return p
}

// identity is a well-formed number of an area that does not exist. The serial
// keeps it unique: three of its digits follow the birthday, two stand in the area.
func identity(born time.Time, serial int) string {
	body := fmt.Sprintf("%s%02d%s%03d", IdentityMark, serial/1000%100, born.Format("20060102"), serial%1000)
	sum, weights := 0, []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	for i, w := range weights {
		sum += int(body[i]-'0') * w
	}
	return body + string("10X98765432"[sum%11])
}

// urgency is seldom the highest: one need in fifty cannot wait for a cohort.
func urgency(r *rand.Rand) needs.Urgency {
	switch n := r.IntN(100); {
	case n < 2:
		return needs.WithinTwoDays
	case n < 20:
		return needs.WithinFiveDays
	case n < 60:
		return needs.WithinTwoWeeks
	default:
		return needs.AnyTime
	}
}

func name(r *rand.Rand) string {
	runes := []rune(given)
	var b strings.Builder
	for range 1 + r.IntN(2) {
		b.WriteRune(runes[r.IntN(len(runes))])
	}
	return b.String()
}

func (s span) in(r *rand.Rand) int { return s.from + r.IntN(s.to-s.from+1) }

func pick[T any](r *rand.Rand, all []T, share func(T) int) T {
	total := 0
	for _, t := range all {
		total += share(t)
	}
	n := r.IntN(total)
	for _, t := range all {
		if n -= share(t); n < 0 {
			return t
		}
	}
	return all[len(all)-1]
}

// some takes n different values in the order of the list.
func some[T comparable](r *rand.Rand, all []T, n int) []T {
	order := r.Perm(len(all))[:n]
	slices.Sort(order)
	out := make([]T, n)
	for i, j := range order {
		out[i] = all[j]
	}
	return out
}
