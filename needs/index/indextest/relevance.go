package indextest

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"shanqiao/internal/region"
	"shanqiao/needs"
)

// Judged is a question with the kinds of help that are right answers to it. No
// codes say that nothing is. Area, if set, is where the cards must lie.
type Judged struct {
	Stratum string
	Text    string
	Codes   []needs.Code
	Area    string
}

// Gate is what a stratum must reach: of the first ten cards how good and how well
// ordered (nDCG), and how much of all that is right is found.
type Gate struct{ NDCG, Recall float64 }

// Gates of every stratum.
var Gates = map[string]Gate{
	"canonical":    {0.98, 0.95},
	"paraphrase":   {0.98, 0.95},
	"subject+need": {0.98, 0.95},
	"traditional":  {0.95, 0.95},
	"homophone":    {0.90, 0.90},
	"pinyin":       {0.90, 0.90},
	"place+need":   {0.98, 0.95},
	"long":         {0.90, 0.90},
	"colloquial":   {0.85, 0.80},
	"ambiguous":    {0.85, 0.80},
}

// Questions are made from the catalogue, and the colloquial, ambiguous, long and
// negative ones are written by hand: those say something that the lexicon does
// not simply repeat.
func Questions() []Judged {
	r := rand.New(rand.NewPCG(20261101, 3))
	var all []Judged
	subjects := []string{"老人", "帮奶奶", "想找人给老伴", "残疾人", "独生子女家庭", "八十岁的妈妈"}
	for _, item := range needs.Catalogue() {
		all = append(all, Judged{"canonical", item.Zh, right(item.Zh), ""})
		if strange := traditional(item.Zh); strange != item.Zh {
			all = append(all, Judged{"traditional", strange, right(item.Zh), ""})
		}
		for _, word := range item.Synonyms {
			all = append(all, Judged{"paraphrase", word, right(word), ""})
			if strange := traditional(word); strange != word {
				all = append(all, Judged{"traditional", strange, right(word), ""})
			}
		}
		all = append(all, Judged{"subject+need", subjects[r.IntN(len(subjects))] + item.Zh, right(item.Zh), ""})
		d := region.Districts()[r.IntN(16)]
		all = append(all, Judged{"place+need", d.Short + item.Zh, right(item.Zh), d.Code})
	}
	return append(all, written...)
}

// right are the kinds of help whose words contain the word: each is an answer.
func right(word string) []needs.Code {
	var out []needs.Code
	for _, item := range needs.Catalogue() {
		for _, other := range append([]string{item.Zh, item.ActZh}, item.Synonyms...) {
			if strings.Contains(other, word) {
				out = append(out, item.Code)
				break
			}
		}
	}
	return out
}

// traditional writes a word in traditional characters, those of them that it has.
func traditional(word string) string { return toTraditional.Replace(word) }

var toTraditional = strings.NewReplacer("轮", "輪", "护", "護", "医", "醫", "陪诊", "陪診", "餐饮", "餐飲", "饭", "飯", "买", "買",
	"药", "藥", "读", "讀", "写", "寫", "报", "報", "辅", "輔", "导", "導", "学", "學", "习", "習", "训", "訓", "练", "練", "复", "復",
	"维", "維", "适", "適", "无障碍", "無障礙", "扫", "掃", "洁", "潔", "购", "購", "办", "辦", "业", "業", "询", "詢", "动", "動",
	"会", "會", "粮", "糧", "面", "麵", "书", "書", "级", "級", "温", "溫", "陈", "陳", "卫", "衛", "电", "電", "门", "門", "疗", "療", "灯", "燈")

