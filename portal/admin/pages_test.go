package admin

import (
	"testing"
	"time"

	"shanqiao/internal/env"
	"shanqiao/matcher"
	"shanqiao/needs/deid"
	"shanqiao/needs/index"
	"shanqiao/portal/account"
	"shanqiao/portal/form"
	"shanqiao/portal/html"
	"shanqiao/portal/html/htmltest"
	"shanqiao/portal/locale"
)

func TestPages(t *testing.T) {
	t.Parallel()
	l := locale.For(locale.En)
	bad := newOpenForm(l, []form.Option{{Value: "x", Text: "Neighbours"}})
	bad.Fail("login", locale.Say("account.login_taken"))
	facts := []html.Fact{{Label: "a", Value: "b"}}
	kept := accountView{Title: "chen", Path: "/admin/accounts/x", Facts: facts, Widens: true, Events: []eventRow{{"1", "2", "3"}}}
	own, shut, peer, gone := kept, kept, kept, kept
	own.Mine, shut.Shut, peer.Widens, gone.Widens, gone.Shut = true, true, false, false, true
	htmltest.Pages(t, "admin",
		htmltest.Of(overviewPage, overviewView{}, overviewView{Jobs: "/admin/jobs", Roles: roleRows(l, []account.Counted{{Role: "citizen", N: 2}}),
			Queues:  []queueRow{{Half: "a", Queue: "b", Waiting: "1", Oldest: "2", Dead: "3", Late: true}},
			Indexes: []indexRow{indexRowOf(l, deid.Public, index.Health{Ready: true, Engine: "embedded", Docs: 3})},
			Offers:  offersNotice(l, matcher.Copies{Views: 2, Oldest: time.Minute}),
			Alarms:  []alarmRow{alarmRowOf(l, index.Alarm{Account: "x", Pattern: "bisecting", Fields: "area"}), alarmRowOf(l, index.Alarm{Pattern: "budget"})}}),
		htmltest.Of(accountsPage, accountsView{Form: newFilterForm(l)}, accountsView{Form: newFilterForm(l),
			Rows: []accountRow{{Login: "chen", Href: "/admin/accounts/x", Name: "陈", Role: "r", Region: "-", State: html.Badge{Tone: html.Ended, Text: "s"}}}}),
		htmltest.Of(accountPage, accountView{}, kept, own, shut, peer, gone),
		htmltest.Of(openPage, openView{Form: newOpenForm(l, nil)}, openView{Form: bad}),
		htmltest.Of(toldPage, toldView{Title: "t"}, toldView{Title: "t", Text: "x", Login: "chen", Password: "abcd", Back: "/admin"}),
		htmltest.Of(jobsPage, jobsView{}, jobsView{Rows: []letterRow{{Work: "Put a card", Href: "/admin/jobs/x", Half: "h", Why: "c", Tries: "1", Since: "s"}}}),
		htmltest.Of(settingsPage, settingsView{}, settingsView{Rows: []settingRow{
			settingRowOf(l, env.Setting{Name: "MEILI_KEY", Set: true, Secret: true}), settingRowOf(l, env.Setting{Name: "DATABASE_URL"}),
			settingRowOf(l, env.Setting{Name: "SHANQIAO_OPERATOR", Value: "某区民政局", Set: true})}}),
		htmltest.Of(jobPage, jobView{}, jobView{Work: "Put a card", Path: "/x", Facts: facts}),
	)
}
