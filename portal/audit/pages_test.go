package audit

import (
	"testing"
	"time"

	"shanqiao/internal/actor"
	"shanqiao/needs/chain"
	"shanqiao/portal/html"
	"shanqiao/portal/html/htmltest"
	"shanqiao/portal/locale"
)

var at = time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)

const sampled = "aaaaaaaaaaaaaaaaaaaaaaaaaa"

// damages is every kind of damage, so that each has its words.
var damages = []chain.Damage{chain.EditedPayload, chain.EditedFields, chain.EditedLink, chain.PayloadMissing, chain.Removed,
	chain.Reordered, chain.Forged, chain.HeadMismatch, chain.Truncated, chain.Rewritten, chain.Checkpoints, chain.Unwitnessed}

func TestPages(t *testing.T) {
	t.Parallel()
	var overviews []overviewView
	var chains []chainView
	for _, l := range []*locale.Locale{locale.For(locale.Zh), locale.For(locale.En)} {
		all := []found{{Damage: chain.Checkpoints, Line: 2}}
		report := chain.Report{Chains: 1}
		for i, d := range damages {
			all = append(all, found{Household: sampled, Seq: int64(i), Damage: d})
			report.Findings = append(report.Findings, chain.Finding{Household: sampled, Seq: int64(i + 1), To: int64(i + 2), Damage: d})
		}
		var kinds []kindRow
		var entries []entry
		for i, k := range append(chain.Kinds(), "forged_kind") {
			kinds = append(kinds, kindRow{Kind: kindWord(l, k), N: "1", Latest: l.Time(at)})
			words := `{"region":"110105015","category":"marginal","members":3,"name":"Neighbours","code":"bathing","units":2,"answer":"accepted",` +
				`"needs":[{"code":"bathing","quantity":2}],"on":"2026-11-23","fields":["phone"],"claim":"` + sampled + `","urgency":2,"route":"direct"}`
			entries = append(entries, entry{Seq: int64(i + 1), Kind: k, At: at, Role: actor.SystemRole, Payload: &words, Corrects: 1})
		}
		overviews = append(overviews, overviewView{Figures: []html.Figure{{Value: "1", Label: l.T("audit.figure.chains"), Href: "/a/chains"}},
			Result: &resultView{Notice: html.Notice{Tone: html.Urgent, Title: "1", Text: "2"}, Findings: findingRows(l, all), More: "3"}, Kinds: kinds})
		view := viewOf(l, sampled, report, entries)
		chains = append(chains, view)
	}
	rows := []chainRow{{Household: sampled, Href: "/a/chains/" + sampled, Entries: "3", Kind: "x", At: "y"}}
	bad := newSampleForm()
	bad.Fail("until", locale.Say("audit.sample.until.future"))
	wrong := newReadsForm(locale.For(locale.En))
	wrong.Fail("from", locale.Say("form.not_date"))
	htmltest.Pages(t, "audit",
		htmltest.Of(overviewPage, overviewView{}, overviews[1]),
		htmltest.Of(chainsPage, chainsView{Form: newFindForm()}, chainsView{Form: newFindForm(), Rows: rows, Pager: html.Pager{First: "/a/chains", Next: "/a/chains?after=x"}}),
		htmltest.Of(chainPage, chainView{Household: sampled}, chains[1]),
		htmltest.Of(readsPage, readsView{Form: newReadsForm(locale.For(locale.En))}, readsView{Form: wrong, Empty: html.Empty{Text: "none", Href: "/a/reads", Link: "all"}},
			readsView{Form: newReadsForm(locale.For(locale.En)), Pager: html.Pager{Next: "/a/reads?after=x"}, Rows: []readRow{readRowOf(locale.For(locale.En),
				look{Household: sampled, Account: sampled, Role: actor.DistrictRole, Office: "110105", Purpose: "follow", At: at})}}),
		htmltest.Of(samplePage, sampleView{Form: newSampleForm()}, sampleView{Form: bad, Drawn: true, Rows: rows}, sampleView{Form: newSampleForm(), Drawn: true}),
	)
}
