package excerpt

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"strings"
	"sync"
	"unicode/utf8"
)

// rules is raised whenever a detector changes, so that an approval is bound to
// the code that made the text.
const rules = "4"

//go:embed data/words.txt.gz
var wordsGz []byte

//go:embed data/care.txt
var careText string

//go:embed data/common.txt
var commonText string

//go:embed data/never.txt
var neverText string

//go:embed data/surnames.txt
var surnamesText string

//go:embed data/given.txt
var givenText string

// More characters of given names; the general list was derived without them.
//
//go:embed data/called.txt
var calledText string

// Version names the rules and the vocabulary together.
var Version = sync.OnceValue(func() string {
	h := sha256.New()
	for _, part := range []string{string(wordsGz), string(simplifiedGz), careText, commonText, neverText, surnamesText, givenText, calledText} {
		h.Write([]byte(part))
	}
	return rules + "-" + hex.EncodeToString(h.Sum(nil)[:6])
})

// class is what a word is good for.
type class byte

// The classes of words, as in data/derive.go; care words are ours.
const (
	care      class = 'c'
	noun      class = 'n'
	verb      class = 'v'
	ambiguous class = 'b'
	unsafe    class = 'x'
	place     class = 'p'
	never     class = '!'
	single    class = 's'
)

// word is an entry of the lexicon: its cost in a reading (ten times a negative
// logarithm, so that the cheapest reading is the likeliest) and its class.
type word struct {
	cost  int16
	class class
}

// lexicon is all word lists together. It is read once, when first needed.
type lexicon struct {
	words    map[string]word
	surnames map[string]int16 // cost
	given    map[rune]bool
	longest  int
}

var lists = sync.OnceValue(func() *lexicon {
	l := &lexicon{words: make(map[string]word, 80_000), surnames: map[string]int16{}, given: map[rune]bool{}, longest: 6}
	for line := range strings.Lines(unpack(wordsGz)) {
		w, rest, _ := strings.Cut(line, " ")
		cost, c, _ := strings.Cut(rest, " ")
		l.words[w] = word{int16(atoi(cost)), placed(w, class(c[0]))}
	}
	l.add(careText, care, 65)
	l.add(commonText, noun, 65)
	l.add(neverText, never, 20)
	for _, kind := range []Kind{School, Employer} {
		for _, w := range siteEnds[kind] { // read whole, so that its name is what stands before
			if _, ok := l.words[w]; utf8.RuneCountInString(w) > 1 && !ok {
				l.words[w] = word{60, place}
			}
		}
	}
	lines := strings.Split(surnamesText, "\n")
	for i, cost := range []int16{45, 65} {
		for _, r := range lines[i] {
			l.surnames[string(r)] = cost
		}
	}
	for _, s := range strings.Fields(lines[2]) {
		l.surnames[s] = 50
	}
	for _, r := range givenText + calledText {
		l.given[r] = han(r)
	}
	return l
})

// placeEnds end the names of houses, of works and of parts of the country.
const placeEnds = "厂店馆院局所队站社库园楼村庄屯镇街巷弄桥庙寺塔铺河湖沟坡岭坝泉湾岛滩坟墓陵窑矿寨堡坑塘港厦场房"

// placed makes a place of a noun of the general list that ends like one: where
// one town has ten such houses, another has one, and it says where somebody lives.
// Kinds of place that are everywhere are on our own lists.
func placed(w string, c class) class {
	last, _ := utf8.DecodeLastRuneInString(w)
	if (c == noun || c == ambiguous) && strings.ContainsRune(placeEnds, last) && utf8.RuneCountInString(w) > 1 {
		return place
	}
	return c
}

// add takes over a list of words; one that the general list knows keeps its cost
// if that is lower.
func (l *lexicon) add(text string, c class, cost int16) {
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		for _, w := range strings.Fields(line) {
			at := cost
			if had, ok := l.words[w]; ok {
				at = min(at, had.cost)
			}
			l.words[w] = word{at, c}
		}
	}
}

// all says whether characters are all to be found in given names.
func (l *lexicon) all(r []rune) bool {
	for _, c := range r {
		if !l.given[c] {
			return false
		}
	}
	return true
}

func atoi(s string) int {
	n := 0
	for _, c := range s {
		n = n*10 + int(c-'0')
	}
	return n
}

// Grammar that may stand beside anything, even beside what was cut, and single
// words that are safe only among safe words.
const (
	glue = "的了在是与和由给对被把为到也等就又很不有无之其患住需请已未没每各该此所或于叫跟据至以按这我你他她它们说称第个位名线一二三四五六七八九十半"
	solo = "吃喝走来去看做洗穿买送接带拿用找问教学写读听讲睡坐站躺扶抱推拉换修装开关打发放进出上下里外内前后左右中间旁边时年月日天周次分秒点号岁人户口家孩儿女子男老小大高低长短多少新旧好坏冷热干湿轻重快慢早晚病药饭菜水电气床门窗灯车路楼层屋房衣鞋手脚腿眼耳牙头腰背心血尿痛疼肿瘦胖米面油盐茶奶肉蛋钱元角费差难易怕愿肯敢爱盼望帮助陪护养管顾贴补交租借还欠件套条张双只台处级度种样项遍趟回顿餐片粒袋瓶盒包块份支根本再才均皆仍曾刚正先另共约近超过满非更最太极挺真较越光全整同异单独自己谁何么什怎哪让向从及都且则并因而但若如将会能可要想随经那着地得吗呢吧啊些两几百千万零期法组队章款幅副具摊座盏堆滴栋封首篇届代群排列"
)

var (
	glueSet = runeSet(glue)
	soloSet = runeSet(solo)
)

func runeSet(s string) map[rune]bool {
	m := map[rune]bool{}
	for _, r := range s {
		m[r] = true
	}
	return m
}
