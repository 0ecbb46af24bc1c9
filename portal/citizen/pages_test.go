package citizen

import (
	"testing"

	"shanqiao/portal/entry"
	"shanqiao/portal/form"
	"shanqiao/portal/html"
	"shanqiao/portal/html/htmltest"
	"shanqiao/portal/locale"
)

func TestPages(t *testing.T) {
	t.Parallel()
	l := locale.For(locale.En)
	need := newNeedForm(l, answers{})
	badNeed := newNeedForm(l, answers{})
	badNeed.Fail("hardships", locale.Say("declaration.hardship_missing"))
	contact := newContactForm(answers{Phone: "1"}, "")
	contact.Fail("phone", locale.Say("declaration.phone_wrong"))
	badCode, badCheck, badAnswer := entry.NewCodeForm(), newCheckForm(), newConfirmForm()
	badCode.Fail("code", locale.Say("account.wrong_code"))
	badCheck.Fail("pledged", locale.Say("declaration.pledge_missing"))
	badAnswer.Fail("answer", locale.Say("form.not_chosen"))
	withdraw := func() *withdrawForm { return &withdrawForm{Form: form.Named("citizen.withdraw")} }
	revoke := func() *revokeForm { return &revokeForm{Form: form.Named("citizen.revoke")} }
	moved := withdraw()
	moved.Fail("", locale.Say("declaration.moved_on"))

	badge := html.Badge{Tone: html.Good, Text: "ok"}
	facts := []html.Fact{{Label: "a", Value: "善桥社", Lang: "zh-CN"}}
	steps := []html.Step{{At: "1", Title: "2", Body: "3", Tone: html.Good, Facts: facts}}
	confirm := []asked{{Href: "/me/deliveries/x", What: "Meals", Organisation: "善桥社", Spoken: "zh-CN", On: "1"}}
	htmltest.Pages(t, "citizen",
		htmltest.Of(startPage, startView{Cleared: true}, startView{Begun: true}),
		htmltest.Of(stepPage,
			stepView{Form: &need.Form, Title: "a", Fields: []form.Field{need.Hardships.Field}, Back: "/d"},
			stepView{Form: &badNeed.Form, Title: "a", Fields: []form.Field{badNeed.Hardships.Field}, Back: "/d"},
			stepView{Form: &contact.Form, Title: "a", Fields: []form.Field{contact.Name.Field, contact.Phone.Field, contact.ContactTime.Field, contact.Identity.Field}, Back: "/d"}),
		htmltest.Of(codePage, codeView{Code: entry.Code{Form: entry.NewCodeForm()}}, codeView{Code: entry.Code{Form: badCode, Shown: "123456"}, Asked: true}),
		htmltest.Of(checkPage, checkView{Form: newCheckForm()},
			checkView{Form: badCheck, Answers: review(l, answers{Region: "110105015", ContactTime: "any", Name: "王", Words: "难", Identity: "110101194912310024"})}),
		htmltest.Of(donePage, doneView{Reference: "A"}, doneView{Reference: "ABCD-EFGH", Next: "x", Status: "/me/x"}),
		htmltest.Of(minePage, mineView{Empty: html.Empty{Text: "none", Href: "/d", Link: "x"}},
			mineView{Confirm: confirm, Lines: []line{{Href: "/me/x", Title: html.Numbered{Before: "a", Number: "b"}, When: "b", Next: "c", State: badge}}}),
		htmltest.Of(statusPage, statusView{Title: html.Numbered{Number: "a"}, State: badge, Next: html.Notice{Title: "b", Text: "c"}, Note: "n"},
			statusView{Title: html.Numbered{Number: "a"}, State: badge, Next: html.Notice{Title: "b", Text: "c"}, Facts: facts, Confirm: confirm, Waiting: facts, Steps: steps, Withdraw: "/x"},
			statusView{Title: html.Numbered{Number: "a"}, State: badge, Next: html.Notice{Title: "b", Text: "c"}, Again: true}),
		htmltest.Of(withdrawPage, withdrawView{Form: withdraw(), Title: html.Numbered{Number: "a"}, Back: "/me"}, withdrawView{Form: moved, Title: html.Numbered{Number: "a"}, Back: "/me"}),
		htmltest.Of(confirmPage, confirmView{Form: newConfirmForm()}, confirmView{Form: badAnswer, Facts: facts}),
		htmltest.Of(dataPage, dataView{NoneGiven: html.Empty{Text: "x"}, NoneLooked: html.Empty{Text: "y"}},
			dataView{Agreements: []agreement{{Organisation: "善桥社", Spoken: "zh-CN", State: badge, Facts: facts, Revoke: "/x"}}, Looks: steps, Readings: steps}),
		htmltest.Of(revokePage, revokeView{Form: revoke()}, revokeView{Form: revoke(), Organisation: "善桥社", Spoken: "zh-CN", Facts: facts}),
	)
}
