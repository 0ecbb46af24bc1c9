package charity

import (
	"net/http"
	"slices"

	"shanqiao/charities/claim"
	"shanqiao/charities/organisation"
	"shanqiao/internal/actor"
	"shanqiao/internal/fault"
	"shanqiao/matcher"
	"shanqiao/needs/card"
	"shanqiao/needs/deid"
	"shanqiao/portal/claimpage"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
)

// line is a need or a claim in a list.
type line struct {
	ID    string // of the card, "" where the line is none
	Href  string
	Title string
	Badge html.Badge
	Note  string
}

type homeView struct {
	Name      string
	NameLang  string
	Badge     html.Badge
	Notice    *html.Notice
	Apply     string // the button to the application, while it is to be written or mended
	Verified  bool
	Figures   []html.Figure
	Direct    []line // sent by officers to chosen organisations
	Pushed    []line // put before the organisation because nobody takes them
	Proposals []line
	Shown     string // how many of the proposed needs the list shows
	NoMatch   html.Empty
	Act       []line
}

var homePage = html.Define[homeView]("charity/home")

// most lines of a list on the first page.
const most = 10

// home is where a member arrives: how the organisation stands, what is proposed
// to it, and which claims wait for it.
func (c *Charity) home(w http.ResponseWriter, r *http.Request, by actor.Member) error {
	l := html.Locale(r)
	o, err := organisation.Mine(r.Context(), c.DB, by)
	if err != nil && fault.Of(err) != fault.NotFound {
		return err
	}
	v := homeView{
		Badge: standing(l, o.State), Notice: standingNotice(l, o),
		Apply:    applyText(l, o.State),
		Verified: o.State == organisation.Verified,
	}
	v.Name, v.NameLang = l.Pick(o.Name, o.NameEn)
	if o.State == "" {
		v.Name, v.NameLang = l.T("organisation.unnamed"), l.Language.Tag()
	}
	if v.Verified {
		if err := c.work(r, by, l, &v); err != nil {
			return err
		}
	}
	return homePage.Write(w, r, http.StatusOK, v)
}

func (c *Charity) work(r *http.Request, by actor.Member, l *locale.Locale, v *homeView) error {
	proposals, err := matcher.ForOrganisation(r.Context(), c.DB, by)
	if err != nil {
		return err
	}
	cards, err := card.Many(r.Context(), c.DB, by, firstCards(proposals))
	if err != nil {
		return err
	}
	sent, err := card.Direct(r.Context(), c.DB, by)
	if err != nil {
		return err
	}
	for _, k := range sent {
		v.Direct = append(v.Direct, needLine(l, k))
	}
	if v.Pushed, err = c.pushed(r.Context(), l, by); err != nil {
		return err
	}
	cards = slices.DeleteFunc(cards, func(k deid.Card) bool { // listed above already
		return slices.ContainsFunc(sent, func(s deid.Card) bool { return s.ID == k.ID })
	})
	for _, k := range unlike(cards, most) {
		v.Proposals = append(v.Proposals, needLine(l, k))
	}
	v.Shown = l.T("charity.home.proposals_note", "n", len(cards), "shown", len(v.Proposals))
	claims, err := claim.List(r.Context(), c.DB, by)
	if err != nil {
		return err
	}
	open, waiting := 0, 0
	for _, k := range claims {
		if k.State.IsOpen() {
			open++
		}
		if k.Next() == "provider" {
			waiting++
			if len(v.Act) < most {
				v.Act = append(v.Act, claimLine(l, k))
			}
		}
	}
	v.Figures = []html.Figure{
		{Value: l.Number(int64(len(cards))), Label: l.T("charity.home.proposed"), Href: "#proposals"},
		{Value: l.Number(int64(waiting)), Label: l.T("charity.home.waiting"), Href: "#act"},
		{Value: l.Number(int64(open)), Label: l.T("charity.home.open"), Href: "/c/claims"},
	}
	v.NoMatch = html.Empty{Text: l.T("charity.home.no_match"), Href: "/c/needs", Link: l.T("charity.home.browse")}
	return nil
}

// firstCards is the different cards that are proposed, best first.
func firstCards(proposals []matcher.Proposal) []string {
	seen := map[deid.CardID]bool{}
	var ids []string
	for _, p := range proposals {
		if !seen[p.Card] {
			seen[p.Card] = true
			ids = append(ids, string(p.Card))
		}
	}
	return ids
}

// unlike is the first n cards that do not read the same: cards of one cohort
// look alike on purpose, and one of each is enough to choose from.
func unlike(cards []deid.Card, n int) []deid.Card {
	seen := map[deid.Tuple]bool{}
	var first []deid.Card
	for _, k := range cards {
		if !seen[k.Tuple] && len(first) < n {
			seen[k.Tuple] = true
			first = append(first, k)
		}
	}
	return first
}

func claimLine(l *locale.Locale, k claim.Claim) line {
	return line{
		Href: "/c/claims/" + k.ID, Title: l.Sentence(k),
		Badge: claimpage.Badge(l, k), Note: claimpage.Next(l, k),
	}
}

// standing is an organisation's state in a word.
func standing(l *locale.Locale, s organisation.State) html.Badge {
	tones := map[organisation.State]html.Tone{
		organisation.Applied: html.Waiting, organisation.Verified: html.Good,
		organisation.Rejected: html.Urgent, organisation.Suspended: html.Urgent,
	}
	if s == "" {
		return html.Badge{Tone: html.Waiting, Text: l.T("organisation.state.unfinished")}
	}
	return html.Badge{Tone: tones[s], Text: l.T("organisation.state." + string(s))}
}

// standingNotice says what an organisation that is not verified can do; nil for
// one that is.
func standingNotice(l *locale.Locale, o organisation.Organisation) *html.Notice {
	switch o.State {
	case organisation.Verified:
		return nil
	case "":
		return &html.Notice{Tone: html.Waiting, Title: l.T("organisation.notice.unfinished"), Text: l.T("organisation.unfinished")}
	}
	n := html.Notice{Tone: html.Waiting, Title: l.T("organisation.notice." + string(o.State)), Text: l.T("organisation.is." + string(o.State))}
	if o.Reason != "" && l.Has("organisation.mend."+string(o.State)) {
		n.Tone = html.Urgent
		n.Text = l.T("organisation.mend."+string(o.State), "reason", l.T("organisation.reason."+o.Reason))
	}
	return &n
}

func organisationFacts(l *locale.Locale, o organisation.Organisation) []html.Fact {
	if o.State == "" {
		return nil
	}
	facts := []html.Fact{{Label: l.T("organisation.form.name"), Value: o.Name, Lang: "zh-CN"}}
	if o.NameEn != "" {
		facts = append(facts, html.Fact{Label: l.T("organisation.form.name_en"), Value: o.NameEn, Lang: "en"})
	}
	return append(facts, []html.Fact{
		{Label: l.T("organisation.form.credit_code"), Value: o.CreditCode},
		{Label: l.T("organisation.form.kind"), Value: l.T("organisation.form.kind." + string(o.Kind))},
		{Label: l.T("organisation.form.district"), Value: l.Region(o.District)},
		{Label: l.T("organisation.form.contact"), Value: o.Contact, Lang: "zh-CN"},
		{Label: l.T("organisation.form.phone"), Value: o.Phone},
		{Label: l.T("organisation.applied_at"), Value: l.Date(o.AppliedAt)},
	}...)
}
