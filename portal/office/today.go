package office

import (
	"cmp"
	"net/http"

	"shanqiao/charities/organisation"
	"shanqiao/internal/actor"
	"shanqiao/internal/region"
	"shanqiao/needs/unclaimed"
	"shanqiao/needs/worklist"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
	"shanqiao/portal/route"
)

type todayView struct {
	Title   string
	Region  string
	Date    string
	Hurry   list // what must not wait
	Desk    list // what this officer can do now
	Others  list // what waits for others
	Quiet   bool
	CanFile bool
}

// list is figures under a heading.
type list struct {
	Title   string
	Figures []html.Figure
}

var todayPage = html.Define[todayView]("office/today")

// today shows what waits. Each number opens its rows.
func (o *Office) today(w http.ResponseWriter, r *http.Request, by actor.Officer) error {
	c, err := worklist.Today(r.Context(), o.Records, by)
	if err != nil {
		return err
	}
	late, err := unclaimed.Count(r.Context(), o.Records, by, o.Now())
	if err != nil {
		return err
	}
	verify := 0
	if !street(by) {
		if verify, err = organisation.Waiting(r.Context(), o.Exchange, by); err != nil {
			return err
		}
	}
	l := html.Locale(r)
	v := todayView{Title: l.T("office.today.title"), Region: l.Region(cmp.Or(by.Region, region.City)), Date: l.Date(o.Now()), CanFile: street(by)}
	v.Hurry, v.Desk, v.Others = lists(l, by, c, late, verify)
	v.Quiet = len(v.Hurry.Figures)+len(v.Desk.Figures) == 0
	if !acts(by) {
		v.Title = l.T("office.today.title_look")
	}
	return todayPage.Write(w, r, http.StatusOK, v)
}

// lists sorts what is open by who is next. Only a subdistrict visits; the city
// verifies organisations and looks at the rest.
func lists(l *locale.Locale, by actor.Officer, c worklist.Counts, late unclaimed.Counts, verify int) (hurry, desk, others list) {
	figures := func(title string, all ...counted) list {
		out := list{Title: l.T("office.today." + title)}
		for _, f := range all {
			if f.n > 0 {
				out.Figures = append(out.Figures, html.Figure{Value: l.Number(int64(f.n)), Label: l.T("office.today." + f.key), Href: f.href})
			}
		}
		return out
	}
	first := []counted{
		{c.Overdue, "overdue", "/s/needs?view=overdue"},
		{late.Meetings, "meetings", "/s/needs/unclaimed"},
		{c.TakenDown, "taken_down", "/s/needs?view=taken_down"},
		{c.Direct, "direct", "/s/needs?view=direct"},
		{c.Disputed, "disputed", "/s/deliveries?view=disputed"}}
	buy := counted{late.Purchase, "buy", "/s/needs/unclaimed"}
	verifying := counted{verify, "verify", "/p/organisations"}
	declared := counted{c.Declared, "declared", "/s/declarations?state=submitted"}
	visits := counted{c.ToAssess, "to_assess", "/s/declarations?state=accepted"}
	approve := counted{c.ToApprove, "to_approve", "/s/approvals"}
	waiting := counted{c.Waiting, "waiting", "/s/needs?view=waiting"}
	rest := []counted{
		{c.SentBack, "sent_back", "/s/needs?view=mine"},
		{c.Claims, "claims", "/s/claims?step=decide"},
		{c.Consents, "consents", "/s/claims?step=consent"},
		{c.Introduce, "introduce", "/s/claims?step=introduce"},
		{c.Confirm, "confirm", "/s/deliveries"}}
	switch {
	case street(by):
		return figures("hurry", first...), figures("desk", append([]counted{declared, visits, approve}, rest...)...), figures("others", waiting, buy)
	case acts(by):
		return figures("hurry", first...), figures("desk", append([]counted{verifying, buy, declared, approve}, rest...)...), figures("others", visits, waiting)
	}
	approve.key = "approve_look"
	return figures("hurry_look", first...), figures("desk", verifying), figures("others_look", append([]counted{declared, visits, approve}, append(rest, waiting, buy)...)...)
}

type counted struct {
	n         int
	key, href string
}

var errNotHere = route.NotHere
