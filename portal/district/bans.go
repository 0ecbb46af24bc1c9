package district

import (
	"net/http"
	"strconv"
	"time"

	"shanqiao/charities/organisation"
	"shanqiao/internal/actor"
	"shanqiao/internal/civil"
	"shanqiao/portal/form"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
	"shanqiao/portal/route"
)

type banForm struct {
	form.Form
	Volunteer form.Choice[string]
	Reason    form.Choice[string]
	Until     form.Date
}

// whole is the choice of the whole organisation, since a field that must be
// answered has no empty one.
const whole = "whole"

func newBanForm(l *locale.Locale, helpers []organisation.Helper) *banForm {
	options := []form.Option{{Value: whole, Text: l.T("ban.whole")}}
	for _, h := range helpers {
		options = append(options, form.Option{Value: h.ID, Text: h.Name, Lang: "zh-CN"})
	}
	f := &banForm{
		Form:      form.Named("ban.form"),
		Volunteer: form.From("volunteer", options...).Menu(),
		Reason:    form.OneOf("reason", organisation.BanReasons...),
		Until:     form.Day("until"),
	}
	f.Fields(&f.Volunteer, &f.Reason, &f.Until)
	return f
}

func (f *banForm) ban() organisation.Ban {
	b := organisation.Ban{Volunteer: f.Volunteer.Value, Reason: f.Reason.Value, Until: f.Until.Value}
	if b.Volunteer == whole {
		b.Volunteer = ""
	}
	return b
}

type banLine struct {
	Text  string
	State html.Badge
	Lift  string // where the button posts; "" where the ban is over
}

type bansView struct {
	Name, Lang, Back string
	Lines            []banLine
	Form             *banForm
}

var bansPage = html.Define[bansView]("district/bans")

// bans lists the safety bans of an organisation and its volunteers, and takes a new one.
func (d *District) bans(w http.ResponseWriter, r *http.Request, by actor.Officer) error {
	id, err := route.ID(r, "organisation")
	if err != nil {
		return err
	}
	o, err := organisation.For(r.Context(), d.DB, by, id)
	if err != nil {
		return err
	}
	helpers, err := organisation.Helpers(r.Context(), d.DB, by, id)
	if err != nil {
		return err
	}
	l, today := html.Locale(r), civil.Day(d.Now())
	f, back := newBanForm(l, helpers), "/p/organisations/"+id
	if f.Sent(r) {
		err := organisation.LayBan(r.Context(), d.DB, by, id, f.ban(), today)
		if err == nil {
			return route.SeeOther(w, r, back+"/bans", "ban.done")
		}
		if !f.Explain(err) {
			return err
		}
	}
	laid, err := organisation.Bans(r.Context(), d.DB, by, id)
	if err != nil {
		return err
	}
	v := bansView{Back: back, Form: f, Lines: banLines(l, back, laid, today)}
	v.Name, v.Lang = l.Pick(o.Name, o.NameEn)
	return bansPage.Write(w, r, f.Status(), v)
}

func banLines(l *locale.Locale, back string, laid []organisation.Banned, today time.Time) []banLine {
	var lines []banLine
	for _, b := range laid {
		who := b.Name
		if b.Volunteer == "" {
			who = l.T("ban.whole")
		}
		line := banLine{
			Text:  l.T("ban.line", "who", who, "reason", l.T("ban.form.reason."+b.Reason), "until", l.WholeDay(b.Until)),
			State: html.Badge{Tone: html.Urgent, Text: l.T("ban.standing")},
		}
		switch {
		case b.LiftedAt != nil:
			line.State = html.Badge{Tone: html.Ended, Text: l.T("ban.lifted")}
		case b.Until.Before(today):
			line.State = html.Badge{Tone: html.Ended, Text: l.T("ban.over")}
		default:
			line.Lift = back + "/bans/" + strconv.FormatInt(b.ID, 10) + "/lift"
		}
		lines = append(lines, line)
	}
	return lines
}

// liftBan ends a ban before its day.
func (d *District) liftBan(w http.ResponseWriter, r *http.Request, by actor.Officer) error {
	id, err := route.ID(r, "organisation")
	if err != nil {
		return err
	}
	ban, err := strconv.ParseInt(r.PathValue("ban"), 10, 64)
	if err != nil {
		return route.NotHere
	}
	if err := organisation.LiftBan(r.Context(), d.DB, by, id, ban); err != nil {
		return err
	}
	return route.SeeOther(w, r, "/p/organisations/"+id+"/bans", "ban.lifted_done")
}
