// Package office is the desk of civil-affairs staff: what waits today, the
// household's record with its chain, the assessment, the second person's
// decision, claims, consent, introductions and what was delivered.
//
// A page names a person only here and on the family's own pages. Whether a
// household, a need or a claim is the officer's is answered by the records half
// first, under row security; only then is a verb of the exchange half called
// with what was found. The machine proposes on these pages; a person decides.
package office

import (
	"time"

	"shanqiao/internal/pg"
	"shanqiao/internal/secret"
	"shanqiao/portal/route"
)

// Office serves the pages. Records, Exchange and Gate are the logins of the
// halves and of the gate; each page uses as few as it can.
type Office struct {
	Records  pg.DB
	Exchange pg.DB
	Gate     pg.DB
	Keys     *secret.Keys
	Now      func() time.Time
}

// Routes are the pages of the desk.
func (o *Office) Routes() []route.Route {
	return []route.Route{
		{Methods: route.Get, Pattern: "/s", Action: "office.look", Handler: route.Officer(o.today)},

		{Methods: route.Get, Pattern: "/s/declarations", Action: "declaration.read", Handler: route.Officer(o.declarations)},
		{Methods: route.Get, Pattern: "/s/declarations/{declaration}", Action: "declaration.read", Handler: route.Officer(o.declaration)},
		{Methods: route.Post, Pattern: "/s/declarations/{declaration}/accept", Action: "declaration.answer", Handler: route.Officer(o.acceptDeclaration)},
		{Methods: route.Form, Pattern: "/s/declarations/{declaration}/close", Action: "declaration.answer", Handler: route.Officer(o.closeDeclaration)},
		{Methods: route.Form, Pattern: "/s/declarations/{declaration}/link", Action: "declaration.answer", Handler: route.Officer(o.linkDeclaration)},
		{Methods: route.Form, Pattern: "/s/declare", Action: "declaration.file", Handler: route.Officer(o.declare)},

		{Methods: route.Form, Pattern: "/s/households", Action: "household.read", Handler: route.Officer(o.households)},
		{Methods: route.Get, Pattern: "/s/households/{household}", Action: "household.read", Handler: route.Officer(o.household)},
		{Methods: route.Form, Pattern: "/s/households/{household}/assess", Action: "household.assess", Handler: route.Officer(o.assess)},
		{Methods: route.Form, Pattern: "/s/households/{household}/join", Action: "household.complete", Handler: route.Officer(o.join)},
		{Methods: route.Form, Pattern: "/s/households/{household}/change", Action: "household.complete", Handler: route.Officer(o.change)},
		{Methods: route.Form, Pattern: "/s/households/{household}/address", Action: "household.complete", Handler: route.Officer(o.address)},
		{Methods: route.Form, Pattern: "/s/households/{household}/members/{member}/correct", Action: "household.complete", Handler: route.Officer(o.correct)},
		{Methods: route.Form, Pattern: "/s/households/{household}/members/{member}/phone", Action: "household.complete", Handler: route.Officer(o.phone)},
		{Methods: route.Form, Pattern: "/s/households/{household}/members/{member}/leave", Action: "household.complete", Handler: route.Officer(o.leave)},

		{Methods: route.Get, Pattern: "/s/approvals", Action: "need.read", Handler: route.Officer(o.approvals)},
		{Methods: route.Get, Pattern: "/s/needs", Action: "need.read", Handler: route.Officer(o.needs)},
		{Methods: route.Get, Pattern: "/s/needs/{need}", Action: "need.read", Handler: route.Officer(o.need)},
		{Methods: route.Get, Pattern: "/s/needs/{need}/why", Action: "need.read", Handler: route.Officer(o.why)},
		{Methods: route.Form, Pattern: "/s/needs/{need}/overrule/{offer}", Action: "need.overrule", Handler: route.Officer(o.overrule)},
		{Methods: route.Post, Pattern: "/s/overruled/{need}/{offer}/lift", Action: "need.overrule", Handler: route.Officer(o.liftOverruling)},
		{Methods: route.Form, Pattern: "/s/needs/{need}/approve", Action: "need.approve", Handler: route.Officer(o.approve)},
		{Methods: route.Form, Pattern: "/s/needs/{need}/revise", Action: "need.revise", Handler: route.Officer(o.revise)},
		{Methods: route.Form, Pattern: "/s/needs/{need}/withdraw", Action: "need.withdraw", Handler: route.Officer(o.withdraw)},
		{Methods: route.Form, Pattern: "/s/needs/{need}/direct", Action: "need.send_direct", Handler: route.Officer(o.direct)},
		{Methods: route.Form, Pattern: "/s/needs/{need}/excerpt", Action: "need.excerpt", Handler: route.Officer(o.excerpt)},
		{Methods: route.Form, Pattern: "/s/needs/{need}/meeting", Action: "need.meet", Handler: route.Officer(o.meet)},
		{Methods: route.Get, Pattern: "/s/needs/unclaimed", Action: "need.read", Handler: route.Officer(o.unclaimed)},
		{Methods: route.Get, Pattern: "/s/needs/ladders", Action: "ladder.set", Handler: route.Officer(o.ladders)},
		{Methods: route.Form, Pattern: "/s/needs/ladders/new", Action: "ladder.set", Handler: route.Officer(o.setLadder)},
		{Methods: route.Form, Pattern: "/s/excerpts", Action: "excerpt.switch", Handler: route.Officer(o.excerpts)},

		{Methods: route.Get, Pattern: "/s/claims", Action: "claim.review", Handler: route.Officer(o.claims)},
		{Methods: route.Get, Pattern: "/s/claims/{claim}", Action: "claim.review", Handler: route.Officer(o.claim)},
		{Methods: route.Post, Pattern: "/s/claims/{claim}/accept", Action: "claim.decide", Handler: route.Officer(o.acceptClaim)},
		{Methods: route.Post, Pattern: "/s/claims/{claim}/resume", Action: "claim.decide", Handler: route.Officer(o.resumeClaim)},
		{Methods: route.Form, Pattern: "/s/claims/{claim}/decline", Action: "claim.decide", Handler: route.Officer(o.declineClaim)},
		{Methods: route.Form, Pattern: "/s/claims/{claim}/consent", Action: "consent.record", Handler: route.Officer(o.consent)},
		{Methods: route.Form, Pattern: "/s/claims/{claim}/introduce", Action: "introduction.make", Handler: route.Officer(o.introduce)},
		{Methods: route.Form, Pattern: "/s/consents/{consent}/withdraw", Action: "consent.record", Handler: route.Officer(o.withdrawConsent)},

		{Methods: route.Get, Pattern: "/s/deliveries", Action: "delivery.review", Handler: route.Officer(o.deliveries)},
		{Methods: route.Form, Pattern: "/s/deliveries/{delivery}/confirm", Action: "delivery.confirm", Handler: route.Officer(o.confirm)},
	}
}
