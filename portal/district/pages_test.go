package district

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"shanqiao/charities"
	"shanqiao/charities/organisation"
	"shanqiao/internal/actor"
	"shanqiao/matcher"
	"shanqiao/matcher/rule"
	"shanqiao/matcher/score"
	"shanqiao/needs/deid"
	"shanqiao/needs/gate"
	"shanqiao/portal/form"
	"shanqiao/portal/html"
	"shanqiao/portal/html/htmltest"
	"shanqiao/portal/locale"
)

// Views are prepared in one language and shown in both, so they are English.
func TestPages(t *testing.T) {
	t.Parallel()
	l := locale.For(locale.En)
	carriers := []form.Option{{Value: "x", Text: "善邻", Lang: "zh-CN"}}
	contract := newContractForm(l, carriers, actor.Officer{Level: actor.CityRole})
	contract.Fail("number", locale.Say("contract.number_taken"))
	decisions := []decideView{{Name: "善邻", Lang: "zh-CN"}}
	for state := range organisation.Moves {
		o := organisation.Organisation{Name: "善邻", Contact: "陈", NameEn: "Neighbours", State: state, Kind: organisation.Charity, District: "110105"}
		f := newDecideForm(l, state)
		f.Fail("decision", locale.Say("form.not_chosen"))
		decisions = append(decisions, decideView{Name: o.Name, Lang: "zh-CN", Badge: badge(l, state), Bans: "/x", Reason: "r", Summary: "上门助浴", Facts: facts(l, o), Form: f})
	}
	asked, settled := newAskForm(time.Unix(0, 0)), newSettleForm()
	asked.Fail("k", locale.Say("gate.k"))
	settled.Fail("", locale.Say("gate.nothing_out"))
	refused := &html.Notice{Tone: html.Urgent, Title: "a", Text: "b"}
	rows := askedRows(l, deid.Public, []gate.Setting{{Tier: deid.Public, Region: "110105", K: 20, Source: "a", Since: time.Unix(0, 0)}}, time.Unix(0, 0))
	banned := newBanForm(l, []organisation.Helper{{ID: "v", Name: "小周"}})
	banned.Fail("until", locale.Say("ban.until_wrong"))
	ordered := newDutyForm(l, time.Unix(0, 0))
	ordered.Fail("second", locale.Say("duty.twice"))
	even := newEvennessForm(time.Unix(0, 0))
	even.Fail("source", locale.Say("match.evenness_source"))
	weighed := newWeightsForm(score.Weights{}, time.Unix(0, 0))
	weighed.Fail("source", locale.Say("match.weights_source"))
	city, chaoyang := actor.Officer{Level: actor.CityRole, Region: "110000"}, actor.Officer{Level: actor.DistrictRole, Region: "110105"}
	rich := account()
	near := rich
	near.Report.Proof, near.Report.Evenness = &matcher.Proof{Gap: 0.0000042}, nil
	htmltest.Pages(t, "district",
		htmltest.Of(roundsPage, roundsView{Empty: html.Empty{Text: "none"}}, roundsView{Rows: []roundRow{rowOf(l, rich), rowOf(l, matcher.Account{})}, Pager: html.Pager{Next: "/p/rounds?before=1"}}),
		htmltest.Of(roundPage, roundOf(l, city, matcher.Account{}), roundOf(l, city, rich), roundOf(l, chaoyang, near),
			roundOf(l, chaoyang, matcher.Account{FinishedAt: time.Unix(9, 0)})),
		htmltest.Of(evennessPage, evennessView{}, evennessView{City: true, Rows: evennessRows(l, []matcher.Evenness{{Even: true, Source: "a"}, {Source: "b"}}, time.Unix(0, 0))}),
		htmltest.Of(setEvennessPage, setEvennessView{newEvennessForm(time.Unix(0, 0))}, setEvennessView{even}),
		htmltest.Of(weightsPage, weightsView{}, weightsOf(l, city, []matcher.Weighing{{Source: "a", SetAt: &time.Time{}}, {}}, time.Unix(0, 0))),
		htmltest.Of(newWeightsPage, newWeightsView{newWeightsForm(score.Weights{}, time.Unix(0, 0))}, newWeightsView{weighed}),
		htmltest.Of(trialPage, trialOf(l, matcher.Tried{}, &form.Form{}), trialOf(l, matcher.Tried{Set: true}, nil), trialOf(l, matcher.Tried{Stale: true}, nil),
			trialOf(l, matcher.Tried{Passed: true, Found: matcher.Trial{Taken: 1, Declined: 1, Tiers: []matcher.Tier{{Name: "*"}, {Name: "now"}}}}, nil)),
		htmltest.Of(cohortsPage, cohortsView{}, cohortsView{Refused: refused, Stopped: true, Tiers: []tierRows{{"Public", rows}}}),
		htmltest.Of(answersPage, answersOf(l, matcher.Answers{}), answersOf(l, matcher.Answers{
			All: matcher.Count{Made: 9, Taken: 2, Declined: 1}, ByWeights: []matcher.WeightsCount{{From: time.Unix(0, 0), Rules: 2, Count: matcher.Count{Made: 9}}},
			ByKind:    []matcher.KindCount{{Kind: charities.Volunteer, Count: matcher.Count{Made: 9, Taken: 2, Declined: 1}}},
			ByPart:    []matcher.PartCount{{Part: score.Area, Much: matcher.Count{Taken: 2, Declined: 1}}},
			ByReason:  []matcher.ReasonCount{{Reason: matcher.Reason{Code: "too_far", Scope: "area", RestDays: 30}, Against: rule.Area, N: 1}, {Reason: matcher.Reason{Code: "other_commitment", Scope: "card"}, N: 2}},
			Overruled: []matcher.OverruledCount{{Overruling: matcher.Overruling{Way: matcher.Out, Scope: "organisation", Reason: "safety"}, N: 1}}})),
		htmltest.Of(dutiesPage, dutiesView{}, dutiesView{dutyRows(l, actor.Officer{Level: actor.CityRole}, []matcher.Duty{
			{Area: "110000", Steps: charities.Steps, Strict: true, Source: "a", From: time.Unix(0, 0)}, {Area: "110105", Steps: charities.Steps, Source: "b", From: time.Unix(1e9, 0)}}, time.Unix(0, 0))}),
		htmltest.Of(dutyPage, dutyView{newDutyForm(l, time.Unix(0, 0)), "Beijing"}, dutyView{ordered, "Chaoyang"}),
		htmltest.Of(askPage, askView{newAskForm(time.Unix(0, 0)), "Beijing"}, askView{asked, "Chaoyang"}),
		htmltest.Of(refusalsPage, refusalsView{Empty: html.Empty{Text: "none"}}, refusalsView{Rows: []refusalRow{{"/x", "today", "Public", "1", "a"}}}),
		htmltest.Of(settlePage, settleView{Form: newSettleForm()}, settleView{Form: settled, Facts: []html.Fact{{Label: "l", Value: "v"}}, Rows: []reasonRow{{"a", []string{"From round 1", "From round 2"}, "2"}}}),
		htmltest.Of(organisationsPage, organisationsView{Empty: html.Empty{Text: "none"}}, organisationsView{
			Tabs: []tab{{Href: "/p/organisations", Text: "Waiting", Current: true}},
			City: true,
			Rows: []orgRow{{Href: "/x", Name: "善邻", Lang: "zh-CN", Kind: "Charity", Place: "Chaoyang", Applied: "today"}}}),
		htmltest.Of(decidePage, decisions...),
		htmltest.Of(bansPage, bansView{Back: "/x", Form: newBanForm(l, nil)}, bansView{Back: "/x", Name: "善邻", Lang: "zh-CN", Form: banned,
			Lines: banLines(l, "/x", []organisation.Banned{{ID: 1, Ban: organisation.Ban{Reason: "harm", Until: time.Unix(86400, 0)}}, {ID: 2, Ban: organisation.Ban{Volunteer: "v", Reason: "money"}, Name: "Zhou"}}, time.Unix(0, 0))}),
		htmltest.Of(contractsPage, contractsView{Empty: html.Empty{Text: "none"}},
			contractsView{City: true, Rows: []contractRow{{Href: "/x", Number: "CY-1", Organisation: "善邻", Lang: "zh-CN", Place: "Chaoyang", Kind: "Bathing help"}}}),
		htmltest.Of(contractPage, contractView{Number: "CY-1"}, contractView{Number: "CY-1",
			Facts: []html.Fact{{Label: "l", Value: "v"}}, Figures: []html.Figure{{Value: "1", Label: "left", Note: "¥80.50"}}}),
		htmltest.Of(newContractPage, newContractView{newContractForm(l, nil, actor.Officer{Level: actor.DistrictRole})}, newContractView{contract}),
	)
}

