package office

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"shanqiao/charities"
	"shanqiao/internal/actor"
	"shanqiao/matcher"
	"shanqiao/matcher/score"
	"shanqiao/needs"
	"shanqiao/needs/consent"
	"shanqiao/needs/deid"
	"shanqiao/needs/household"
	"shanqiao/needs/worklist"
	"shanqiao/portal/form"
	"shanqiao/portal/html"
	"shanqiao/portal/html/htmltest"
	"shanqiao/portal/locale"
	"shanqiao/portal/weigh"
)

var (
	facts   = []html.Fact{{Label: "a", Value: "b", Href: "/s"}, {Label: "c", Value: "王", Lang: "zh-CN"}}
	figures = []html.Figure{{Value: "3", Label: "things", Href: "/s"}}
	notice  = &html.Notice{Tone: html.Waiting, Title: "a", Text: "b"}
	steps   = []action{{"go", "/s", true}, {"or not", "/s", false}}
	tabs    = []tab{{"one", "/s", true}, {"two", "/s", false}}
	rules   = []ruling{{"area", "it reaches", true}, {"window", "it does not", false}}
	empty   = html.Empty{Text: "nothing"}
	sample  = &table{Caption: "list", Steps: true, Heads: []string{"a", "b", "c"}, Rows: [][]cell{{
		{Head: "a", Text: "x", Href: "/s", Paper: "y"}, {Head: "b", Text: "王", Lang: "zh-CN"}, {Head: "c", Badge: &html.Badge{Tone: html.Good, Text: "ok"}}}}}
)

