package excerpt

import (
	"slices"
	"strings"
)

// judge cuts the pieces of a reading that are not safe, and then what stands
// too close to them.
func (r *run) judge(m *marker) {
	r.cuts = make([]mark, len(r.pieces))
	for k, p := range r.pieces {
		r.cuts[k] = r.first(k, p)
	}
	r.given()
	r.joined()
	r.slots()
	r.solos()
	r.between()
	r.named()
	r.foreign()
	r.sites()
	r.landmarks()
	r.dwells()
	r.reaches()
	for k, p := range r.pieces {
		if c := r.cuts[k]; c.kind != "" {
			for i := p.from; i < p.to; i++ {
				m.cut(r.at[i], r.at[i]+1, c.kind, c.why)
			}
		}
	}
}

func (r *run) text(k int) string { return string(r.runes[r.pieces[k].from:r.pieces[k].to]) }

// first judges a piece by itself.
func (r *run) first(k int, p piece) mark {
	c := r.runes[p.from]
	switch p.kind {
	case care:
		return mark{}
	case noun, verb, ambiguous:
		if r.petted(k) {
			return mark{Name, Shape}
		}
		if p.kind != ambiguous && !(r.called(k) && int(lists().words[r.text(k)].cost) >= usual) || r.meant(k) {
			return mark{}
		}
		return mark{Name, Shape}
	case place:
		return mark{Address, Shape}
	case named:
		if r.cued(p.from) || r.answered(p.to) {
			return mark{Name, Cue}
		}
		return mark{Name, Shape}
	case never:
		return mark{Private, Never}
	case single:
		if glueSet[c] || soloSet[c] {
			return mark{}
		}
	}
	return mark{Other, Unlisted}
}

// usual is the cost up to which a word is so common that nobody is called by it.
const usual = 95

// degrees stand before a word that is used as a word, not before a person.
var degrees = strings.Fields(`很 非常 十分 特别 不 不太 不够 不很 更 更加 比较 较 太 最 极 极其 越来越 挺 没 没有 未 要 想 希望 能 能够 可 可以 会 应 应该 需 需要 已 已经 曾 曾经 正在 一直 经常 多 少 有 无 每 各 全 这 那 该 所 的 得 地 了 着`)

// meant says whether a word that is also a name stands as a word: after a word
// of degree or before 地 and 得.
func (r *run) meant(k int) bool {
	if k > 0 && r.cuts[k-1].kind == "" && slices.Contains(degrees, r.text(k-1)) {
		return true
	}
	return k+1 < len(r.pieces) && slices.Contains([]string{"地", "得", "了"}, r.text(k+1))
}

// given cuts what follows a lone surname, a surname that was read as grammar
// before a lone character that was cut, and the two where a name is expected.
func (r *run) given() {
	l := lists()
	for k, p := range r.pieces {
		if p.to-p.from != 1 {
			continue
		}
		if _, surname := l.surnames[r.text(k)]; !surname || k+1 == len(r.pieces) {
			continue
		}
		next := r.pieces[k+1]
		title := next.kind == care && anyStarts(r.runes[next.from:], trails)
		plain := next.kind == single || next.to-next.from <= 2 && !title && next.kind != named
		lone := r.cuts[k].kind != "" && plain && !glueSet[r.runes[next.from]]
		grammar := r.cuts[k].kind == "" && p.kind == single && next.kind == single && r.cuts[k+1].kind != ""
		start := p.kind == single && plain && next.kind != single &&
			(r.asked(p.from) || r.starts(p.from) && r.closes(next.to) || r.owned(piece{p.from, next.to, single}))
		three := p.kind == single && next.kind == single && k+2 < len(r.pieces) && r.pieces[k+2].kind == named && r.opens(p.from)
		given := p.kind == single && !title && next.kind != single && next.kind != named && next.to-next.from == 2 && !r.measured(p.from) &&
			(next.kind != care && l.all(r.runes[next.from:next.to]) || l.surnames[r.text(k)] <= 65 && !glueSet[r.runes[p.from]] && !strings.ContainsRune(seldom, r.runes[p.from]))
		if lone || grammar || start || three || given {
			r.cuts[k], r.cuts[k+1] = mark{Name, Shape}, mark{Name, Shape}
		}
	}
}

