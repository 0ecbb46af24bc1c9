package claimpage

import (
	"net/http"
	"time"

	"shanqiao/charities/claim"
	"shanqiao/charities/delivery"
	"shanqiao/internal/actor"
	"shanqiao/internal/civil"
	"shanqiao/internal/fault"
	"shanqiao/internal/pg"
	"shanqiao/portal/form"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
	"shanqiao/portal/route"
)

// deliverForm asks what was delivered.
type deliverForm struct {
	form.Form
	Result      form.Choice[delivery.Result]
	Units       form.Number
	DeliveredOn form.Date
	Minutes     form.Number
}

// newDeliverForm is the form for a claim with so many units left.
func newDeliverForm(left int, today time.Time) *deliverForm {
	f := &deliverForm{
		Form:        form.Named("delivery.form"),
		Result:      form.OneOf("result", delivery.Results...),
		Units:       form.Whole("units", 1, 99),
		DeliveredOn: form.Day("delivered_on"),
		Minutes:     form.Whole("minutes", 1, 6000).OrNone(),
	}
	f.DeliveredOn.Set(today)
	if left == 1 {
		f.Units.Set(1)
	}
	f.Fields(&f.Result, &f.Units, &f.DeliveredOn, &f.Minutes)
	return f
}

type deliverView struct {
	Form  *deliverForm
	Back  string
	Title string
	Left  string
}

var deliverPage = html.Define[deliverView]("claim/deliver")

var errNotUnderWay = fault.New(fault.Conflict, "delivery.not_under_way")

// inUnits says how much is left in the unit of the need. Where nothing is left,
// no number would do: the claim has moved on.
func inUnits(l *locale.Locale, c claim.Claim, err error) error {
	e := fault.As(err)
	if e == nil || e.Key != "delivery.too_many" {
		return err
	}
	left, _ := e.Data["left"].(int)
	if left == 0 {
		return errNotUnderWay
	}
	return e.With("left", Units(l, c.Code, left))
}

// Deliver shows the form of one claim, which the caller has found to be the
// reader's own, and takes it.
func Deliver(w http.ResponseWriter, r *http.Request, db pg.DB, by actor.Actor, c claim.Claim, back string, now time.Time) error {
	f := newDeliverForm(c.Left(), civil.Day(now))
	if f.Sent(r) {
		_, err := delivery.Record(r.Context(), db, by, delivery.Report{
			Claim: c.ID, Units: f.Units.Value, DeliveredOn: f.DeliveredOn.Value, Minutes: f.Minutes.Value,
			Result: f.Result.Value, RequestKey: f.Request,
		})
		if err == nil {
			return route.SeeOther(w, r, back, "delivery.done")
		}
		if err = inUnits(html.Locale(r), c, err); !f.Explain(err) {
			return route.Elsewhere(err, back)
		}
	} else if r.Method == http.MethodGet && (c.State != claim.InProgress || c.Left() == 0) {
		return route.Elsewhere(errNotUnderWay, back)
	}
	l := html.Locale(r)
	return deliverPage.Write(w, r, f.Status(), deliverView{
		Form: f, Back: back, Title: l.Sentence(c), Left: Units(l, c.Code, c.Left()),
	})
}