func TestPages(t *testing.T) {
	t.Parallel()
	en := locale.For(locale.En)
	options := []form.Option{{Value: "a", Text: "A"}, {Value: "b", Text: "王", Lang: "zh-CN", Hint: "two left"}}
	n := worklist.Need{Code: "bathing", Quantity: 2, Urgency: needs.WithinFiveDays, WindowFrom: time.Unix(0, 0)}
	why := func() *whyForm {
		f := &whyForm{Form: form.Named("office.why"), Offer: form.From("offer", options...).Menu()}
		f.Fields(&f.Offer)
		return f
	}
	decide, reason, decline, agreed := newApproveForm(), newWithdrawForm(), newDeclineForm(), newConsentForm(options)
	decide.Fail("reason", locale.Say("need.reason_missing"))
	reason.Fail("reason", locale.Say("need.reason_long"))
	decline.Fail("reason", locale.Say("form.not_chosen"))
	agreed.Fail("days", locale.Say("consent.days"))
	contact := newIntroduceForm(consent.Fields)
	contact.Fail("", locale.Say("introduction.empty"))
	confirmed, closed, linked, declared := newConfirmForm(), newCloseForm(), newLinkForm(), newDeclareForm(options)
	confirmed.Fail("answer", locale.Say("outcome.answer"))
	linked.Fail("sure", locale.Say("form.not_ticked"))
	declared.Fail("people", locale.Say("declaration.people_wrong"))
	born, income := time.Unix(0, 0), int64(120050)
	numbered := household.Member{Identity: "x", Phone: "13800138000", Born: &born, Sex: "female", Disability: "none", Student: true}
	joined, left := newJoinForm(en), newLeaveForm(born)
	joined.Fail("name", locale.Say("household.name_missing"))
	left.Fail("on", locale.Say("household.day_ahead"))
	changes, housed := newChangeForm(en, household.Household{Category: "marginal", Condition: "none", Income: &income}), newAddressForm(household.Household{Address: "x"})
	changes.Fail("basis", locale.Say("household.basis_personal"))
	housed.Fail("address", locale.Say("household.address_missing"))
	emptied := newPhoneForm(numbered)
	emptied.Fail("remove", locale.Say("office.phone.remove.not_ticked"))
	noted, let := newNoteForm(), newExcerptForm(true)
	noted.Fail("words", locale.Say("note.words_long"))
	let.Fail("reason", locale.Say("note.kept_missing"))
	overruled := newOverruleForm(en, []matcher.Overruling{{Way: matcher.First, Scope: "offer", Reason: "sooner"}, {Way: matcher.Out, Scope: "organisation", Reason: "safety"}})
	overruled.Fail("reason", locale.Say("form.not_chosen"))
	met, climbs := newMeetForm(), newLadderForm()
	met.Fail("decided", locale.Say("unclaimed.decided_missing"))
	climbs.Fail("push", locale.Say("unclaimed.order"))
	none := form.Named("office.declaration")
	first, second := newAssessForm(en), newAssessForm(en)
	second.lines[0].Reason = "because"
	second.Suggested = second.lines[:1]
	second.Groups[0].Lines = second.Groups[0].Lines[1:]
	second.Fail("urgency_bathing", locale.Say("office.assess.urgency_missing"))

	htmltest.Pages(t, "office",
		htmltest.Of(todayPage, todayView{Title: "a", Quiet: true}, todayView{Title: "a", Region: "Xiangheyuan", Hurry: list{"a", figures}, Desk: list{"b", figures}, Others: list{"c", figures}, CanFile: true}),
		htmltest.Of(needsPage, needsView{Title: "a", Empty: empty, Table: &table{}}, needsView{Title: "a", Tabs: tabs, Table: sample, Pager: html.Pager{First: "/s", Next: "/s"}, More: "/p"}),
		htmltest.Of(claimsPage, claimsView{Title: "a", Empty: empty, Table: &table{}}, claimsView{Title: "a", Tabs: tabs, Table: sample}),
		htmltest.Of(deliveriesPage, deliveriesView{Title: "a", Empty: empty, Table: &table{}}, deliveriesView{Title: "a", Tabs: tabs, Table: sample}),
		htmltest.Of(declarationsPage, declarationsView{Title: "a", Empty: empty, Table: &table{}}, declarationsView{Title: "a", Tabs: tabs, Table: sample, CanFile: true}),
		htmltest.Of(approvalsPage, approvalsView{Note: "a", Empty: empty}, approvalsView{Note: "a", Drafts: []draft{{Name: "a", Href: "/s", Facts: facts, Preview: "said", Own: true}, {Name: "b", Href: "/s", Step: "go", Preview: "said"}}}),
		htmltest.Of(needPage, needView{Name: "a", Why: "/s", NoneYet: "none"}, needView{Name: "a", Why: "/s", NoneYet: "none", Near: &nearView{None: "nobody"}},
			needView{Name: "a", Why: "/s", NoneYet: "none", Near: &nearView{Lines: []nearLine{{"3 would suit", "call", []whom{{"王", "zh-CN"}, {"Li", "en"}}}, {"1", "wait", nil}}}},
			needView{Name: "a", Why: "/s", Decided: []decided{{"王", "zh-CN", "charity", "first", "so", "now", "/s"}, {"Li", "en", "charity", "out", "so", "now", ""}}},
			needView{Name: "a", Why: "/s", Proposals: []proposal{{"王", "zh-CN", facts, "/s", "/s"}}, Near: &nearView{Folded: true, Lines: []nearLine{{"3", "call", nil}}}}, needView{Name: "a", State: needBadge(en, needs.Draft), Facts: facts, Actions: steps,
				Cards: sample, Claims: sample, Ladder: &ladder{Facts: facts, Steps: []html.Step{{At: "now", Title: "a"}}, Minutes: []html.Step{{At: "now", Title: "a", Body: "话", Lang: "zh-CN"}}}, Why: "/s", Proposals: []proposal{{"王", "zh-CN", facts, "/s", "/s"}}}),
		htmltest.Of(excerptPage, excerptView{Name: "a", Back: "/s", State: notice}, excerptView{Name: "a", Back: "/s", Write: noted}, excerptView{Name: "a", Back: "/s", Decide: let, Sides: &sides{
			Original: []stretch{{"王", true}, {"需要", false}}, Output: []stretch{{"唯一", true}}, Cuts: []marked{{"王", "〔人名〕", "x"}}, Flags: []marked{{Text: "唯一", Why: "x"}}, Hash: "x"}},
			excerptView{Name: "a", Back: "/s", Decide: newExcerptForm(false), Sides: &sides{Withheld: []string{"x"}}}),
		htmltest.Of(switchPage, switchView{Form: newSwitchForm()}, switchView{Form: newSwitchForm(), Past: facts}),
		htmltest.Of(unclaimedPage, unclaimedView{Empty: empty}, unclaimedView{Meetings: sample, Buy: sample, All: sample, Shown: "some", Ladders: true}),
		htmltest.Of(meetPage, meetView{Form: newMeetForm(), Back: "/s", Over: notice}, meetView{Form: met, Name: "a", Back: "/s", Facts: facts}),
		htmltest.Of(laddersPage, laddersView{}, laddersView{Place: "a", Heads: []string{"a"}, Bands: []bandRows{{Title: "a", New: "/s", Rows: []ladderRow{{Days: facts[:1], Within: "1", Since: "–", Source: "话", Lang: "zh-CN", State: html.Badge{Tone: html.Good, Text: "ok"}}}}}}),
		htmltest.Of(ladderPage, ladderView{Form: newLadderForm()}, ladderView{Form: climbs, Place: "a"}),
		htmltest.Of(whyPage, whyView{Form: why(), Back: "/s"}, whyView{Form: why(), Back: "/s", Asked: true, Verdict: *notice, Facts: facts, Rules: rules, Parts: []string{"p"}, Who: "善邻", Lang: "zh-CN",
			Weighed: weigh.Parts(en, score.Of(deid.Card{}, charities.Offer{}, score.Facts{}, score.Weights{Duty: 9})), Others: []otherRow{{"善邻", "zh-CN", "Volunteer", "w"}, {"Neighbours", "", "Volunteer", "w"}}, Rest: "3 more", Overrule: "/s"}),
		htmltest.Of(approvePage, approveView{Form: newApproveForm(), Name: "a", Back: "/s"}, approveView{Form: decide, Facts: facts, Back: "/s", Ahead: &ahead{None: notice, Direct: said{"一户", "A household"}}},
			approveView{Form: newApproveForm(), Back: "/s", Ahead: &ahead{Direct: said{"一户", "A household"}, Looks: []look{{Title: "a", Asked: "b", Another: "c", Waits: notice},
				{Title: "a", Asked: "b", Together: "c", Said: &said{"一户", "A household"}, Table: sample}}}},
			approveView{Form: newApproveForm(), Own: notice, Back: "/s"}, approveView{Form: newApproveForm(), Settled: notice, Back: "/s"}),
		htmltest.Of(revisePage, reviseView{Form: newReviseForm(en, n, time.Unix(0, 0)), Back: "/s"}, reviseView{Form: newReviseForm(en, n, time.Unix(0, 0)), Name: "a", Back: "/s", Reason: "先问"}),
		htmltest.Of(withdrawPage, withdrawView{Form: newWithdrawForm(), Back: "/s"}, withdrawView{Form: reason, Name: "a", Back: "/s", Facts: facts}),
		htmltest.Of(overrulePage, overruleView{Form: newOverruleForm(en, nil), Back: "/s"}, overruleView{Form: overruled, Name: "a", Back: "/s"}),
		htmltest.Of(directPage, directView{Form: newDirectForm(nil), Back: "/s", None: &empty}, directView{Form: newDirectForm(options), Back: "/s", Preview: "said"}),
		htmltest.Of(claimPage, claimView{}, claimView{Name: "a", State: claimBadge(en, "requested"), Facts: facts, Actions: steps, Accept: "/s", Resume: "/s", Suspended: notice, LeftOut: notice}),
		htmltest.Of(declinePage, declineView{Form: newDeclineForm(), Back: "/s"}, declineView{Form: decline, Back: "/s", Facts: facts}),
		htmltest.Of(consentPage, consentView{Form: newConsentForm(nil), Back: "/s"}, consentView{Form: agreed, Back: "/s", Facts: facts, Text: []spoken{{Before: "a", Name: "王", Lang: "zh-CN", After: "b"}, {Before: "c"}}, Version: "the first"}),
		htmltest.Of(withdrawConsentPage, withdrawConsentView{Back: "/s"}, withdrawConsentView{Back: "/s", Form: &none, Facts: facts}, withdrawConsentView{Back: "/s", Form: &none, Facts: facts, Over: notice}),
		htmltest.Of(introducePage, introduceView{Form: newIntroduceForm(nil), Back: "/s"},
			introduceView{Form: contact, Back: "/s", Facts: facts, Shown: []*form.Text{&contact.CallName, &contact.Phone, &contact.Address, &contact.Notes, &contact.AgeBand}}),
		htmltest.Of(confirmPage, confirmView{Form: newConfirmForm()}, confirmView{Form: confirmed, Facts: facts}, confirmView{Form: newConfirmForm(), Done: notice}, confirmView{Form: newConfirmForm(), Done: notice, Actions: steps}),
		htmltest.Of(declarationPage, declarationView{}, declarationView{Reference: "A", Facts: facts, Words: "话", Twin: notice, Actions: steps, Accept: "/s", Form: &none}),
		htmltest.Of(closePage, closeView{Form: newCloseForm(), Back: "/s"}, closeView{Form: closed, Reference: "A", Back: "/s"}),
		htmltest.Of(linkPage, linkView{Form: newLinkForm(), Back: "/s"}, linkView{Form: linked, Reference: "A", Back: "/s", Facts: facts}),
		htmltest.Of(declarePage, declareView{Form: newDeclareForm(nil)}, declareView{Form: declared, Region: "a"}),
		htmltest.Of(householdsPage, householdsView{Form: newSearchForm(), Table: &table{}, Empty: empty}, householdsView{Form: newSearchForm(), Table: sample}),
		htmltest.Of(recordPage, recordView{NoNeeds: "none"}, recordView{Number: "1", Head: "王", Bar: facts, Facts: facts, Actions: steps, Members: sample, Needs: sample,
			Consents: sample, Looks: sample, Readings: sample, Complete: &completing{Missing: []string{"a"}, Steps: steps, People: []person{{"王", "self", steps}}}, Deliveries: sample, Chain: []html.Step{{At: "now", Title: "a", Facts: facts}}}),
		htmltest.Of(joinPage, joinView{Form: newJoinForm(en), Back: "/s"}, joinView{Form: joined, Number: "1", Back: "/s", Bar: facts}),
		htmltest.Of(leavePage, leaveView{Form: newLeaveForm(time.Unix(0, 0)), Back: "/s"}, leaveView{Form: left, Name: "王", Back: "/s", Facts: facts}),
		htmltest.Of(correctPage, correctView{Form: newCorrectForm(en, household.Member{}), Back: "/s"},
			correctView{Form: newCorrectForm(en, numbered), Name: "王", Back: "/s", Facts: facts, Now: notice}),
		htmltest.Of(phonePage, phoneView{Form: newPhoneForm(numbered), Back: "/s"}, phoneView{Form: emptied, Name: "王", Back: "/s", Facts: facts, Lost: notice}),
		htmltest.Of(changePage, changeView{Form: newChangeForm(en, household.Household{}), Back: "/s"}, changeView{Form: changes, Number: "1", Back: "/s", Now: notice}),
		htmltest.Of(addressPage, addressView{Form: newAddressForm(household.Household{}), Back: "/s"}, addressView{Form: housed, Number: "1", Back: "/s", Place: "a"}),
		htmltest.Of(assessPage, assessView{Form: first, Back: "/s"}, assessView{Form: second, Back: "/s", Bar: facts, Declaration: "A", Second: true, Level: "able"}),
	)
}

