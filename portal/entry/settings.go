package entry

import (
	"net/http"
	"net/url"
	"time"

	"shanqiao/internal/actor"
	"shanqiao/portal/account"
	"shanqiao/portal/form"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
	"shanqiao/portal/route"
	"shanqiao/portal/session"
)

// language and edition set a cookie and nothing else: a GET changes no data.
func (e *Entry) language(w http.ResponseWriter, r *http.Request) error {
	to := locale.Language(r.URL.Query().Get("to"))
	if !to.Valid() {
		return route.NotHere
	}
	return e.remember(w, r, "lang", string(to))
}

func (e *Entry) edition(w http.ResponseWriter, r *http.Request) error {
	to := r.URL.Query().Get("to")
	if to != "elder" && to != "normal" {
		return route.NotHere
	}
	return e.remember(w, r, "edition", to)
}

func (e *Entry) remember(w http.ResponseWriter, r *http.Request, name, value string) error {
	http.SetCookie(w, &http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: int(365 * 24 * time.Hour / time.Second),
		Secure: e.Secure, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
	return route.SeeOther(w, r, withoutLang(route.Local(r.URL.Query().Get("back"), "/")), "")
}

// withoutLang drops a ?lang= from the way back, or it would undo the choice.
func withoutLang(back string) string {
	u, err := url.Parse(back)
	if err != nil || !u.Query().Has("lang") {
		return back
	}
	q := u.Query()
	q.Del("lang")
	u.RawQuery = q.Encode()
	return u.String()
}

type settingsForm struct {
	form.Form
	Language form.Choice[locale.Language]
}

func newSettingsForm(now locale.Language) *settingsForm {
	f := &settingsForm{
		Form:     form.Named("entry.settings"),
		Language: form.OneOf("language", locale.Languages...),
	}
	for i, l := range locale.Languages {
		f.Language.Options[i].Lang = l.Tag()
	}
	f.Language.Set(now)
	f.Fields(&f.Language)
	return f
}

type settingsView struct {
	Form     *settingsForm
	Facts    []html.Fact
	Password bool // the account has one
}

var settingsPage = html.Define[settingsView]("entry/settings")

// settings shows who is signed in and takes the language of the account.
func (e *Entry) settings(w http.ResponseWriter, r *http.Request, by actor.Actor) error {
	me, err := account.Of(r.Context(), e.DB, by)
	if err != nil {
		return err
	}
	f := newSettingsForm(html.Locale(r).Language)
	if f.Sent(r) {
		if err := account.SetLanguage(r.Context(), e.DB, by, string(f.Language.Value)); err != nil {
			return err
		}
		http.SetCookie(w, &http.Cookie{Name: "lang", Path: "/", MaxAge: -1, Secure: e.Secure, HttpOnly: true, SameSite: http.SameSiteLaxMode})
		return route.SeeOther(w, r, "/account", "entry.settings.done")
	}
	return settingsPage.Write(w, r, f.Status(), settingsView{Form: f, Facts: whoAmI(html.Locale(r), me), Password: me.Login != ""})
}

func whoAmI(l *locale.Locale, me account.Account) []html.Fact {
	var facts []html.Fact
	if me.Name != "" {
		facts = append(facts, html.Fact{Label: l.T("entry.settings.name"), Value: me.Name, Lang: "zh-CN"})
	}
	if me.Login != "" {
		facts = append(facts, html.Fact{Label: l.T("entry.settings.login"), Value: me.Login})
	}
	facts = append(facts, html.Fact{Label: l.T("entry.settings.role"), Value: l.T("role." + string(me.Role))})
	if me.Region != "" {
		facts = append(facts, html.Fact{Label: l.T("entry.settings.region"), Value: l.Region(me.Region)})
	}
	return facts
}

type changeForm struct {
	form.Form
	Old      form.Text
	Password form.Text
}

func newChangeForm() *changeForm {
	f := &changeForm{
		Form:     form.Named("entry.change"),
		Old:      form.Line("old").Required().MaxRunes(4*account.Longest).As("password", "", "current-password"),
		Password: form.Line("password").Required().MaxRunes(account.Longest).As("password", "", "new-password"),
	}
	f.Fields(&f.Old, &f.Password)
	return f
}

type changeView struct {
	Form  *changeForm
	Given bool // by somebody else: nothing else opens before it is changed
}

var changePage = html.Define[changeView]("entry/change")

// changePassword takes the old password and a new one, and ends every session
// but this one, because a changed password often means that somebody knew the old.
// Whoever was led here on the way to another page goes on to it.
func (e *Entry) changePassword(w http.ResponseWriter, r *http.Request, by actor.Actor) error {
	me, err := account.Of(r.Context(), e.DB, by)
	if err != nil {
		return err
	}
	f := newChangeForm()
	if f.Sent(r) {
		err := e.door().ChangePassword(r.Context(), by, f.Old.Value, f.Password.Value)
		if err == nil {
			if _, err = e.sessions().Start(r.Context(), w, r, me.ID); err != nil {
				return err
			}
			on := "/account"
			if me.Temporary {
				on = e.Home(me.Role)
			}
			return route.SeeOther(w, r, route.Local(r.URL.Query().Get("next"), on), "entry.change.done")
		}
		if !f.Explain(err) {
			return err
		}
	}
	return changePage.Write(w, r, f.Status(), changeView{Form: f, Given: me.Temporary})
}

// signOutEverywhere ends every session of the account, this one too.
func (e *Entry) signOutEverywhere(w http.ResponseWriter, r *http.Request, by actor.Actor) error {
	_, id := by.Signature()
	if err := session.EndAll(r.Context(), e.DB, id); err != nil {
		return err
	}
	return route.SeeOther(w, r, "/", "entry.signed_out")
}
