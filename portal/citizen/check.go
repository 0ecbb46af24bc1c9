package citizen

import (
	"net/http"
	"strings"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/needs/declaration"
	"shanqiao/portal/form"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
	"shanqiao/portal/route"
)

// stepOf says which page asks for a field.
var stepOf = map[string]string{
	"hardships": "need", "people": "home", "elders": "home", "children": "home", "disabled": "home",
	"region": "street", "name": "contact", "phone": "contact", "identity": "contact", "contact_time": "contact",
	"words": "words",
}

// missing is the first page whose answer is missing or no longer good, or "".
func missing(d *draft) string {
	problems := d.declaration().Problems(false)
	for _, name := range steps {
		if name == "place" && d.Answers.District == "" || name == "words" && !d.Answers.DidWords {
			return "/d/" + name
		}
		for field := range problems {
			if stepOf[field] == name {
				return "/d/" + name
			}
		}
	}
	return ""
}

type checkForm struct {
	form.Form
	Pledged     form.Tick
	CheckAgreed form.Tick
}

func newCheckForm() *checkForm {
	f := &checkForm{
		Form:        form.Named("citizen.check"),
		Pledged:     form.MustTick("pledged").Label("declaration.pledge"),
		CheckAgreed: form.MustTick("check_agreed").Label("declaration.check_agreed"),
	}
	f.Fields(&f.Pledged, &f.CheckAgreed)
	return f
}

type checkView struct {
	Form    *checkForm
	Answers []html.Answer
}

var checkPage = html.Define[checkView]("citizen/check")

// check shows everything once more, takes the pledge, and sends. Sent twice, or
// from two tabs, it leads to the same receipt.
func (c *Citizen) check(w http.ResponseWriter, r *http.Request, by actor.Citizen) error {
	d, err := c.open(r)
	if err != nil {
		return err
	}
	if d.Sent != "" {
		return route.SeeOther(w, r, "/d/done/"+d.Sent, "")
	}
	if to := missing(d); to != "" {
		return route.SeeOther(w, r, to, "")
	}
	f := newCheckForm()
	if f.Sent(r) {
		said := d.declaration()
		said.Pledged, said.CheckAgreed = f.Pledged.Value, f.CheckAgreed.Value
		id, err := declaration.Submit(r.Context(), c.Records, c.Keys, by, said)
		if err == nil {
			if err := c.sent(r.Context(), d, id); err != nil {
				return err
			}
			return route.SeeOther(w, r, "/d/done/"+id.String(), "")
		}
		if !f.Explain(err, fault.Conflict) {
			return err
		}
	}
	return checkPage.Write(w, r, f.Status(), checkView{Form: f, Answers: review(html.Locale(r), d.Answers)})
}

// review is every answer with the way to change it.
func review(l *locale.Locale, a answers) []html.Answer {
	line := func(key, value, step string) html.Answer {
		return html.Answer{Label: l.T("citizen.check.row." + key), Value: value, Change: "/d/" + step + "?back=check"}
	}
	identity := l.T("citizen.check.not_given")
	if a.Identity != "" {
		identity = l.T("citizen.check.ends_in", "end", tail(a.Identity))
	}
	// What people typed is Chinese on the English page too.
	typed := func(key, value, step string) html.Answer {
		answer := line(key, value, step)
		answer.Lang = "zh-CN"
		return answer
	}
	words := line("words", l.T("citizen.check.not_given"), "words")
	if a.Words != "" {
		words = typed("words", a.Words, "words")
	}
	return []html.Answer{
		line("hardships", hardships(l, a.Hardships), "need"),
		line("home", home(l, a.People, a.Elders, a.Children, a.Disabled), "home"),
		line("place", l.Region(a.Region), "place"),
		typed("name", a.Name, "contact"),
		line("phone", a.Phone, "contact"),
		line("time", l.T("citizen.contact.contact_time."+a.ContactTime), "contact"),
		line("identity", identity, "contact"),
		words,
	}
}

// tail is the last four characters of a number that is shown on a screen which
// others may see.
func tail(s string) string {
	runes := []rune(strings.TrimSpace(s))
	return string(runes[max(0, len(runes)-4):])
}

func hardships(l *locale.Locale, all []declaration.Hardship) string {
	var words []string
	for _, h := range all {
		words = append(words, l.T("hardship."+string(h)))
	}
	return strings.Join(words, l.T("citizen.and"))
}

func home(l *locale.Locale, people, elders, children, disabled int) string {
	words := []string{l.T("citizen.people", "n", people)}
	for _, part := range []struct {
		key string
		n   int
	}{{"citizen.elders", elders}, {"citizen.children", children}, {"citizen.disabled", disabled}} {
		if part.n > 0 {
			words = append(words, l.T(part.key, "n", part.n))
		}
	}
	return strings.Join(words, l.T("citizen.and"))
}
