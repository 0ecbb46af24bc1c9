package excerpt

import (
	"regexp"
	"slices"
	"strings"
)

// Words at which a name of a place, a school or a house of work ends.
var siteEnds = map[Kind][]string{
	Address:  strings.Fields(`小区 家园 花园 嘉园 佳园 佳苑 公寓 新村 新城 新区 胡同 大街 大道 北街 南街 东街 西街 大院 家属院 家属区 宿舍 社区 街道 街 路 村 庄 屯 乡 镇 苑 园 里 巷 弄 坊 湾 营 店 坟 台 桥 楼 院 地区 大厦 广场 山庄 别墅 城 寺 庙 园区 村委会 居委会 东里 西里 南里 北里 东区 西区 南区 北区 中街 小街 沟 梁 洼 坡 坪 峪 岭 崖 坎 坝 铺 集 堡 寨 塘 甸 滩 窝 圈 窑 岗 墩 疃 口 头 沿 嘴`),
	School:   strings.Fields(`小学 中学 学校 幼儿园 大学 学院 高中 初中 附小 附中 一小 二小 三小 一中 二中 三中 四中 五中 实验小学 中心小学 实验中学 职高 技校 党校 少年宫`),
	Employer: strings.Fields(`公司 分公司 厂 工厂 饭店 酒店 餐厅 食堂 超市 商店 集团 医院 诊所 药店 药房 银行 养老院 敬老院 福利院 驿站 服务部 印刷厂 加工厂 快餐店 市场 商场 回收站 汽修厂 门诊部 教堂 事务所 中心 合作社 工作室 物业 餐馆 饭馆 拉面 烧烤 火锅 按摩店 修脚店 大药房 水果店 理发馆 洗车行 洗衣房 服装厂 家具店 家具厂 家电城 建材城 建材店 食品店 食品厂 豆腐坊 馒头房 烧饼铺 裁缝铺 羊肉馆 火锅店 涮肉馆 拉面馆 快餐部 麻将馆 足疗店 按摩店 美容院 美发店 渔具店 电器行 车行 粮店 副食店 副食商场 搬家公司 保洁公司 木材厂 玻璃厂 毛巾厂 水泥厂 面粉厂 造纸厂 纺织厂 灯具厂 物业 药店 药房 大药房 理发馆 洗衣房 奶站 花店 行 房 铺 坊 理发店 物流园 五金店 洗衣店 烤鸭店 包子铺 早点铺 废品站 快递站 菜站 加油站 修理部 门市部 洗车行 宾馆 旅馆 旅店 服务站 卫生院 卫生站 派出所 法院 书店 商场 影院 浴池 饭庄 汽修 发艺 烘焙 婚庆 便利店 百货 五金 粮油 棋牌室 茶庄 茶馆 照相馆 文具店 干洗店 修车铺 烟酒 卤肉 熟食 网吧 小卖部 服装店 杂货铺 水果店 菜店 粮油店 饺子馆 面馆 菜馆 化工 机械厂 大药房 水果店 理发馆 洗车行 洗衣房 奶站 花店 服装厂 家具店 家具厂 家电城 建材城 建材店 食品店 食品厂 豆腐坊 馒头房 烧饼铺 裁缝铺 羊肉馆 火锅店 涮肉馆 拉面馆 快餐部 麻将馆 足疗店 按摩店 美容院 美发店 渔具店 电器行 车行 粮店 副食店 副食商场 搬家公司 保洁公司 木材厂 玻璃厂 毛巾厂 水泥厂 面粉厂 造纸厂 纺织厂 灯具厂 馆 铺 社 坊 局 所 站 队 库 行 房 家政`),
}

