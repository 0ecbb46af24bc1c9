package office

import (
	"net/http"
	"slices"

	"shanqiao/charities/claim"
	"shanqiao/internal/actor"
	"shanqiao/internal/civil"
	"shanqiao/internal/region"
	"shanqiao/needs/worklist"
	"shanqiao/portal/form"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
	"shanqiao/portal/route"
)

func covers(areas []string, place string) bool {
	return slices.ContainsFunc(areas, func(area string) bool { return region.Covers(area, place) })
}

type claimsView struct {
	Title string
	Tabs  []tab
	Table *table
	Empty html.Empty
	Pager html.Pager
}

var claimsPage = html.Define[claimsView]("office/claims")

// claims lists what organisations asked for, by what it waits for.
func (o *Office) claims(w http.ResponseWriter, r *http.Request, by actor.Officer) error {
	l := html.Locale(r)
	step := worklist.Step(r.URL.Query().Get("step"))
	if !slices.Contains(worklist.Steps, step) {
		step = worklist.Decide
	}
	rows, more, err := worklist.Claims(r.Context(), o.Records, by, step, after(r))
	if err != nil {
		return err
	}
	v := claimsView{Title: l.T("office.step." + string(step)), Empty: none(l, "office.claims.empty")}
	for _, other := range worklist.Steps {
		v.Tabs = append(v.Tabs, tab{l.T("office.step." + string(other)), "/s/claims?step=" + string(other), other == step})
	}
	v.Table = claimTable(l, "office.claims.caption", rows, false).alone()
	if len(rows) > 0 {
		last := rows[len(rows)-1]
		v.Pager = pager(r, more, worklist.After{CreatedAt: last.MadeAt, ID: last.ID})
	}
	return claimsPage.Write(w, r, http.StatusOK, v)
}

// claimTable lists claims; on a need's own page need and household are left out.
func claimTable(l *locale.Locale, caption string, rows []worklist.Claim, own bool) *table {
	heads := []string{"organisation", "units", "due", "state"}
	if !own {
		heads = append(heads, "need", "household")
	}
	t := newTable(l, caption, heads...)
	for _, c := range rows {
		name, spoken := l.Pick(c.Organisation, c.OrganisationEn)
		cells := []cell{{Text: name, Href: "/s/claims/" + c.ID, Lang: spoken},
			whole(amount(l, c.Code, c.Units)), whole(l.Date(c.DueAt)), badge(claimBadge(l, c.State))}
		if !own {
			cells = append(cells, link(itemName(l, c.Code), "/s/needs/"+string(c.NeedID)), code(c.Number, "/s/households/"+c.HouseholdID))
		}
		t.add(cells...)
	}
	return t
}

type claimView struct {
	Name      string
	State     html.Badge
	Next      string // who acts next, and by when; "" when it has ended
	Facts     []html.Fact
	Why       []string // reasons of the proposal, where the claim is of one
	Actions   []action
	Accept    string // where the button posts; empty: not now
	Resume    string
	Suspended *html.Notice
	LeftOut   *html.Notice // an officer keeps the organisation, or an offer of it, from this need
}

var claimPage = html.Define[claimView]("office/claim")

func (o *Office) claimFor(r *http.Request, by actor.Officer) (worklist.Claim, error) {
	id, err := route.ID(r, "claim")
	if err != nil {
		return worklist.Claim{}, err
	}
	return worklist.ClaimFor(r.Context(), o.Records, by, id)
}

// worker is the name of the one person who would meet the family.
func (o *Office) worker(r *http.Request, c worklist.Claim) (string, error) {
	list, err := claim.OfCards(r.Context(), o.Exchange, []string{c.CardID})
	if err != nil {
		return "", err
	}
	for _, other := range list {
		if other.ID == c.ID {
			return other.WorkerName, nil
		}
	}
	return "", nil
}

// claim shows one claim and the step that it waits for.
func (o *Office) claim(w http.ResponseWriter, r *http.Request, by actor.Officer) error {
	c, err := o.claimFor(r, by)
	if err != nil {
		return err
	}
	name, err := o.worker(r, c)
	if err != nil {
		return err
	}
	l := html.Locale(r)
	v := claimView{Name: itemName(l, c.Code), State: claimBadge(l, c.State), Next: next(l, c), Facts: claimFacts(l, c, name)}
	if c.Standing != "verified" {
		v.Suspended = &html.Notice{Tone: html.Urgent, Title: l.T("office.claim.not_verified"), Text: l.T("office.claim.not_verified_note")}
	}
	if nextStep(c) != "" {
		if v.LeftOut, err = o.leftOut(r, l, by, c); err != nil {
			return err
		}
	}
	v.steps(l, by, c)
	return claimPage.Write(w, r, http.StatusOK, v)
}

func (v *claimView) steps(l *locale.Locale, by actor.Officer, c worklist.Claim) {
	if !acts(by) {
		return
	}
	base := "/s/claims/" + c.ID
	switch claim.State(c.State) {
	case claim.Requested:
		if c.Standing == "verified" {
			v.Accept = base + "/accept"
		}
	case claim.Accepted, claim.InProgress:
		switch {
		case c.ConsentID == "":
			v.Actions = append(v.Actions, action{l.T("office.act.consent"), base + "/consent", true})
		case c.IntroducedUntil == nil:
			v.Actions = append(v.Actions, action{l.T("office.act.introduce"), base + "/introduce", true})
		}
	case claim.OnHold:
		v.Resume = base + "/resume"
	default:
		return
	}
	if c.ConsentID != "" {
		v.Actions = append(v.Actions, action{l.T("office.act.withdraw_consent"), "/s/consents/" + c.ConsentID + "/withdraw", false})
	}
	v.Actions = append(v.Actions, action{l.T("office.act.decline"), base + "/decline", false})
}

