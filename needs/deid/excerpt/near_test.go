package excerpt_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/needs/deid/excerpt"
)

func TestANameReachesBackToWhereItBegins(t *testing.T) {
	t.Parallel()
	for note, hidden := range map[string]string{
		"在北方玻璃厂干了一辈子":   "北方",
		"家住大烟囱，腿脚不便":    "烟囱",
		"住在锅炉房，冬天不冷":    "锅炉房",
		"食品站楼下等":        "食品站",
		"楼下健康水果店门口摔了一跤": "健康水果",
		"在后勤院门口等着":      "后勤",
		"大家都喊她板凳":       "板凳",
		"眼镜说想洗澡":        "眼镜",
		"老伴努力走得早":       "努力",
		"昨天辣椒摔了一跤":      "辣椒",
	} {
		t.Run(note, func(t *testing.T) {
			t.Parallel()
			gone(t, note, nil, hidden)
		})
	}
}

func TestEverydayWordsStayWhereNobodyIsAskedFor(t *testing.T) {
	t.Parallel()
	for _, note := range []string{"最好是上午", "住十二楼没有电梯", "平时自己热饭", "在养老院门口等车"} {
		require.Equal(t, note, excerpt.Redact(note, nil).Text)
	}
}
