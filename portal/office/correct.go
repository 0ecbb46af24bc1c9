package office

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/internal/secret"
	"shanqiao/needs/household"
	"shanqiao/portal/form"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
	"shanqiao/portal/route"
)

// correctForm completes or mends what is known of a member. Seen is what stood on
// the page when it was opened, so that two officers do not undo each other's work.
type correctForm struct {
	form.Form
	Identity   form.Text
	Born       form.Date
	Sex        form.Choice[string]
	Disability form.Choice[string]
	Student    form.Choice[string]
	Seen       form.Text
	Numbered   bool // a number on record says the birth date and the sex
}

func newCorrectForm(l *locale.Locale, m household.Member) *correctForm {
	f := &correctForm{
		Form:       form.Named("office.correct"),
		Identity:   form.Line("identity").MaxRunes(30).As("text", "", "off"),
		Born:       form.Day("born").OrNone(),
		Sex:        form.From("sex", wordsOf(l, "office.sex.", household.Sexes...)...),
		Disability: form.From("disability", wordsOf(l, "office.disability.", household.Disability...)...).Menu(),
		Student:    form.OneOf("student", "yes", "no"),
		Seen:       form.Line("seen").MaxRunes(60),
		Numbered:   m.Identity != "",
	}
	if !f.Numbered {
		f.Fields(&f.Identity, &f.Born, &f.Sex)
	}
	f.Fields(&f.Disability, &f.Student, &f.Seen)
	if m.Born != nil {
		f.Born.Set(*m.Born)
	}
	f.Sex.Set(m.Sex)
	f.Disability.Set(m.Disability)
	f.Student.Set(map[bool]string{true: "yes", false: "no"}[m.Student])
	f.Seen.Set(sightOf(m.Person()))
	return f
}

func (f *correctForm) person(m household.Member) household.Person {
	p := household.Person{Born: given(f.Born.Value, f.Born.Given), Sex: f.Sex.Value,
		Disability: f.Disability.Value, Student: f.Student.Value == "yes"}
	if f.Numbered {
		p.Born, p.Sex = m.Born, m.Sex
	}
	return p
}

// sightOf writes down what is known of a member as a hidden field carries it.
func sightOf(p household.Person) string {
	born := ""
	if p.Born != nil {
		born = p.Born.Format(time.DateOnly)
	}
	return strings.Join([]string{born, p.Sex, p.Disability, strconv.FormatBool(p.Student)}, "|")
}

// sight reads what sightOf wrote; anything else is a sight that nobody had.
func sight(s string) household.Person {
	parts := strings.Split(s, "|")
	if len(parts) != 4 {
		return household.Person{}
	}
	p := household.Person{Sex: parts[1], Disability: parts[2], Student: parts[3] == "true"}
	if born, err := time.Parse(time.DateOnly, parts[0]); err == nil {
		p.Born = &born
	}
	return p
}

type correctView struct {
	Form  *correctForm
	Name  string
	Back  string
	Facts []html.Fact
	Now   *html.Notice // what stands on record after somebody else changed it
}

var correctPage = html.Define[correctView]("office/correct")

// correct completes or mends a member's birth date, sex, disability and schooling,
// and adds the identity number once it is known.
func (o *Office) correct(w http.ResponseWriter, r *http.Request, by actor.Officer) error {
	home, m, err := o.memberOf(r, by)
	if err != nil {
		return err
	}
	l, back := html.Locale(r), "/s/households/"+home.ID
	f := newCorrectForm(l, m)
	v := correctView{Form: f, Name: m.Name.Reveal(), Back: back, Facts: personFacts(l, m)}
	if f.Sent(r) {
		now := f.person(m)
		if f.Identity.Value == "" && sight(f.Seen.Value).Same(now) {
			return route.SeeOther(w, r, back, "office.correct.same")
		}
		err := household.Correct(r.Context(), o.Records, o.Keys, by, home.ID, m.ID, sight(f.Seen.Value), now, secret.String(f.Identity.Value))
		if err == nil || fault.Of(err) == conflict && f.Identity.Value == "" && m.Person().Same(now) { // sent twice
			return route.SeeOther(w, r, back, "office.correct.done")
		}
		if !f.Explain(err, conflict) {
			return err
		}
		if fault.Of(err) == conflict {
			f.Fail("", locale.Say("office.complete.changed"))
			f.Seen.Set(sightOf(m.Person()))
			v.Now = &html.Notice{Tone: html.Waiting, Title: l.T("office.complete.now"), Text: personLine(l, m)}
		}
	}
	return correctPage.Write(w, r, f.Status(), v)
}

func personLine(l *locale.Locale, m household.Member) string {
	born := l.T("office.household.age_unknown")
	if m.Born != nil {
		born = l.Day(*m.Born)
	}
	return l.T("office.correct.line", "born", born, "sex", l.T("office.sex."+m.Sex), "disability", l.T("office.disability."+m.Disability))
}
