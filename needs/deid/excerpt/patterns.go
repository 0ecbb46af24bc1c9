package excerpt

import "regexp"

// pattern cuts one group of what an expression finds, in both views.
type pattern struct {
	kind  Kind
	why   Why
	group int
	re    *regexp.Regexp
}

// greedy are the patterns that would run on where blanks between words are taken out.
func (p pattern) greedy() bool { return p.kind == Name && p.group == 1 }

// calls says whether what the pattern finds is what somebody is called, even if it
// is one of the trade's own words.
func (p pattern) calls() bool { return p.why == called }

// called marks such a pattern; to a reviewer it is a cue like others.
const called Why = "called"

func (p pattern) reason() Why {
	if p.calls() {
		return Cue
	}
	return p.why
}

const (
	cnNum  = `[〇零○一二三四五六七八九十两百]`
	anyNum = `[\d〇零○一二三四五六七八九十两百]`
	sp     = `[ \t]*`
)

// shapes are the patterns that need no more than the text itself. None asks for
// a checksum: a mistyped number names a person as well as a right one.
var shapes = []pattern{
	{Born, Pattern, 0, re(`(?:公历|阳历|农历|阴历|旧历)?(?:\d{2,4}|[〇零○一二三四五六七八九]{2,4})` + sp + `年` + sp + `(?:公历|阳历|农历|阴历|旧历)?闰?(?:` + anyNum + `{1,3}|正|冬|腊)` + sp + `月` + sp + `(?:(?:初|廿|卅)?` + anyNum + `{1,3}` + sp + `[日号]?)?`)},
	{Born, Pattern, 0, re(`(?:\d{3,4}|[〇零○一二三四五六七八九]{3,4})` + sp + `年代?`)},
	{Born, Pattern, 1, re(`((?:\d{2}|[〇零○一二三四五六七八九]{2})` + sp + `年)` + sp + `(?:生|出生|的|人|属|过生日|出来)`)},
	{Born, Pattern, 0, re(`(?:农历|阴历|旧历)闰?(?:` + anyNum + `{1,3}|正|冬|腊)` + sp + `月(?:初|廿|卅)?` + anyNum + `{0,3}[日号]?`)},
	{Born, Pattern, 0, re(`(?:` + anyNum + `{1,3}|正|冬|腊)` + sp + `月` + sp + `(?:(?:初|廿|卅)` + anyNum + `{1,2}|` + anyNum + `{1,3}` + sp + `[日号]|\d{1,2})`)},
	{Born, Pattern, 1, re(`(?:生日|出生|生辰|生于)[^,。;\n]{0,8}?((?:\d{2}|[〇零○一二三四五六七八九]{2})` + sp + `年)`)},
	{Born, Pattern, 0, re(`[一二三四五六七八九十]{1,2}月(?:二十|三十|十|廿|初)[一二三四五六七八九十]?`)},
	{Born, Pattern, 1, re(`([一二三四五六七八九十正冬腊]{1,2}月[一二三四五六七八九])(?:生|属|出|过生|的)`)},
	{Born, Pattern, 1, re(`((?:` + anyNum + `{1,3}|正|冬|腊)` + sp + `月)(?:份)?(?:生|出生|的生日)`)},
	{Born, Pattern, 1, re(`(?:生日|出生|生辰|生于)[^,。;\n]{0,6}?(` + anyNum + `{1,3}[.月/-]` + anyNum + `{0,3}[日号]?)`)},
	{Born, Pattern, 0, re(`属[鼠牛虎兔龙蛇马羊猴鸡狗猪]`)},
	{Born, Pattern, 0, re(`\b\d{1,2}[./]\d{1,2}[./]\d{1,2}\b`)},
	{Age, Pattern, 0, re(anyNum + `{1,5}` + sp + `(?:有)?(?:多|来|余|几)?` + sp + `(?:个)?周?岁(?:半)?`)},
	{Age, Pattern, 1, re(`(?:今年|现年|年已|年过|年近|快|年满|虚岁|享年|已经|都|刚满|将满|明年|明年满|满|年龄[:为是]?)` + sp + `((?:\d{2,3}|[一二三四五六七八九]十[一二三四五六七八九有]{0,2}|` + cnNum + `{2,4}))(?:了|多|[,。;、 \n)]|$)`)},
	{Money, Pattern, 0, re(`(?:\d[\d.,]*` + sp + `[万千百]?|` + cnNum + `{0,6}[百千万]` + cnNum + `{0,6})` + sp + `(?:多|余|来|几)?` + sp + `(?:万元|元|块钱?|圆|万块|万)`)},
	{Size, Pattern, 0, re(anyNum + `{1,2}` + sp + `(?:口人|口之家|口|人户|口户)`)},
	{Size, Pattern, 0, re(`一家` + anyNum + `{1,2}(?:人|口)`)},
	{Class, Pattern, 1, re(`((?:[小初高大][一二三四五六\d]|` + anyNum + `{1,2}` + sp + `年级|[\d一二三四五六七八九])?[ ([.\-]*` + anyNum + `{1,2}[ )\]]*班)(?:[^车次长主]|$)`)},
	{Class, Pattern, 0, re(`(?:[一二三四五六七八九]|\d)` + sp + `年级(?:[ ([.\-]*` + anyNum + `{1,2}[ )\]]*班?)?`)},
	{Class, Pattern, 1, re(`([初高大][一二三四\d])(?:[^\d个天日楼层次中]|$)`)},
	{Class, Pattern, 0, re(`[大中小][一二三四五\d]班`)},
	{School, Pattern, 1, re(`(第?\d{1,3}` + sp + `(?:中学|小学|幼儿园|中|小|附中|附小|幼))(?:[^心型时班\d]|$)`)},
	{School, Pattern, 1, re(`([一二三四五六七八九十]{2,4}[中小])(?:[^心间午等型时学班旬途年部级国\d个组]|$)`)},
	{Hospital, Pattern, 1, re(`(加?(?:\d{1,3}|[一二三四五六七八九十]{1,3})` + sp + `(?:号` + sp + `)?床位?)(?:[^被棉褥毯铺单垫上]|$)`)},
	{Plate, Pattern, 0, re(`[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][\s·.•‧・\-–—_]*[a-z][\s·.•‧・\-–—_]*(?:[a-z0-9][\s·.•‧・\-–—_]?){4,6}`)},
	{Plate, Pattern, 1, re(`(?:车牌|车号|牌照|牌号)[号码]?[是为:： ]{0,3}([\p{Han}]?[\sa-z0-9·.\-]{3,12})`)},
	{Number, Pattern, 1, re(`(?:尾号|尾数|末尾|后[一两二三四五六\d]位|[末最]后?[两三四\d]位)(?:数)?[是为:： ]{0,3}([\da-z` + `〇零○一二三四五六七八九幺]{1,6})`)},
	{Address, Pattern, 0, re(`[\p{Han}]?[二三四五六七八九十两双](?:里|家|道|棵|座|块|合|岔)[\p{Han}]{0,2}?(?:子|口|沟|松|树|桥|店|铺|河|庄|屯|台|堡|营|坟|岭|坡|洼|沿|角|湾|泉|井|庙|山|石|林|梁|村|碑|墩)(?:子|头)?`)},
	{Address, Pattern, 0, re(`\d{1,3}` + sp + `路(?:公交|车|汽车)`)},
	{Name, Cue, 1, re(`([\p{Han}]{1,2})某(?:某|[^些个种天日年月人事处地时次项位一方])`)},
	{Name, Cue, 1, re(`([\p{Han}]{1,2})某(?:[,。;、: \n)]|$)`)},
	{Name, Cue, 1, re(`[^\p{Han}]([小老阿大][\p{Han}])(?:[,。;、:() \n]|$|说|家|爷|奶|叔|姨|哥|姐|今年|患)`)},
	{Name, Cue, 1, re(`[(「“"'『]` + sp + `([小老阿大二三][\p{Han}]|[\p{Han}])` + sp + `[)」”"'』]`)},
	{Name, called, 1, re(`(?:小名|乳名|绰号|外号|昵称|曾用名|又名|别名|化名|人称|网名|艺名|俗称|笔名|署名|英文名|全名|真名|原名|改名|大名|名字|姓名)(?:叫做|叫作|叫|是|为|:|:)?` + sp + `["“「]?([\p{Han}a-z ·]{1,8})`)},
	{Name, Cue, 0, re(`[\p{Han}]{1,8}` + sp + `[·•‧・∙⋅᛫。.]` + sp + `[\p{Han}]{2,8}` + sp + `(?:[·•‧・∙⋅]` + sp + `[\p{Han}]{1,8})+`)},
	{Name, Cue, 0, re(`[\p{Han}]{1,8}[·•‧・∙⋅᛫][\p{Han}]{1,8}`)},
	{Name, Cue, 1, re(`(?:户主|姓名|申请人|监护人|联系人|代办人|经办人|记录人|复核人|评估员|评估人|填表人|代理人|负责人|被救助人|受助人|本人|家属|配偶|见证人|签字|签名|经手人|采集人|核查人|调查人|联络人|社工|护工|网格员)(?:姓名|签字|签名)?` + sp + `[:：]` + sp + `([\p{Han}]{2,4})`)},
	{Name, Cue, 1, re(`(?:^|[,。;、\n ])([\p{Han}]{2,4})` + sp + `\(` + sp + `(?:本人|户主|配偶|之?[长次三四幼独]?[子女]|[侄孙外]|儿|女|妻|丈夫|父|母|爷|奶|哥|弟|姐|妹|爱人|老伴|监护|联系|志愿|社工)`)},
	{Name, called, 1, re(`(?:叫|喊|称|称呼|管)(?:她|他|作|做|为)([\p{Han}]{1,4})(?:[,。;、 \n]|$|的)`)},
	{Name, Cue, 1, re(`(?:^|[^\p{Han}])(\p{Han}[ \t]+\p{Han}[ \t]+\p{Han})(?:[^ \t]|$)`)},
	{Name, Cue, 1, re(`姓([^\P{Han}名氏])`)},
	{Name, Cue, 1, re(`([\p{Han}]{1,3})` + sp + `氏(?:[,。;、 \n]|$)`)},
}

