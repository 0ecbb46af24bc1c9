package audit

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"shanqiao/internal/actor"
	"shanqiao/internal/civil"
	"shanqiao/internal/pg"
	"shanqiao/needs/household"
	"shanqiao/portal/form"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
)

// look is one time that an officer was shown a household's record. Account is an
// id: whose it is, the audit login cannot ask.
type look struct {
	ID        string
	Household string
	Account   string
	Role      actor.Role
	Office    string
	Purpose   household.Purpose
	At        time.Time
}

type readsForm struct {
	form.Form
	Household form.Text
	Account   form.Text
	Purpose   form.Choice[string]
	From      form.Date
	To        form.Date
}

func newReadsForm(l *locale.Locale) *readsForm {
	options := make([]form.Option, len(household.Purposes))
	for i, p := range household.Purposes {
		options[i] = form.Option{Value: string(p), Text: l.T("household.purpose." + string(p))}
	}
	f := &readsForm{
		Form:      form.Named("audit.reads"),
		Household: form.Line("household").MaxRunes(40),
		Account:   form.Line("account").MaxRunes(40),
		Purpose:   form.From("purpose", options...).Menu().OrNone(),
		From:      form.Day("from").OrNone(),
		To:        form.Day("to").OrNone(),
	}
	f.Fields(&f.Household, &f.Account, &f.Purpose, &f.From, &f.To)
	return f
}

// filter is what a list of looks is narrowed to; empty values narrow nothing.
type filter struct {
	Household, Account string // how the id begins
	Purpose            string
	From, Until        *time.Time // instants; Until is left out itself
}

// filter reads days as Beijing's: a day ends when the next begins.
func (f *readsForm) filter() filter {
	one := filter{Household: strings.ToLower(f.Household.Value), Account: strings.ToLower(f.Account.Value), Purpose: f.Purpose.Value}
	if f.From.Given {
		at := midnight(f.From.Value)
		one.From = &at
	}
	if f.To.Given {
		at := midnight(f.To.Value.AddDate(0, 0, 1))
		one.Until = &at
	}
	return one
}

func midnight(day time.Time) time.Time {
	return time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, civil.Beijing)
}

// looks lists them, the latest first.
func looks(ctx context.Context, db pg.DB, f filter, from after, n int) ([]look, error) {
	var at *time.Time
	if !from.At.IsZero() {
		at = &from.At
	}
	return pg.Many[look](ctx, db, `
		select id, household_id as household, account_id as account, role, office, purpose, at
		  from records.record_reads
		 where starts_with(household_id, @household)
		   and starts_with(account_id, @account)
		   and (@purpose = '' or purpose = @purpose)
		   and (@from::timestamptz is null or at >= @from)
		   and (@until::timestamptz is null or at < @until)
		   and (@after::timestamptz is null or (at, id) < (@after, @id))
		 order by at desc, id desc
		 limit @n`, pg.Args{"household": f.Household, "account": f.Account, "purpose": f.Purpose,
		"from": f.From, "until": f.Until, "after": at, "id": from.ID, "n": n})
}

type readRow struct{ At, Household, Href, Office, Account, Purpose string }

type readsView struct {
	Form  *readsForm
	Rows  []readRow
	Empty html.Empty
	Pager html.Pager
}

var readsPage = html.Define[readsView]("audit/reads")

// reads lists who opened which record. The family reads the same of its own.
func (a *Audit) reads(w http.ResponseWriter, r *http.Request, _ actor.Auditor) error {
	l := html.Locale(r)
	f := newReadsForm(l)
	if !f.Asked(r) {
		return readsPage.Write(w, r, http.StatusUnprocessableEntity, readsView{Form: f})
	}
	view := readsView{Form: f, Empty: html.Empty{Text: l.T("audit.reads.none")}}
	one, from := f.filter(), readAfter(r.URL.Query().Get("after"))
	if one != (filter{}) {
		view.Empty = html.Empty{Text: l.T("audit.reads.not_found"), Href: "/a/reads", Link: l.T("audit.reads.all")}
	}
	found, err := looks(r.Context(), a.DB, one, from, page+1)
	if err != nil {
		return err
	}
	view.Pager = readsPager(r.URL.Query(), found, from)
	for _, k := range found[:min(page, len(found))] {
		view.Rows = append(view.Rows, readRowOf(l, k))
	}
	return readsPage.Write(w, r, http.StatusOK, view)
}

func readRowOf(l *locale.Locale, k look) readRow {
	return readRow{At: l.Time(k.At), Household: k.Household, Href: "/a/chains/" + k.Household,
		Office: l.T("audit.reads.office."+string(k.Role), "place", l.Region(k.Office)), Account: k.Account,
		Purpose: l.T("household.purpose." + string(k.Purpose))}
}

// readsPager keeps what the list was narrowed to; the form has read it already.
func readsPager(asked url.Values, found []look, from after) html.Pager {
	var p html.Pager
	asked.Del("after")
	if !from.At.IsZero() {
		p.First = "/a/reads?" + asked.Encode()
	}
	if len(found) > page {
		end := found[page-1]
		asked.Set("after", after{end.At, end.ID}.String())
		p.Next = "/a/reads?" + asked.Encode()
	}
	return p
}
