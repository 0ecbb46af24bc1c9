package office

import (
	"net/http"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/secret"
	"shanqiao/needs/unclaimed"
	"shanqiao/portal/form"
	"shanqiao/portal/html"
)

type meetForm struct {
	form.Form
	Decided form.Text
	Next    form.Choice[unclaimed.Way]
	By      form.Date
}

func newMeetForm() *meetForm {
	f := &meetForm{
		Form:    form.Named("unclaimed.meet"),
		Decided: form.Lines("decided").Required().MaxRunes(500),
		Next:    form.OneOf("next", unclaimed.Ways...),
		By:      form.Day("by"),
	}
	f.Fields(&f.Decided, &f.Next, &f.By)
	return f
}

func (f *meetForm) found() unclaimed.Found {
	return unclaimed.Found{Decided: secret.String(f.Decided.Value), Next: f.Next.Value, By: f.By.Value}
}

type meetView struct {
	Form  *meetForm
	Name  string
	Back  string
	Facts []html.Fact
	Over  *html.Notice // no outcome is waited for
}

var meetPage = html.Define[meetView]("office/meet")

// meet takes down what the coordination meeting on a need found: what was
// decided, the next step and its day. It is taken down once.
func (o *Office) meet(w http.ResponseWriter, r *http.Request, by actor.Officer) error {
	n, err := o.needFor(r, by)
	if err != nil {
		return err
	}
	l, f, back := html.Locale(r), newMeetForm(), "/s/needs/"+r.PathValue("need")
	s, err := unclaimed.Of(r.Context(), o.Records, by, n.ID, o.Now())
	if err != nil {
		return err
	}
	v := meetView{Form: f, Name: itemName(l, n.Code), Back: back}
	if s == nil || !s.Meeting.Waits() {
		v.Over = &html.Notice{Tone: html.Ended, Title: l.T("unclaimed.meet.over"), Text: l.T("unclaimed.no_meeting")}
	}
	if s != nil {
		v.Facts = standingFacts(l, n.Code, *s)
	}
	return answer(w, r, &f.Form, step{To: back, Done: "unclaimed.meet.done", Mend: []fault.Kind{fault.Conflict}, Do: func() error {
		return unclaimed.Record(r.Context(), o.Records, o.Keys, by, n.ID, f.found(), o.day())
	}}, func() error { return meetPage.Write(w, r, f.Status(), v) })
}
