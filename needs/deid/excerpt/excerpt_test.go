package excerpt_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"shanqiao/needs/deid/excerpt"
)

// gone says whether nothing of what must not be read is left; a note that is
// withheld leaves nothing.
func gone(t *testing.T, note string, known excerpt.Known, hidden ...string) {
	t.Helper()
	out := plainly(excerpt.Redact(note, known).Text)
	for _, h := range hidden {
		require.NotContains(t, out, plainly(h), "note: %s", note)
	}
}

func TestNumbersGoHoweverTheyAreWritten(t *testing.T) {
	t.Parallel()
	rows := map[string]string{
		"plain":             "电话13800112233，白天打",
		"glued to letters":  "tel13800112233ok",
		"spaced":            "电话 138 0011 2233",
		"one by one":        "电话1 3 8 0 0 1 1 2 2 3 3",
		"dashes":            "电话138-0011-2233",
		"dots":              "电话138.0011.2233",
		"slashes":           "电话138/0011/2233",
		"brackets":          "电话(138)00112233",
		"over two lines":    "电话13800\n112233",
		"full width":        "电话１３８００１１２２３３",
		"circled":           "电话①③⑧⓪⓪①①②②③③",
		"Chinese":           "电话一三八零零一一二二三三",
		"said aloud":        "电话幺三八，零零，幺幺二二三三",
		"mixed":             "电话138零零11二二33",
		"letter O":          "电话138OO112233",
		"zero width":        "电话138\u200b0011\u200b2233",
		"soft hyphen":       "电话138\u00ad0011\u00ad2233",
		"direction marks":   "电话\u202a138\u202c00112233",
		"mathematical":      "电话𝟏𝟑𝟖𝟎𝟎𝟏𝟏𝟐𝟐𝟑𝟑",
		"with country code": "电话+86 138 0011 2233",
	}
	for name, note := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			gone(t, note, nil, "0011", "2233", "零零", "1122", "二二三三")
			require.NotEmpty(t, excerpt.Scan(note, nil))
		})
	}
}

func TestShapesNeedNoChecksum(t *testing.T) {
	t.Parallel()
	rows := []struct {
		note string
		kind excerpt.Kind
	}{
		{"身份证11010519490307002X已核对", excerpt.Identity},
		{"身份证11010519490307002已核对", excerpt.Identity},
		{"身份证110105 194903070021", excerpt.Identity},
		{"手机：13900137766", excerpt.Mobile},
		{"座机01064123456", excerpt.Landline},
		{"银行卡6222021234567890128", excerpt.Card},
		{"卡号尾号8812", excerpt.Card},
		{"车牌京N·8K2Q7", excerpt.Plate},
		{"冀 F 6 2 9 A 1在楼下", excerpt.Plate},
		{"病案号203917", excerpt.Hospital},
		{"残疾证号码11010519490307", excerpt.Cert},
		{"QQ 245778813", excerpt.QQ},
		{"微信 wxid_ab12cd34", excerpt.WeChat},
		{"邮箱wangdama@qq.com", excerpt.Email},
		{"一九四三年六月十二日出生", excerpt.Born},
		{"农历八月十五生", excerpt.Born},
		{"1943.6.12生", excerpt.Born},
		{"今年七十三岁", excerpt.Age},
		{"每月1,480.50元", excerpt.Money},
		{"一家四口", excerpt.Size},
		{"在四（2）班读书", excerpt.Class},
		{"高二6班", excerpt.Class},
		{"住柳树屯12号", excerpt.Address},
		{"住幸福家园3-1-402", excerpt.Address},
		{"住幸福小区，没有电梯", excerpt.Address},
		{"就读于希望小学", excerpt.School},
		{"在第八十中学读书", excerpt.School},
		{"在鑫源盛超市上班", excerpt.Employer},
		{"户主高兴，独居", excerpt.Name},
		{"曾经吸毒，已被处理", excerpt.Private},
		{"是维吾尔族", excerpt.Private},
	}
	for _, row := range rows {
		t.Run(row.note, func(t *testing.T) {
			t.Parallel()
			kinds := map[excerpt.Kind]bool{}
			for _, s := range excerpt.Scan(row.note, nil) {
				kinds[s.Kind] = true
			}
			require.True(t, kinds[row.kind], "want %s, got %v", row.kind, kinds)
		})
	}
}

func TestNamesThatAreWordsGo(t *testing.T) {
	t.Parallel()
	for _, name := range strings.Fields("高兴 成功 黄河 安静 高峰 明亮 常胜 江山 白露 夏天 关山月 王建国 李红梅 张胜利 欧阳靖雯 司马青 老冯 小翠 阿强 王某某 才让多杰 乌云其木格 哈斯巴根 朴正花") {
		for _, note := range []string{
			"户主%，独居。", "%患病多年，卧床。", "据%反映，老人不吃药。", "%、社工一起上门。", "联系人：%",
			"%的轮椅坏了", "其子%在外打工", "找%了解情况", "%说想要助浴", "监护人%（叔叔）",
		} {
			gone(t, strings.ReplaceAll(note, "%", name), nil, name)
		}
	}
}

