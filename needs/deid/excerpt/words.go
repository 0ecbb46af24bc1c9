package excerpt

import (
	"regexp"
	"strings"
)

// piece is one piece of a reading of Han characters.
type piece struct {
	from, to int // in the run
	kind     class
}

// named is the class of a piece that is read as a person's name.
const named class = 'N'

// words reads every run of Han characters, as it stands and with what parts
// its characters taken out, and cuts what no reading makes safe.
func words(t *text, m *marker) []*run {
	var all []*run
	for _, v := range []view{t.plain, t.tight} {
		for _, loc := range hanRun.FindAllStringIndex(v.s, -1) {
			run := newRun(v, loc[0], loc[1])
			run.read()
			run.judge(m)
			all = append(all, run)
		}
	}
	strange(t, m)
	return all
}

var hanRun = regexp.MustCompile(`[\p{Han}〇]+`)

// run is a stretch of Han characters with its cheapest reading.
type run struct {
	runes         []rune
	at            []int // place of each character in the text, and one past the end
	before, after rune  // what stands on either side, nought at an end
	pieces        []piece
	cuts          []mark
}

func newRun(v view, from, to int) *run {
	r := &run{}
	for i, c := range v.s[from:to] {
		r.runes = append(r.runes, c)
		r.at = append(r.at, v.at[from+i])
	}
	r.cuts = make([]mark, len(r.runes))
	left := []rune(v.s[max(0, from-8):from])
	if len(left) > 0 {
		r.before = left[len(left)-1]
	}
	for _, c := range v.s[to:] {
		r.after = c
		break
	}
	return r
}

// nameBase is what a name costs over its characters; hint is what a cue beside
// it takes off. Both are in tenths of a logarithm.
const (
	nameBase   = 35
	givenCost  = 50
	oddCost    = 85
	unknown    = 180
	hint       = 60
	markedHint = 40
)

// read finds the cheapest reading: words, names, single characters.
func (r *run) read() {
	l := lists()
	n := len(r.runes)
	best := make([]int, n+1)
	back := make([]piece, n+1)
	for i := 1; i <= n; i++ {
		best[i] = 1 << 30
	}
	step := func(i, j, cost int, kind class) {
		if c := best[i] + cost; c < best[j] {
			best[j], back[j] = c, piece{i, j, kind}
		}
	}
	for i := range n {
		step(i, i+1, r.alone(l, i), single)
		for j := i + 2; j <= min(n, i+l.longest); j++ {
			if w, ok := l.words[string(r.runes[i:j])]; ok {
				step(i, j, int(w.cost), w.class)
			}
		}
		r.names(l, i, func(j, cost int) { step(i, j, cost, named) })
	}
	for j := n; j > 0; j = back[j].from {
		r.pieces = append(r.pieces, back[j])
	}
	for i, j := 0, len(r.pieces)-1; i < j; i, j = i+1, j-1 {
		r.pieces[i], r.pieces[j] = r.pieces[j], r.pieces[i]
	}
}

func (r *run) alone(l *lexicon, i int) int {
	if w, ok := l.words[string(r.runes[i])]; ok {
		return max(int(w.cost), 55)
	}
	return unknown
}

// names offers every name that could start at i: a surname and one or two
// characters, cheaper where a cue stands before or behind it.
func (r *run) names(l *lexicon, i int, offer func(j, cost int)) {
	for _, s := range []int{1, 2} {
		if i+s >= len(r.runes) {
			return
		}
		cost, ok := l.surnames[string(r.runes[i:i+s])]
		if !ok {
			continue
		}
		sum := nameBase + int(cost)
		if glueSet[r.runes[i]] {
			sum += 25
		}
		if r.cued(i) {
			sum -= hint
		}
		for j := i + s + 1; j <= min(len(r.runes), i+s+2); j++ {
			if l.given[r.runes[j-1]] {
				sum += givenCost
			} else {
				sum += oddCost
			}
			end := 0
			if r.answered(j) {
				end = hint
			}
			offer(j, max(sum-end, 20))
		}
	}
}

// Words that stand before a name, and words that stand behind one.
var (
	leads  = strings.Fields(`户主 家属 姓名 申请人 监护人 联系人 代办人 经办人 记录人 复核人 评估员 填表人 代理人 负责人 配偶 丈夫 妻子 爱人 老伴 儿子 女儿 长子 次子 三子 长女 次女 三女 独子 独女 养子 养女 孙子 孙女 外孙 外孙女 曾孙 侄子 侄女 外甥 外甥女 儿媳 女婿 父亲 母亲 爷爷 奶奶 姥姥 姥爷 公公 婆婆 岳父 岳母 哥哥 弟弟 姐姐 妹妹 大哥 大姐 大爷 大妈 兄弟 其子 其女 其妻 其夫 其父 其母 其孙 其兄 其弟 其姐 其妹 之子 之女 之妻 之夫 之父 之母 社工 志愿者 医生 大夫 护士 老师 护工 保姆 邻居 房东 网格员 楼长 组长 队长 主任 书记 站长 所长 院长 校长 民警 律师 同学 叫 名叫 姓 本人 老人 患者 患儿 孤儿 学生 学员 户 给 找 向 对 跟 同 与 和 由 据 经 为 系 让 请 托 把 被 及 陪`)
	trails = strings.Fields(`大爷 大妈 大叔 大娘 大姐 大哥 大嫂 奶奶 爷爷 阿姨 叔叔 伯伯 伯母 婶 姨 姐 哥 嫂 叔 老师 医生 大夫 护士 主任 书记 师傅 先生 女士 同志 同学 小朋友 老人 社工 某 说 讲 称 表示 反映 介绍 告知 确认 提到 回忆 哭 患 今年 现年 年满 名下 就读 代收 代办 代管 代领 代签 陪同 出生 去世 过世 生前 家里 家中 家 的 患有 因 从 每 在 于 自 一家 夫妇 夫妻 两口 父子 母子 母女 父女 二人 两人 三人 等 来电 电话 手机 微信 之子 之女 之妻 之夫 之父 之母 之孙 和 与 平时 平日 上月 上周 昨天 今天 正在 已 住 爱 不`)
)

func (r *run) cued(i int) bool {
	if i == 0 {
		return strings.ContainsRune(":@(/、，,;；1234567890", r.before) && r.before != 0
	}
	return anyEnds(r.runes[:i], leads)
}

func (r *run) answered(j int) bool {
	if j == len(r.runes) {
		return r.after == '(' || r.after == ',' || r.after == 0 || r.after == '、' || r.after == '\n'
	}
	return anyStarts(r.runes[j:], trails)
}

func anyEnds(r []rune, words []string) bool {
	s := string(r[max(0, len(r)-4):])
	for _, w := range words {
		if strings.HasSuffix(s, w) {
			return true
		}
	}
	return false
}

func anyStarts(r []rune, words []string) bool {
	s := string(r[:min(len(r), 4)])
	for _, w := range words {
		if strings.HasPrefix(s, w) {
			return true
		}
	}
	return false
}
