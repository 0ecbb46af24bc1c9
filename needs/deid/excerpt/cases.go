package excerpt

import "regexp"

// Case is what makes a note special: two persons approve what goes out of it.
type Case string

// The special cases, as the database checks them.
const (
	OfChild   Case = "child"   // it tells of a minor
	OfVictim  Case = "victim"  // it tells of somebody who suffered a crime or an abandonment
	OfIllness Case = "illness" // it tells of an illness that is told of nobody, or is rare
)

var special = []struct {
	is Case
	re *regexp.Regexp
}{
	{OfChild, re(`孩子|小孩|儿童|未成年|学生|婴儿|幼儿|孤儿|少年|小学|初中|高中|幼儿园|[一二三四五六七八九]年级`)},
	{OfVictim, re(`性侵|强奸|猥亵|家暴|家庭暴力|虐待|拐卖|被拐|拐骗|弃婴|弃儿|遗弃|受害|被害|遇害|被打|挨打|殴打|被骗|诈骗|绑架|霸凌|欺凌`)},
	{OfIllness, re(`艾滋|梅毒|淋病|性病|结核|乙肝|传染病|精神病|精神分裂|精神障碍|精神残疾|双相|躁狂|罕见病|渐冻|血友病|白化病|麻风|早衰|成骨不全|脆骨|自杀|轻生|自残|流产|堕胎`)},
}

// Cases says what is special about a note. It reads what was written, not what is
// left of it: whoever reviews sees both.
func Cases(note string) []Case {
	var all []Case
	t := normalise(note)
	for _, s := range special {
		if s.re.MatchString(t.plain.s) || s.re.MatchString(t.tight.s) {
			all = append(all, s.is)
		}
	}
	return all
}
