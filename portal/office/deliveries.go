package office

import (
	"net/http"

	"shanqiao/internal/actor"
	"shanqiao/needs/outcome"
	"shanqiao/needs/worklist"
	"shanqiao/portal/form"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
	"shanqiao/portal/route"
)

type deliveriesView struct {
	Title string
	Tabs  []tab
	Table *table
	Empty html.Empty
	Pager html.Pager
}

var deliveriesPage = html.Define[deliveriesView]("office/deliveries")

// deliveries lists what the families have still to be asked about, or denied.
func (o *Office) deliveries(w http.ResponseWriter, r *http.Request, by actor.Officer) error {
	l := html.Locale(r)
	disputed := r.URL.Query().Get("view") == "disputed"
	rows, more, err := worklist.Deliveries(r.Context(), o.Records, by, disputed, after(r))
	if err != nil {
		return err
	}
	title := map[bool]string{false: "office.deliveries.confirm", true: "office.deliveries.disputed"}[disputed]
	v := deliveriesView{Title: l.T(title), Empty: none(l, "office.deliveries.empty"), Tabs: []tab{
		{l.T("office.deliveries.confirm"), "/s/deliveries", !disputed},
		{l.T("office.deliveries.disputed"), "/s/deliveries?view=disputed", disputed}}}
	v.Table = deliveryTable(l, "office.deliveries.caption", acts(by), rows, false).alone()
	if len(rows) > 0 {
		last := rows[len(rows)-1]
		v.Pager = pager(r, more, worklist.After{CreatedAt: last.ReceivedAt, ID: last.ID})
	}
	return deliveriesPage.Write(w, r, http.StatusOK, v)
}

// deliveryTable lists deliveries; on a household's own page its number is left out.
func deliveryTable(l *locale.Locale, caption string, mayAsk bool, rows []worklist.Delivery, own bool) *table {
	heads := []string{"delivered_on", "need", "units", "organisation", "result", "answer"}
	if !own {
		heads = append(heads, "household")
	}
	t := newTable(l, caption, heads...)
	for _, d := range rows {
		name, spoken := l.Pick(d.Organisation, d.OrganisationEn)
		cells := []cell{whole(l.Day(d.DeliveredOn)), link(itemName(l, d.Code), "/s/needs/"+string(d.NeedID)), whole(amount(l, d.Code, d.Units)),
			{Text: name, Lang: spoken}, text(l.T("office.result." + d.Result)), answerCell(l, mayAsk, d)}
		if !own {
			cells = append(cells, code(d.Number, "/s/households/"+d.HouseholdID))
		}
		t.add(cells...)
	}
	return t
}

func answerCell(l *locale.Locale, mayAsk bool, d worklist.Delivery) cell {
	switch {
	case d.Answer != "":
		return link(l.T("office.answer."+d.Answer), "/s/claims/"+d.ClaimID)
	case d.Result == outcome.PersonAbsent:
		return text(l.T("office.answer.not_asked"))
	case mayAsk:
		ask := link(l.T("office.act.confirm"), "/s/deliveries/"+d.ID+"/confirm")
		ask.Paper = l.T("office.answer.none")
		return ask
	}
	return text(l.T("office.answer.none"))
}

type confirmForm struct {
	form.Form
	Answer form.Choice[outcome.Answer]
}

func newConfirmForm() *confirmForm {
	f := &confirmForm{Form: form.Named("office.confirm"), Answer: form.OneOf("answer", outcome.Answers...)}
	f.Fields(&f.Answer)
	return f
}

type confirmView struct {
	Form  *confirmForm
	Facts []html.Fact
	Done  *html.Notice
	// Actions lead on where the family did not get it all.
	Actions []action
}

var confirmPage = html.Define[confirmView]("office/confirm")

// confirm takes what the family told the officer of one delivery.
func (o *Office) confirm(w http.ResponseWriter, r *http.Request, by actor.Officer) error {
	id, err := route.ID(r, "delivery")
	if err != nil {
		return err
	}
	d, err := worklist.DeliveryFor(r.Context(), o.Records, by, id)
	if err != nil {
		return err
	}
	l, f := html.Locale(r), newConfirmForm()
	name, spoken := l.Pick(d.Organisation, d.OrganisationEn)
	v := confirmView{Form: f, Facts: []html.Fact{
		{Label: l.T("office.col.need"), Value: itemName(l, d.Code), Href: "/s/needs/" + string(d.NeedID)},
		fact(l.T("office.col.units"), amount(l, d.Code, d.Units)),
		fact(l.T("office.col.delivered_on"), l.Day(d.DeliveredOn)),
		fact(l.T("office.col.result"), l.T("office.result."+d.Result)),
		{Label: l.T("office.col.organisation"), Value: name, Lang: spoken},
		{Label: l.T("office.col.household"), Value: d.Number, Href: "/s/households/" + d.HouseholdID},
	}}
	if d.Answer != "" {
		tone := html.Good
		if d.Answer != string(outcome.Received) {
			tone = html.Urgent
			v.Actions = []action{{l.T("office.act.claim_see"), "/s/claims/" + d.ClaimID, true}}
		}
		v.Done = &html.Notice{Tone: tone, Title: l.T("outcome.confirmed_already"), Text: l.T("office.confirm.answer." + d.Answer)}
	}
	return answer(w, r, &f.Form, step{To: "/s/deliveries", Done: "office.confirm.done", Do: func() error {
		return outcome.Confirm(r.Context(), o.Records, by, id, f.Answer.Value)
	}}, func() error { return confirmPage.Write(w, r, f.Status(), v) })
}
