package citizen

import (
	"net/http"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/needs/outcome"
	"shanqiao/portal/form"
	"shanqiao/portal/html"
	"shanqiao/portal/route"
	"shanqiao/portal/story"
)

type confirmForm struct {
	form.Form
	Answer form.Choice[outcome.Answer]
}

func newConfirmForm() *confirmForm {
	f := &confirmForm{Form: form.Named("citizen.confirm"), Answer: form.OneOf("answer", outcome.Answers...)}
	f.Fields(&f.Answer)
	return f
}

type confirmView struct {
	Form  *confirmForm
	Facts []html.Fact
}

var confirmPage = html.Define[confirmView]("citizen/confirm")

// confirm asks the household whether the help came. Whoever brought it is not
// the one who asks.
func (c *Citizen) confirm(w http.ResponseWriter, r *http.Request, by actor.Citizen) error {
	delivery, err := route.ID(r, "delivery")
	if err != nil {
		return err
	}
	l := html.Locale(r)
	entries, err := c.chain(r.Context(), by)
	if err != nil {
		return err
	}
	waiting, err := story.ToConfirm(l, entries)
	if err != nil {
		return err
	}
	f := newConfirmForm()
	for _, u := range waiting {
		if u.Delivery != delivery {
			continue
		}
		if f.Sent(r) {
			err := outcome.Confirm(r.Context(), c.Records, by, delivery, f.Answer.Value)
			if err == nil {
				return route.SeeOther(w, r, "/me", "citizen.confirm.done")
			}
			if !f.Explain(err, fault.Conflict) {
				return err
			}
		}
		return confirmPage.Write(w, r, f.Status(), confirmView{Form: f, Facts: []html.Fact{
			{Label: l.T("citizen.confirm.what"), Value: u.What},
			{Label: l.T("chain.organisation"), Value: u.Organisation, Lang: u.Spoken},
			{Label: l.T("citizen.confirm.on"), Value: u.On},
		}})
	}
	if story.Confirmed(entries, delivery) {
		return route.SeeOther(w, r, "/me", "citizen.confirm.already")
	}
	return route.NotHere
}
