package charity

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"shanqiao/charities"
	"shanqiao/charities/claim"
	"shanqiao/charities/offer"
	"shanqiao/charities/organisation"
	"shanqiao/internal/actor"
	"shanqiao/internal/civil"
	"shanqiao/internal/fault"
	"shanqiao/needs/card"
	"shanqiao/needs/deid"
	"shanqiao/portal/claimpage"
	"shanqiao/portal/form"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
	"shanqiao/portal/route"
)

// none is the choice of no offer: an organisation may help without a project.
const none = "none"

type claimForm struct {
	form.Form
	Units  form.Number
	Offer  form.Choice[string]
	Worker form.Choice[string]
	Step   form.Choice[step]

	sought charities.Sought // how far beyond its own area help for the card is looked for
}

// step tells the form from the page that asks "is this right?".
type step string

const (
	check   step = "check"
	confirm step = "confirm"
)

// newClaimForm offers what can be chosen. The same form sent a second time may
// name what the first used up, so the bounds are the card's, what is read may be
// any offer of the organisation's own, and the verb decides.
func newClaimForm(l *locale.Locale, k deid.Card, offers []offer.Named, workers []organisation.Worker, by actor.Member) *claimForm {
	f := &claimForm{
		Form:   form.Named("claim.form"),
		Units:  form.Whole("units", 1, k.Quantity),
		Offer:  form.From("offer", offerOptions(l, k, offers)...),
		Worker: form.From("worker", workerOptions(l, workers)...),
		Step:   form.OneOf("step", check, confirm),
	}
	f.Units.Set(max(k.Left(), 1))
	f.Worker.Set(by.Account)
	f.Step.Set(check)
	if len(f.Offer.Options) == 1 {
		f.Offer.Set(none)
	}
	f.Fields(&f.Units, &f.Offer, &f.Worker, &f.Step)
	return f
}

func offerOptions(l *locale.Locale, k deid.Card, offers []offer.Named) []form.Option {
	var options []form.Option
	for _, o := range offers {
		title, spoken := l.Pick(o.Title, o.TitleEn)
		options = append(options, form.Option{
			Value: string(o.ID), Text: title, Lang: spoken,
			Hint: l.T("charity.offer.left", "kind", l.T("offer.kind."+string(o.Kind)), "left", claimpage.Units(l, k.Code, o.Left())),
		})
	}
	return append(options, form.Option{Value: none, Text: l.T("claim.form.offer.none")})
}

func workerOptions(l *locale.Locale, workers []organisation.Worker) []form.Option {
	options := make([]form.Option, len(workers))
	for i, w := range workers {
		options[i] = form.Option{Value: w.Account, Text: w.Name, Lang: "zh-CN"}
		if w.Volunteer {
			options[i].Hint = l.T("role.volunteer")
		}
	}
	return options
}

type claimView struct {
	Card    string
	Form    *claimForm
	Back    string
	Title   string
	Left    string
	NoFit   bool          // none of the organisation's offers suits this need
	Answers []html.Answer // set on the page that asks "is this right?"
	Hidden  []hidden
}

type hidden struct{ Name, Value string }

var (
	claimPage = html.Define[claimView]("charity/claim")
	checkPage = html.Define[claimView]("charity/check")
)

