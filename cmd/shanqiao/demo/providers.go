package demo

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"shanqiao/charities/organisation"
	"shanqiao/internal/region"
	"shanqiao/needs"
)

// provider is an invented organisation with what it can give.
type provider struct {
	Login    string
	Contact  string // the member who signs in
	Name     string
	NameEn   string
	Code     string // 统一社会信用代码, well formed, of a registration authority that does not exist
	Kind     organisation.Kind
	District string
	Summary  string
	Gives    []needs.Code
	Areas    []string
	Verified bool
	Helpers  int // volunteers
}

// trade is a kind of organisation that there is in every larger district.
type trade struct {
	zh, en  string
	kind    organisation.Kind
	gives   []needs.Code
	summary string
	helpers int
}

var trades = []trade{
	{"为老服务中心", "Elder Care Centre", organisation.SocialService,
		[]needs.Code{"bathing", "nursing", "cleaning", "meals", "medical_escort", "home_adaptation"},
		"为高龄、独居和失能老人提供上门助浴、看护和助餐。", 0},
	{"志愿者协会", "Volunteers’ Association", organisation.Charity,
		[]needs.Code{"visiting", "companionship", "reading", "errands", "medical_escort", "mobility"},
		"由社区居民组成，探视陪伴、代购代办、陪同就医。", 4},
	{"慈善基金会", "Charitable Foundation", organisation.Charity,
		[]needs.Code{"wheelchair", "care_supplies", "food_parcel", "school_supplies", "warm_bedding"},
		"提供轮椅、护理用品、米面油和学习用品。", 0},
	{"青少年成长服务社", "Youth Service", organisation.Charity,
		[]needs.Code{"tutoring", "counselling", "school_supplies"},
		"大学生志愿者一对一辅导功课，陪伴孩子长大。", 3},
	{"社会工作事务所", "Social Work Office", organisation.SocialService,
		[]needs.Code{"counselling", "inclusion", "job_guidance", "legal_advice", "rehabilitation"},
		"持证社工提供心理疏导、就业指导和社区融入。", 1},
	{"家政服务有限公司", "Home Services Ltd", organisation.Enterprise,
		[]needs.Code{"cleaning", "small_repairs", "meals", "home_adaptation"},
		"上门打扫、小修小补，承接政府购买服务。", 0},
}

var stems = []struct{ zh, en string }{
	{"春晖", "Chunhui"}, {"同心", "Tongxin"}, {"暖阳", "Nuanyang"}, {"善邻", "Shanlin"}, {"益家", "Yijia"}, {"厚朴", "Houpu"},
	{"和风", "Hefeng"}, {"长青", "Changqing"}, {"向阳", "Xiangyang"}, {"仁济", "Renji"}, {"晨光", "Chenguang"}, {"安心", "Anxin"},
}

// providers invents n organisations spread over the districts. The last two have
// applied and wait for their district. The starved district, if any, has none of
// its own and none from around it: only who serves the whole city comes there.
func providers(seed uint64, n int, starved string) []provider {
	r := rand.New(rand.NewPCG(seed, 0x0ff3))
	districts := region.Districts()
	all := make([]provider, n)
	for i := range all {
		t := trades[i%len(trades)]
		d := districts[(i*5+i/len(trades))%len(districts)]
		if i == 0 {
			d, _ = region.DistrictOf("110107")
		}
		if d.Code == starved {
			d = districts[(slices.IndexFunc(districts, func(x region.District) bool { return x.Code == starved })+1)%len(districts)]
		}
		stem := stems[(i+i/len(trades))%len(stems)]
		all[i] = provider{
			Login: fmt.Sprintf("charity%02d", i+1), Contact: string([]rune(surnames)[i%60]) + name(r),
			Name: "北京市" + d.Name + stem.zh + t.zh, NameEn: stem.en + " " + t.en + ", " + d.English,
			Code: organisation.CodeFor(fmt.Sprintf("53119900%09d", 810000000+i)),
			Kind: t.kind, District: d.Code, Summary: t.summary, Gives: t.gives, Helpers: t.helpers,
			Areas: areas(r, d), Verified: i < n-2,
		}
		if area := all[i].Areas[0]; starved != "" && area != region.City && region.Covers(area, starved) {
			all[i].Areas = []string{d.Code}
		}
	}
	return all
}

// areas of an organisation: its own district, that with its neighbours in the
// zone, or the whole city.
func areas(r *rand.Rand, d region.District) []string {
	switch r.IntN(3) {
	case 0:
		return []string{d.Code}
	case 1:
		return []string{region.ZoneOf(d.Code).Code}
	default:
		return []string{region.City}
	}
}

// training that a kind of need asks for, as the helpers of an organisation have it.
func training(codes []needs.Code) []string {
	var all []string
	for _, c := range codes {
		item, _ := needs.ItemOf(c)
		if item.Training != "" && !slices.Contains(all, item.Training) {
			all = append(all, item.Training)
		}
	}
	return all
}

// brands are the projects that districts publish under their own names.
var brands = []struct {
	district, title, en, summary, summaryEn string
	codes                                   []needs.Code
	least, most                             int // ages, 0 for any
}{
	{"110107", "石景山·浴见幸福", "Shijingshan: A Good Bath", "为失能、半失能老人上门助浴，专业两人一组，一人操作一人陪护。", "Trained pairs help elderly people who cannot bathe alone.", []needs.Code{"bathing", "nursing"}, 0, 0},
	{"110105", "朝阳·邻里守望", "Chaoyang: Neighbours Look In", "社区邻里结对，每周看望独居老人。", "Neighbours pair up and look in on people who live alone, every week.", []needs.Code{"visiting", "companionship", "errands"}, 60, 0},
	{"110102", "西城·四点半课堂", "Xicheng: Half Past Four", "放学后有人陪写作业，寒暑假也不断线。", "Someone to do homework with after school, holidays included.", []needs.Code{"tutoring", "school_supplies"}, 0, 17},
	{"110108", "海淀·陪您看病", "Haidian: To the Clinic Together", "挂号、候诊、取药，全程有人陪。", "Company from registration to the pharmacy.", []needs.Code{"medical_escort", "mobility"}, 0, 0},
	{"110101", "东城·胡同暖炉", "Dongcheng: Warm Hutongs", "冬天把棉被和热饭送进胡同。", "Bedding and hot meals for the hutongs in winter.", []needs.Code{"warm_bedding", "meals"}, 0, 0},
	{"110106", "丰台·轮椅漂流", "Fengtai: Wheelchairs on Loan", "轮椅和护理用品循环借用，消毒后上门。", "Wheelchairs and care supplies on loan, cleaned and brought home.", []needs.Code{"wheelchair", "care_supplies"}, 0, 0},
	{"110111", "房山·山里来信", "Fangshan: Letters from the Hills", "为山区老人读信、代写、修修补补。", "Reading, writing and small repairs for old people in the hills.", []needs.Code{"reading", "small_repairs", "errands"}, 0, 0},
	{"110112", "通州·一技在手", "Tongzhou: A Trade in Hand", "为失业的家庭成员做就业指导。", "Guidance for family members who look for work.", []needs.Code{"job_guidance", "counselling"}, 0, 0},
}
