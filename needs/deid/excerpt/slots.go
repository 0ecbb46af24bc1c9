package excerpt

import (
	"strings"
	"sync"
)

// Where a person is expected a word may be a name, and nothing in the text says
// which it is: 平静 may be how somebody feels or what somebody is called. There
// a word that can be a name goes, and among others those of the trade stay.

// Words before a person although they are no cue of kinship, words that only a
// person has behind them, and words that a person mostly has.
var (
	asks = strings.Fields(`弟 妹 哥 姐 姑 姨 舅 叔 伯 婶 娘 爹 姊妹 昨天 今天 前天 刚才 早起 去看了 帮 经手 私聊 男人 女人 媳妇 老公 侄子 侄儿 侄女 妯娌 亲家 干女儿 干儿子 发小 师 警 工 姐妹 兄弟 老友 认识 给 找 向 跟 同 与 和 由 据 经 让 请 托 把 被 及 陪 问 问了 问过 听 靠 全靠 多亏 亏得 幸亏 欠 交 转 带 带着 接 替 喊 叫 叫她 叫他 称 称为 名叫 送 联系 通知 拜访 走访 看望 探望 慰问 访 名 写的是 我是 栏 收到 拜托 委托 谢谢 感谢 叫做 还有 就是 都是 同意 姑姑 姑妈 姨妈 舅舅 舅妈 叔叔 婶婶 伯父 伯母 表哥 表姐 表弟 表妹 堂哥 堂弟 堂姐 堂妹 遗孀 遗属 生父 生母 养父 养母 继父 继母 他爹 她爹 他妈 她妈 他娘 孩儿他爹 双胞胎 孪生 员 访人 待人 户名 名单 抄送 代 老板 同事 闺女 丫头 儿媳 大舅 二舅 老舅 大姑 二姑 大伯 二伯 三叔 爸 妈 爷 奶 街坊 居民 住户 村民 租户 老乡 室友 同桌 战友 病友 工友 朋友 好友 同学 男友 女友 前夫 前妻 徒弟 师父 东家 雇主 店主 摊主 门卫 保安 司机 大学生 研究生 实习生 义工 群里 碰见 遇见 遇到 见到 找到 像 可怜 听说 听见 看见 见了 找了 看了 得知 想起 提起 提到 大的 小的 写着 周一 周二 周三 周四 周五 周六 周日 上午 下午 晚上 早上 中午 明天 后天 小卖部 曾用名 小名 大名 本名`)
	has  = strings.Fields(`妈 爸 爹 娘 媳妇 家 他 她 那边 那儿 那户 说 讲 称 想 念叨 嫌 大爷 大妈 大叔 大娘 大姐 大哥 大嫂 大伯 奶奶 爷爷 阿姨 叔叔 伯伯 婶 老太 老师 师傅 先生 女士 同志 小朋友 一家 夫妇 夫妻 两口 父子 母子 母女 父女 一个人 自己 跟前 本人 科长 处长 局长 村长 镇长 区长 队长 班长 所长 站长 院长 校长 厂长 老板 司机 大夫 医生 护士 律师 教练 反映 表示 来电 名下 的轮椅 的拐 的低保 的孩 的儿 的女 的妈 的爸 的老 的丈 的妻 的电 的手机 的微 的卡 的证 的家 的房 的床 的药 的腿 的眼 的耳 的腰 的楼 的邻`)
	does = strings.Fields(`一边 去看 来看 不肯 不愿 不敢 不想 不会 不在 上学 放学 上班 下班 瘫 赶 走失 去世 过世 病重 病倒 使用 处 拄 搀 推着 坐着 需要 需 要 都 也 这 走 没 有 是 系 能 会 喜欢 希望 盼 怕 摔 二 三 才 又 还 就 已 曾 去 来 到 只 总 男 女 独 眼 耳 腿 腰 病 血 收 签 处理 代 照 把 被 给 跟 帮 让 打 住 患 昨 今 明 问 答 教 带 背 抱 扶 牵 拉 推 追 骂 劝 哄 嚷 写 记 口述 唱 跑 躺 站 坐 睡 醒 吃 喝 拿 提 买 卖 租 借 还 欠 丢 找 等 看 听 闻 脾气 性子 反应 现 前阵 前些 前几 托 捎 垫 敲 顶 管 生于 出生 申请 领 帮 陪 接 送 属 早上 晚上 上午 下午`)
)

