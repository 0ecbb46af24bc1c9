package excerpt

import (
	"slices"
	"strings"
)

// A name of which one half was read as something else: what stands beside a cut
// surname, a title or a syllable is no word there.

// joined cuts what is left of a name whose surname was read as something else: as
// a character that is on no list, as the end of a shorter name, or together with
// the word of kinship before it.
func (r *run) joined() {
	l := lists()
	for k := 0; k+1 < len(r.pieces); k++ {
		p, next := r.pieces[k], r.pieces[k+1]
		if next.to-next.from != 2 || r.cuts[k+1].kind != "" || nobody[r.text(k+1)] || next.kind == single {
			continue
		}
		_, surname := l.surnames[string(r.runes[p.to-1])]
		_, double := l.surnames[r.text(k)]
		shut := r.closes(next.to)
		fits := next.kind != care || shut && l.all(r.runes[next.from:next.to])
		switch {
		case p.kind == single && r.cuts[k].kind == Other && r.opens(p.from):
			if !fits || next.kind == care && !r.asked(p.from) || !shut && !r.asked(p.from) {
				continue
			}
		case double && p.to-p.from == 2 && (r.opens(p.from) || r.cuts[k].kind != ""):
		case p.kind == named && p.to-p.from == 2 && surname:
			if !fits && !shut || !shut && !r.called(k+1) {
				continue
			}
		case p.to-p.from == 2 && surname && p.kind != named && r.asked(p.to-1):
			if !fits || !shut {
				continue
			}
		default:
			continue
		}
		r.cuts[k], r.cuts[k+1] = mark{Name, Shape}, mark{Name, Shape}
	}
	r.titled()
	r.inner()
	r.spelled()
}

// spelled cuts two or more syllables of foreign names that stand alone where a
// person is expected and before what follows one; and, where somebody is asked
// for, the characters behind one that is on no list.
func (r *run) spelled() {
	for k := 0; k+1 < len(r.pieces); k++ {
		p := r.pieces[k]
		if p.kind != single || !r.opens(p.from) {
			continue
		}
		odd := r.cuts[k].kind == Other && r.asked(p.from)
		j := k + 1
		for j < len(r.pieces) && j-k < 5 && r.pieces[j].kind == single && (odd && j-k < 3 || syllables[r.runes[r.pieces[j].from]]) && !r.follows(r.pieces[j].from) {
			j++
		}
		for n := 3; odd && j-k < 2 && n > 1; n-- { // 有 and 才 are verbs, and end names
			if k+n <= len(r.pieces) && r.singles(k+1, k+n) && r.closes(r.pieces[k+n-1].to) {
				j = k + n
			}
		}
		if j-k < 2 || !odd && !syllables[r.runes[p.from]] || !r.closes(r.pieces[j-1].to) {
			continue
		}
		for i := k; i < j; i++ {
			r.cuts[i] = mark{Name, Shape}
		}
	}
}

func (r *run) singles(from, to int) bool {
	return !slices.ContainsFunc(r.pieces[from:to], func(p piece) bool { return p.kind != single })
}

// follows says whether what begins there is what follows a person, so that it is no
// part of a name.
func (r *run) follows(i int) bool {
	return anyStarts(r.runes[i:], has) || anyStarts(r.runes[i:], does)
}

// titled cuts a surname before what a person is called by, one that is grammar only
// where a person is expected: 周嫂子 is nobody's week.
func (r *run) titled() {
	for k, p := range r.pieces {
		if _, surname := lists().surnames[r.text(k)]; !surname || p.kind != single || r.cuts[k].kind != "" || !anyStarts(r.runes[p.to:], titles) {
			continue
		}
		if c := r.runes[p.from]; r.opens(p.from) || !glueSet[c] && !r.measured(p.from) && (p.from == 0 || !strings.ContainsRune("上下本", r.runes[p.from-1])) {
			r.cuts[k] = mark{Name, Shape}
		}
	}
}

// inner cuts the characters before one that was cut and is followed by a word for
// a person, when they are all alone: 多有秀 before 阿姨.
func (r *run) inner() {
	for k, p := range r.pieces {
		if r.cuts[k].kind != Other || p.kind != single || k+1 == len(r.pieces) || !anyStarts(r.runes[p.to:], titles) {
			continue
		}
		for n := 1; n <= 2 && k-n >= 0 && r.pieces[k-n].kind == single && !strings.ContainsRune("的是和跟找问", r.runes[r.pieces[k-n].from]); n++ {
			r.cuts[k-n] = mark{Name, Shape}
		}
	}
}

// syllables are characters that foreign names are spelled with, and of which some
// are grammar: 不 and 都 in 阿不都.
var syllables = runeSet("阿艾依伊古丽娜尔汗买提麦木吐逊洪热合曼孜江巴克库班肉司义沙吾守帕卡力哈德赛努比亚不都拉里米玛扎西次仁旺堆桑布多吉卓央金丹增罗洛索朗曲珍格日勒图雅乌云其斯琴高娃特那顺宝音敖登呼和额敦苏荣牛伍果呷迪马海也叶塔吾夏加更才让东知尼边普措旦正么公保地以且子")

// foreign carries a cut on over the syllables beside it, once two of them were cut
// together that are no word.
func (r *run) foreign() {
	odd := func(k int) bool {
		return k >= 0 && k < len(r.pieces) && r.pieces[k].kind == single && syllables[r.runes[r.pieces[k].from]]
	}
	for k := 0; k+1 < len(r.pieces); k++ {
		if !odd(k) || !odd(k+1) || r.cuts[k].kind == "" || r.cuts[k+1].kind == "" {
			continue
		}
		for i := k - 1; odd(i) && r.cuts[i].kind == "" && k-i < 4; i-- {
			r.cuts[i] = mark{Name, Shape}
		}
		for i := k + 2; odd(i) && i-k < 6; i++ {
			if r.cuts[i].kind == "" {
				r.cuts[i] = mark{Name, Shape}
			}
		}
	}
}

// titles are what a person is called by behind the name.
var titles = strings.Fields(`排长 班长 连长 营长 团长 队长 组长 厂长 校长 村长 会计 电工 木匠 铁匠 瓦匠 裁缝 瘸子 瞎子 聋子 麻子 驼背 阿姨 大夫 医生 护士 老师 师傅 大爷 大妈 大娘 大叔 大姐 大哥 大嫂 奶奶 爷爷 叔叔 伯伯 嫂子 婶 先生 女士 同志 同学 书记 主任 小朋友 老人 老太`)
