package charity

import (
	"testing"

	"shanqiao/charities"
	"shanqiao/charities/offer"
	"shanqiao/charities/organisation"
	volunteers "shanqiao/charities/volunteer"
	"shanqiao/internal/actor"
	"shanqiao/matcher"
	"shanqiao/matcher/rule"
	"shanqiao/matcher/score"
	"shanqiao/needs"
	"shanqiao/needs/deid"
	"shanqiao/portal/html"
	"shanqiao/portal/html/htmltest"
	"shanqiao/portal/locale"
)

// Views are prepared in one language and shown in both, so they are English.
func TestPages(t *testing.T) {
	t.Parallel()
	l := locale.For(locale.En)
	lines := []line{{Href: "/x", Title: "A need", Badge: urgency(l, deid.Urgent), Note: "n"}}
	empty := html.Empty{Text: "none", Href: "/c/needs", Link: "Browse"}
	k := deid.Card{ID: "x", Tuple: deid.Tuple{Area: "110105", Group: "care", Code: "bathing", Quantity: 4, Urgency: deid.Soon}, State: "open"}
	parts := score.Of(deid.Card{}, charities.Offer{}, score.Facts{}, score.Weights{Duty: 9, Area: 9, Kind: 9, Waiting: 9, Load: 9, Reliability: 9, Newcomer: 9})
	offers := []offer.Named{{Offer: charities.Offer{ID: "o", Kind: charities.Charity, Codes: []needs.Code{"bathing"}, Capacity: 5}, Title: "Baths"}}
	workers := []organisation.Worker{{Account: "a", Name: "陈"}, {Account: "b", Name: "B", Volunteer: true}}

	apply := newApplyForm(l)
	apply.Fail("credit_code", locale.Say("organisation.code_wrong"))
	filter := newFilterForm(l)
	filter.Fail("q", locale.Say("form.too_long", "max", 200))
	decline := newDeclineForm(l, []matcher.Reason{{Code: "no_capacity", Scope: "offer", RestDays: 7}})
	withdraw, member, volunteer := newWithdrawForm(), newMemberForm(), newVolunteerForm(l)
	withdraw.Fail("reason", locale.Say("form.not_chosen"))
	member.Fail("login", locale.Say("account.login_taken"))
	changed := newChangeForm(l, volunteers.Volunteer{Skills: []string{"bathing"}, Areas: []string{"zone:central", "110105"}, UnitsPerMonth: 4, Qualified: []string{"legal"}})
	changed.Fail("units", locale.Say("volunteer.units_wrong"))
	volunteer.Fail("skills", locale.Say("form.none_chosen"))

	homes := []homeView{{Name: "x", NameLang: "en", Apply: "Register", NoMatch: empty}}
	standings := []organisationView{{Badge: standing(l, ""), Form: newOrganisationForm(l, organisation.Organisation{})}}
	waits := []waitingView{waiting(l, organisation.Organisation{})}
	for state := range organisation.Moves {
		o := organisation.Organisation{Name: "善邻", Contact: "陈", State: state, Kind: organisation.Charity, District: "110105", Reason: "complaint"}
		homes = append(homes, homeView{Name: o.Name, NameLang: "zh-CN", Badge: standing(l, state), Notice: standingNotice(l, o),
			Verified: true, Direct: lines, Pushed: lines, Proposals: lines, Act: lines, Figures: []html.Figure{{Value: "1", Label: "open", Href: "/c/claims"}, {Value: "1", Label: "act", Href: "#act"}}})
		standings = append(standings, organisationView{Badge: standing(l, state), Notice: standingNotice(l, o), Facts: organisationFacts(l, o), People: true})
		if state != organisation.Verified {
			waits = append(waits, waiting(l, o))
		}
	}
	form := newClaimForm(l, k, offers, workers, actor.Member{Account: "a"})
	form.Offer.Value, form.Worker.Value, form.Units.Value = "o", "b", 2
	answers, kept := form.answers(l, k, "/c/needs/x/claim")

	htmltest.Pages(t, "charity",
		htmltest.Of(applyPage, applyView{newApplyForm(l)}, applyView{apply}),
		htmltest.Of(organisationPage, standings...),
		htmltest.Of(waitingPage, waits...),
		htmltest.Of(homePage, homes...),
		htmltest.Of(needsPage, needsView{Form: newFilterForm(l), Empty: empty},
			needsView{Form: filter, Total: "About 20", Plainer: true, Degraded: true, Needs: lines,
				Narrow: []chips{{Title: "By area", Chips: []chip{{Href: "/c/needs?area=110105", Text: "Chaoyang", Count: "20", Current: true}}}},
				Pager:  html.Pager{First: "/c/needs", Next: "/c/needs?page=2"}}),
		htmltest.Of(needPage, needView{Title: "T", Taken: "all taken", Ours: "/c/claims/x", NoOffer: empty},
			needView{Title: "T", Excerpt: "〔人名〕", Claim: "/x", Left: "2 left", Sought: "next door", Facts: needFacts(l, k), Fits: []fit{
				{Title: "Project", Lang: "en", Badge: html.Badge{Text: "Suitable"}, Reasons: []string{"r"}, Claim: "/x", Decline: "/y", Why: "/z"},
				{Title: "别的", Lang: "zh-CN", Badge: html.Badge{Text: "No"}, Reasons: []string{"r", "s"}}}}),
		htmltest.Of(whyPage, whyOf(l, k, matcher.Why{Trace: rule.Trace{Lines: []rule.Line{{Rule: rule.OfferOpen}}}}),
			whyOf(l, k, matcher.Why{Parts: parts, Candidates: 1}),
			whyOf(l, k, matcher.Why{Parts: parts, Candidates: 3, Proposal: &matcher.Proposal{State: matcher.Open}}),
			whyOf(l, k, matcher.Why{Parts: parts, Proposal: &matcher.Proposal{State: matcher.Open, Round: "r", Units: 2},
				Holders: []matcher.Holder{{Kind: charities.Volunteer, Units: 1}}})),
		htmltest.Of(claimPage, claimView{Form: newClaimForm(l, k, nil, nil, actor.Member{Account: "a"})}, claimView{Form: form, Back: "/x", Title: "T", Left: "2", NoFit: true}),
		htmltest.Of(checkPage, claimView{Form: form}, claimView{Form: form, Back: "/x", Title: "T", Answers: answers, Hidden: kept}),
		htmltest.Of(declinePage, declineView{Form: newDeclineForm(l, nil)}, declineView{Form: decline, Back: "/x", Title: "T"}),
		htmltest.Of(claimsPage, claimsView{Empty: empty}, claimsView{Open: lines, Ended: lines}),
		htmltest.Of(withdrawPage, withdrawView{Form: newWithdrawForm()}, withdrawView{Form: withdraw, Back: "/x", Title: "T"}),
		htmltest.Of(volunteersPage, volunteersView{Empty: empty}, volunteersView{Lines: []volunteerLine{{Name: "周", Action: "/p", Button: "Pause", Edit: "/e", Expired: "over"}}}),
		htmltest.Of(changePage, changeView{newChangeForm(l, volunteers.Volunteer{}), "周"}, changeView{changed, "周"}),
		htmltest.Of(newVolunteerPage, newVolunteerView{newVolunteerForm(l)}, newVolunteerView{volunteer}),
		htmltest.Of(membersPage, membersView{Empty: empty}, membersView{Workers: []workerLine{{Name: "陈", Role: "n", Leave: "/x"}}}),
		htmltest.Of(leavePage, leaveView{Form: &newMemberForm().Form}, leaveView{Form: &newMemberForm().Form, Name: "陈"}),
		htmltest.Of(memberPage, memberView{newMemberForm()}, memberView{member}),
	)
}
