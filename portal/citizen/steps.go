package citizen

import (
	"net/http"

	"shanqiao/portal/form"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
	"shanqiao/portal/route"
)

// steps are the questions in the order in which they are asked.
var steps = []string{"need", "home", "place", "street", "contact", "words"}

// stepView is one question page.
type stepView struct {
	Form   *form.Form
	Title  string
	Lead   string
	Count  string // "第 2 步，共 6 步"
	Back   string
	Fields []form.Field
	Button string
	Late   string // a line below the button
}

var stepPage = html.Define[stepView]("citizen/step")

// step is one question page at work.
type step struct {
	name   string
	form   *form.Form
	fields func() []form.Field // read after the form was filled
	check  []string            // fields that the verb has something to say about
	store  func(*draft)
	next   string // "" for the next of steps
}

// ask shows a question page and takes its answer. Reached from the check page it
// leads back there.
func (c *Citizen) ask(w http.ResponseWriter, r *http.Request, d *draft, s step) error {
	s.form.Sent(r)
	if r.Method == http.MethodPost {
		if d.Sent != "" { // what was sent is finished; this is a new one
			d.Sent, d.Key = "", ""
		}
		s.store(d)
		s.explain(d.declaration().Problems(false))
		if len(s.form.Problems()) == 0 {
			if err := c.keep(w, r, d); err != nil {
				return err
			}
			return route.SeeOther(w, r, s.after(r), "")
		}
	}
	l := html.Locale(r)
	key := "citizen." + s.name + "."
	view := stepView{
		Form: s.form, Title: l.T(key + "title"), Lead: l.T(key + "lead"), Count: s.count(l), Back: s.before(r),
		Fields: s.fields(), Button: l.T("citizen.step.next"), Late: l.T("citizen.step.kept"),
	}
	return stepPage.Write(w, r, s.form.Status(), view)
}

// explain puts what the verb would say beside the fields of this page that
// could be read; the others have something to say already.
func (s step) explain(problems map[string]string) {
	read := map[string]bool{}
	for _, f := range s.fields() {
		read[f.Name] = f.Error == nil
	}
	for _, name := range s.check {
		if key := problems[name]; key != "" && read[name] {
			s.form.Fail(name, locale.Say(key))
		}
	}
}

func changing(r *http.Request) bool { return r.URL.Query().Get("back") == "check" }

// keepBack carries the way back to the check page through a detour.
func keepBack(r *http.Request, path string) string {
	if changing(r) {
		return path + "?back=check"
	}
	return path
}

func (s step) at() int {
	for i, name := range steps {
		if name == s.name {
			return i
		}
	}
	return 0
}

func (s step) after(r *http.Request) string {
	switch {
	case s.next != "":
		return keepBack(r, s.next)
	case changing(r), s.at()+1 == len(steps):
		return "/d/check"
	}
	return "/d/" + steps[s.at()+1]
}

func (s step) before(r *http.Request) string {
	switch at := s.at(); {
	case changing(r):
		return "/d/check"
	case at > 0:
		return "/d/" + steps[at-1]
	}
	return "/d"
}

func (s step) count(l *locale.Locale) string {
	return l.T("citizen.step.count", "n", s.at()+1, "of", len(steps))
}
