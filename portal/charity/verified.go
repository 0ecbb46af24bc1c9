package charity

import (
	"net/http"

	"shanqiao/charities/organisation"
	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
	"shanqiao/portal/route"
)

type waitingView struct {
	Title  string
	Badge  html.Badge
	Notice *html.Notice
	Apply  string // what the button to the application says; "" where it is with the district
}

var waitingPage = html.Define[waitingView]("charity/waiting")

// verified opens a page to members of a verified organisation. To others it
// shows, in place of the page, how their organisation stands.
func (c *Charity) verified(page route.Member) route.Member {
	return func(w http.ResponseWriter, r *http.Request, by actor.Member) error {
		o, err := organisation.Mine(r.Context(), c.DB, by)
		if err != nil && fault.Of(err) != fault.NotFound {
			return err
		}
		if o.State == organisation.Verified {
			return page(w, r, by)
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			return organisation.Check(r.Context(), c.DB, by.Organisation)
		}
		l := html.Locale(r)
		return waitingPage.Write(w, r, http.StatusOK, waiting(l, o))
	}
}

// waiting says when the page will open, and what to do until then.
func waiting(l *locale.Locale, o organisation.Organisation) waitingView {
	v := waitingView{Badge: standing(l, o.State), Notice: standingNotice(l, o), Apply: applyText(l, o.State)}
	state := string(o.State)
	if state == "" {
		state = "unfinished"
	}
	v.Title = l.T("organisation.opens." + state)
	return v
}

// applyText is the button that leads to the application, while it is still to be
// written or to be mended.
func applyText(l *locale.Locale, s organisation.State) string {
	switch s {
	case "":
		return l.T("organisation.form.title")
	case organisation.Rejected:
		return l.T("charity.home.mend")
	}
	return ""
}