// account is a round in which everything happened that can.
func account() matcher.Account {
	bands := []matcher.Band{{Name: "now", Wanted: 3, Served: 3}, {Name: "urgent", Wanted: 9, Served: 8}, {Name: "*", Wanted: 200, Served: 1}, {Name: "soon", Wanted: 5}, {Name: "open"}}
	d := matcher.District{Name: "110105", More: []matcher.More{{Code: "bathing", Capacity: 10, Units: 4}}}
	for _, r := range rule.Rules {
		d.Short = append(d.Short, matcher.Short{Code: "bathing", Rule: r.Code, Needs: 1, Units: 1})
	}
	return matcher.Account{ID: "x", StartedAt: time.Unix(9, 0), FinishedAt: time.Unix(9, 0), Report: matcher.Report{
		ByUrgency: bands, ByArea: []matcher.Band{{Name: "110105", Wanted: 9, Served: 4}, {Name: "zone:hills", Wanted: 2, Served: 2}},
		Districts: []matcher.District{d}, Proof: &matcher.Proof{Exact: true, Start: matcher.Remembered}, Weights: "2000-01-01",
		Evenness: &matcher.Evened{Evenness: matcher.Evenness{Even: true, Source: "a"}, With: 9, Without: 10,
			Areas: []matcher.Evenshare{{Name: "110105", Wanted: 9, With: 4, Without: 5}, {Name: "zone:hills", Wanted: 2, With: 2, Without: 2}}},
		Failed: []matcher.Failure{{Area: "110105", Code: "55P03"}}, Opened: 1, Kept: 2, Lapsed: 3,
		Joined: &matcher.Joined{Division: matcher.ByZone, Parts: 5, Shared: 2, Proven: true, Broke: "late"}}}
}

