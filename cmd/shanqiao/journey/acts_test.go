package journey

import (
	"shanqiao/charities/organisation"
	"shanqiao/cmd/shanqiao/demo"
	"shanqiao/internal/secret"
)

// identity of a woman of seventy whom nobody is: the area was never given out.
var identity = func() string {
	for _, check := range "0123456789X" {
		if n := secret.NormalIdentity("11990119560203002" + string(check)); n != "" {
			return n.Reveal()
		}
	}
	panic("no check digit holds")
}()

// The words by which the acts find their way are those of the pages: a page
// that changes its words changes them here, as it changes them for its readers.

// declare: somebody in hardship says so on a phone.
func (p *person) declare() {
	p.t.Helper()
	p.open("/")
	p.follow("我需要帮助")
	p.follow("开始")
	p.choose("hardships", "elder_care")
	p.choose("hardships", "low_income")
	p.next()
	p.fill("people", "1")
	p.fill("elders", "1")
	p.next()
	p.choose("district", street[:6])
	p.next()
	p.choose("region", street)
	p.next()
	p.fill("name", "陈桂兰")
	p.fill("phone", "142 0000 0001")
	p.fill("identity", identity)
	p.choose("contact_time", "morning")
	p.next()
	p.fill("words", "腿脚不便，做不了饭。")
	p.next()
	p.follow("发验证码")
	code := digits.FindString(p.words())
	if code == "" {
		p.t.Fatalf("no code on %s:\n%s", p.where(), p.words())
	}
	p.fill("code", code)
	p.next()
	p.sees("陈桂兰")
	p.choose("pledged", "yes")
	p.choose("check_agreed", "yes")
	p.next()
	p.sees("已经收到您的申报")
}

// assess: the officer finds the declaration on the list, visits and writes down what would help.
func (p *person) assess() {
	p.t.Helper()
	p.open("/s/declarations")
	p.click(`//main//table//tbody//a`)
	p.sees("腿脚不便，做不了饭。")
	p.follow("开始办理")
	p.follow("让本人在网上查看")
	p.choose("sure", "yes")
	p.follow("关联")
	p.follow("上门评估")
	for _, dimension := range []string{"economy", "health", "guardianship", "inclusion"} {
		p.choose(dimension, "2")
	}
	for _, dimension := range []string{"education", "housing", "employment"} {
		p.choose(dimension, "0")
	}
	p.choose("scale", "unused")
	p.follow("下一步：看建议")
	p.unfold()
	p.choose("quantity_meals", "20")
	p.choose("urgency_meals", "3")
	p.follow("保存，交同事批准")
}

// approve: a second officer reads what the card will say, and agrees.
func (p *person) approve() {
	p.t.Helper()
	p.open("/s/approvals")
	p.seesNot("陈桂兰")
	p.click(`//main//ul//h2/a`)
	p.choose("decision", "approve")
	p.follow("保存决定")
}

// register: an organisation that nobody knows yet applies.
func (p *person) register() {
	p.t.Helper()
	p.open("/c/apply")
	p.fill("name", "石景山暖饭社")
	p.fill("credit_code", organisation.CodeFor("53119900810000001"))
	p.choose("kind", "charity")
	p.choose("district", street[:6])
	p.fill("contact", "何暖")
	p.fill("phone", "010-60000000")
	p.fill("login", "nuanfan")
	p.fill("password", demo.Password)
	p.choose("true", "yes")
	p.next()
	p.open("/c/needs")
	p.seesNot("送餐上门")
}

// verify: the district looks at the papers and trusts them.
func (p *person) verify() {
	p.t.Helper()
	p.open("/p/organisations")
	p.follow("石景山暖饭社")
	p.choose("decision", "verified")
	p.follow("保存决定")
}

// claim: the charity searches as people talk, opens the card, and takes it on.
func (p *person) claim(card string) {
	p.t.Helper()
	p.open("/c/needs")
	p.fill("q", "送饭")
	p.follow("查找")
	p.sees("送餐上门")
	p.seesNot("陈桂兰")
	p.open("/c/needs/" + card)
	p.follow("我们来帮")
	p.fill("units", "20")
	p.next()
	p.sees("请核对一遍")
	p.follow("确认认领")
}

// introduce: the officer agrees to the claim, asks the family, and passes the contact on.
func (p *person) introduce() {
	p.t.Helper()
	p.open("/s/claims")
	p.click(`//main//table//tbody//a`)
	p.sees("石景山暖饭社")
	p.follow("同意认领")
	p.follow("征求家庭同意")
	p.choose("read", "yes")
	p.pick("given_by")
	p.choose("channel", "phone")
	p.choose("fields", "call_name")
	p.choose("fields", "phone")
	p.choose("purpose", "arrange_and_serve")
	p.fill("days", "30")
	p.follow("记下同意")
	p.follow("把联系方式交给上门的人")
	p.fill("call_name", "陈阿姨")
	p.follow("交给上门的人")
}

// reach: the named worker sees how to reach the family.
func (p *person) reach() {
	p.t.Helper()
	p.open("/c/claims")
	p.click(`//main//h3/a | //main//h2/a | //main//li//a`)
	p.follow("查看联系方式")
	p.sees("陈阿姨")
	p.sees("14200000001")
}

// deliver: the worker goes there, and says so.
func (p *person) deliver() {
	p.t.Helper()
	p.follow("这次认领")
	p.follow("记下做了什么")
	p.choose("result", "as_agreed")
	p.fill("units", "20")
	p.next()
}

// confirm: the family is asked by somebody other than who came.
func (p *person) confirm() {
	p.t.Helper()
	p.open("/me")
	p.click(`//main//li//a | //main//h2/a`)
	p.sees("石景山暖饭社")
	p.follow("回答")
	p.choose("answer", "received")
	p.follow("告诉我们")
}

// chain: everything that happened stands in order on the household's record.
func (p *person) chain() {
	p.t.Helper()
	p.open("/s/households")
	p.fill("query", "14200000001")
	p.follow("查找")
	p.click(`//main//table//tbody//a`)
	for _, happened := range []string{"申报了困难", "做了需求评估", "批准了一项帮助", "隐去姓名，请社会力量来帮", "有机构愿意来帮",
		"已把联系方式交给一位工作人员", "帮助送到了", "都到了"} {
		p.sees(happened)
	}
}

// next sends the first form of the page.
func (p *person) next() {
	p.t.Helper()
	p.click(`(//main//form[@method="post"]//button)[1]`)
}

// unfold opens what is folded on a page.
func (p *person) unfold() {
	p.t.Helper()
	read[int](p, `[...document.querySelectorAll("main details")].map(d => d.open = true).length`)
}
