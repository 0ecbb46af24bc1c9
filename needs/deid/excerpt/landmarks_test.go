package excerpt_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/needs/deid/excerpt"
)

// TestAHouseThatIsAWordGoes puts common nouns where somebody lives, waits, shops
// or works.
func TestAHouseThatIsAWordGoes(t *testing.T) {
	t.Parallel()
	for note, hidden := range map[string]string{
		"化肥厂后院那排房子漏雨": "化肥",
		"轮椅停在影剧院门口":   "影剧院",
		"她总在果园站下车":    "果园",
		"油库对面的老人要送餐":  "油库",
		"离百货大楼不远":     "百货大楼",
		"老头在广播站看大门":   "广播站",
		"原是针织厂的职工":    "针织",
		"供电所退休，一个人过":  "供电",
		"豆腐坊的老板帮着照看":  "豆腐",
		"在葡萄沟住了半辈子":   "葡萄",
		"搬到核桃峪，没有亲戚":  "核桃",
		"从八里磨盘沟搬来的":   "磨盘",
		"四家窝铺的老人要送餐":  "四家窝铺",
		"快乐网吧的伙计认得她":  "快乐网吧",
		"三十九中放学早，没人接": "三十九",
		"12床要换药，夜里喊疼": "12床",
		"加3床的家属没来":    "3床",
		"二十六号床要翻身":    "二十六号床",
	} {
		t.Run(note, func(t *testing.T) {
			t.Parallel()
			gone(t, note, nil, hidden)
		})
	}
}

// TestTheSurnameIsReadAsSomethingElse tries names that begin in the middle of what
// looks like another word, or with a character that is on no list.
func TestTheSurnameIsReadAsSomethingElse(t *testing.T) {
	t.Parallel()
	for note, hidden := range map[string]string{
		"家属于冬至说不用来":   "冬至",
		"侄子乜从容赶到医院":   "从容",
		"由公孙晚霞转交":     "晚霞",
		"二儿子改良在外头打工":  "改良",
		"保洁工闪有才电话没人接": "有才",
		"阿不都力木听不懂普通话": "不都力木",
		"给小豆芽送床棉被":    "豆芽",
		"大喇叭的低保停了":    "大喇叭",
		"她男人拉加去年没了":   "拉加",
		"联系木拉提·不力即可":  "不力",
	} {
		t.Run(note, func(t *testing.T) {
			t.Parallel()
			gone(t, note, nil, hidden)
		})
	}
}

func TestKindsOfPlaceAndOfBeddingStay(t *testing.T) {
	t.Parallel()
	for _, note := range []string{
		"想去公园，也想去图书馆。",
		"菜市场门口有台阶，轮椅上不去。",
		"需要2床被子、一床褥子。",
		"小时候得过病，大多数时间躺着。",
		"去火车站的路上，来回要陪同。",
	} {
		res := excerpt.Redact(note, nil)
		require.False(t, res.Withheld, note)
		kept := len([]rune(plainly(strings.NewReplacer("〔", "", "〕", "").Replace(res.Text))))
		require.GreaterOrEqual(t, 10*kept, 9*len([]rune(plainly(note))), res.Text)
		require.NotContains(t, res.Text, "〔地址〕", note)
	}
}
