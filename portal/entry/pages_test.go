package entry

import (
	"testing"

	"shanqiao/portal/html"
	"shanqiao/portal/html/htmltest"
	"shanqiao/portal/locale"
)

func TestPages(t *testing.T) {
	t.Parallel()
	password, phone, code := newPasswordForm(), newPhoneForm(), NewCodeForm()
	password.Fail("", locale.Say("account.wrong"))
	password.Fail("login", locale.Say("form.too_long", "max", 64))
	phone.Fail("phone", locale.Say("account.not_phone"))
	code.Fail("code", locale.Say("account.wrong_code"))
	change := newChangeForm()
	change.Fail("old", locale.Say("account.wrong_password"))

	htmltest.Pages(t, "entry",
		htmltest.Of(choosePage, chooseView{}, chooseView{Phone: "/signin/phone", Password: "/signin/password"}),
		htmltest.Of(passwordPage, passwordView{Form: newPasswordForm()}, passwordView{Form: password, Back: "/signin?"}),
		htmltest.Of(phonePage, phoneView{Form: newPhoneForm()}, phoneView{Form: phone, Back: "/signin?"}),
		htmltest.Of(codePage, codeView{Code: Code{Form: NewCodeForm()}},
			codeView{Code: Code{Form: code, Phone: "138****0000", Shown: "123456"}, Again: "/signin/phone"}),
		htmltest.Of(settingsPage, settingsView{Form: newSettingsForm(locale.Zh)},
			settingsView{Form: newSettingsForm(locale.En), Facts: []html.Fact{{Label: "Name", Value: "Zhang"}}, Password: true}),
		htmltest.Of(changePage, changeView{Form: newChangeForm()}, changeView{Form: change, Given: true}),
	)
}
