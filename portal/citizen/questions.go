package citizen

import (
	"net/http"

	"shanqiao/internal/actor"
	"shanqiao/internal/region"
	"shanqiao/internal/secret"
	"shanqiao/needs/declaration"
	"shanqiao/portal/account"
	"shanqiao/portal/form"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
	"shanqiao/portal/route"
)

type needForm struct {
	form.Form
	Hardships form.Many[string]
}

func newNeedForm(l *locale.Locale, a answers) *needForm {
	var options []form.Option
	for _, h := range declaration.Hardships {
		option := form.Option{Value: string(h), Text: l.T("hardship." + string(h))}
		if hint := "hardship.hint." + string(h); l.Has(hint) {
			option.Hint = l.T(hint)
		}
		options = append(options, option)
	}
	f := &needForm{Form: form.Named("citizen.need"), Hardships: form.AnyFrom("hardships", options...).Required()}
	var chosen []string
	for _, h := range a.Hardships {
		chosen = append(chosen, string(h))
	}
	f.Hardships.Set(chosen...)
	f.Fields(&f.Hardships)
	return f
}

// need asks what weighs on the household.
func (c *Citizen) need(w http.ResponseWriter, r *http.Request) error {
	d, err := c.open(r)
	if err != nil {
		return err
	}
	f := newNeedForm(html.Locale(r), d.Answers)
	return c.ask(w, r, d, step{
		name: "need", form: &f.Form, check: []string{"hardships"},
		fields: func() []form.Field { return []form.Field{f.Hardships.Field} },
		store: func(d *draft) {
			d.Answers.Hardships = nil
			for _, v := range f.Hardships.Values {
				d.Answers.Hardships = append(d.Answers.Hardships, declaration.Hardship(v))
			}
		},
	})
}

type homeForm struct {
	form.Form
	People, Elders, Children, Disabled form.Number
}

func newHomeForm(a answers) *homeForm {
	f := &homeForm{
		Form:   form.Named("citizen.home"),
		People: form.Whole("people", 1, 20), Elders: form.Whole("elders", 0, 20).OrNone(),
		Children: form.Whole("children", 0, 20).OrNone(), Disabled: form.Whole("disabled", 0, 20).OrNone(),
	}
	if a.People > 0 {
		f.People.Set(a.People)
		f.Elders.Set(a.Elders)
		f.Children.Set(a.Children)
		f.Disabled.Set(a.Disabled)
	}
	f.Fields(&f.People, &f.Elders, &f.Children, &f.Disabled)
	return f
}

// home asks how many people live together.
func (c *Citizen) home(w http.ResponseWriter, r *http.Request) error {
	d, err := c.open(r)
	if err != nil {
		return err
	}
	f := newHomeForm(d.Answers)
	return c.ask(w, r, d, step{
		name: "home", form: &f.Form, check: []string{"people", "elders", "children", "disabled"},
		fields: func() []form.Field {
			return []form.Field{f.People.Field, f.Elders.Field, f.Children.Field, f.Disabled.Field}
		},
		store: func(d *draft) {
			d.Answers.People, d.Answers.Elders = f.People.Value, f.Elders.Value
			d.Answers.Children, d.Answers.Disabled = f.Children.Value, f.Disabled.Value
		},
	})
}

type placeForm struct {
	form.Form
	District form.Choice[string]
}

func newPlaceForm(l *locale.Locale, a answers) *placeForm {
	var options []form.Option
	for _, d := range region.Districts() {
		options = append(options, form.Option{Value: d.Code, Text: l.Region(d.Code)})
	}
	f := &placeForm{Form: form.Named("citizen.place"), District: form.From("district", options...).Menu()}
	if a.District != "" {
		f.District.Set(a.District)
	}
	f.Fields(&f.District)
	return f
}

// place asks for the district.
func (c *Citizen) place(w http.ResponseWriter, r *http.Request) error {
	d, err := c.open(r)
	if err != nil {
		return err
	}
	f := newPlaceForm(html.Locale(r), d.Answers)
	return c.ask(w, r, d, step{
		name: "place", form: &f.Form, next: "/d/street",
		fields: func() []form.Field { return []form.Field{f.District.Field} },
		store: func(d *draft) {
			if d.Answers.District != f.District.Value {
				d.Answers.Region = "" // a subdistrict of another district
			}
			d.Answers.District = f.District.Value
		},
	})
}

type streetForm struct {
	form.Form
	Region form.Choice[string]
}

