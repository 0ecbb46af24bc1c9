package district

import (
	"net/http"
	"time"

	"shanqiao/internal/actor"
	"shanqiao/internal/civil"
	"shanqiao/matcher"
	"shanqiao/portal/form"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
	"shanqiao/portal/route"
)

type evennessRow struct {
	What, Since, Source, Lang string
	State                     html.Badge
}

type evennessView struct {
	Rows []evennessRow
	City bool
}

var evennessPage = html.Define[evennessView]("district/evenness")

// evenness lists what the city ever said on serving its districts evenly.
func (d *District) evenness(w http.ResponseWriter, r *http.Request, by actor.Officer) error {
	all, err := matcher.Evennesses(r.Context(), d.DB, by)
	if err != nil {
		return err
	}
	v := evennessView{City: by.Level == actor.CityRole, Rows: evennessRows(html.Locale(r), all, civil.Day(d.Now()))}
	return evennessPage.Write(w, r, http.StatusOK, v)
}

// evennessRows takes the newest first: the first that has begun holds.
func evennessRows(l *locale.Locale, all []matcher.Evenness, today time.Time) []evennessRow {
	var rows []evennessRow
	begun := false
	for _, e := range all {
		row := evennessRow{What: l.T("evenness.form.even." + string(choice(e.Even))), Since: l.Day(e.Since), Source: e.Source, Lang: "zh-CN",
			State: html.Badge{Tone: html.Ended, Text: l.T("cohort.replaced")}}
		if e.Source == matcher.Shipped {
			row.Since, row.Source, row.Lang = "–", l.T("cohort.shipped_source"), ""
		}
		switch {
		case e.Since.After(today):
			row.State = html.Badge{Tone: html.Waiting, Text: l.T("cohort.ahead")}
		case !begun:
			begun = true
			row.State = html.Badge{Tone: html.Good, Text: l.T("cohort.holds")}
		}
		rows = append(rows, row)
	}
	return rows
}

type evenly string

const (
	evenYes evenly = "yes"
	evenNo  evenly = "no"
)

func choice(even bool) evenly {
	if even {
		return evenYes
	}
	return evenNo
}

type evennessForm struct {
	form.Form
	Even   form.Choice[evenly]
	Source form.Text
	Since  form.Date
}

func newEvennessForm(today time.Time) *evennessForm {
	f := &evennessForm{
		Form:   form.Named("evenness.form"),
		Even:   form.OneOf("even", evenYes, evenNo),
		Source: form.Line("source").Required().MaxRunes(200),
		Since:  form.Day("since"),
	}
	f.Fields(&f.Even, &f.Source, &f.Since)
	f.Since.Set(today)
	return f
}

type setEvennessView struct{ Form *evennessForm }

var setEvennessPage = html.Define[setEvennessView]("district/set_evenness")

// setEvenness writes down what holds from a day on.
func (d *District) setEvenness(w http.ResponseWriter, r *http.Request, by actor.Officer) error {
	f := newEvennessForm(civil.Day(d.Now()))
	if f.Sent(r) {
		err := matcher.SetEvenness(r.Context(), d.DB, by,
			matcher.Evenness{Even: f.Even.Value == evenYes, Source: f.Source.Value, Since: f.Since.Value})
		if err == nil {
			return route.SeeOther(w, r, "/p/evenness", "evenness.done")
		}
		if !f.Explain(err) {
			return err
		}
	}
	return setEvennessPage.Write(w, r, f.Status(), setEvennessView{f})
}
