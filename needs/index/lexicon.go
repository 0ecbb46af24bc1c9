package index

import (
	"slices"
	"strings"
	"sync"

	"shanqiao/internal/region"
	"shanqiao/needs"
)

// lexicon is the words that we know without asking an engine: what help is
// called, how that reads, and the names of districts with their codes.
type lexicon struct {
	help   map[string][]needs.Code // a word, and the kinds of help that it may mean
	spoken map[string][]needs.Code // what people say when they mean it; no document has these words
	sounds map[string][]string     // how a word reads, and the words that read so
	typed  map[string][]string     // the same, as it is typed in letters
	places map[string]string
	most   int // characters of the longest
}

// spoken are turns of everyday speech, each with what is asked for by it. They
// are understood and not matched, so that no document need say them.
var spoken = map[needs.Code][]string{
	"bathing":        {"洗个澡", "搓澡", "冲凉", "洗头", "洗脚"},
	"nursing":        {"伺候", "下不了床", "起不来床", "躺在床上", "端屎端尿", "照看", "没人管"},
	"rehabilitation": {"中风", "偏瘫", "练走路", "走不稳"},
	"medical_escort": {"去医院", "跑医院", "复查", "开药", "陪着看", "拿药"},
	"meals":          {"吃不上饭", "吃不上热", "做不了饭", "没人做饭", "饿肚子", "热乎饭", "一口热", "做不动"},
	"cleaning":       {"打扫屋子", "屋里脏", "擦窗户", "洗衣服", "拖地", "收拾", "拾掇"},
	"mobility":       {"腿脚不", "下不了楼", "背下楼", "出不了门", "走不动", "推出去"},
	"errands":        {"跑个腿", "买点", "交水电费", "交电费", "捎点"},
	"home_adaptation": {"滑倒", "怕摔", "摔跤", "门槛", "装个把手",
		"把手", "卫生间"},
	"small_repairs": {"灯坏了", "水龙头", "马桶", "堵了", "坏了", "修一修", "修修", "跳闸", "漏了"},
	"visiting":      {"来看看", "去看看", "上门看", "一个人住"},
	"companionship": {"说说话", "没人说话", "闷得慌", "一个人闷", "做个伴", "陪陪"},
	"counselling":   {"想不开", "睡不着", "心里难受", "心里堵", "闷闷不乐"},
	"tutoring":      {"写作业", "成绩差", "功课跟不上", "学习跟不上", "教孩子"},
	"reading":       {"看不清字", "不识字", "念报", "念念", "写封信"},
	"job_guidance":  {"找个活", "找活", "没活干", "下岗", "挣钱"},
	"legal_advice":  {"打官司", "欠钱不还", "拖欠工资", "讨薪", "离婚"},
	"inclusion":     {"出去玩", "热闹热闹", "认识人", "参加活动"},
	"wheelchair":    {"轮子椅", "坐的轮", "走不了路", "拐棍"},
	"care_supplies": {"尿不湿", "尿布", "尿裤"},
	"food_parcel":   {"没米", "揭不开锅", "吃的东西", "缺粮", "油和米"},
	"school_supplies": {"铅笔", "本子", "上学用",
		"作业本"},
	"warm_bedding": {"被窝", "棉袄", "厚衣服", "冷得", "太冷", "冻得", "没暖气"},
}

var known = sync.OnceValue(func() lexicon {
	l := lexicon{
		help: map[string][]needs.Code{}, spoken: map[string][]needs.Code{},
		sounds: map[string][]string{}, typed: map[string][]string{}, places: map[string]string{},
	}
	for _, item := range needs.Catalogue() {
		for _, name := range append([]string{item.Zh, item.ActZh}, item.Synonyms...) {
			l.run(name, func(run string) {
				l.help[run] = append(l.help[run], item.Code)
				if s := sound([]rune(run)); s != "" && !slices.Contains(l.sounds[s], run) {
					l.sounds[s] = append(l.sounds[s], run)
					l.typed[typed(s)] = append(l.typed[typed(s)], run)
				}
			})
		}
		for _, g := range needs.Groups {
			if g == item.Group {
				l.run(g.Name("zh"), func(run string) { l.help[run] = append(l.help[run], item.Code) })
			}
		}
		for _, phrase := range spoken[item.Code] {
			l.run(phrase, func(run string) { l.spoken[run] = append(l.spoken[run], item.Code) })
		}
	}
	for _, d := range region.Districts() {
		for _, name := range []string{d.Name, d.Short} {
			l.run(name, func(run string) { l.places[run] = d.Code })
		}
	}
	return l
})

