package office

import (
	"net/http"

	"shanqiao/internal/actor"
	"shanqiao/needs/note"
	"shanqiao/portal/form"
	"shanqiao/portal/html"
)

type toggle string

const (
	switchOn  toggle = "on"
	switchOff toggle = "off"
)

type howMany string

const (
	oneReads howMany = "one"
	twoRead  howMany = "two"
)

type switchForm struct {
	form.Form
	Decision  form.Choice[toggle]
	Reviewers form.Choice[howMany]
	Keep      form.Number
	Source    form.Text
	Since     form.Date
}

func newSwitchForm() *switchForm {
	f := &switchForm{
		Form:      form.Named("note.switch"),
		Decision:  form.OneOf("decision", switchOn, switchOff),
		Reviewers: form.OneOf("reviewers", oneReads, twoRead),
		Keep:      form.Whole("keep", 1, 180),
		Source:    form.Line("source").Required().MaxRunes(200),
		Since:     form.Day("since"),
	}
	f.Reviewers.Set(oneReads)
	f.Keep.Set(note.KeepDays)
	f.Fields(&f.Decision, &f.Reviewers, &f.Keep, &f.Source, &f.Since)
	return f
}

type switchView struct {
	Form *switchForm
	Past []html.Fact
}

var switchPage = html.Define[switchView]("office/excerpts")

// excerpts is where a district decides whether assessors' words may go out at all.
func (o *Office) excerpts(w http.ResponseWriter, r *http.Request, by actor.Officer) error {
	past, err := note.Switches(r.Context(), o.Records, by, by.Region)
	if err != nil {
		return err
	}
	l, f := html.Locale(r), newSwitchForm()
	v := switchView{Form: f}
	if len(past) > 0 { // the newest: who changes one thing keeps the others
		f.Keep.Set(past[0].KeepDays)
		if past[0].Reviewers > 1 {
			f.Reviewers.Set(twoRead)
		}
	}
	for _, s := range past {
		state := "note.switch.decision.off"
		switch {
		case s.Enabled && s.Reviewers > 1:
			state = "note.switch.on_two"
		case s.Enabled:
			state = "note.switch.decision.on"
		}
		v.Past = append(v.Past, html.Fact{Value: s.Source, Lang: "zh-CN",
			Label: l.T("note.switch.line", "day", l.Date(s.Since), "state", l.T(state), "days", l.Number(int64(s.KeepDays)))})
	}
	return answer(w, r, &f.Form, step{To: "/s/excerpts", Done: "note.switch.done", Do: func() error {
		reviewers := 1
		if f.Reviewers.Value == twoRead {
			reviewers = 2
		}
		return note.Set(r.Context(), o.Records, by, note.Switch{District: by.Region, Enabled: f.Decision.Value == switchOn,
			Reviewers: reviewers, KeepDays: f.Keep.Value, Source: f.Source.Value, Since: f.Since.Value})
	}}, func() error { return switchPage.Write(w, r, f.Status(), v) })
}
