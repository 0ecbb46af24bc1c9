package excerpt

import (
	"slices"
	"strings"
)

// The name of a place reaches back: what was seen as a place may be only the end of
// its name, and what stands behind 住 is where somebody lives, whatever it is.

// reachMost is how many characters a name reaches back.
const reachMost = 6

// reaches cuts the words before a place that was cut, as far as they can be a part
// of its name: one of the trade, and any that a size, a colour or a number begins.
func (r *run) reaches() {
	for k := len(r.pieces) - 1; k > 0; k-- {
		if c := r.cuts[k]; c.kind != Address && c.kind != Employer && c.kind != School || r.cuts[k-1].kind != "" {
			continue
		}
		kind := r.cuts[k].kind
		n := 0
		for j := k - 1; j >= 0 && r.pieces[k].from-r.pieces[j].from <= reachMost; j-- {
			trade := r.pieces[j].kind == care
			if r.cuts[j].kind != "" || !r.local(j) && !r.sized(j) && !(trade && n == 0 && r.ofTrade(j)) {
				break
			}
			if trade {
				n++
			}
			r.cuts[j] = mark{kind, Cue}
		}
	}
}

// ofTrade says whether a word of the trade can be a part of a name: it says neither
// who somebody is, nor where one goes, nor which kind of place it is.
func (r *run) ofTrade(k int) bool {
	w := r.text(k)
	return !people()[w] && !nobody[w] && !everyday[w] && !slices.Contains(going, w) && !slices.Contains(plainBefore, w)
}

// sized says whether a piece is a single word of size, colour, number or direction.
func (r *run) sized(k int) bool {
	p := r.pieces[k]
	return p.to-p.from == 1 && strings.ContainsRune("大小老新旧高矮长短红黄白黑蓝绿灰青紫金银东西南北前后中一二三四五六七八九十两双头", r.runes[p.from])
}

var (
	lives = strings.Fields(`家住 现住 租住 住在 住 居住在 居于 搬到 搬去 搬进 搬来 家在 租在 位于`)
	comes = strings.Fields(`送到 送去 到 到了 去 去了 从 在 回 回到 绕到 往 经过 路过 穿过 过了`)
	// shut are pieces at which what somebody lives in ends
	shut = runeSet(`的了着过是有没不也都还就要想说和与跟把被给让在`)
	// dwellings end words for the kind of house that anybody may live in.
	dwellings = "房屋楼院家村区城层室间店所里内中边上下旁"
)

// small says whether a piece is the one character that houses end with, behind a
// word that is itself no house: 食品 before 站.
func (r *run) small(k int) bool {
	if k < 1 || k >= len(r.pieces) {
		return false
	}
	p, was := r.pieces[k], r.pieces[k-1]
	return p.to-p.from == 1 && was.to-was.from > 1 && was.kind != verb && strings.ContainsRune("站楼院厂店房库里所户场棚社馆行铺", r.runes[p.from]) &&
		!strings.ContainsRune(dwellings, r.runes[was.to-1]) && !slices.Contains(going, r.text(k-1)) && !slices.Contains(plainBefore, r.text(k-1))
}

// dwells cuts what stands behind a word of living or coming, if it is more than
// one word for a kind of house.
func (r *run) dwells() {
	for k := 0; k+1 < len(r.pieces); k++ {
		p := r.pieces[k]
		home := anyEnds(r.runes[:p.to], lives) && slices.Contains(lives, r.text(k)) || slices.Contains([]string{"住在", "家在", "租在", "搬到"}, r.back(k, 2))
		if !home && !anyEnds(r.runes[:p.to], comes) {
			continue
		}
		j, odd, size := k+1, false, false
		for ; j < len(r.pieces) && r.pieces[j].to-p.to <= reachMost; j++ {
			q := r.pieces[j]
			if q.to-q.from == 1 && shut[r.runes[q.from]] || r.cuts[j].kind != "" || q.kind == verb && !counted(r.text(j)) && !(j == k+2 && r.sized(k+1)) || everyday[r.text(j)] || r.lies(q.from) != "" {
				break
			}
			if q.kind == care && !r.small(j+1) && (people()[r.text(j)] || nobody[r.text(j)] || slices.Contains(going, r.text(j))) {
				break
			}
			odd = odd || q.kind != care && q.to-q.from > 1
			size = size || r.sized(j)
		}
		n := j - k - 1
		if n == 0 || !odd && n == 1 {
			continue
		}
		end := r.pieces[j-1]
		last := r.runes[end.to-1]
		first := r.text(k + 1)
		plain := n == 2 && strings.ContainsRune(dwellings, last) && (r.sized(k+1) && end.to-end.from > 1 ||
			end.to-end.from == 1 && strings.ContainsRune("里内中边上下旁间", last) && strings.ContainsRune(dwellings+"地", r.runes[r.pieces[j-2].to-1]))
		plain = plain || n == 2 && counted(first) && strings.ContainsRune("楼层", last)
		plain = plain || slices.Contains(plainBefore, first) && n == 2 && strings.ContainsRune(dwellings, last)
		house := strings.ContainsRune(placeEnds+"房户院楼里屋盘山子树台口", last)
		if plain || !home && !(size && r.sized(k+1) && !counted(first) || house && n > 1 && r.pieces[k+1].to-r.pieces[k+1].from > 1) {
			continue
		}
		for i := k + 1; i < j; i++ {
			r.cuts[i] = mark{Address, Cue}
		}
	}
}

func (r *run) back(k, n int) string {
	to := r.pieces[k].to
	return string(r.runes[max(0, to-n):to])
}
