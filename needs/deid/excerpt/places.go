package excerpt

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

const part = `(?:\d{1,4}[a-z]?|[一二三四五六七八九十百零〇]{1,5}|[甲乙丙丁东西南北中前后])`

var (
	// doors are parts of an address that are nothing else, or several parts in a row.
	doors = []*regexp.Regexp{
		re(part + sp + `(?:号院|号楼|号房|号|#|#楼|栋|幢|单元|室|排|弄)` + `(?:[ ,\-]*` + part + sp + `(?:号院|号楼|号|#|楼|栋|幢|座|单元|门|室|排|层|院|区|户|间))*(?:[ ,\-]*\d{1,4}[a-z]?)?(?:[东西南北][房屋]` + part + `?间?)?`),
		re(`(?:` + part + sp + `(?:楼|栋|幢|座|单元|门|室|排|组|队|巷|条|弄|层|院|区)[ ,\-]*){2,}(?:\d{1,4}(?:号|室)?)?`),
		re(`(` + part + sp + `(?:楼|座|单元|门|巷|条|区)[ \-]*\d{1,4}(?:号|室)?)(?:[^\d次个天小分年月]|$)`),
		re(`\d{1,4}(?:[ ]?[-–—][ ]?\d{1,4}){2,}`),
		re(`[\p{Han}](?:\d{1,4}[ ]?[-–—][ ]?\d{3,4})`),
		re(`(?:村|庄|屯|镇|乡)(?:[东西南北]` + `[头口边]?)?` + part + sp + `(?:组|队|排|巷|社)(?:\d{1,4}号?)?`),
		re(`(?:村|庄|屯|里|营|坟)[东西南北](?:头|口|边)?[ ]*\d{1,4}号?`),
	}
	// after these the name of a place begins
	stops = strings.Fields(`住在 家住 租住 现住 居住 居住在 住 位于 地址 现址 住址 到 至 为 是 的 从 送 搬 搬到 搬去 租 租的是 在 处于 位于 居于 住于 去 来 系 即 写着 上门 挤在 户籍 户籍地 原籍 邮寄 寄 快递 找 往 叫 名叫 给`)
)

// places cuts parts of addresses and, to the left of them, the name they belong
// to, as far as no word says that it begins later.
func places(t *text, m *marker) {
	for _, v := range []view{t.plain, t.tight} {
		for _, d := range doors {
			for _, loc := range d.FindAllStringSubmatchIndex(v.s, -1) {
				if len(loc) > 2 {
					loc = loc[2:4] // what follows only had to be looked at
				}
				if strings.HasSuffix(v.s[:loc[1]], "号") && strings.HasPrefix(v.s[loc[1]:], "线") {
					continue // a line of the underground
				}
				m.cut(v.at[begin(v.s, loc[0])], v.at[loc[1]-1]+1, Address, Pattern)
			}
		}
	}
}

// begin walks left from the first number of an address to where its name begins.
func begin(s string, at int) int {
	from := at
	for n := 0; from > 0 && n < 14; n++ {
		r, size := utf8.DecodeLastRuneInString(s[:from])
		if !(han(r) || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || r == ' ' || r == '-' || r == '#') {
			break
		}
		if stopped(s[:from]) {
			break
		}
		from -= size
	}
	return from
}

func stopped(s string) bool {
	for _, w := range stops {
		if strings.HasSuffix(s, w) {
			return true
		}
	}
	return false
}