func re(s string) *regexp.Regexp { return regexp.MustCompile(s) }

// roleWords may stand where a name is looked for and are none.
var roleWords = re(`^(?:本人|他本人|她本人|家属|配偶|儿子|女儿|社工|志愿者|护工|邻居|网格员|不详|同上|同户主|未填|无|暂无|没有|父亲|母亲|丈夫|妻子|老伴|居委会|社区|签字|签名|姓名)$`)

// patterns cuts what the shapes find. A match may begin inside another.
func patterns(t *text, m *marker) {
	for n, v := range []view{t.plain, t.tight} {
		for _, p := range shapes {
			if n == 1 && p.greedy() {
				continue
			}
			for from := 0; from < len(v.s); {
				loc := p.re.FindStringSubmatchIndex(v.s[from:])
				if loc == nil {
					break
				}
				i, j := from+loc[2*p.group], from+loc[2*p.group+1]
				if p.kind == Name && p.group == 0 {
					i = past(v.s, i, j)
				}
				if p.kind != Name || p.calls() || !roleWords.MatchString(v.s[i:j]) && !careOnly(v.s[i:j]) {
					m.cut(v.at[i], v.at[j-1]+1, p.kind, p.reason())
				}
				from = max(from+loc[0]+1, j)
				for from < len(v.s) && v.s[from]&0xC0 == 0x80 {
					from++
				}
			}
		}
	}
}

// past is where a name of several parts begins: behind the trade's own words that
// stand before it.
func past(s string, i, j int) int {
	for words := lists().words; ; {
		r := []rune(s[i:j])
		n := min(len(r)-3, 4)
		for ; n >= 2; n-- {
			if w, ok := words[string(r[:n])]; ok && w.class == care {
				break
			}
		}
		if n < 2 {
			return i
		}
		i += len(string(r[:n]))
	}
}

// careOnly says whether a stretch is one of the trade's own words, or begins
// with one and so is no name.
func careOnly(s string) bool {
	r := []rune(s)
	for n := len(r); n >= 2; n-- {
		if w, ok := lists().words[string(r[:n])]; ok && w.class == care {
			return true
		}
	}
	return false
}
