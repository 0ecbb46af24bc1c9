package charity

import (
	"net/http"

	"shanqiao/charities"
	"shanqiao/internal/actor"
	"shanqiao/matcher"
	"shanqiao/needs/card"
	"shanqiao/needs/deid"
	"shanqiao/portal/claimpage"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
	"shanqiao/portal/route"
	"shanqiao/portal/weigh"
)

type whyView struct {
	Need, Back string
	Verdict    html.Notice
	Against    []string // every condition that stands in the way
	Weighed    []weigh.Part
	Others     []string
	Claim      string
	Decline    string
}

var whyPage = html.Define[whyView]("charity/why")

// why explains why an offer of the organisation was suggested for a need, or was not.
func (c *Charity) why(w http.ResponseWriter, r *http.Request, by actor.Member) error {
	id, err := route.ID(r, "need")
	if err != nil {
		return err
	}
	asked, err := route.ID(r, "offer")
	if err != nil {
		return err
	}
	k, err := card.For(r.Context(), c.DB, by, id)
	if err != nil {
		return err
	}
	found, err := matcher.WhyNot(r.Context(), c.DB, by, k.ID, charities.OfferID(asked), c.Now())
	if err != nil {
		return err
	}
	return whyPage.Write(w, r, http.StatusOK, whyOf(html.Locale(r), k, found))
}

func whyOf(l *locale.Locale, k deid.Card, found matcher.Why) whyView {
	v := whyView{Need: l.Sentence(k), Back: "/c/needs/" + string(k.ID)}
	units := func(n int) string { return claimpage.Units(l, k.Code, n) }
	for _, h := range found.Holders {
		v.Others = append(v.Others, l.T("fit.holder", "kind", l.T("offer.kind."+string(h.Kind)), "units", units(h.Units)))
	}
	if failed := found.Trace.Failed(); len(failed) > 0 {
		v.Verdict = html.Notice{Tone: html.Waiting, Title: l.T("fit.no"), Text: l.T("fit.no_text")}
		for _, at := range failed {
			v.Against = append(v.Against, sentence(l, at))
		}
		return v
	}
	if k.State == "open" && k.Left() > 0 {
		v.Claim = "/c/needs/" + string(k.ID) + "/claim?offer=" + string(found.Offer)
	}
	v.Weighed = weigh.Parts(l, found.Parts)
	v.Verdict = html.Notice{Tone: html.Good, Title: l.T("fit.held"), Text: l.T("fit.ours_held")}
	if p := found.Proposal; p != nil && p.State == matcher.Open {
		v.Decline = "/c/needs/" + string(k.ID) + "/decline/" + string(found.Offer)
		v.Verdict.Title, v.Verdict.Text = l.T("fit.listed"), l.T("fit.ours_listed_free")
		if len(found.Holders) > 0 {
			v.Verdict.Text = l.T("fit.ours_listed")
		}
		if p.Assigned() {
			v.Verdict.Title, v.Verdict.Text = l.T("fit.ours_given_title"), l.T("fit.ours_given", "units", units(p.Units))
		}
	}
	if found.Candidates == 1 {
		v.Others = append(v.Others, l.T("fit.alone"))
	} else if len(v.Others) == 0 {
		others := "fit.candidates"
		if p := found.Proposal; p != nil && p.State == matcher.Open && p.Assigned() {
			others = "fit.candidates_besides"
		}
		v.Others = append(v.Others, l.T(others, "n", found.Candidates-1))
	}
	return v
}
