package excerpt

import (
	"slices"
	"strings"
)

// Words behind what somebody lives or waits at, behind a shop, and behind where
// somebody works: a noun before them is one house, even if it is a word.
var (
	beside = strings.Fields(`村医 村干部 村支书 村主任 村民 村里 院门 店门 厂门 站门 楼门 院里 院内 桥头 桥边 村口 站牌 站台 站点 站下 站对 站旁 站口 站等 站上 站附 公交站 公交车站 车站 地铁站 下车 上车 等车 倒车 换车 转车 坐车 门口 大门 后门 侧门 东门 西门 南门 北门 门卫 门岗 对面 斜对 对过 隔壁 旁边 边上 后头 后院 后身 东头 西头 南头 北头 东边 西边 南边 北边 那片 这片 那户 那家 那位 那边 那儿 一带 附近 楼下 里头 底下 底商 一楼 二楼 三楼 四楼 五楼 六楼 七楼 八楼 九楼 十楼 一层 二层 三层 四层 五层 六层 的水管 的电梯 的楼道 的物业 不远`)
	kept   = strings.Fields(`的老板 老板 的老板娘 老板娘 的店员 的伙计 的掌柜 赊账`)
	worked = strings.Fields(`的同事 的老同事 的职工 的员工 的工人 的临时工 的退休 退休 职工 员工 下岗 内退 看门 看大门 上班 打工 做工 扛活 干活 烧锅炉 拖欠 欠薪 倒班 三班倒 宿舍 家属院 家属楼`)
)

// landmarks cuts what stands before such words, as far to the left as it can be one
// name, if a word of the general list is in it.
func (r *run) landmarks() {
	for k := 1; k < len(r.pieces); k++ {
		kind := r.lies(r.pieces[k].from)
		if r.text(k) == "的" && k+1 < len(r.pieces) && r.cuts[k+1].kind == Name {
			kind = Employer // the place that somebody is of
		}
		if kind == "" {
			continue
		}
		from, sure, alone := k, false, 0
		shop := anyStarts(r.runes[r.pieces[k].from:], kept)
		for k-from < 4 && from > 0 && (r.local(from-1) || r.sized(from-1) || r.small(from-1) || r.small(from) || from > 1 && r.pieces[from-1].kind == care && r.sized(from-2) || shop && r.pieces[from-1].kind == care && !nobody[r.text(from-1)]) {
			from--
			p := r.pieces[from]
			if p.kind == single {
				alone++
			}
			sure = sure || p.kind == care && from > 0 && r.sized(from-1) || r.small(from+1) || alone > 1 || r.cuts[from].kind != "" || p.kind != single && (p.kind != care || shop) && p.to-p.from > 1
		}
		for i := from; sure && i < k; i++ {
			r.cuts[i] = mark{kind, Cue}
		}
	}
}

func (r *run) lies(i int) Kind {
	switch {
	case anyStarts(r.runes[i:], beside):
		return Address
	case anyStarts(r.runes[i:], worked), anyStarts(r.runes[i:], kept):
		return Employer
	}
	return ""
}

// local says whether a piece can be a part of the name of a place.
func (r *run) local(k int) bool {
	w, p := r.text(k), r.pieces[k]
	switch {
	case slices.Contains(stems, w):
		return true
	case slices.Contains(plainBefore, w), slices.Contains(going, w), nobody[w]:
		return false
	case p.kind == single:
		return (!glueSet[r.runes[p.from]] || counted(w)) && !strings.ContainsRune("在到去来从里上下坐住门回进出", r.runes[p.from])
	case p.kind == verb:
		return p.to-p.from > 2 || int(lists().words[w].cost) > usual+10
	}
	return p.kind != care
}
