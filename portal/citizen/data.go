package citizen

import (
	"net/http"

	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/needs/consent"
	"shanqiao/needs/household"
	"shanqiao/needs/introduction"
	"shanqiao/portal/form"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
	"shanqiao/portal/route"
	"shanqiao/portal/story"
)

// agreement is a consent in a list.
type agreement struct {
	Organisation string
	Spoken       string // the language of its name
	State        html.Badge
	Facts        []html.Fact
	Revoke       string // where to take it back; "" when it is over
}

type dataView struct {
	Agreements []agreement
	NoneGiven  html.Empty
	Looks      []html.Step
	NoneLooked html.Empty
	Readings   []html.Step // which offices opened the record
	NoneRead   html.Empty
}

var dataPage = html.Define[dataView]("citizen/data")

// data shows what the household agreed to, who looked at its contact, and which
// offices opened its record and what for.
func (c *Citizen) data(w http.ResponseWriter, r *http.Request, by actor.Citizen) error {
	l := html.Locale(r)
	v := dataView{NoneGiven: html.Empty{Text: l.T("citizen.data.none_given")}, NoneLooked: html.Empty{Text: l.T("citizen.data.none_looked")},
		NoneRead: html.Empty{Text: l.T("citizen.data.none_read")}}
	if by.Household == "" {
		return dataPage.Write(w, r, http.StatusOK, v)
	}
	given, err := consent.Of(r.Context(), c.Records, by, by.Household)
	if err != nil {
		return err
	}
	for _, g := range given {
		v.Agreements = append(v.Agreements, agreementOf(l, g))
	}
	looks, err := introduction.Looks(r.Context(), c.Records, by, by.Household)
	if err != nil {
		return err
	}
	for _, look := range looks {
		name, spoken := l.Pick(look.Organisation, look.OrganisationEn)
		v.Looks = append(v.Looks, html.Step{At: l.Time(look.At), Title: l.T("citizen.data.looked", "fields", story.Fields(l, look.Fields)),
			Facts: []html.Fact{
				{Label: l.T("chain.organisation"), Value: name, Lang: spoken},
				{Label: l.T("citizen.data.for"), Value: story.Thing(l, look.Code, 0)},
			}})
	}
	readings, err := household.Readings(r.Context(), c.Records, by, by.Household)
	if err != nil {
		return err
	}
	for _, read := range readings {
		v.Readings = append(v.Readings, readingOf(l, read))
	}
	return dataPage.Write(w, r, http.StatusOK, v)
}

// readingOf tells which office opened the record: the place and the level say who
// answers for it, and no officer's name is needed for that.
func readingOf(l *locale.Locale, read household.Reading) html.Step {
	step := html.Step{At: l.Time(read.Last), Title: l.T("citizen.data.office", "place", l.Region(read.Office)),
		Facts: []html.Fact{{Label: l.T("citizen.data.for"), Value: l.T("household.purpose." + string(read.Purpose))}}}
	if read.Times > 1 {
		step.Facts = append(step.Facts, html.Fact{Label: l.T("citizen.data.times"), Value: l.Number(int64(read.Times))})
	}
	return step
}

func agreementOf(l *locale.Locale, g consent.Given) agreement {
	name, spoken := l.Pick(g.Organisation, g.OrganisationEn)
	a := agreement{Organisation: name, Spoken: spoken, Facts: agreed(l, g)}
	switch {
	case g.WithdrawnAt != nil:
		a.State = html.Badge{Tone: html.Ended, Text: l.T("citizen.data.withdrawn")}
	case g.Live:
		a.State = html.Badge{Tone: html.Good, Text: l.T("citizen.data.live")}
		a.Revoke = "/me/consents/" + g.ID
	default:
		a.State = html.Badge{Tone: html.Ended, Text: l.T("citizen.data.over")}
	}
	return a
}

func agreed(l *locale.Locale, g consent.Given) []html.Fact {
	var fields []string
	for _, f := range g.Fields {
		fields = append(fields, string(f))
	}
	return []html.Fact{
		{Label: l.T("citizen.data.fields"), Value: story.Fields(l, fields)},
		{Label: l.T("citizen.data.for"), Value: story.Thing(l, g.Code, 0)},
		{Label: l.T("citizen.data.given"), Value: l.Date(g.GivenAt)},
		{Label: l.T("citizen.data.until"), Value: l.Date(g.Until)},
	}
}

type revokeForm struct{ form.Form }

type revokeView struct {
	Form         *revokeForm
	Organisation string
	Spoken       string // the language of its name
	Facts        []html.Fact
}

var revokePage = html.Define[revokeView]("citizen/revoke")

// revoke takes a consent back, as easily as it was given.
func (c *Citizen) revoke(w http.ResponseWriter, r *http.Request, by actor.Citizen) error {
	id, err := route.ID(r, "consent")
	if err != nil {
		return err
	}
	if by.Household == "" {
		return route.NotHere
	}
	given, err := consent.Of(r.Context(), c.Records, by, by.Household)
	if err != nil {
		return err
	}
	for _, g := range given {
		if g.ID == id {
			return c.revokeOne(w, r, by, g)
		}
	}
	return route.NotHere
}

func (c *Citizen) revokeOne(w http.ResponseWriter, r *http.Request, by actor.Citizen, g consent.Given) error {
	if g.WithdrawnAt != nil {
		return route.SeeOther(w, r, "/me/data", "") // sent twice
	}
	f := &revokeForm{Form: form.Named("citizen.revoke")}
	if f.Sent(r) {
		err := consent.Withdraw(r.Context(), c.Records, by, g.ID)
		if err == nil {
			return route.SeeOther(w, r, "/me/data", "citizen.revoke.done")
		}
		if !f.Explain(err, fault.Conflict) {
			return err
		}
	}
	l := html.Locale(r)
	name, spoken := l.Pick(g.Organisation, g.OrganisationEn)
	return revokePage.Write(w, r, f.Status(), revokeView{Form: f, Organisation: name, Spoken: spoken, Facts: agreed(l, g)})
}
