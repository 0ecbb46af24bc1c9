package office

import (
	"net/http"
	"slices"
	"strings"

	"shanqiao/internal/actor"
	"shanqiao/internal/pg"
	"shanqiao/internal/secret"
	"shanqiao/needs/consent"
	"shanqiao/needs/household"
	"shanqiao/needs/introduction"
	"shanqiao/needs/worklist"
	"shanqiao/portal/form"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
	"shanqiao/portal/route"
)

type consentForm struct {
	form.Form
	GivenBy form.Choice[string]
	Channel form.Choice[consent.Channel]
	Shown   form.Many[consent.Field]
	Purpose form.Choice[string]
	Days    form.Number
	Read    form.Tick
}

func newConsentForm(members []form.Option) *consentForm {
	f := &consentForm{
		Form:    form.Named("office.consent"),
		GivenBy: form.From("given_by", members...),
		Channel: form.OneOf("channel", consent.InPerson, consent.ByPhone),
		Shown:   form.AnyOf("fields", consent.Fields...).Required(),
		Purpose: form.OneOf("purpose", consent.Purposes...),
		Days:    form.Whole("days", 1, consent.MostDays),
		Read:    form.MustTick("read"),
	}
	f.Fields(&f.Read, &f.GivenBy, &f.Channel, &f.Shown, &f.Purpose, &f.Days)
	return f
}

type consentView struct {
	Form    *consentForm
	Name    string
	Back    string
	Facts   []html.Fact
	Text    []spoken
	Version string // what the officer calls it
	Stored  string // what the consent will keep
}

var consentPage = html.Define[consentView]("office/consent")

// consent is filled in while the officer reads the text to the family.
func (o *Office) consent(w http.ResponseWriter, r *http.Request, by actor.Officer) error {
	c, err := o.claimFor(r, by)
	if err != nil {
		return err
	}
	l := html.Locale(r)
	home, err := household.Look(r.Context(), o.Records, o.Keys, by, c.HouseholdID, household.ToAsk)
	if err != nil {
		return err
	}
	name, err := o.worker(r, c)
	if err != nil {
		return err
	}
	f, back := newConsentForm(members(l, home)), "/s/claims/"+c.ID
	text, known := textRead(r)
	show := func() error {
		return consentPage.Write(w, r, f.Status(), consentView{Form: f, Name: itemName(l, c.Code), Back: back, Facts: claimBrief(l, c, name),
			Text: readOut(l, text, c), Version: versionName(l, text.Version), Stored: text.Version})
	}
	if !known {
		f.readAgain(r)
		return show()
	}
	return answer(w, r, &f.Form, step{To: back, Done: "office.consent.done", Do: func() error {
		_, err := consent.Give(r.Context(), o.Records, by, consent.Consent{
			Need: c.NeedID, Claim: c.ID, Organisation: c.OrganisationID, Worker: c.WorkerID, Fields: f.Shown.Values,
			Purpose: f.Purpose.Value, GivenBy: f.GivenBy.Value, Channel: f.Channel.Value, TextVersion: text.Version, Days: f.Days.Value})
		return err
	}}, show)
}

// readName is the hidden field that says which version of the text a page showed.
const readName = "text_version"

// textRead is the text that the page showed whose form was sent, for that one was
// read out: the program may know a newer one by now. A page that is only asked
// for shows today's. It is not known when the form names no version that ever was;
// then too the page shows today's.
func textRead(r *http.Request) (text consent.Text, known bool) {
	if r.Method != http.MethodPost {
		return consent.Current(), true
	}
	if text, known = consent.TextOf(r.PostForm.Get(readName)); !known {
		return consent.Current(), false
	}
	return text, true
}

// readAgain keeps what was typed but not that anything was read: nobody can say what.
func (f *consentForm) readAgain(r *http.Request) {
	r.PostForm.Del(f.Read.Name)
	f.Sent(r)
	f.Fail(f.Read.Name, locale.Say("consent.stale"))
}