// run hands on the runs of a name that are words: more than one Han character.
func (l *lexicon) run(name string, to func(run string)) {
	for _, t := range Runs(name) {
		if n := len([]rune(t.Run)); t.Han && n > 1 {
			l.most = max(l.most, n)
			to(t.Run)
		}
	}
}

// sense is what was understood of a text: words that documents say, kinds of help
// that any part of it may mean, and places. Whole says that the words are enough:
// nothing was understood that no document says.
type sense struct {
	words  []string
	codes  []needs.Code
	places []string
	whole  bool
}

// understood keeps of a text what the lexicon knows: the longest that fit, from
// left to right. A person who types "石景山帮老人洗澡" is looking for 洗澡 in
// 石景山. A run that as a whole reads like a word is taken for it, since the wrong
// one of two homophones is the usual slip; letters may be a word's reading.
func understood(text string) sense {
	l, s := known(), sense{whole: true}
	runs := Runs(text)
	for i := 0; i < len(runs); {
		if !runs[i].Han {
			i += s.letters(l, runs[i:])
			continue
		}
		chars := []rune(runs[i].Run)
		if !s.exact(l, chars) {
			s.heard(l, chars)
		}
		i++
	}
	slices.Sort(s.words)
	s.words = slices.Compact(s.words)
	slices.Sort(s.codes)
	s.codes = slices.Compact(s.codes)
	return s
}

func (s *sense) word(l lexicon, run string) {
	s.words = append(s.words, run)
	s.codes = append(s.codes, l.help[run]...)
}

// exact takes the known words out of a run and says whether there were any.
func (s *sense) exact(l lexicon, chars []rune) bool {
	any := false
	for at := 0; at < len(chars); {
		n := min(l.most, len(chars)-at)
		for ; n > 1; n-- {
			run := string(chars[at : at+n])
			if l.help[run] != nil {
				s.word(l, run)
				break
			}
			if said := l.spoken[run]; said != nil {
				s.codes, s.whole = append(s.codes, said...), false
				break
			}
			if code, ok := l.places[run]; ok {
				s.places = append(s.places, code)
				break
			}
		}
		any = any || n > 1
		at += max(n, 1)
	}
	return any
}

// heard takes a run for the words that read like it, or, of a longer run, a part
// of three syllables or more: two alone read like too many things.
func (s *sense) heard(l lexicon, chars []rune) {
	if words := l.sounds[sound(chars)]; words != nil {
		s.sounded(l, words)
		return
	}
	for at := 0; at < len(chars); {
		n := min(l.most, len(chars)-at)
		for ; n > 2; n-- {
			if words := l.sounds[sound(chars[at:at+n])]; words != nil {
				s.sounded(l, words)
				break
			}
		}
		if n <= 2 {
			n = 1
		}
		at += n
	}
}

// sounded takes one word; of several that sound alike, their kinds of help.
func (s *sense) sounded(l lexicon, words []string) {
	if len(words) == 1 {
		s.word(l, words[0])
		return
	}
	s.whole = false
	for _, w := range words {
		s.codes = append(s.codes, l.help[w]...)
	}
}

// letters reads as many words of letters as are the reading of a word, and says
// how many it read: "zhuyu", "zhu yu" and "zhu'yu" are the same.
func (s *sense) letters(l lexicon, runs []Term) int {
	n := 0
	for n < len(runs) && n < l.most && !runs[n].Han {
		n++
	}
	for ; n > 0; n-- {
		var b strings.Builder
		for _, t := range runs[:n] {
			b.WriteString(typed(t.Run))
		}
		if words := l.typed[b.String()]; words != nil {
			s.sounded(l, words)
			return n
		}
	}
	return 1
}
