package office

import (
	"cmp"
	"net/http"

	"shanqiao/internal/actor"
	"shanqiao/internal/region"
	"shanqiao/needs/worklist"
	"shanqiao/portal/html"
	"shanqiao/portal/route"
)

type todayView struct {
	Region  string
	Date    string
	Hurry   []html.Figure // what must not wait
	Desk    []html.Figure // what this officer can do now
	Others  []html.Figure // what waits for others
	Quiet   bool
	CanFile bool
}

var todayPage = html.Define[todayView]("office/today")

// today shows what waits. Each number opens its rows.
func (o *Office) today(w http.ResponseWriter, r *http.Request, by actor.Officer) error {
	c, err := worklist.Today(r.Context(), o.Records, by)
	if err != nil {
		return err
	}
	l := html.Locale(r)
	figures := func(list ...counted) (out []html.Figure) {
		for _, f := range list {
			if f.n > 0 {
				out = append(out, html.Figure{Value: l.Number(int64(f.n)), Label: l.T("office.today." + f.key), Href: f.href})
			}
		}
		return out
	}
	v := todayView{
		Region: l.Region(cmp.Or(by.Region, region.City)), Date: l.Date(o.Now()), CanFile: street(by),
		Hurry: figures(
			counted{c.Overdue, "overdue", "/s/needs?view=overdue"},
			counted{c.Direct, "direct", "/s/needs?view=direct"},
			counted{c.Disputed, "disputed", "/s/deliveries?view=disputed"}),
		Desk: figures(
			counted{c.Declared, "declared", "/s/declarations?state=submitted"},
			counted{c.ToAssess, "to_assess", "/s/declarations?state=accepted"},
			counted{c.ToApprove, "to_approve", "/s/approvals"},
			counted{c.SentBack, "sent_back", "/s/needs?view=mine"},
			counted{c.Claims, "claims", "/s/claims?step=decide"},
			counted{c.Consents, "consents", "/s/claims?step=consent"},
			counted{c.Introduce, "introduce", "/s/claims?step=introduce"},
			counted{c.Confirm, "confirm", "/s/deliveries"}),
		Others: figures(counted{c.Waiting, "waiting", "/s/needs?view=waiting"}),
	}
	v.Quiet = len(v.Hurry)+len(v.Desk) == 0
	return todayPage.Write(w, r, http.StatusOK, v)
}

type counted struct {
	n         int
	key, href string
}

var errNotHere = route.NotHere