// versionName is what an officer calls a version of the text on the telephone.
// Stored is the form's name and a number, which count apart: "introduction/1".
func versionName(l *locale.Locale, version string) string {
	name, number, _ := strings.Cut(version, "/")
	return l.T("office.consent.text."+name, "n", number)
}

// readOut fills the text with what this consent is about. The words are those of
// the stored version; only the placeholders are the page's.
func readOut(l *locale.Locale, text consent.Text, c worklist.Claim) []spoken {
	fill := strings.NewReplacer("{purpose}", l.T("office.consent.purpose_below"), "{until}", l.T("office.consent.until_below"))
	var out []spoken
	for _, line := range text.Lines(string(l.Language)) {
		before, after, named := strings.Cut(fill.Replace(line), "{organisation}")
		s := spoken{Before: before, After: after}
		if named {
			s.Name, s.Lang = l.Pick(c.Organisation, c.OrganisationEn)
		}
		out = append(out, s)
	}
	return out
}

// spoken is a line to read out, with the organisation's name in it where it is
// named, in its own language.
type spoken struct{ Before, Name, Lang, After string }

// members are who may agree, each with the number to call: asking is done here.
func members(l *locale.Locale, home household.Household) []form.Option {
	var out []form.Option
	for _, m := range home.Living() {
		hint := l.T("office.relation." + m.Relation)
		if m.Phone != "" {
			hint = l.T("office.consent.called", "relation", hint, "phone", m.Phone.Reveal())
		}
		out = append(out, form.Option{Value: m.ID, Lang: "zh-CN", Hint: hint, Text: m.Name.Reveal()})
	}
	return out
}

type withdrawConsentView struct {
	Back  string
	Form  *form.Form
	Facts []html.Fact
	Over  *html.Notice // it has ended already
}

var withdrawConsentPage = html.Define[withdrawConsentView]("office/withdraw_consent")

// withdrawConsent takes consent back for a household that said so. Whose consent
// it is comes from the record and not from the address.
func (o *Office) withdrawConsent(w http.ResponseWriter, r *http.Request, by actor.Officer) error {
	id, err := route.ID(r, "consent")
	if err != nil {
		return err
	}
	given, err := consent.For(r.Context(), o.Records, by, id)
	if err != nil {
		return err
	}
	back := "/s/households/" + given.HouseholdID
	f := form.Named("office.withdraw_consent")
	if f.Sent(r) {
		if err := consent.Withdraw(r.Context(), o.Records, by, id); err != nil {
			return err
		}
		return route.SeeOther(w, r, back, "office.withdraw_consent.done")
	}
	l := html.Locale(r)
	name, spoken := l.Pick(given.Organisation, given.OrganisationEn)
	v := withdrawConsentView{Back: back, Form: &f, Facts: []html.Fact{
		{Label: l.T("office.col.organisation"), Value: name, Lang: spoken, Href: "/s/claims/" + given.ClaimID},
		{Label: l.T("office.col.worker"), Value: given.Worker, Lang: "zh-CN"},
		{Label: l.T("office.col.need"), Value: itemName(l, given.Code), Href: "/s/needs/" + string(given.NeedID)},
		fact(l.T("office.col.fields"), fieldList(l, given.Fields)),
		fact(l.T("office.col.consent_until"), l.Date(given.Until)),
	}}
	if !given.Live {
		v.Over = &html.Notice{Tone: html.Ended, Title: l.T("office.withdraw_consent.over"), Text: l.T("consent.over")}
	}
	return withdrawConsentPage.Write(w, r, f.Status(), v)
}

type introduceForm struct {
	form.Form
	CallName form.Text
	Phone    form.Text
	Address  form.Text
	Notes    form.Text
	AgeBand  form.Text
	shown    []*form.Text // what the household agreed to
}