// houses are endings of houses of work that people are free to name: before these
// a word of the trade is a name as well (好邻居超市).
var houses = strings.Fields(`公司 分公司 厂 工厂 饭店 酒店 餐厅 超市 集团 印刷厂 加工厂 快餐店 汽修厂 事务所 合作社 工作室 餐馆 饭馆 理发店 物流园 五金店 洗衣店 烤鸭店 包子铺 早点铺 废品站 快递站 菜站 加油站 修理部 门市部 洗车行 书店 商场 影院 浴池 饭庄 汽修 发艺 烘焙 婚庆 百货 熟食 茶馆 网吧 小卖部 文具店 便利店 服装店 杂货铺 水果店 粮油店 棋牌室 馆 店 家政 网吧 宾馆 旅馆 旅店 幼儿园 培训班 培训学校`)

// stems are words that would end a name anywhere else and yet begin many names
// of places.
var stems = strings.Fields(`北方 南方 西北 东北 华北 西部 东部 国营 联合 国际 世界 大众 兄弟 姐妹 青年 工人 学生 团结 胜利 建设 前进 解放 跃进 奋斗 复兴 振兴 和平 幸福 光明 希望 友谊 育才 育英 民主 自由 健康 温馨 安康 平安 阳光 永安 长安 兴隆 丰收 先锋 红星 红旗 东方 朝阳 向阳 爱民 便民 惠民 利民 为民 新兴 新建 新华 新世纪 世纪 星光 清河 天桥 金色 银河 海淀 家和 康乐 快乐 爱心 同心 同乐 同仁 协和 仁爱 博爱 常青 万寿 福寿 松鹤 夕阳红 关爱 安心 安全 温暖 团圆 方便 公益 绿色`)

// plainBefore are words after which an ending is a kind of place, not one place.
var plainBefore = strings.Fields(`老旧 老 旧 新 本 该 此 各 附近 周边 周围 旁边 对面 所在 所属 同 我们 整个 封闭 普通 公立 私立 民办 公办 重点 寄宿制 特殊教育 特教 聋哑 盲人 综合 三甲 二甲 三级 二级 大型 小型 连锁 网上 农贸 农村 城市 当地 本地 外地 原 就近 哪个 一家 某 几家 多家 小 大 便宜 文化程度 学历 程度 服务 康复 照料 活动 政务 体检 养老 托养 日间 门诊 专科 精神 口腔 骨科 中医 社区 街道 乡镇 区 县 市 省 级 人民 儿童 妇幼 老年 肿瘤 眼科 民政`)

// going are words of going, reading and working, after which the name of a
// school or of a house of work begins.
var going = strings.Fields(`就读 就读于 上 读 在 去 到 转学 转入 转到 考上 考入 毕业 毕业于 来自 入读 升入 升 送 接 进入 进 位于 联系 申请 供职 就职 就职于 受雇 受雇于 打工 上班 工作 任职 开办 经营 承包 已经 正在 目前 以前 曾经 曾在 一直 经常 每天 现在 现 原 因为 由于 希望 需要 附近 没有 前往 路过 离 找 问 到了 去了 回 回到 陪 陪同 通过 经过 根据 以及 并且 不 不能 无法 可以 能 想 要 都 也 还 只 参加 介绍 推荐 安排 住 入住 送到 送去 转至 转诊 由 被 让 从 与 和 跟 往返 报名 距离 靠近`)

// sites cuts the stem that stands before an ending of a place together with it,
// even if all its words are safe ones: 幸福 is a word, 幸福小区 an address.
func (r *run) sites() {
	for k := 1; k < len(r.pieces); k++ {
		kind, end := r.ending(k)
		if end == "" {
			continue
		}
		from := k
		weak := len([]rune(end)) == 1
		if k > 1 && slices.Contains(houses, end) && strings.ContainsRune("大小老", r.runes[r.pieces[k-1].from]) && r.pieces[k-1].to-r.pieces[k-1].from == 1 {
			from-- // a size says which one it is no more than the kind does
		}
		if from < k && (from == 0 || !r.stem(from-1, kind, end)) {
			continue
		}
		for k-from < 6 && from > 0 && r.stem(from-1, kind, end) {
			from--
		}
		if from == k || weak && !r.anyCut(from, k) && !r.built(from, k, end) && !r.signed(from, k, end) {
			continue
		}
		for i := from; i <= k; i++ {
			r.cuts[i] = mark{kind, Pattern}
		}
	}
}

