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

type switchForm struct {
	form.Form
	Decision form.Choice[toggle]
	Source   form.Text
	Since    form.Date
}

func newSwitchForm() *switchForm {
	f := &switchForm{
		Form:     form.Named("note.switch"),
		Decision: form.OneOf("decision", switchOn, switchOff),
		Source:   form.Line("source").Required().MaxRunes(200),
		Since:    form.Day("since"),
	}
	f.Fields(&f.Decision, &f.Source, &f.Since)
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
	for _, s := range past {
		state := "note.switch.decision.off"
		if s.Enabled {
			state = "note.switch.decision.on"
		}
		v.Past = append(v.Past, html.Fact{Label: l.T("note.switch.line", "day", l.Date(s.Since), "state", l.T(state)), Value: s.Source, Lang: "zh-CN"})
	}
	return answer(w, r, &f.Form, step{To: "/s/excerpts", Done: "note.switch.done", Do: func() error {
		return note.Set(r.Context(), o.Records, by, note.Switch{District: by.Region, Enabled: f.Decision.Value == switchOn,
			Source: f.Source.Value, Since: f.Since.Value})
	}}, func() error { return switchPage.Write(w, r, f.Status(), v) })
}