// newIntroduceForm asks only for what the household agreed to show, in the order
// in which it was asked for it.
func newIntroduceForm(agreed []consent.Field) *introduceForm {
	f := &introduceForm{
		Form:     form.Named("office.introduce"),
		CallName: form.Line("call_name").MaxRunes(40),
		Phone:    form.Line("phone").MaxRunes(30).As("tel", "tel", "off"),
		Address:  form.Line("address").MaxRunes(200),
		Notes:    form.Lines("practical_notes").MaxRunes(200),
		AgeBand:  form.Line("member_age_band").MaxRunes(20),
	}
	all := map[consent.Field]*form.Text{consent.CallName: &f.CallName, consent.Phone: &f.Phone,
		consent.Address: &f.Address, consent.PracticalNotes: &f.Notes, consent.AgeBand: &f.AgeBand}
	for _, field := range consent.Fields {
		if slices.Contains(agreed, field) {
			f.Fields(all[field])
			f.shown = append(f.shown, all[field])
		}
	}
	return f
}

// prefill takes what the register knows; the officer mends it before it goes
// out. How to address the family is left to type: a full name is more than is needed.
func (f *introduceForm) prefill(c household.Contact) {
	f.Phone.Set(c.Phone.Reveal())
	f.Address.Set(c.Address.Reveal())
}

func (f *introduceForm) contact() introduction.Contact {
	return introduction.Contact{CallName: secret.String(f.CallName.Value), Phone: secret.String(f.Phone.Value),
		Address: secret.String(f.Address.Value), PracticalNotes: secret.String(f.Notes.Value), AgeBand: secret.String(f.AgeBand.Value)}
}

type introduceView struct {
	Form   *introduceForm
	Shown  []*form.Text
	Name   string
	Back   string
	Facts  []html.Fact
	Worker string
}

var introducePage = html.Define[introduceView]("office/introduce")

// introduce passes on to one named worker what the household agreed to.
func (o *Office) introduce(w http.ResponseWriter, r *http.Request, by actor.Officer) error {
	c, err := o.claimFor(r, by)
	if err != nil {
		return err
	}
	given, err := o.living(r, by, c)
	if err != nil {
		return err
	}
	l, f, back := html.Locale(r), newIntroduceForm(given.Fields), "/s/claims/"+c.ID
	if f.Sent(r) {
		err := introduction.Introduce(r.Context(), o.Records, o.Keys, by, c.ID, f.contact())
		if err == nil {
			return route.SeeOther(w, r, back, "office.introduce.done")
		}
		if !f.Explain(err) {
			return err
		}
	} else if r.Method == http.MethodGet {
		contact, err := o.contact(r, by, c.HouseholdID)
		if err != nil {
			return err
		}
		f.prefill(contact)
	}
	name, err := o.worker(r, c)
	if err != nil {
		return err
	}
	return introducePage.Write(w, r, f.Status(), introduceView{Form: f, Shown: f.shown, Name: itemName(l, c.Code), Back: back,
		Facts: claimBrief(l, c, name), Worker: name})
}

// living is the consent under which a claim's worker may be told anything.
func (o *Office) living(r *http.Request, by actor.Officer, c worklist.Claim) (consent.Given, error) {
	all, err := consent.Of(r.Context(), o.Records, by, c.HouseholdID)
	if err != nil {
		return consent.Given{}, err
	}
	for _, g := range all {
		if g.ID == c.ConsentID && g.Live {
			return g, nil
		}
	}
	return consent.Given{}, introduction.ErrNoConsent
}

func (o *Office) contact(r *http.Request, by actor.Officer, home string) (household.Contact, error) {
	var c household.Contact
	err := pg.As(r.Context(), o.Records, by.Reach(), func(tx pg.DB) (err error) {
		if c, err = household.ContactOf(r.Context(), tx, o.Keys, home, ""); err != nil {
			return err
		}
		return household.Note(r.Context(), tx, by, home, household.ToIntroduce)
	})
	return c, err
}