// TestWords finds a sentence for every code that a page may show.
func TestWords(t *testing.T) {
	t.Parallel()
	for _, language := range locale.Languages {
		l := locale.For(language)
		for state := range needs.Moves {
			for _, prefix := range []string{"need.state.", "need.next."} {
				if !l.Has(prefix + string(state)) {
					t.Errorf("%s: %s%s", language, prefix, state)
				}
			}
			if needTones[state] == "" {
				t.Errorf("no tone for %s", state)
			}
		}
		if name, _, _ := strings.Cut(consent.Current().Version, "/"); !l.Has("office.consent.text." + name) {
			t.Errorf("%s: no name for the text of %s", language, name)
		}
		for _, category := range household.Categories {
			if asked, known := l.T("office.search.category."+category), l.T("office.category."+category); asked != known {
				t.Errorf("%s: %s is called %q and %q", language, category, asked, known)
			}
		}
		for u := needs.WithinTwoDays; u <= needs.AnyTime; u++ {
			if !l.Has("need.urgency." + strconv.Itoa(int(u))) {
				t.Errorf("%s: urgency %d", language, u)
			}
		}
	}
}

// TestContactInOrder asks for the contact in the order in which consent was asked.
func TestContactInOrder(t *testing.T) {
	t.Parallel()
	f := newIntroduceForm([]consent.Field{consent.AgeBand, consent.Address, consent.CallName})
	if want := []*form.Text{&f.CallName, &f.Address, &f.AgeBand}; !slices.Equal(f.shown, want) {
		t.Errorf("in another order than the consent form")
	}
}

