package office

import (
	"net/http"
	"strconv"
	"time"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	needsroot "shanqiao/needs"
	"shanqiao/needs/assessment"
	"shanqiao/needs/note"
	"shanqiao/needs/worklist"
	"shanqiao/portal/form"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
	"shanqiao/portal/route"
)

type decision string

const (
	approve    decision = "approve"
	sendDirect decision = "direct" // approve, and choose who may read it at once
	sendBack   decision = "send_back"
)

type approveForm struct {
	form.Form
	Decision form.Choice[decision]
	Reason   form.Text
}

func newApproveForm() *approveForm {
	f := &approveForm{
		Form:     form.Named("office.approve"),
		Decision: form.OneOf("decision", approve, sendDirect, sendBack),
		Reason:   form.Lines("reason").MaxRunes(assessment.MaxReason).AsNeeded(),
	}
	f.Fields(&f.Decision, &f.Reason)
	return f
}

type approveView struct {
	Form    *approveForm
	Name    string
	Back    string
	Facts   []html.Fact
	Ahead   *ahead       // what would be shown, while that can still be decided
	Excerpt string       // where the assessor's words are to be read
	Own     *html.Notice // why the reader may not decide
	Settled *html.Notice // it is no draft any more
}

var approvePage = html.Define[approveView]("office/approve")

// approve lets a second person let a need out, or send it back with a reason.
func (o *Office) approve(w http.ResponseWriter, r *http.Request, by actor.Officer) error {
	n, err := o.needFor(r, by)
	if err != nil {
		return err
	}
	l, f := html.Locale(r), newApproveForm()
	if f.Sent(r) {
		to, done := "/s/approvals", "office.approve.done"
		switch f.Decision.Value {
		case sendBack:
			done = "office.approve.sent_back"
			err = assessment.SendBack(r.Context(), o.Records, by, n.ID, f.Reason.Value)
		case sendDirect:
			to = "/s/needs/" + string(n.ID) + "/direct"
			fallthrough
		default:
			err = assessment.Approve(r.Context(), o.Records, by, n.ID)
		}
		if err == nil {
			return route.SeeOther(w, r, to, done)
		}
		if !f.Explain(err) {
			return err
		}
	}
	v := approveView{Form: f, Name: itemName(l, n.Code), Back: "/s/needs/" + string(n.ID),
		Facts: needFacts(l, by, n)}
	told, err := note.StandOf(r.Context(), o.Records, by, n.ID)
	if err != nil {
		return err
	}
	if told.State == note.Written {
		v.Excerpt = v.Back + "/excerpt"
	}
	if n.State == needsroot.Draft {
		if v.Ahead, err = o.ahead(r, l, by, n); err != nil {
			return err
		}
	}
	switch {
	case n.State != needsroot.Draft:
		v.Settled = &html.Notice{Tone: html.Plain, Title: l.T("office.approve.settled"), Text: waiting(l, n)}
	case n.AssessedBy == by.Account:
		v.Own = &html.Notice{Tone: html.Waiting, Title: l.T("office.approve.own"), Text: l.T("need.second_person")}
	}
	return approvePage.Write(w, r, f.Status(), v)
}

type reviseForm struct {
	form.Form
	Quantity form.Choice[string]
	Urgency  form.Choice[string]
	From     form.Date
}

// newReviseForm begins no earlier than today: a day that passed while the need was
// with somebody cannot be kept.
func newReviseForm(l *locale.Locale, n worklist.Need, today time.Time) *reviseForm {
	f := &reviseForm{
		Form:     form.Named("office.revise"),
		Quantity: form.From("quantity", packages(l, n.Code)...),
		Urgency:  form.From("urgency", urgencies(l)...),
		From:     form.Day("from"),
	}
	f.Fields(&f.Quantity, &f.Urgency, &f.From)
	f.Quantity.Set(strconv.Itoa(n.Quantity))
	f.Urgency.Set(strconv.Itoa(int(n.Urgency)))
	f.From.Set(n.WindowFrom)
	if n.WindowFrom.Before(today) {
		f.From.Set(today)
	}
	return f
}

func packages(l *locale.Locale, code needsroot.Code) []form.Option {
	item, _ := needsroot.ItemOf(code)
	var out []form.Option
	for _, n := range item.Packages {
		out = append(out, form.Option{Value: strconv.Itoa(n), Text: amount(l, code, n)})
	}
	return out
}

func urgencies(l *locale.Locale) []form.Option {
	var out []form.Option
	for u := needsroot.WithinTwoDays; u <= needsroot.AnyTime; u++ {
		out = append(out, form.Option{Value: strconv.Itoa(int(u)), Text: urgency(l, u)})
	}
	return out
}

type reviseView struct {
	Form   *reviseForm
	Name   string
	Back   string
	Reason string
}

var revisePage = html.Define[reviseView]("office/revise")

// revise changes a draft, usually one that was sent back.
func (o *Office) revise(w http.ResponseWriter, r *http.Request, by actor.Officer) error {
	n, err := o.needFor(r, by)
	if err != nil {
		return err
	}
	l := html.Locale(r)
	f := newReviseForm(l, n, o.day())
	back := "/s/needs/" + string(n.ID)
	return answer(w, r, &f.Form, step{To: back, Done: "office.revise.done", Do: func() error {
		err := assessment.Revise(r.Context(), o.Records, by, n.ID, assessment.Line{
			Quantity: atoi(f.Quantity.Value), Urgency: needsroot.Urgency(atoi(f.Urgency.Value)), WindowFrom: f.From.Value})
		return renamed(err, map[string]string{"needs." + string(n.Code): "from"})
	}}, func() error {
		return revisePage.Write(w, r, f.Status(), reviseView{f, itemName(l, n.Code), back, n.Reason})
	})
}

// atoi reads a number that a list of options has already vouched for.
func atoi(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}

// renamed tells a verb's refusal under the names that the form gave its fields.
func renamed(err error, names map[string]string) error {
	e := fault.As(err)
	if e == nil || len(e.Fields) == 0 {
		return err
	}
	told := *e
	told.Fields = map[string]string{}
	for field, key := range e.Fields {
		if name, ok := names[field]; ok {
			field = name
		}
		told.Fields[field] = key
	}
	return &told
}

type withdrawForm struct {
	form.Form
	Reason form.Text
}

func newWithdrawForm() *withdrawForm {
	f := &withdrawForm{Form: form.Named("office.withdraw"), Reason: form.Lines("reason").Required().MaxRunes(assessment.MaxReason)}
	f.Fields(&f.Reason)
	return f
}

type withdrawView struct {
	Form  *withdrawForm
	Name  string
	Back  string
	Facts []html.Fact
}

var withdrawPage = html.Define[withdrawView]("office/withdraw")

// withdraw ends a need; what follows from it is said before.
func (o *Office) withdraw(w http.ResponseWriter, r *http.Request, by actor.Officer) error {
	n, err := o.needFor(r, by)
	if err != nil {
		return err
	}
	l, f := html.Locale(r), newWithdrawForm()
	back := "/s/needs/" + string(n.ID)
	return answer(w, r, &f.Form, step{To: back, Done: "office.withdraw.done", Do: func() error {
		return assessment.Withdraw(r.Context(), o.Records, by, n.ID, f.Reason.Value)
	}}, func() error {
		return withdrawPage.Write(w, r, f.Status(), withdrawView{f, itemName(l, n.Code), back, needFacts(l, by, n)})
	})
}
