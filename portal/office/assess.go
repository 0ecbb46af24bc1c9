package office

import (
	"net/http"
	"strconv"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	needsroot "shanqiao/needs"
	"shanqiao/needs/assessment"
	"shanqiao/needs/declaration"
	"shanqiao/needs/household"
	"shanqiao/needs/worklist"
	"shanqiao/portal/form"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
	"shanqiao/portal/route"
)

// line is one kind of need on the form: it is taken when a quantity is chosen.
type line struct {
	Code     needsroot.Code
	Name     string
	Reason   string // why it is suggested; empty: it is not
	Quantity *form.Choice[string]
	Urgency  *form.Choice[string]
}

type group struct {
	Name  string
	Lines []*line
	Open  bool // something in it was chosen, or is to be mended
}

type assessForm struct {
	form.Form
	Dimensions []*form.Choice[string]
	Scale      form.Choice[string]
	SelfCare   form.Many[string]
	From       form.Date
	Suggested  []*line
	Groups     []group
	lines      []*line
}

const (
	scaleUsed   = "used"
	scaleUnused = "unused"
)

func newAssessForm(l *locale.Locale) *assessForm {
	f := &assessForm{Form: form.Named("office.assess"), Scale: form.OneOf("scale", scaleUsed, scaleUnused)}
	language := string(l.Language)
	for _, d := range assessment.Dimensions() {
		var levels []form.Option
		for i, level := range d.Levels {
			levels = append(levels, form.Option{Value: strconv.Itoa(i), Text: l.T("office.assess.level", "n", i, "text", level.Name(language))})
		}
		c := form.From(d.Key, levels...)
		f.Dimensions = append(f.Dimensions, &c)
		f.Fields(&c)
	}
	var items []string
	for _, i := range assessment.SelfCareItems {
		items = append(items, i.Key)
	}
	f.SelfCare = form.AnyFrom("self_care", wordsOf(l, "office.assess.self_care.", items...)...)
	f.From = form.Day("window_from").OrNone()
	f.Fields(&f.Scale, &f.SelfCare, &f.From)
	for _, g := range needsroot.Groups {
		in := group{Name: l.T("office.assess.group." + string(g))}
		for _, item := range needsroot.Catalogue() {
			if item.Group != g {
				continue
			}
			q := form.From("quantity_"+string(item.Code), packages(l, item.Code)...).Menu().OrNone().Label("office.assess.quantity")
			u := form.From("urgency_"+string(item.Code), urgencies(l)...).Menu().AsNeeded().Label("office.assess.urgency")
			n := &line{Code: item.Code, Name: item.Name(language), Quantity: &q, Urgency: &u}
			f.Fields(&q, &u)
			in.Lines, f.lines = append(in.Lines, n), append(f.lines, n)
		}
		f.Groups = append(f.Groups, in)
	}
	return f
}

// answers reads the first half of the form.
func (f *assessForm) answers() (assessment.Answers, assessment.SelfCare) {
	var a assessment.Answers
	for _, d := range f.Dimensions {
		a.Set(d.Name, atoi(d.Value))
	}
	care := assessment.SelfCare{Assessed: f.Scale.Value == scaleUsed}
	for _, item := range f.SelfCare.Values {
		care.Set(item, true)
	}
	return a, care
}

// taken reads the needs that the officer chose. A need without an urgency is
// pointed at: how soon is the officer's word, not ours.
func (f *assessForm) taken() []assessment.Line {
	var out []assessment.Line
	for _, n := range f.lines {
		if n.Quantity.Value == "" {
			continue
		}
		if n.Urgency.Value == "" {
			f.Fail(n.Urgency.Name, locale.Say("office.assess.urgency_missing"))
		}
		out = append(out, assessment.Line{Code: n.Code, Quantity: atoi(n.Quantity.Value),
			Urgency: needsroot.Urgency(atoi(n.Urgency.Value)), WindowFrom: f.From.Value})
	}
	return out
}