func TestShare(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		part, whole int
		want        string
	}{{0, 0, "–"}, {0, 9, "0%"}, {1, 1000, "1%"}, {999, 1000, "99%"}, {5, 5, "100%"}, {2, 3, "67%"}} {
		require.Equal(t, c.want, share(c.part, c.whole))
	}
	require.Equal(t, "0.001%", small(0.0000042), "never less than the truth")
}

func TestWhatIsNotProvenIsNotSaid(t *testing.T) {
	t.Parallel()
	l := locale.For(locale.Zh)
	gap := matcher.Proof{Gap: 0.1}
	require.Contains(t, proven(l, gap, nil).Text, "已经尽量多安排")
	require.Contains(t, proven(l, gap, &matcher.Joined{Proven: true}).Text, "已经尽量多安排")
	unknown := proven(l, gap, &matcher.Joined{})
	require.Contains(t, unknown.Text, "没有证明")
	require.NotContains(t, unknown.Text, "尽量多")
	require.Equal(t, html.Waiting, unknown.Tone)
}

func TestWhereNothingIsLackingNoneIsCounted(t *testing.T) {
	t.Parallel()
	l := locale.For(locale.Zh)
	city := actor.Officer{Level: actor.CityRole, Region: "110000"}
	for served, words := range map[int]string{9: "没有一份落下", 8: "份没有找到"} {
		report := matcher.Report{ByUrgency: []matcher.Band{{Name: "soon", Wanted: 9, Served: served}}}
		require.Contains(t, roundOf(l, city, matcher.Account{FinishedAt: time.Unix(9, 0), Report: report}).Lead, words)
	}
}