// nobody are words of that look which say what a person is to another, or begin a
// wish, and by which nobody is called.
var nobody = wordSet(`高龄 少年 学生 子女 孙子 孙女 曾孙 祖父 祖母 岳父 岳母 姐妹 长女 次女 继女 义工 楼门长 楼长 居民 保安 朋友 好友 工友 农民 农民工 对象 群众 年迈 年老 年幼 自理 居住 房租 房屋 房子 平房 楼房 家庭 家务 衣服 微信 关节 水肿 门诊 皮肤 门口 门铃 门锁 水费 水电 申请 申报 喜欢 地铁 周末 每天 语文 英语 理发 修脚 马桶 楼上 楼下 楼道 楼梯 中度 重度 高中 初中 中学 学校 单元 一次 一天 一年 一台 多次 周一 周二 周三 周四 周五 周六 周日 明天 前天 上门 作文 单词 作业 来回 往返 单独 希望 需要 想要 全家 家中 家里 单程 全天 全身 时常 平日 白天 房东 单亲 单身 双亲 管家 师傅 家长 房客 路人 党员 干部 小孩 小孩子 小孙子 小孙女 小儿子 小女儿 大儿子 大女儿 大孙子 老人 老伴 老两口 老人家 阿姨`)

func wordSet(s string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(s) {
		m[w] = true
	}
	return m
}

// everyday are words so common at the start of a clause that they are a name only
// where somebody is asked for.
var everyday = wordSet(`最好 平时 平日 一般 一般来说 通常 尤其 其实 可能 也许 现在 目前 以前 后来 以后 当时 原来 本来 从前 过去 将来 有时 偶尔 经常 每次 每天 每周 每月 每晚 今天 昨天 明天 前天 后天 上午 下午 中午 晚上 早上 夜里 白天 然后 同时 至今 已经 仍然 还是 只是 只能 只有 所以 因此 因为 由于 如果 虽然 但是 可是 不过 而且 并且 或者 另外 此外 其他 其中 这样 那样 这里 那里 这些 那些 这次 这个 那个 什么 怎么 多少 大家 自己 别人 有人 没人 谁也 一直 总是 完全 基本 大概 大约 至少 最多 最近 近来 刚才 马上 尽量 尽快 情况 问题 事情 东西 时候 地方 办法 生活 身体`)

// calls stand before what somebody is called; speaks behind whoever it is that
// speaks, has a family or lives somewhere. There even a word of the trade is a name,
// unless it says what a person is.
var (
	calls  = strings.Fields(`叫 叫她 叫他 叫做 名叫 管她叫 喊 喊她 喊他 外号 绰号 诨名 人称 自称 小名 乳名 大名 本名 曾用名 网名 昵称 姓名 称呼`)
	speaks = strings.Fields(`说 讲 嚷 哭着 哭诉 念叨 嫌 媳妇 他娘 他爹 他妈 她妈 她娘 她爹 这人 那人 本人 老婆 老公 爱人 来电 跑来 打来 托人 告诉 答应 家里 住 一家`)
)

// plainWord is the cost up to which a word of the general list stays where a person
// may be expected; kin is how many of the leads leave no doubt that one is.
const (
	plainWord  = 85
	seldomNoun = 126 // from here on a noun is seldom what a clause begins with
	kin        = 104
)

// people says which words say what a person is to another.
var people = sync.OnceValue(func() map[string]bool {
	m := wordSet(strings.Join(leads, " "))
	section := false
	for line := range strings.Lines(careText) {
		if strings.HasPrefix(line, "#") {
			section = strings.HasPrefix(line, "# persons")
		} else if section {
			for _, w := range strings.Fields(line) {
				m[w] = true
			}
		}
	}
	return m
})