// suggest moves what the answers point to up to the top, each with its reason.
// The urgency is filled in; the quantity, which is what takes a need, is not.
func (f *assessForm) suggest(l *locale.Locale, list []assessment.Suggestion) {
	suggested := map[needsroot.Code]bool{}
	for _, s := range list {
		for _, n := range f.lines {
			if n.Code != s.Code {
				continue
			}
			suggested[s.Code] = true
			n.Reason = l.T("office.assess.because", "reason", l.T(s.Reason), "amount", amount(l, s.Code, s.Quantity))
			if n.Urgency.Value == "" && n.Urgency.Error == nil { // what is pointed at is not filled in behind the officer's back
				n.Urgency.Set(strconv.Itoa(int(s.Urgency)))
			}
			f.Suggested = append(f.Suggested, n)
		}
	}
	for i, g := range f.Groups {
		var rest []*line
		for _, n := range g.Lines {
			if suggested[n.Code] {
				continue
			}
			rest = append(rest, n)
		}
		f.Groups[i].Lines = rest
	}
}

type assessView struct {
	Form        *assessForm
	Number      string
	Back        string
	Bar         []html.Fact
	Declaration string // the one that this answers, as it is said on the phone
	Second      bool   // the answers are in: show the needs
	Unfinished  bool   // an answer must be mended: keep them in sight
	Level       string // what the self-care scale comes to
}

var assessPage = html.Define[assessView]("office/assess")

// assess takes the answers, then shows what they point to and takes the needs
// that the officer chooses. Both halves are one form, so that nothing is lost.
func (o *Office) assess(w http.ResponseWriter, r *http.Request, by actor.Officer) error {
	id, err := route.ID(r, "household")
	if err != nil {
		return err
	}
	l := html.Locale(r)
	home, err := household.Look(r.Context(), o.Records, o.Keys, by, id, household.ToAssess)
	if err != nil {
		return err
	}
	found, err := worklist.OpenDeclaration(r.Context(), o.Records, by, id)
	if err != nil {
		return err
	}
	f, open := newAssessForm(l), declaration.ID(found)
	v := assessView{Form: f, Number: home.Number, Back: "/s/households/" + id, Bar: bar(l, by, home), Declaration: open.Reference()}
	readable, save := f.Sent(r), r.PostForm.Get("step") == "save"
	if readable || save {
		answers, care := f.answers()
		taken := f.taken()
		v.Second, v.Level = true, l.T("office.self_care."+string(care.Level()))
		f.suggest(l, assessment.Suggest(answers, care, o.facts(home)))
		if save && len(f.Problems()) == 0 {
			_, err := assessment.Assess(r.Context(), o.Records, by, assessment.Assessment{
				Household: id, Declaration: open.String(), Answers: answers, SelfCare: care, Needs: taken, RequestKey: f.Request})
			if err == nil {
				return route.SeeOther(w, r, v.Back, "office.assess.done")
			}
			if !f.Explain(toFields(err), fault.Conflict) {
				return err
			}
		}
	}
	v.Unfinished = f.unfinished()
	f.reveal()
	return assessPage.Write(w, r, f.Status(), v)
}

// unfinished says whether one of the answers must be mended.
func (f *assessForm) unfinished() bool {
	for _, d := range f.Dimensions {
		if d.Error != nil {
			return true
		}
	}
	return f.Scale.Error != nil || f.SelfCare.Error != nil
}

// reveal opens the groups in which something was chosen or is to be mended.
func (f *assessForm) reveal() {
	for i, g := range f.Groups {
		for _, n := range g.Lines {
			if n.Quantity.Value != "" || n.Quantity.Error != nil || n.Urgency.Error != nil {
				f.Groups[i].Open = true
			}
		}
	}
}

// toFields points at the menu of the kind of need that a verb refused.
func toFields(err error) error {
	names := map[string]string{}
	for _, item := range needsroot.Catalogue() {
		names["needs."+string(item.Code)] = "quantity_" + string(item.Code)
	}
	return renamed(err, names)
}

func (o *Office) facts(home household.Household) assessment.Facts {
	living := home.Living()
	f := assessment.Facts{People: len(living), Condition: home.Condition, LivesAlone: len(living) == 1}
	for _, m := range living {
		if m.Student {
			f.Students++
		}
		if m.Disability == "visual" {
			f.Blind = true
		}
		if m.Born == nil {
			continue // age unknown suggests nothing
		}
		switch age := years(*m.Born, o.day()); {
		case age >= 60:
			f.Elders++
		case age < 18:
			f.Children++
		default:
			f.WorkingAges++
		}
	}
	return f
}