// claim asks how much, from what, and who would go; shows it once more; and
// takes it. Who comes too late gets 409 and reads how much is left.
func (c *Charity) claim(w http.ResponseWriter, r *http.Request, by actor.Member) error {
	id, err := route.ID(r, "need")
	if err != nil {
		return err
	}
	l := html.Locale(r)
	k, offers, f, err := c.claimForm(r, by, id, l)
	if err != nil {
		return err
	}
	v := claimView{Card: id, Form: f, Back: "/c/needs/" + id, Title: l.Sentence(k)}
	status := http.StatusOK
	if f.read(r, l, k) {
		if f.Step.Value == check && !wanted(k) {
			return gone(k)
		}
		if f.Step.Value == check && f.suits(l, k, offers, civil.Day(c.Now())) {
			v.Answers, v.Hidden = f.answers(l, k, r.URL.Path)
			return checkPage.Write(w, r, http.StatusOK, v)
		}
		if f.Step.Value == confirm {
			taken, err := claim.Take(r.Context(), c.DB, by, f.request(id))
			if err == nil {
				return route.SeeOther(w, r, "/c/claims/"+taken.ID, "claim.requested")
			}
			if err := f.refused(l, k, err); err != nil {
				return err
			}
			if late(err) != "" {
				status = http.StatusConflict
				if k, err = card.For(r.Context(), c.DB, by, id); err != nil {
					return err
				}
			}
		}
	}
	fit := c.fitting(k, offers, f.sought)
	f.Offer.Options = offerOptions(l, k, fit)
	v.NoFit = len(offers) > 0 && len(fit) == 0
	v.Left = l.T("charity.need.left", "left", claimpage.Units(l, k.Code, k.Left()))
	if status == http.StatusOK {
		status = f.Status()
	}
	return claimPage.Write(w, r, status, v)
}

// read fills the form. A number that the need never asked for is told in its unit.
func (f *claimForm) read(r *http.Request, l *locale.Locale, k deid.Card) bool {
	sent := f.Sent(r)
	if e := f.Units.Error; e != nil && e.Key == "claim.form.units.out_of_range" {
		f.Fail("units", locale.Say(e.Key, "max", claimpage.Units(l, k.Code, k.Quantity)))
	}
	return sent
}

// errGone is what whoever comes too late reads when nothing is left.
var errGone = fault.New(fault.Conflict, "claim.form.gone")

// gone leads on to the need, which says how it stands: its form would refuse again.
func gone(k deid.Card) error { return route.Elsewhere(errGone, "/c/needs/"+string(k.ID)) }

// wanted says that something of the need is left to promise.
func wanted(k deid.Card) bool { return k.Left() > 0 && k.State == "open" }

// refused puts a refusal beside the field that can be mended, and returns one
// that has none.
func (f *claimForm) refused(l *locale.Locale, k deid.Card, err error) error {
	e := fault.As(err)
	if e == nil {
		return err
	}
	switch left, _ := e.Data["remaining"].(int); {
	case errors.Is(err, claim.ErrTaken) && left == 0:
		return gone(k)
	case errors.Is(err, claim.ErrTaken):
		f.Fail("units", locale.Say("claim.form.units.late", "left", claimpage.Units(l, k.Code, left)))
		return nil
	case late(err) != "":
		f.Fail(late(err), locale.Message{Key: e.Key, Data: e.Data})
		return nil
	}
	if fault.Of(err) == fault.Conflict || !f.Explain(err) {
		return err
	}
	return nil
}

// late names the field that can be mended when others were quicker: fewer units
// while some are left, another offer while there is one; or where somebody may not
// be sent, another person. "" is anything else.
func late(err error) string {
	e := fault.As(err)
	switch {
	case e == nil:
		return ""
	case errors.Is(err, claim.ErrTaken) && e.Data["remaining"] != 0:
		return "units"
	case e.Key == "claim.offer_full", e.Key == "claim.offer_closed":
		return "offer"
	case e.Key == "claim.banned":
		return "worker"
	}
	return ""
}

// claimForm reads what there is to choose from: the card, and the organisation's
// own offers and people.
func (c *Charity) claimForm(r *http.Request, by actor.Member, id string, l *locale.Locale) (deid.Card, []offer.Named, *claimForm, error) {
	k, err := card.For(r.Context(), c.DB, by, id)
	if err != nil {
		return k, nil, nil, err
	}
	offers, err := offer.List(r.Context(), c.DB, by)
	if err != nil {
		return k, nil, nil, err
	}
	workers, err := c.workers(r.Context(), by)
	if err != nil {
		return k, nil, nil, err
	}
	sought, err := claim.SoughtFor(r.Context(), c.DB, id)
	if err != nil {
		return k, nil, nil, err
	}
	if r.Method != http.MethodGet {
		f := newClaimForm(l, k, offers, workers, by)
		f.sought = sought
		return k, offers, f, nil
	}
	if !wanted(k) {
		return k, nil, nil, gone(k)
	}
	f := newClaimForm(l, k, c.fitting(k, offers, sought), workers, by)
	f.sought = sought
	f.prefill(r.URL.Query())
	return k, offers, f, nil
}