// slots cuts words that could be a name and stand where one is expected.
func (r *run) slots() {
	r.pets()
	for k, p := range r.pieces {
		if r.cuts[k].kind != "" || p.to-p.from < 2 || p.to-p.from > 4 || nobody[r.text(k)] || everyday[r.text(k)] && !r.asked(p.from) ||
			!r.opens(p.from) && !r.owned(p) && !r.housed(p) && !r.told(k) && (k == 0 || r.pieces[k-1].kind != named && r.cuts[k-1].kind != Name) {
			continue
		}
		looks, cost := r.called(k), int(lists().words[r.text(k)].cost)
		named := anyEnds(r.runes[:p.from], calls) || r.opens(p.from) && (anyStarts(r.runes[p.to:], speaks) || anyStarts(r.runes[p.to:], titles))
		switch p.kind {
		case noun, verb, ambiguous:
			looks = looks || named || cost >= plainWord && (r.asked(p.from) || r.closes(p.to) || p.kind == noun && cost >= seldomNoun) || anyEnds(r.runes[:p.from], leads[:kin])
		case care:
			looks = looks && (r.asked(p.from) || r.closes(p.to)) || named && !people()[r.text(k)]
		default:
			looks = false
		}
		if looks {
			r.cuts[k] = mark{Name, Shape}
		}
	}
}

// pets cuts, where a person is expected, a word of age or order with what follows
// it and counts nothing (二胖, 小丽, 三胖子), and a character said twice (其其格).
func (r *run) pets() {
	for k := 0; k+1 < len(r.pieces); k++ {
		p, next := r.pieces[k], r.pieces[k+1]
		first, second := r.runes[p.from], r.runes[next.from]
		order := strings.ContainsRune("二三四五六", first)
		sized := strings.ContainsRune("小老大阿", first) && (next.kind == noun || next.kind == ambiguous) && next.to-next.from == 2
		if p.kind != single || !order && !sized && !r.opens(p.from) {
			continue
		}
		to := k + 1
		switch {
		case order && (next.kind == single && !strings.ContainsRune(counters, second) && !glueSet[second] ||
			next.kind != care && next.to-next.from == 2 && strings.ContainsRune(ends, r.runes[next.to-1])):
		case next.kind == single && first == second && !strings.ContainsRune("天年人家个次样条", first):
			if to+1 < len(r.pieces) && r.pieces[to+1].kind == single && !r.closes(next.to) {
				to++
			}
		case !strings.ContainsRune("小老阿大二三四五六", first), next.to-next.from > 2:
			continue
		case sized:
		case next.kind != single && next.kind != care && strings.ContainsRune("说讲家的也都在不想要", r.runes[next.to-1]):
		case next.kind == single && strings.ContainsRune(counters, second), next.kind == care:
			continue
		case !r.closes(next.to) && !anyStarts(r.runes[next.to:], days):
			continue
		}
		for ; to >= k; to-- {
			r.cuts[to] = mark{Name, Shape}
		}
	}
}

// sized are words that begin like a nickname and are nobody's.
var sized = wordSet(`大学生 大规模 大多数 大部分 大部份 老百姓 小小的 大伙儿 小伙子 大幅度 大面积 大理石 小时候 大自然 大拇指 老朋友 小女孩 小白菜 大白菜 小朋友 小孩儿 小汽车 大出血 大半天 大半夜 大白天 大热天 大前天 大肠癌 大动脉 老龄化 老年性 老年期 小轿车 大客车 大不了 大体上 老房子 小房子 大房子 小动作 小数点 小米粥 小商品 小家电 大件儿 老毛病 老问题 老一辈 小口袋 小腿肚 大便器 小便器 大小便 小便池`)