// nextStep is what a claim waits for; "" when it has ended. All but "deliver" are
// the subdistrict's.
func nextStep(c worklist.Claim) string {
	switch claim.State(c.State) {
	case claim.Requested:
		return "decide"
	case claim.OnHold:
		return "hold"
	case claim.Accepted, claim.InProgress:
		switch {
		case c.ConsentID == "":
			return "consent"
		case c.IntroducedUntil == nil:
			return "introduce"
		}
		return "deliver"
	}
	return ""
}

// next says who acts next on a claim, and by when.
func next(l *locale.Locale, c worklist.Claim) string {
	step := nextStep(c)
	if step == "" {
		return ""
	}
	return l.T("office.claim.next."+step, "day", l.WholeDay(c.DueAt.In(civil.Beijing)))
}

// claimBrief says who would come to whom for what: as much as a step needs.
func claimBrief(l *locale.Locale, c worklist.Claim, worker string) []html.Fact {
	name, spoken := l.Pick(c.Organisation, c.OrganisationEn)
	return []html.Fact{
		{Label: l.T("office.col.organisation"), Value: name, Lang: spoken},
		{Label: l.T("office.col.worker"), Value: worker, Lang: "zh-CN"},
		{Label: l.T("office.col.need"), Value: itemName(l, c.Code), Href: "/s/needs/" + string(c.NeedID)},
		fact(l.T("office.col.units"), amount(l, c.Code, c.Units)),
		{Label: l.T("office.col.household"), Value: c.Number, Href: "/s/households/" + c.HouseholdID},
	}
}

func claimFacts(l *locale.Locale, c worklist.Claim, worker string) []html.Fact {
	facts := append(claimBrief(l, c, worker),
		fact(l.T("office.col.delivered"), amount(l, c.Code, c.Delivered)),
		fact(l.T("office.col.made"), l.Time(c.MadeAt)),
	)
	if nextStep(c) != "" {
		facts = append(facts, fact(l.T("office.col.due"), l.Time(c.DueAt)))
	}
	if c.OfferKind != "" {
		facts = append(facts, fact(l.T("office.col.offer_kind"), l.T("office.offer."+c.OfferKind)))
	}
	if c.ConsentUntil != nil {
		facts = append(facts, fact(l.T("office.col.consent_until"), l.Date(*c.ConsentUntil)))
	}
	if c.IntroducedUntil != nil {
		facts = append(facts, fact(l.T("office.col.introduced_until"), l.Date(*c.IntroducedUntil)))
	}
	if c.Reason != "" && l.Has("claim.reason_"+c.Reason) {
		facts = append(facts, fact(l.T("office.col.reason"), l.T("claim.reason_"+c.Reason)))
	}
	return facts
}

// acceptClaim approves a claim of the officer's own households: claimFor has
// asked the records half, which alone knows whose they are.
func (o *Office) acceptClaim(w http.ResponseWriter, r *http.Request, by actor.Officer) error {
	c, err := o.claimFor(r, by)
	if err != nil {
		return err
	}
	if err := claim.Accept(r.Context(), o.Exchange, by, c.ID); err != nil {
		return err
	}
	return route.SeeOther(w, r, "/s/claims/"+c.ID, "office.claim.accepted")
}

// resumeClaim takes a claim up again after help was reported and did not come.
func (o *Office) resumeClaim(w http.ResponseWriter, r *http.Request, by actor.Officer) error {
	c, err := o.claimFor(r, by)
	if err != nil {
		return err
	}
	if err := claim.Resume(r.Context(), o.Exchange, by, c.ID); err != nil {
		return err
	}
	return route.SeeOther(w, r, "/s/claims/"+c.ID, "office.claim.resumed")
}

type declineForm struct {
	form.Form
	Reason form.Choice[string]
}

func newDeclineForm() *declineForm {
	f := &declineForm{Form: form.Named("office.decline"), Reason: form.OneOf("reason", claim.DeclineReasons...)}
	f.Fields(&f.Reason)
	return f
}

type declineView struct {
	Form  *declineForm
	Name  string
	Back  string
	Facts []html.Fact
}

var declinePage = html.Define[declineView]("office/decline")

// declineClaim refuses a claim or ends it, with a coded reason.
func (o *Office) declineClaim(w http.ResponseWriter, r *http.Request, by actor.Officer) error {
	c, err := o.claimFor(r, by)
	if err != nil {
		return err
	}
	name, err := o.worker(r, c)
	if err != nil {
		return err
	}
	l, f := html.Locale(r), newDeclineForm()
	back := "/s/claims/" + c.ID
	return answer(w, r, &f.Form, step{To: back, Done: "office.decline.done", Do: func() error {
		return claim.Decline(r.Context(), o.Exchange, by, c.ID, f.Reason.Value)
	}}, func() error {
		return declinePage.Write(w, r, f.Status(), declineView{f, itemName(l, c.Code), back, claimBrief(l, c, name)})
	})
}
