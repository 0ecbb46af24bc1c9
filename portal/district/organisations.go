package district

import (
	"net/http"
	"slices"

	"shanqiao/charities/organisation"
	"shanqiao/internal/actor"
	"shanqiao/portal/form"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
	"shanqiao/portal/route"
)

type tab struct {
	Href, Text string
	Current    bool
}

type orgRow struct{ Href, Name, Lang, Kind, Place, Applied string }

type organisationsView struct {
	Tabs  []tab
	Rows  []orgRow
	City  bool // sees several districts
	Empty html.Empty
}

var organisationsPage = html.Define[organisationsView]("district/organisations")

// organisations is the worklist: who waits to be verified, longest first.
func (d *District) organisations(w http.ResponseWriter, r *http.Request, by actor.Officer) error {
	l := html.Locale(r)
	state := organisation.State(r.URL.Query().Get("state"))
	if state == "" {
		state = organisation.Applied
	}
	if !slices.Contains(states, state) {
		return route.NotHere
	}
	list, err := organisation.Worklist(r.Context(), d.DB, by, state)
	if err != nil {
		return err
	}
	v := organisationsView{City: by.Level == actor.CityRole, Empty: noneOf(l, state)}
	for _, s := range states {
		v.Tabs = append(v.Tabs, tab{Href: "/p/organisations?state=" + string(s), Text: l.T("organisation.state." + string(s)), Current: s == state})
	}
	for _, o := range list {
		row := orgRow{Href: "/p/organisations/" + o.ID, Kind: l.T("organisation.form.kind." + string(o.Kind)),
			Place: l.Region(o.District), Applied: l.Date(o.AppliedAt)}
		row.Name, row.Lang = l.Pick(o.Name, o.NameEn)
		v.Rows = append(v.Rows, row)
	}
	return organisationsPage.Write(w, r, http.StatusOK, v)
}

// noneOf says that a list is empty, and leads from the worklist to those that
// were verified.
func noneOf(l *locale.Locale, state organisation.State) html.Empty {
	none := html.Empty{Text: l.T("district.organisations.none." + string(state))}
	if state == organisation.Applied {
		none.Href, none.Link = "/p/organisations?state=verified", l.T("district.organisations.verified")
	}
	return none
}

func badge(l *locale.Locale, s organisation.State) html.Badge {
	tones := map[organisation.State]html.Tone{
		organisation.Applied: html.Waiting, organisation.Verified: html.Good,
		organisation.Rejected: html.Ended, organisation.Suspended: html.Urgent,
	}
	return html.Badge{Tone: tones[s], Text: l.T("organisation.state." + string(s))}
}

// decision is a way to decide with its reason: "rejected.papers_missing".
type decision string

type decideForm struct {
	form.Form
	Decision form.Choice[decision]
}

func newDecideForm(l *locale.Locale, now organisation.State) *decideForm {
	var options []form.Option
	for _, to := range organisation.Moves[now] {
		for _, reason := range organisation.Reasons[to] {
			option := form.Option{Value: string(to), Text: l.T("organisation.decide." + string(to))}
			if reason != "" {
				option.Value += "." + reason
				option.Text = l.T("organisation.decide.because", "what", option.Text, "reason", l.T("organisation.reason."+reason))
			}
			options = append(options, option)
		}
	}
	f := &decideForm{Form: form.Named("district.decide"), Decision: form.OneOf[decision]("decision")}
	f.Decision.Options = options
	f.Fields(&f.Decision)
	return f
}

type decideView struct {
	Name    string
	Lang    string
	Badge   html.Badge
	Reason  string
	Summary string
	Facts   []html.Fact
	Bans    string
	Form    *decideForm // nil where nothing can be decided
}

var decidePage = html.Define[decideView]("district/decide")

// decide shows what an organisation says of itself and takes the officer's finding.
func (d *District) decide(w http.ResponseWriter, r *http.Request, by actor.Officer) error {
	id, err := route.ID(r, "organisation")
	if err != nil {
		return err
	}
	o, err := organisation.For(r.Context(), d.DB, by, id)
	if err != nil {
		return err
	}
	l := html.Locale(r)
	f := newDecideForm(l, o.State)
	if f.Sent(r) {
		err := organisation.Decide(r.Context(), d.DB, by, f.decided(id))
		if err == nil {
			return route.SeeOther(w, r, "/p/organisations/"+id, "district.decide.done")
		}
		if !f.Explain(err) {
			return err
		}
	} else if r.Method == http.MethodPost && again(o, r) {
		return route.SeeOther(w, r, "/p/organisations/"+id, "district.decide.done")
	}
	v := decideView{Badge: badge(l, o.State), Summary: o.Summary, Facts: facts(l, o), Bans: "/p/organisations/" + id + "/bans", Form: f}
	v.Name, v.Lang = l.Pick(o.Name, o.NameEn)
	if o.Reason != "" {
		v.Reason = l.T("organisation.reason." + o.Reason)
	}
	if len(f.Decision.Options) == 0 {
		v.Form = nil
	}
	return decidePage.Write(w, r, f.Status(), v)
}

// again says whether the decision that was sent is the one that stands: the
// same button pressed twice.
func again(o organisation.Organisation, r *http.Request) bool {
	stands := string(o.State)
	if o.Reason != "" {
		stands += "." + o.Reason
	}
	return r.PostForm.Get("decision") == stands
}

func (f *decideForm) decided(id string) organisation.Decision {
	for to, reasons := range organisation.Reasons {
		for _, reason := range reasons {
			if f.Decision.Value == decision(to) && reason == "" || f.Decision.Value == decision(string(to)+"."+reason) {
				return organisation.Decision{Organisation: id, To: to, Reason: reason}
			}
		}
	}
	return organisation.Decision{Organisation: id}
}

func facts(l *locale.Locale, o organisation.Organisation) []html.Fact {
	all := []html.Fact{
		{Label: l.T("organisation.form.credit_code"), Value: o.CreditCode},
		{Label: l.T("organisation.form.kind"), Value: l.T("organisation.form.kind." + string(o.Kind))},
		{Label: l.T("organisation.form.district"), Value: l.Region(o.District)},
		{Label: l.T("organisation.form.contact"), Value: o.Contact, Lang: "zh-CN"},
		{Label: l.T("organisation.form.phone"), Value: o.Phone},
		{Label: l.T("organisation.applied_at"), Value: l.Date(o.AppliedAt)},
	}
	switch {
	case o.NameEn == "":
	case l.Language == locale.En:
		all = append(all, html.Fact{Label: l.T("district.name_zh"), Value: o.Name, Lang: "zh-CN"})
	default:
		all = append(all, html.Fact{Label: l.T("organisation.form.name_en"), Value: o.NameEn, Lang: "en"})
	}
	return all
}