// petted says whether a word of the general list begins with a word of age or size
// and goes on like a nickname (大嗓门, 小辣椒, 老革命).
func (r *run) petted(k int) bool {
	p := r.pieces[k]
	order := strings.ContainsRune("二三四五六", r.runes[p.from]) && strings.ContainsRune("子蛋妞丫娃", r.runes[p.to-1])
	return p.to-p.from == 3 && (order || strings.ContainsRune("小老大阿", r.runes[p.from])) && !sized[r.text(k)]
}

// ends are what words for children and heads end with, and so many nicknames.
const ends = "子头儿蛋妞丫娃墩嘎宝"

// counters stand behind a number, or with a word of size, and count or measure.
const counters = "十百千万亿两一二三四五六七八九个位名次天日月年周岁点分秒时季度成级层楼号室间户口人家条件张把双只台顿餐片粒袋瓶盒包块份支根遍趟回本套副盆杯碗桶箱斤两米里元角代等种样节课期组排队环胎姐哥弟妹叔伯姨舅姑爷娘妈爸嫂婶师女儿子孙小大老少多病毛"

var days = strings.Fields(`今天 昨天 明天 前天 上周 下周 上午 下午 早上 晚上 夜里 最近`)

// closes says whether what follows there is the end, or mostly follows a person.
func (r *run) closes(j int) bool {
	return r.ends(j) || anyStarts(r.runes[j:], has) || anyStarts(r.runes[j:], does) || anyStarts(r.runes[j:], trails)
}

// called says whether a word could be what somebody is called: with a surname, by
// a given name, by one said twice, or by one after a word of age or order.
func (r *run) called(k int) bool {
	if r.measures(r.pieces[k].from) {
		return false
	}
	w := r.runes[r.pieces[k].from:r.pieces[k].to]
	l := lists()
	_, one := l.surnames[string(w[:1])]
	_, two := l.surnames[string(w[:2])]
	ours := r.pieces[k].kind == care
	switch {
	case one && len(w) <= 3:
		return !ours || len(w) == 2 || l.all(w[1:])
	case two && len(w) > 2:
		return true
	case len(w) > 2:
		return !ours && (strings.HasSuffix(string(w), "儿") || w[0] == w[1] && strings.HasSuffix(string(w), "的"))
	case strings.ContainsRune(ends, w[len(w)-1]), w[0] == w[1], strings.ContainsRune("小老阿大二三四五六", w[0]):
		return !ours
	}
	return l.all(w)
}

// told says whether a word that could be a name is what something is said to be,
// or who there is, before what mostly follows a person.
func (r *run) told(k int) bool {
	p := r.pieces[k]
	return p.from > 0 && strings.ContainsRune("是有为", r.runes[p.from-1]) && r.called(k) && r.closes(p.to)
}

// housed says whether 家 stands behind a word and means whose it is.
func (r *run) housed(p piece) bool {
	return p.to+1 < len(r.runes) && r.runes[p.to] == '家' && !strings.ContainsRune("里中人属庭务长用具电教访", r.runes[p.to+1])
}

// starts and ends say whether a clause begins or ends there: what was cut beside
// it is neither, so that a second reading finds what the first one did.
func (r *run) starts(i int) bool {
	return i == 0 && r.before != token && !r.measures(i)
}

// measures says whether what begins there is the unit of a number before it.
func (r *run) measures(i int) bool {
	return i == 0 && '0' <= r.before && r.before <= '9' && unit.MatchString(string(r.runes))
}

func (r *run) ends(j int) bool { return j == len(r.runes) && r.after != token }

func (r *run) opens(i int) bool {
	return r.starts(i) || r.asked(i)
}

// asked says whether what stands before is mostly followed by a person.
func (r *run) asked(i int) bool {
	return anyEnds(r.runes[:i], leads) || anyEnds(r.runes[:i], asks)
}

// owned says whether a word stands between 的 and what only a person has.
func (r *run) owned(p piece) bool {
	return p.from > 0 && r.runes[p.from-1] == '的' && anyStarts(r.runes[p.to:], has)
}
