package office

import (
	"net/http"
	"time"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/secret"
	"shanqiao/needs/household"
	"shanqiao/portal/form"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
)

type joinForm struct {
	form.Form
	Name       form.Text
	Relation   form.Choice[string]
	Identity   form.Text
	Born       form.Date
	Sex        form.Choice[string]
	Phone      form.Text
	Disability form.Choice[string]
	Student    form.Tick
}

// newJoinForm asks for everything that is known of a member; only the name and
// the relation must be.
func newJoinForm(l *locale.Locale) *joinForm {
	f := &joinForm{
		Form:       form.Named("office.join"),
		Name:       form.Line("name").Required().MaxRunes(40).As("text", "", "off"),
		Relation:   form.From("relation", wordsOf(l, "office.relation.", household.Relations[1:]...)...).Menu(),
		Identity:   form.Line("identity").MaxRunes(30).As("text", "", "off"),
		Born:       form.Day("born").OrNone(),
		Sex:        form.From("sex", wordsOf(l, "office.sex.", household.Sexes[1:]...)...).OrNone(),
		Phone:      form.Line("phone").MaxRunes(30).As("tel", "tel", "off"),
		Disability: form.From("disability", wordsOf(l, "office.disability.", household.Disability...)...).Menu(),
		Student:    form.MayTick("student"),
	}
	f.Fields(&f.Name, &f.Relation, &f.Identity, &f.Born, &f.Sex, &f.Phone, &f.Disability, &f.Student)
	f.Disability.Set(household.Disability[0])
	return f
}

func (f *joinForm) member() household.Member {
	return household.Member{Relation: f.Relation.Value, Name: secret.String(f.Name.Value), Identity: secret.String(f.Identity.Value),
		Born: given(f.Born.Value, f.Born.Given), Phone: secret.String(f.Phone.Value), Sex: f.Sex.Value,
		Disability: f.Disability.Value, Student: f.Student.Value, Request: f.Request}
}

type joinView struct {
	Form   *joinForm
	Number string
	Back   string
	Bar    []html.Fact
}

var joinPage = html.Define[joinView]("office/join")

// join adds somebody who lives in the household and is not on its record yet.
func (o *Office) join(w http.ResponseWriter, r *http.Request, by actor.Officer) error {
	home, err := o.homeOf(r, by)
	if err != nil {
		return err
	}
	l, back := html.Locale(r), "/s/households/"+home.ID
	f := newJoinForm(l)
	return answer(w, r, &f.Form, step{To: back, Done: "office.join.done", Mend: []fault.Kind{conflict}, Do: func() error {
		_, err := household.Join(r.Context(), o.Records, o.Keys, by, home.ID, f.member())
		return err
	}}, func() error {
		return joinPage.Write(w, r, f.Status(), joinView{f, home.Number, back, bar(l, by, home)})
	})
}

type leaveForm struct {
	form.Form
	Reason form.Choice[string]
	On     form.Date
}

func newLeaveForm(today time.Time) *leaveForm {
	f := &leaveForm{Form: form.Named("office.leave"), Reason: form.OneOf("reason", household.Departures...), On: form.Day("on")}
	f.Fields(&f.Reason, &f.On)
	f.On.Set(today)
	return f
}

type leaveView struct {
	Form  *leaveForm
	Name  string
	Back  string
	Facts []html.Fact
}

var leavePage = html.Define[leaveView]("office/leave")

// leave ends a membership, but not the head's: letters need an address. Somebody who has left has no page any more, so that a
// form sent twice ends where the first one did.
func (o *Office) leave(w http.ResponseWriter, r *http.Request, by actor.Officer) error {
	home, m, err := o.memberOf(r, by)
	if err != nil {
		return err
	}
	if m.Head {
		return fault.New(fault.Conflict, "household.head_stays")
	}
	l, f, back := html.Locale(r), newLeaveForm(o.day()), "/s/households/"+home.ID
	return answer(w, r, &f.Form, step{To: back, Done: "office.leave.done", Mend: []fault.Kind{conflict}, Do: func() error {
		return household.Leave(r.Context(), o.Records, by, home.ID, m.ID, f.On.Value, f.Reason.Value)
	}}, func() error {
		return leavePage.Write(w, r, f.Status(), leaveView{f, m.Name.Reveal(), back, personFacts(l, m)})
	})
}