// said are places named after a word of living, learning or working: there even
// words that are no name by themselves are one.
var said = []struct {
	kind Kind
	re   *regexp.Regexp
}{
	{Address, re(`(?:家住|租住|现住|居住在|住在|住|地址[:是为]?|住址[:是为]?|搬到|搬去|从|租|家在|老家在?|位于|户籍地?[:在是]?)([\p{Han}\d]{1,8}?)(沟|梁|洼|坡|坪|峪|岭|崖|坎|坝|沿|泉|河|铺|集|堡|寨|塘|庙|甸|滩|窝|圈|口|头|地|台|里|花园|家园|小区|公寓|新村|新城|胡同|大街|街|路|村|庄|屯|苑|园|巷|营|坟|弄|湾|城|宿舍|大院|家属院|杂院|旅店|旅馆|工棚)(?:[^\p{Han}]|的|顶|底|[东西南北]|[一二三四五六七八九十]|住|搬|来|有|出|$)`)},
	{School, re(`(?:就读于?|在|上|读|考上|考进|考入|进了|来自|去|从|转到|转入|念)了?([\p{Han}\d]{2,10}?)(小学|中学|幼儿园|学校|大学|学院|中心校|职高|技校|附小|附中|[一二三四五六七八九十][小中])`)},
	{School, re(`(?:^|[^\p{Han}]|的)(\p{Han}{2,8}?)(打工子弟学校|子弟学校|中心校|实验学校|中心小学|实验小学|实验中学|外国语学校|双语学校|职业高中|[一二三四五六七八九十][小中])(?:[^\p{Han}]|$|的|读|上|念|学生|[初高]|[一二三四五六七八九]年级)`)},
	{Employer, re(`(?:^|[^\p{Han}]|在|于|到|去|是|由|给|从|被|的|向|找|和)(\p{Han}{2,12}?)((?:物业|餐饮|保洁|家政|劳务|装饰|建筑|工程|商贸|科技|物流|快递|服装|电子|机械|运输|搬家|环卫|园林|保安|管理|服务|派遣|文化|传媒|食品|医药|置业|地产|制造|有限|责任|股份|集团|总|分)+公司)`)},
	{Employer, re(`(?:^|[^\p{Han}]|在|于|到|去|是|由|给|从|被)([\p{Han}]{2,5}?)(饭馆|餐馆|饭店|酒店|餐厅|物流园|工厂|快餐店|汽修厂|理发店|宾馆|旅馆|旅店|工作室|合作社|事务所|超市|废品站|快递站|菜站|加油站|修理部|门市部|洗车行|洗衣店|五金店|烤鸭店|包子铺|早点铺|印刷厂|加工厂|家政(?:上|打|干|做|把|的))`)},
	{Employer, re(`(?:在|于|到|去|是)([\p{Han}\d]{2,12}?)(厂|店|馆|公司|部|站|行|场|社|铺|院|局|所|队|超市|中心|集团|市场)(?:打工|上班|工作|干活|当|做|开|洗|任|就职|务工|兼职|打零工|看|值|扫|送|卖|帮)`)},
}

// kinds of place that are nobody's own, as they stand before an ending.
var common = re(`(?:老旧|附近|周边|同一|[本该某各此]|老家|家|屋|农村|城市|房子|院|特殊教育|寄宿|公立|私立|普通|社区|街道|工地|外地|当地|镇上|县城|城里|便利|大|小|养老|福利|敬老|卫生|医|托养|服务|老年|康复|楼下|门口|小区|旁边|对面|隔壁|村口|路口|到|去|逛|有|没有|的|家|个|里|间|些|进)$`)