func TestOwnValuesGoInEveryDress(t *testing.T) {
	t.Parallel()
	known := excerpt.Known{
		excerpt.Name:                         {"陈康复", "吐尔逊·买买提", "欧阳平安"},
		excerpt.Mobile:                       {"13800112233"},
		excerpt.Address:                      {"幸福花园东区"},
		excerpt.School:                       {"希望小学"},
		excerpt.Kind("registered elsewhere"): {"健康养老"},
	}
	for _, note := range []string{
		"陈康复需要助浴", "陈 康 复需要助浴", "陈\u200b康\u200b复需要助浴", "陳康復需要助浴", "康复说要助浴", "小复要助浴",
		"需要陈·康·复助浴", "买买提要助浴", "吐尔逊买买提要助浴", "平安要助浴", "歐陽平安要助浴",
	} {
		gone(t, note, known, "康复", "康復", "小复", "买买提", "平安")
	}
	gone(t, "号码后面是二二三三", known, "二二三三")
	gone(t, "幸福花园旁边，孩子在希望小学", known, "幸福花", "希望小学")
	gone(t, "申请健康养老服务", known, "健康养老")
}

func TestWhatNamesNobodyStays(t *testing.T) {
	t.Parallel()
	for _, note := range []string{
		"老人独居，行动不便，需要每周2次助浴。",
		"希望每天中午送一顿热饭，少盐少油。",
		"高血压、糖尿病，每天测血糖，需要有人提醒吃药。",
		"轮椅刹车失灵，需要维修或更换。",
		"卫生间没有扶手，夜里起床容易摔倒，申请适老化改造。",
		"每周三次透析，来回需要陪同。",
		"孩子学习吃力，希望有志愿者每周辅导两次数学。",
		"突发情况请打120。",
		"对陌生人比较抵触，需要熟人陪同。",
	} {
		res := excerpt.Redact(note, nil)
		require.False(t, res.Withheld, note)
		require.Equal(t, note, res.Text)
		require.Empty(t, res.Spans)
	}
}

func TestATokenSaysTheKindAndNothingElse(t *testing.T) {
	t.Parallel()
	one := excerpt.Redact("手机13800112233，需要助浴。", nil)
	other := excerpt.Redact("手机139 0013 7766，需要助浴。", nil)
	require.Equal(t, "手机〔电话〕，需要助浴。", one.Text)
	require.Equal(t, one.Text, other.Text)
	for _, k := range excerpt.Kinds() {
		require.Regexp(t, `^〔\p{Han}+〕$`, k.Token())
	}
	require.Equal(t, excerpt.Other.Token(), excerpt.Kind("nothing we know").Token())
}

func TestTextThatPretendsToBeOursIsReadAsText(t *testing.T) {
	t.Parallel()
	gone(t, "〔13800112233〕〔张建国〕", nil, "0011", "建国")
	gone(t, "\ue000张建国\ue000", nil, "建国")
	require.NotContains(t, excerpt.Redact("\ue000需要助浴\ue000", nil).Text, "\ue000")
	gone(t, "需要助浴\xff\xfe张\xff建国", nil, "建国")
	require.True(t, utf8.ValidString(excerpt.Redact("助浴\xff\xfe", nil).Text))
	require.Empty(t, excerpt.Redact("", nil).Text)
}

func TestSpansNameBytesOfTheOriginal(t *testing.T) {
	t.Parallel()
	note := "电\u200b话１３８００１１２２３３，㈱，需要助浴"
	spans := excerpt.Scan(note, nil)
	require.NotEmpty(t, spans)
	require.Equal(t, "１３８００１１２２３３", note[spans[0].From:spans[0].To])
	require.Equal(t, excerpt.Pattern, spans[0].Why)
}

func TestAReviewerIsShownWhatSinglesOut(t *testing.T) {
	t.Parallel()
	res := excerpt.Redact("本村唯一的低保户，火灾后卧床。", nil)
	require.False(t, res.Withheld)
	found := map[excerpt.Concern]string{}
	for _, f := range res.Flags {
		found[f.Concern] = res.Text[f.From:f.To]
	}
	require.Equal(t, "唯一", found[excerpt.Only])
	require.Equal(t, "火灾", found[excerpt.Event])
}

func TestAPublishedTextIsFoundAgainstOtherValues(t *testing.T) {
	t.Parallel()
	res := excerpt.Redact("老人喜欢康复训练，需要助浴。", nil)
	require.False(t, res.Withheld)
	require.Empty(t, excerpt.Scan(res.Text, nil))
	spans := excerpt.Scan(res.Text, excerpt.Known{excerpt.Name: {"陈康复"}})
	require.Len(t, spans, 1)
	require.Equal(t, excerpt.OwnValue, spans[0].Why)
	require.Equal(t, "康复", res.Text[spans[0].From:spans[0].To])
}

func TestTheVersionNamesRulesAndVocabulary(t *testing.T) {
	t.Parallel()
	require.Regexp(t, `^\d+-[0-9a-f]{12}$`, excerpt.Version())
}