var written = []Judged{
	{"homophone", "住浴", []needs.Code{"bathing"}, ""}, {"homophone", "喜澡", []needs.Code{"bathing"}, ""},
	{"homophone", "送参", []needs.Code{"meals"}, ""}, {"homophone", "伦椅", right("轮椅"), ""},
	{"homophone", "陪珍", []needs.Code{"medical_escort"}, ""}, {"homophone", "康付训练", []needs.Code{"rehabilitation"}, ""},
	{"homophone", "聊添", []needs.Code{"companionship"}, ""}, {"homophone", "读爆", []needs.Code{"reading"}, ""},
	{"homophone", "补可", []needs.Code{"tutoring"}, ""}, {"homophone", "法律资讯", []needs.Code{"legal_advice"}, ""},
	{"homophone", "棉倍", []needs.Code{"warm_bedding"}, ""}, {"homophone", "打嫂", []needs.Code{"cleaning"}, ""},
	{"homophone", "心里疏倒", []needs.Code{"counselling"}, ""}, {"homophone", "尿店", []needs.Code{"care_supplies"}, ""},
	{"pinyin", "zhuyu", []needs.Code{"bathing"}, ""}, {"pinyin", "xi zao", []needs.Code{"bathing"}, ""},
	{"pinyin", "lunyi", right("轮椅"), ""}, {"pinyin", "songcan", []needs.Code{"meals"}, ""},
	{"pinyin", "PeiZhen", []needs.Code{"medical_escort"}, ""}, {"pinyin", "falv", []needs.Code{"legal_advice"}, ""},
	{"negative", "miao", nil, ""}, {"pinyin", "mianbei", []needs.Code{"warm_bedding"}, ""},
	{"pinyin", "kangfu xunlian", []needs.Code{"rehabilitation"}, ""}, {"pinyin", "liaotian", []needs.Code{"companionship"}, ""},
	{"colloquial", "爷爷身上有味了想给他洗洗澡", []needs.Code{"bathing"}, ""},
	{"colloquial", "我妈一个人在家没人说话", []needs.Code{"companionship"}, ""},
	{"colloquial", "下不了楼看病谁能送一趟", []needs.Code{"mobility", "medical_escort"}, ""},
	{"colloquial", "厨房水管漏了找人修", []needs.Code{"small_repairs"}, ""},
	{"colloquial", "老两口做不动饭了", []needs.Code{"meals"}, ""},
	{"colloquial", "娃的数学跟不上", []needs.Code{"tutoring"}, ""},
	{"colloquial", "眼神不好想找人念念报纸", []needs.Code{"reading"}, ""},
	{"colloquial", "天冷了没有厚被子", []needs.Code{"warm_bedding"}, ""},
	{"colloquial", "家里没米下锅了", []needs.Code{"food_parcel"}, ""},
	{"colloquial", "瘫在床上要人翻个身", []needs.Code{"nursing"}, ""},
	{"colloquial", "卫生间滑，想装个扶手", []needs.Code{"home_adaptation"}, ""},
	{"colloquial", "老板不给工钱想打官司", []needs.Code{"legal_advice"}, ""},
	{"colloquial", "失业半年了想学个手艺", []needs.Code{"job_guidance"}, ""},
	{"colloquial", "帮我去药店买点药", []needs.Code{"errands"}, ""},
	{"colloquial", "中风以后胳膊抬不起来", []needs.Code{"rehabilitation"}, ""},
	{"colloquial", "晚上睡不着老想哭", []needs.Code{"counselling"}, ""},
	{"colloquial", "开学了还没有书包", []needs.Code{"school_supplies"}, ""},
	{"colloquial", "老人尿裤子要尿不湿", []needs.Code{"care_supplies"}, ""},
	{"colloquial", "屋子太乱没人拾掇", []needs.Code{"cleaning"}, ""},
	{"colloquial", "想去公园转转没人推轮椅", []needs.Code{"mobility", "wheelchair"}, ""},
	{"colloquial", "走道不稳想要个拐棍", []needs.Code{"wheelchair", "rehabilitation"}, ""},
	{"colloquial", "隔三差五来家看看老人", []needs.Code{"visiting"}, ""},
	{"colloquial", "想出去认识认识人，参加点活动", []needs.Code{"inclusion"}, ""},
	{"colloquial", "透析要人陪着", []needs.Code{"medical_escort"}, ""},
	{"ambiguous", "轮椅 尿垫", []needs.Code{"wheelchair", "care_supplies"}, ""},
	{"ambiguous", "做饭打扫", []needs.Code{"meals", "cleaning"}, ""},
	{"ambiguous", "看病 接送", []needs.Code{"medical_escort", "mobility"}, ""},
	{"ambiguous", "扶手和轮椅", []needs.Code{"home_adaptation", "wheelchair", "mobility"}, ""},
	{"long", "你好，我想请问一下，我家住在石景山区，家里老人今年八十三岁了，腿脚不方便，一个人在家，我们做子女的白天都要上班，中午想给老人送餐，不知道你们这里有没有志愿者可以帮忙，谢谢", []needs.Code{"meals", "mobility"}, "110107"},
	{"long", "志愿者您好 打扰了 我奶奶 瘦 身体 弱 自己 不能 洗澡 我 一个人 抱 不动 她 想 请 人 上门", []needs.Code{"bathing"}, ""},
	{"negative", "氢弹", nil, ""}, {"negative", "股票行情", nil, ""}, {"negative", "张三", nil, ""}, {"negative", "13812345678", nil, ""},
	{"negative", "量子力学", nil, ""}, {"negative", "qwerty", nil, ""}, {"negative", "select", nil, ""}, {"negative", "足球比分", nil, ""},
	{"negative", "天安门广场开放时间", nil, ""}, {"negative", "披萨", nil, ""},
}

// Grade is how good a list of answers is to a question. Of is the kind of help of
// each answer in order, right how many right ones there are in all.
func Grade(j Judged, of []needs.Code, right int) (ndcg, recall float64) {
	if right == 0 {
		return 1, 1
	}
	hit, gain := 0, 0.0
	for i, code := range of {
		if !slices.Contains(j.Codes, code) {
			continue
		}
		hit++
		if i < 10 {
			gain += 7 / math.Log2(float64(i)+2)
		}
	}
	ideal := 0.0
	for i := range min(10, right) {
		ideal += 7 / math.Log2(float64(i)+2)
	}
	return gain / ideal, float64(hit) / float64(right)
}