// anySchool is the same of schools, which many a place with such an ending has.
var anySchool = re(`(?:附近|周边|同一|[本该某各此]|家|农村|城市|特殊教育|寄宿|公立|私立|普通|社区|外地|当地|镇上|县城|城里|小|到|去|的|个|里|间|些|进)$`)

// saidSites cuts the places that said finds, unless they are of a common kind.
func saidSites(t *text, m *marker) {
	for _, v := range []view{t.plain, t.tight} {
		for _, p := range said {
			for _, loc := range p.re.FindAllStringSubmatchIndex(v.s, -1) {
				plain := common
				if p.kind == School {
					plain = anySchool
				}
				if !plain.MatchString(v.s[loc[2]:loc[3]]) {
					m.cut(v.at[loc[2]], v.at[loc[5]-1]+1, p.kind, Cue)
				}
			}
		}
	}
}

// ending is the kind and the ending a piece ends a place with.
func (r *run) ending(k int) (Kind, string) {
	w := r.text(k)
	for _, kind := range []Kind{School, Employer, Address} {
		if slices.Contains(siteEnds[kind], w) {
			return kind, w
		}
	}
	return "", ""
}

// stem says whether a piece can be part of the name before an ending.
func (r *run) stem(k int, kind Kind, end string) bool {
	w, p := r.text(k), r.pieces[k]
	weak := len([]rune(end)) == 1
	switch {
	case slices.Contains(stems, w), counted(w) && (!weak || k > 0 && r.pieces[k-1].to-r.pieces[k-1].from > 1):
		return true
	case slices.Contains(plainBefore, w):
		return false
	case slices.Contains(going, w):
		return false
	case kind != Address && p.kind != care && p.kind != single:
		return true
	}
	switch p.kind {
	case care:
		return slices.Contains(houses, end) && !nobody[w]
	case verb:
		if weak && strings.Contains("厂局所站社馆", end) {
			return true
		}
		return r.cuts[k].kind != "" || !weak && strings.ContainsRune("一二三四五六七八九十第", r.runes[p.from])
	case single:
		return !glueSet[r.runes[p.from]] || r.cuts[k].kind != ""
	case noun:
		return !weak || strings.Contains(builtEnds, end)
	}
	return true
}

const builtEnds = "厂店馆铺社坊局所站队库院楼庄屯苑城沟梁洼坡坪峪岭崖坎坝铺集堡寨塘庙甸滩窝圈湾窑岗墩疃村口台头沿嘴"

// built says whether a noun of the general list stands before the one character
// that houses and works end with: 供电 before 所. Elsewhere such a character is a
// measure or a verb.
func (r *run) built(from, k int, end string) bool {
	p := r.pieces[k]
	if !strings.Contains(builtEnds, end) || p.to < len(r.runes) && strings.ContainsRune("致以有需在说谓引着起立不过", r.runes[p.to]) {
		return false
	}
	for _, p := range r.pieces[from:k] {
		if (p.kind == noun || p.kind == ambiguous || p.kind == verb && strings.Contains("厂局所站社馆", end)) && p.to-p.from > 1 {
			return true
		}
	}
	return false
}

// signed says whether a kind of shop has one more word before it: 健康 before 水果店.
func (r *run) signed(from, k int, end string) bool {
	n := 0
	for _, p := range r.pieces[from:k] {
		if p.to-p.from > 1 {
			n++
		}
	}
	return n > 1 && strings.Contains("店馆铺坊行房", end)
}

// counted says whether a word is a number: 第十四中学 is one school.
func counted(w string) bool {
	return strings.Trim(w, "第一二三四五六七八九十百零〇") == ""
}

func (r *run) anyCut(from, to int) bool {
	return slices.ContainsFunc(r.cuts[from:to], func(m mark) bool { return m.kind != "" })
}
