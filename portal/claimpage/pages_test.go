package claimpage

import (
	"testing"
	"time"

	"shanqiao/charities/claim"
	"shanqiao/charities/delivery"
	"shanqiao/internal/secret"
	"shanqiao/needs/introduction"
	"shanqiao/portal/html/htmltest"
	"shanqiao/portal/locale"
)

func TestPages(t *testing.T) {
	t.Parallel()
	day := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	minutes := 60
	full := claim.Claim{ID: "x", Code: "bathing", Group: "care", Area: "110105", Units: 2, Delivered: 1, State: claim.InProgress,
		WorkerName: "Chen", IntroducedAt: &day, DueAt: day, MadeAt: day, SentenceZh: "朝阳区一户家庭需要上门助浴。",
		SentenceEn: "A household needs help with bathing."}
	list := []delivery.Delivery{
		{Units: 1, DeliveredOn: day, Minutes: &minutes, Result: delivery.AsAgreed, Answer: delivery.Received},
		{Units: 1, DeliveredOn: day, Result: delivery.Partly, Answer: delivery.NotReceived},
		{Units: 1, DeliveredOn: day, Result: delivery.Absent},
	}
	failed := newDeliverForm(2, day)
	failed.Fail("units", locale.Say("delivery.too_many", "left", "2 visits"))
	seen := introduction.Seen{Purpose: "arrange_and_serve", Until: day, Contact: introduction.Contact{
		CallName: secret.String("Mrs Li"), Phone: "138", Address: "somewhere", PracticalNotes: "third floor", AgeBand: "70+"}}

	samples := []htmltest.Sample{
		htmltest.Of(deliverPage, deliverView{Form: newDeliverForm(1, day)}, deliverView{Form: failed, Back: "/c/claims/x", Title: "T", Left: "2"}),
	}
	views, contacts := []View{{Title: "T"}}, []contactView{{}}
	l := locale.For(locale.En) // views are prepared in one language, and shown in both
	contacts = append(contacts, contactView{Facts: contactFacts(l, seen), Call: dialled("138 0000-0001"), Purpose: purpose(l, seen.Purpose), Until: l.Time(seen.Until)})
	for state := range claim.Moves {
		c := full
		c.State = state
		mine, other := Show(l, c, list, true, "/c/claims/x"), Show(l, c, nil, false, "/c/claims/x")
		mine.Withdraw, mine.More = "/c/claims/x/withdraw", "/c/needs"
		c.Reason, c.DeclinedBy = "no_such_reason", claim.Machine
		views = append(views, mine, other, Show(l, c, nil, true, ""))
	}
	htmltest.Pages(t, "claim", append(samples, htmltest.Of(Page, views...), htmltest.Of(contactPage, contacts...))...)
}
