package office

import (
	"net/http"
	"slices"

	"shanqiao/internal/actor"
	"shanqiao/internal/secret"
	"shanqiao/needs/household"
	"shanqiao/portal/form"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
	"shanqiao/portal/route"
)

// phoneForm changes a number. Remove is asked only when the number was emptied:
// an emptied field alone may be a slip, and a family that nobody can call is lost.
type phoneForm struct {
	form.Form
	Phone  form.Text
	Remove form.Tick
}

func newPhoneForm(m household.Member) *phoneForm {
	f := &phoneForm{Form: form.Named("office.phone"), Phone: form.Line("phone").MaxRunes(30).As("tel", "tel", "off"), Remove: form.MayTick("remove")}
	f.Fields(&f.Phone, &f.Remove)
	f.Phone.Set(m.Phone.Reveal())
	return f
}

type phoneView struct {
	Form  *phoneForm
	Name  string
	Back  string
	Facts []html.Fact
	Lost  *html.Notice // what the family loses, once the number was emptied
}

var phonePage = html.Define[phoneView]("office/phone")

// phone changes how a member is reached, or removes the number after asking.
func (o *Office) phone(w http.ResponseWriter, r *http.Request, by actor.Officer) error {
	home, m, err := o.memberOf(r, by)
	if err != nil {
		return err
	}
	l, f, back := html.Locale(r), newPhoneForm(m), "/s/households/"+home.ID
	v := phoneView{Form: f, Name: m.Name.Reveal(), Back: back, Facts: personFacts(l, m)}
	sent := f.Sent(r)
	f.Phone.Optional = false // an empty one is read, and asked about; the page does not invite it
	if !sent {
		return phonePage.Write(w, r, f.Status(), v)
	}
	done := "office.phone.done"
	if f.Phone.Value == "" {
		done = "office.phone.removed"
		switch {
		case f.Remove.Value: // sent twice, too: then there is none to remove any more
		case m.Phone == "":
			f.Fail("phone", locale.Say("office.phone.phone.missing"))
			return phonePage.Write(w, r, f.Status(), v)
		default:
			f.Fail("remove", locale.Say("office.phone.remove.not_ticked"))
			v.Lost = lost(l, home, m)
			return phonePage.Write(w, r, f.Status(), v)
		}
	}
	err = household.Reach(r.Context(), o.Records, o.Keys, by, home.ID, m.ID, secret.String(f.Phone.Value))
	if err == nil {
		return route.SeeOther(w, r, back, done)
	}
	if !f.Explain(err) {
		return err
	}
	return phonePage.Write(w, r, f.Status(), v)
}

// lost says what follows when a member's number is removed: who is called instead.
func lost(l *locale.Locale, home household.Household, m household.Member) *html.Notice {
	others := slices.DeleteFunc(home.Living(), func(other household.Member) bool { return other.ID == m.ID || other.Phone == "" })
	instead := "nobody"
	switch {
	case slices.ContainsFunc(others, func(other household.Member) bool { return other.Head }):
		instead = "head"
	case len(others) > 0:
		instead = "other"
	}
	return &html.Notice{Tone: html.Urgent, Title: l.T("office.phone.lost"), Text: l.T("office.phone.lost_" + instead)}
}