func newStreetForm(l *locale.Locale, a answers) *streetForm {
	var options []form.Option
	if district, ok := region.DistrictOf(a.District); ok {
		for _, s := range district.Subdistricts {
			options = append(options, form.Option{Value: s.Code, Text: street(l, s)})
		}
	}
	f := &streetForm{Form: form.Named("citizen.street"), Region: form.From("region", options...).Menu()}
	if a.Region != "" {
		f.Region.Set(a.Region)
	}
	f.Fields(&f.Region)
	return f
}

// street is a subdistrict's name without its district, which was just chosen.
func street(l *locale.Locale, s region.Subdistrict) string {
	if l.Language == locale.Zh {
		return s.Name
	}
	return l.Region(s.Code)
}

// street asks for the subdistrict, town or zone.
func (c *Citizen) street(w http.ResponseWriter, r *http.Request) error {
	d, err := c.open(r)
	if err != nil {
		return err
	}
	if d.Answers.District == "" {
		return route.SeeOther(w, r, keepBack(r, "/d/place"), "")
	}
	f := newStreetForm(html.Locale(r), d.Answers)
	return c.ask(w, r, d, step{
		name: "street", form: &f.Form, check: []string{"region"},
		fields: func() []form.Field { return []form.Field{f.Region.Field} },
		store:  func(d *draft) { d.Answers.Region = f.Region.Value },
	})
}

type contactForm struct {
	form.Form
	Name        form.Text
	Phone       form.Text
	ContactTime form.Choice[string]
	Identity    form.Text
}

func newContactForm(a answers, phone secret.String) *contactForm {
	f := &contactForm{
		Form:        form.Named("citizen.contact"),
		Name:        form.Line("name").Required().MaxRunes(40).As("text", "", "name"),
		Phone:       form.Line("phone").Required().MaxRunes(30).As("tel", "tel", "tel-national"),
		ContactTime: form.OneOf("contact_time", declaration.Times...),
		Identity:    form.Line("identity").MaxRunes(30).As("text", "", "off"),
	}
	f.Name.Set(a.Name)
	f.Phone.Set(a.Phone)
	if a.Phone == "" {
		f.Phone.Set(phone.Reveal())
	}
	f.Identity.Set(a.Identity)
	if a.ContactTime != "" {
		f.ContactTime.Set(a.ContactTime)
	}
	f.Fields(&f.Name, &f.Phone, &f.ContactTime, &f.Identity)
	return f
}

// contact asks whom to call, where and when. Who is signed in has told the number already.
func (c *Citizen) contact(w http.ResponseWriter, r *http.Request) error {
	d, err := c.open(r)
	if err != nil {
		return err
	}
	known, err := c.phoneOf(r)
	if err != nil {
		return err
	}
	f := newContactForm(d.Answers, known)
	return c.ask(w, r, d, step{
		name: "contact", form: &f.Form, check: []string{"name", "phone", "identity", "contact_time"},
		fields: func() []form.Field {
			return []form.Field{f.Name.Field, f.Phone.Field, f.ContactTime.Field, f.Identity.Field}
		},
		store: func(d *draft) {
			a := &d.Answers
			a.Name, a.Phone, a.Identity, a.ContactTime = f.Name.Value, f.Phone.Value, f.Identity.Value, f.ContactTime.Value
		},
	})
}

// phoneOf is the telephone of a signed-in citizen, or "".
func (c *Citizen) phoneOf(r *http.Request) (secret.String, error) {
	if !signedIn(r) {
		return "", nil
	}
	who, err := c.sessions().Of(r.Context(), r)
	if err != nil || who == nil {
		return "", err
	}
	return account.Phone(r.Context(), c.Access, c.Keys, actor.Citizen{Account: who.Account})
}

// signedIn says whether a citizen is signed in; anybody else declares as nobody.
func signedIn(r *http.Request) bool {
	v := html.Of(r)
	return v.SignedIn && v.RoleKey == "role."+string(actor.CitizenRole)
}

type wordsForm struct {
	form.Form
	Words form.Text
}

func newWordsForm(a answers) *wordsForm {
	f := &wordsForm{Form: form.Named("citizen.words"), Words: form.Lines("words").MaxRunes(declaration.MaxWords)}
	f.Words.Set(a.Words)
	f.Fields(&f.Words)
	return f
}

// words asks whether there is anything to add.
func (c *Citizen) words(w http.ResponseWriter, r *http.Request) error {
	d, err := c.open(r)
	if err != nil {
		return err
	}
	f := newWordsForm(d.Answers)
	s := step{
		name: "words", form: &f.Form, check: []string{"words"},
		fields: func() []form.Field { return []form.Field{f.Words.Field} },
		store:  func(d *draft) { d.Answers.Words, d.Answers.DidWords = f.Words.Value, true },
	}
	if !signedIn(r) {
		s.next = "/d/code"
	}
	return c.ask(w, r, d, s)
}
