package audit

import (
	"context"
	"net/http"
	"time"

	"shanqiao/internal/actor"
	"shanqiao/internal/civil"
	"shanqiao/internal/pg"
	"shanqiao/portal/form"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
)

// most is how many chains one sample may hold: more is a census.
const most = 200

type sampleForm struct {
	form.Form
	Seed  form.Text
	Size  form.Number
	Until form.Date
}

func newSampleForm() *sampleForm {
	f := &sampleForm{
		Form:  form.Named("audit.sample"),
		Seed:  form.Line("seed").Required().MaxRunes(40),
		Size:  form.Whole("size", 1, most),
		Until: form.Day("until"),
	}
	f.Fields(&f.Seed, &f.Size, &f.Until)
	return f
}

type sampleView struct {
	Form  *sampleForm
	Drawn bool
	Said  string // of how many the sample was drawn
	Rows  []chainRow
	Empty html.Empty
}

var samplePage = html.Define[sampleView]("audit/sample")

// sample draws chains at random, and the same ones whenever the same is asked
// for: the address of the page is the record of the draw, and nobody can draw
// until the sample pleases without the seed showing it.
func (a *Audit) sample(w http.ResponseWriter, r *http.Request, _ actor.Auditor) error {
	l := html.Locale(r)
	today := civil.Day(a.Now())
	f := newSampleForm()
	view := sampleView{Form: f, Empty: html.Empty{Text: l.T("audit.sample.none")}}
	if len(r.URL.Query()) == 0 {
		f.Seed.Set(today.Format(time.DateOnly))
		f.Size.Set(20)
		f.Until.Set(today)
		return samplePage.Write(w, r, http.StatusOK, view)
	}
	if f.Asked(r) && f.Until.Value.After(today) {
		f.Fail("until", locale.Say("audit.sample.until.future"))
	}
	if len(f.Problems()) > 0 {
		return samplePage.Write(w, r, http.StatusUnprocessableEntity, view)
	}
	drawn, of, err := draw(r.Context(), a.DB, f.Seed.Value, f.Size.Value, f.Until.Value)
	if err != nil {
		return err
	}
	view.Drawn, view.Rows = true, chainRows(l, drawn)
	view.Said = l.T("audit.sample.said", "n", len(drawn), "of", of)
	return samplePage.Write(w, r, http.StatusOK, view)
}

// draw orders the chains that began on until or before by a hash of the seed and
// the chain, and takes the first ones. Chains that begin later change nothing.
func draw(ctx context.Context, db pg.DB, seed string, size int, until time.Time) ([]tail, int, error) {
	type row struct {
		tail
		Of int
	}
	rows, err := pg.Many[row](ctx, db, `
		with begun as (
		  select household_id
		    from records.chain_entries
		   where seq = 1 and at < ((@until::date + 1)::timestamp at time zone 'Asia/Shanghai')),
		drawn as (
		  select household_id, sha256(convert_to(@seed || '/' || household_id, 'UTF8')) as place,
		         (count(*) over ())::int as of
		    from begun
		   order by place
		   limit @size)
		select d.household_id as household, e.seq, e.kind, e.at, d.of
		  from drawn d
		  join lateral (select seq, kind, at
		                  from records.chain_entries
		                 where household_id = d.household_id
		                 order by seq desc
		                 limit 1) e on true
		 order by d.place`, pg.Args{"seed": seed, "size": size, "until": until})
	if err != nil || len(rows) == 0 {
		return nil, 0, err
	}
	tails := make([]tail, len(rows))
	for i, r := range rows {
		tails[i] = r.tail
	}
	return tails, rows[0].Of, nil
}
