package admin

import (
	"net/http"
	"strings"
	"unicode"

	"shanqiao/internal/actor"
	"shanqiao/internal/env"
	"shanqiao/portal/html"
	"shanqiao/portal/locale"
)

type settingRow struct{ Name, Meaning, Value, Lang, From string }

type settingsView struct {
	Rows  []settingRow
	Empty html.Empty
}

var settingsPage = html.Define[settingsView]("admin/settings")

// settings says what is in force here, as the program read it when it began.
// Nothing can be changed on a page, and of a secret only whether it is there is
// known to this package.
func (a *Admin) settings(w http.ResponseWriter, r *http.Request, _ actor.Administrator) error {
	l := html.Locale(r)
	view := settingsView{Empty: html.Empty{Text: l.T("admin.settings.none")}}
	for _, s := range a.Settings {
		view.Rows = append(view.Rows, settingRowOf(l, s))
	}
	return settingsPage.Write(w, r, http.StatusOK, view)
}

func settingRowOf(l *locale.Locale, s env.Setting) settingRow {
	key := "admin.setting." + strings.ToLower(s.Name)
	row := settingRow{Name: s.Name, Meaning: l.T(key), Value: s.Value, From: l.T("admin.settings.built_in")}
	if s.Set {
		row.From = l.T("admin.settings.given")
	}
	switch {
	case s.Set && s.Secret:
		row.Value = l.T("admin.settings.set")
	case strings.ContainsFunc(s.Value, func(r rune) bool { return unicode.Is(unicode.Han, r) }):
		row.Lang = locale.Zh.Tag() // as the operator wrote it
	case s.Value != "":
	case l.Has(key + ".unset"):
		row.Value = l.T("admin.settings.unset_and", "then", l.T(key+".unset"))
	default:
		row.Value = l.T("admin.settings.unset")
	}
	return row
}
