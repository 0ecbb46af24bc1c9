package excerpt_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/needs/deid/excerpt"
)

// TestAWordIsANameWhereOneIsExpected tries names that are words, given names and
// nicknames in the places of a sentence in which a person stands.
func TestAWordIsANameWhereOneIsExpected(t *testing.T) {
	t.Parallel()
	for place, names := range map[string]string{
		"%说不想麻烦别人":    "平静 胜利 石榴 花卉 二胖 团团 柱子 支农 自强",
		"请给%送餐":       "石榴 苏州 元宝 黄莺 三胖子 小满 支农",
		"领取：%":        "胜利 快乐 卫生 支农 小满",
		"今天见了%、王秀兰":   "初春 史诗 明月 江河 黑子",
		"哥哥%是脑瘫":      "黎明 支农 雷雨 石榴 四蛋",
		"%的轮椅坏了":      "启明 白杨 圆圆 铁蛋",
		"%家屋顶又漏了":     "自强 白雪 常青",
		"大家都叫她%":      "四蛋 团团 石头儿 妞妞",
		"全靠%一个人":      "毛天天 林不凡 龙开心 张戍边",
		"护工请假，由%顶班":   "丁更新 高和平 余更新",
		"早上%没开门":      "高和平 张时光 周援朝",
		"微信群里%问了轮椅的事": "曾更新 高和平 钱健康",
		"租户%怀孕了，没有医保": "阮氏芳 佐藤健一 金顺姬",
		"%老人听不懂普通话":   "其其格 斯琴高娃 木帕古体",
		"%、志愿者都来过":    "向 更 生;阿米子黑;扎西顿珠",
		"小名%，爱说爱笑":    "石头 糖糖 豆豆",
		"她闺女%在外地":     "二胖 五蛋 七一",
		"%，女，丧偶，腿疼":   "宁静 金星 方圆",
		"他姓名栏空着，说叫%":  "松鼠 白雪 何必",
		"排班：周一%、周三李红": "向阳 连翘 万里",
		"孩子跟着姥姥%过":    "石榴 明月 常乐",
		"的低保是%代领的":    "为民 长征 三蛋",
		"现由姑姑%代养":     "康复 廖新生 白露",
		"联系楼下小卖部%":    "平安 牛奔 黑子",
		"问了%才知道老人断药了": "明月 知足 高原",
	} {
		split := strings.Fields
		if strings.Contains(names, ";") {
			split = func(s string) []string { return strings.Split(s, ";") }
		}
		for _, name := range split(names) {
			t.Run(place+name, func(t *testing.T) {
				t.Parallel()
				gone(t, strings.ReplaceAll(place, "%", name), nil, name)
			})
		}
	}
}

func TestPlacesNamedAfterWordsGo(t *testing.T) {
	t.Parallel()
	for note, hidden := range map[string]string{
		"儿媳妇在好邻居餐饮管理有限公司上夜班": "好邻居",
		"原是创新兴业保洁公司的职工":      "创新",
		"家和物流园把他辞了":          "家和",
		"他给绿叶废品站看大门":         "绿叶",
		"今年考进了前进打工子弟学校":      "前进",
		"星火二小学生，跟着奶奶":        "星火",
		"老大在灯市口二小，老二还小":      "灯市口",
		"人住环卫三队宿舍":           "三队宿舍",
		"健康里 15楼 8门 1009那家":  "健康里",
		"七月十九生人":             "七月十九",
		"出生日期写的64年，不一样":      "64年",
	} {
		t.Run(note, func(t *testing.T) {
			t.Parallel()
			gone(t, note, nil, hidden)
		})
	}
}

func TestWordsOfDailyLifeStay(t *testing.T) {
	t.Parallel()
	for _, note := range []string{
		"端不住碗，筷子也夹不起来。",
		"插线板冒过火星，不敢用。",
		"来回需要陪同，希望提前打个招呼。",
		"需要一台二手电脑上网课。",
		"饭要软烂，太硬的咬不动。",
		"护理床1张、拐杖2根、尿垫3包。",
		"下雨天路滑，出门要有人搀扶。",
		"孩子作业多，英语跟不上。",
	} {
		res := excerpt.Redact(note, nil)
		require.False(t, res.Withheld, note)
		kept := len([]rune(plainly(res.Text)))
		require.GreaterOrEqual(t, 10*kept, 8*len([]rune(plainly(note))), res.Text)
	}
	require.Equal(t, "（1）入户；（2）评估；（3）回访", excerpt.Redact("（1）入户；（2）评估；（3）回访", nil).Text)
}