func TestReasonsFirst(t *testing.T) {
	t.Parallel()
	got := []ruling{{Name: "area", Held: true}, {Name: "window"}, {Name: "open", Held: true}, {Name: "code"}}
	slices.SortStableFunc(got, reasonsFirst)
	want := []ruling{{Name: "window"}, {Name: "code"}, {Name: "area", Held: true}, {Name: "open", Held: true}}
	if !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
}

func TestReviseFrom(t *testing.T) {
	t.Parallel()
	l, day := locale.For(locale.En), func(n int) time.Time { return time.Date(2026, 11, n, 0, 0, 0, 0, time.UTC) }
	for begins, want := range map[int]int{20: 23, 23: 23, 25: 25} {
		if f := newReviseForm(l, worklist.Need{Code: "bathing", WindowFrom: day(begins)}, day(23)); !f.From.Value.Equal(day(want)) {
			t.Errorf("from %d: %s", begins, f.From.Value)
		}
	}
}

func TestYears(t *testing.T) {
	t.Parallel()
	on := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	for born, want := range map[string]int{"1966-11-23": 60, "1966-11-24": 59, "2026-11-22": 0, "2000-02-29": 26} {
		day, err := time.Parse(time.DateOnly, born)
		if err != nil || years(day, on) != want {
			t.Errorf("%s: %d", born, years(day, on))
		}
	}
}

func TestNeedActions(t *testing.T) {
	t.Parallel()
	l := locale.For(locale.En)
	city := actor.Officer{Level: actor.CityRole, Region: "110000"}
	if got := needActions(l, city, worklist.Need{State: needs.Draft}); got != nil {
		t.Errorf("the city looks and does not act: %v", got)
	}
}

func TestNoneYet(t *testing.T) {
	t.Parallel()
	l := locale.For(locale.En)
	city, district := actor.Officer{Level: actor.CityRole, Region: "110000"}, actor.Officer{Level: actor.DistrictRole, Region: "110105"}
	wanted, taken := worklist.Card{Quantity: 2, Committed: 1}, worklist.Card{Quantity: 2, Committed: 2}
	for _, by := range []actor.Officer{city, district} {
		if got := noneYet(l, by, taken); !strings.Contains(got, "claimed") {
			t.Errorf("nothing is wanted any more: %s", got)
		}
	}
	if got := noneYet(l, city, wanted); strings.Contains(got, "send") {
		t.Errorf("the city looks and does not send: %s", got)
	}
	if got := noneYet(l, district, wanted); !strings.Contains(got, "send") {
		t.Errorf("the district may send: %s", got)
	}
}