// seldom are surnames that few bear and that are grammar everywhere else.
const seldom = "来都能才相"

// measured says whether what stands before makes a character count or measure.
func (r *run) measured(i int) bool {
	if i == 0 {
		return '0' <= r.before && r.before <= '9'
	}
	return strings.ContainsRune("一二两三四五六七八九十百几半每这那各整第某多数", r.runes[i-1])
}

// solos cuts single words of content that stand beside a cut, or beside each
// other where both can be parts of a name.
func (r *run) solos() {
	l := lists()
	loose := func(k int) bool {
		return k >= 0 && k < len(r.pieces) && r.pieces[k].kind == single && !glueSet[r.runes[r.pieces[k].from]]
	}
	open := func(k int) bool {
		c := r.runes[r.pieces[k].from]
		_, surname := l.surnames[string(c)]
		return surname || l.given[c]
	}
	for changed := true; changed; {
		changed = false
		for k := range r.pieces {
			if !loose(k) || r.cuts[k].kind != "" {
				continue
			}
			beside := k > 0 && r.bad(k-1) || k+1 < len(r.pieces) && r.bad(k+1)
			pair := loose(k-1) && open(k) && open(k-1) || loose(k+1) && open(k) && open(k+1)
			if beside || pair || l.given[r.runes[r.pieces[k].from]] && k > 0 && r.pieces[k-1].kind == named {
				r.cuts[k] = mark{Other, Unlisted}
				changed = true
			}
		}
	}
}

// bad says whether a piece was cut for what it is itself: a name that was read
// whole has clear edges, and what stands beside it may stay.
func (r *run) bad(k int) bool {
	return r.cuts[k].kind != "" && r.pieces[k].kind != named
}

// rare is the cost from which a word is seldom enough to be a chance reading.
const rare = 145

// between cuts short pieces between two cuts, and rare words beside one: a part
// of a foreign name is often a word.
func (r *run) between() {
	for k, p := range r.pieces {
		if (p.kind == noun || p.kind == verb) && p.to-p.from <= 3 && int(lists().words[r.text(k)].cost) >= rare &&
			r.cuts[k].kind == "" && (k > 0 && r.cuts[k-1].kind != "" || k+1 < len(r.pieces) && r.bad(k+1)) {
			r.cuts[k] = mark{Other, Unlisted}
		}
	}
	for k := 1; k+1 < len(r.pieces); k++ {
		p := r.pieces[k]
		if r.cuts[k].kind == "" && p.to-p.from <= 2 && p.kind != care && !(p.kind == single && glueSet[r.runes[p.from]]) &&
			r.bad(k-1) && r.bad(k+1) {
			r.cuts[k] = mark{Other, Unlisted}
		}
	}
}

// named calls a stretch of cuts a name if it is as long as one and begins with
// a surname.
func (r *run) named() {
	l := lists()
	for k := 0; k < len(r.pieces); k++ {
		if r.cuts[k].kind != Other {
			continue
		}
		j := k
		for j < len(r.pieces) && r.cuts[j].kind == Other {
			j++
		}
		from, to := r.pieces[k].from, r.pieces[j-1].to
		_, surname := l.surnames[string(r.runes[from])]
		if to-from >= 2 && to-from <= 4 && (surname || r.cued(from) && r.answered(to)) {
			for ; k < j; k++ {
				r.cuts[k] = mark{Name, Cue}
			}
		}
		k = j
	}
}

// strange cuts every sign that is neither Han, digit, small Latin nor common
// punctuation: other scripts, pictures, what is not meant to be text.
func strange(t *text, m *marker) {
	const common = " \t\n,。.、;:!?()[]{}<>《》「」『』【】“”‘’\"'…—–-~·%‰℃°×+=/\\*#&@_|^`$¥〇"
	for i, c := range t.runes {
		if c == token || han(c) || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || c == 'μ' || strings.ContainsRune(common, c) {
			continue
		}
		m.cut(i, i+1, Other, Unlisted)
	}
}