// fitting are the offers that something of this need can be drawn from.
func (c *Charity) fitting(k deid.Card, offers []offer.Named, sought charities.Sought) []offer.Named {
	return slices.DeleteFunc(slices.Clone(offers), func(o offer.Named) bool {
		return claim.Fits(k, o.Offer, sought, 1, civil.Day(c.Now())) != nil
	})
}

// suits says whether there is so much left of the need, and the chosen offer can
// give it; what is in the way is said beside its field.
func (f *claimForm) suits(l *locale.Locale, k deid.Card, offers []offer.Named, today time.Time) bool {
	if f.Units.Value > k.Left() {
		f.Fail("units", locale.Say("claim.form.units.too_many", "left", claimpage.Units(l, k.Code, k.Left())))
		return false
	}
	for _, o := range offers {
		if string(o.ID) != f.Offer.Value {
			continue
		}
		if e := fault.As(claim.Fits(k, o.Offer, f.sought, f.Units.Value, today)); e != nil {
			f.Fail("offer", locale.Message{Key: cmp.Or(e.Fields["offer"], e.Key), Data: e.Data})
			return false
		}
	}
	return true
}

// workers is whom the organisation may send; whoever is signed in is one of them.
func (c *Charity) workers(ctx context.Context, by actor.Member) ([]organisation.Worker, error) {
	workers, err := organisation.Workers(ctx, c.DB, by)
	if err != nil {
		return nil, err
	}
	for _, w := range workers {
		if w.Account == by.Account {
			return workers, nil
		}
	}
	return append([]organisation.Worker{{Account: by.Account, Name: by.Name}}, workers...), nil
}

// prefill takes what the address says, where it is one of the choices.
func (f *claimForm) prefill(q url.Values) {
	for _, o := range f.Offer.Options {
		if o.Value == q.Get("offer") {
			f.Offer.Set(o.Value)
		}
	}
	for _, o := range f.Worker.Options {
		if o.Value == q.Get("worker") {
			f.Worker.Set(o.Value)
		}
	}
	if n, err := strconv.Atoi(q.Get("units")); err == nil && n > 0 && n < 100 {
		f.Units.Set(n)
	}
}

func (f *claimForm) request(need string) claim.Request {
	r := claim.Request{Card: need, Units: f.Units.Value, Worker: f.Worker.Value, RequestKey: f.Request}
	if f.Offer.Value != none {
		r.Offer = f.Offer.Value
	}
	return r
}

func (f *claimForm) answers(l *locale.Locale, k deid.Card, path string) ([]html.Answer, []hidden) {
	values := url.Values{"units": {strconv.Itoa(f.Units.Value)}, "offer": {f.Offer.Value}, "worker": {f.Worker.Value}}
	change := path + "?" + values.Encode()
	answers := []html.Answer{
		{Label: l.T("claim.form.units"), Value: claimpage.Units(l, k.Code, f.Units.Value), Change: change + "#f-units"},
		{Label: l.T("claim.form.offer"), Value: chosen(f.Offer).Text, Lang: chosen(f.Offer).Lang, Change: change + "#f-offer"},
		{Label: l.T("claim.form.worker"), Value: chosen(f.Worker).Text, Lang: chosen(f.Worker).Lang, Change: change + "#f-worker"},
	}
	return answers, []hidden{
		{"units", values.Get("units")}, {"offer", values.Get("offer")}, {"worker", values.Get("worker")}, {"step", string(confirm)},
	}
}

// chosen is the option that was chosen.
func chosen(c form.Choice[string]) form.Option {
	for _, o := range c.Options {
		if o.Value == c.Value {
			return o
		}
	}
	return form.Option{}
}
