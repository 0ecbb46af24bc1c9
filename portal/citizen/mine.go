package citizen

import (
	"context"
	"net/http"

	"shanqiao/internal/actor"
	"shanqiao/needs/chain"
	"shanqiao/needs/declaration"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
	"shanqiao/portal/route"
	"shanqiao/portal/story"
)

type startView struct {
	Begun   bool // a form half filled in waits in this browser
	Cleared bool // it was just deleted
}

var startPage = html.Define[startView]("citizen/start")

// start says what will be asked, who sees it and what comes then.
func (c *Citizen) start(w http.ResponseWriter, r *http.Request) error {
	d, err := c.open(r)
	if err != nil {
		return err
	}
	return startPage.Write(w, r, http.StatusOK, startView{Begun: d.begun(), Cleared: !d.begun() && r.URL.Query().Has("cleared")})
}

// clear forgets the half-filled form of this browser.
func (c *Citizen) clear(w http.ResponseWriter, r *http.Request) error {
	d, err := c.open(r)
	if err != nil {
		return err
	}
	if err := c.forget(w, r, d); err != nil {
		return err
	}
	return route.SeeOther(w, r, "/d?cleared", "")
}

// line is a declaration in a list.
type line struct {
	Href, When, Next string
	Title            html.Numbered
	State            html.Badge
}

type mineView struct {
	Lines   []line
	Confirm []asked
	Empty   html.Empty
}

// asked is a delivery that waits for the household's word.
type asked struct {
	Href, What, On       string
	Organisation, Spoken string // its name, and the language of that
}

var minePage = html.Define[mineView]("citizen/mine")

// mine lists the citizen's declarations and what waits for an answer.
func (c *Citizen) mine(w http.ResponseWriter, r *http.Request, by actor.Citizen) error {
	l := html.Locale(r)
	all, err := declaration.Mine(r.Context(), c.Records, by)
	if err != nil {
		return err
	}
	v := mineView{Empty: html.Empty{Text: l.T("citizen.mine.none"), Href: "/d", Link: l.T("citizen.nav.declare")}}
	for _, s := range all {
		v.Lines = append(v.Lines, line{
			Href: "/me/" + s.ID.String(), Title: title(l, s),
			When: l.T("citizen.mine.when", "at", l.Date(s.DeclaredAt)), Next: next(l, s), State: badge(l, s),
		})
	}
	entries, err := c.chain(r.Context(), by)
	if err != nil {
		return err
	}
	v.Confirm, err = toConfirm(l, entries)
	if err != nil {
		return err
	}
	return minePage.Write(w, r, http.StatusOK, v)
}

// chain is that of the household which the account may follow; without one, nothing.
func (c *Citizen) chain(ctx context.Context, by actor.Citizen) ([]chain.Entry, error) {
	if by.Household == "" {
		return nil, nil
	}
	return chain.For(ctx, c.Records, by, by.Household)
}

func toConfirm(l *locale.Locale, entries []chain.Entry) ([]asked, error) {
	waiting, err := story.ToConfirm(l, entries)
	if err != nil {
		return nil, err
	}
	var all []asked
	for _, u := range waiting {
		all = append(all, asked{Href: "/me/deliveries/" + u.Delivery, What: u.What, Organisation: u.Organisation, Spoken: u.Spoken, On: u.On})
	}
	return all, nil
}

var stateTones = map[declaration.State]html.Tone{
	declaration.Submitted: html.Waiting, declaration.Accepted: html.Waiting, declaration.Assessed: html.Good,
	declaration.Closed: html.Ended, declaration.Withdrawn: html.Ended,
}

var helpTones = map[declaration.Help]html.Tone{
	declaration.Serving: html.Good, declaration.Coming: html.Good, declaration.Offered: html.Waiting, declaration.Looking: html.Waiting,
	declaration.Waiting: html.Waiting, declaration.Missed: html.Waiting, declaration.Checking: html.Waiting, declaration.Done: html.Good,
	declaration.Over: html.Ended, declaration.Nothing: html.Ended,
}

// badge is where a declaration stands; once it was assessed, how far the help is.
func badge(l *locale.Locale, s declaration.Status) html.Badge {
	if help := s.Help(); help != declaration.Unknown {
		return html.Badge{Tone: helpTones[help], Text: l.T("declaration.help.short." + string(help))}
	}
	return html.Badge{Tone: stateTones[s.State], Text: l.T("declaration.state." + string(s.State))}
}

// next says who acts next and by when. The day is a plan of this place and is
// told as one. Where some of several kinds of help are given, it says how many.
func next(l *locale.Locale, s declaration.Status) string {
	help := s.Help()
	if help == declaration.Unknown {
		text := l.T("declaration.next." + string(s.State))
		if by := s.Next().By; !by.IsZero() {
			text += l.T("declaration.next.by", "day", l.Day(by))
		}
		return text
	}
	text := l.T("declaration.help." + string(help))
	if met, all := s.Given(); met > 0 && met < all {
		text += l.T("declaration.help.given", "met", met, "all", all)
	}
	return text
}
