package excerpt

import "regexp"

// Concern is why a reviewer should read a phrase twice: it may single somebody
// out although no part of it is a name.
type Concern string

// The concerns.
const (
	Only     Concern = "only"     // the only one, the first, the oldest
	Event    Concern = "event"    // what the neighbours or a newspaper would know
	Role     Concern = "role"     // a calling that few have
	Illness  Concern = "illness"  // a rare or stigmatised illness
	Family   Concern = "family"   // how a family lost or found its members
	Belief   Concern = "belief"   // faith and people
	Foreign  Concern = "foreign"  // a name or origin that is rare here
	Landmark Concern = "landmark" // a place that can be found
	Minor    Concern = "minor"    // a child: two persons approve
)

// Flag is a phrase of an excerpt that a person must judge: bytes From to To of
// the text. A flag does not withhold.
type Flag struct {
	Concern  Concern
	From, To int
}

var concerns = []struct {
	concern Concern
	re      *regexp.Regexp
}{
	{Only, re(`唯一|仅有|独一|惟一|首个|首位|第一[个位名]|最[年高长]|全[村区市街镇乡国]|绝无|罕见|独此|头一|百岁|出了名|有名|无人不|都认识|都知道`)},
	{Event, re(`车祸|火灾|爆炸|地震|洪水|坍塌|触电|溺水|坠楼|事故|报道|新闻|登报|上过电视|记者|媒体|网上|热搜|诈骗|被骗|官司|起诉|案件|遇害|绑架|失踪|寻亲|幸存`)},
	{Role, re(`老师|教师|医生|村主任|书记|村官|演员|歌手|运动员|冠军|教授|作家|画家|记者|律师|飞行员|空姐|船员|老兵|烈士|劳模|英雄|先进|赤脚|传承人|校长|厂长`)},
	{Illness, re(`罕见病|渐冻|血友病|白化病|侏儒|早衰|瓷娃娃|脆骨|麻风|植物人|连体|变性|移植|癌|肿瘤|白血病`)},
	{Family, re(`双胞胎|三胞胎|多胞胎|领养|收养|弃|失独|遗弃|离家出走|改嫁|入赘|抱养|寄养|克死|自尽|遇难|牺牲`)},
	{Belief, re(`教堂|寺|庙|清真|礼拜|信仰|宗教|朝觐|斋|佛|上帝|真主|少数民族|民族`)},
	{Foreign, re(`外国|外籍|归国|华侨|侨|国外|混血|越南|缅甸|俄罗斯|非洲|韩国|日本|朝鲜|美国`)},
	{Landmark, re(`旁边|对面|隔壁|紧挨|拐角|门口第|路口|桥下|塔下|村口`)},
	{Minor, re(`孩子|儿童|未成年|学生|婴儿|幼儿|孤儿|小学|初中|高中`)},
}

// flags finds what a reviewer should read twice in the text to be published.
func flags(out string) []Flag {
	var all []Flag
	for _, c := range concerns {
		for _, loc := range c.re.FindAllStringIndex(out, -1) {
			all = append(all, Flag{c.concern, loc[0], loc[1]})
		}
	}
	return all
}
