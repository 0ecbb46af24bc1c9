package route

import (
	"net/http"
	"net/url"
	"strings"
)

// NoticeCookie carries the key of a sentence to the next page and no further.
const NoticeCookie = "notice"

// SeeOther ends a form that was taken: the browser goes to path, which says the
// sentence under key ("" for none) once.
func SeeOther(w http.ResponseWriter, r *http.Request, path, key string) error {
	if key != "" {
		http.SetCookie(w, &http.Cookie{
			Name: NoticeCookie, Value: key, Path: "/", MaxAge: 60,
			HttpOnly: true, SameSite: http.SameSiteLaxMode,
		})
	}
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, path, http.StatusSeeOther)
	return nil
}

// Local is a return path from a query, or fallback when it would leave this
// site. Browsers read "//host" and "/\host" as another host, so both go.
func Local(path, fallback string) string {
	u, err := url.Parse(path)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || u.Opaque != "" ||
		!strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\r\n\t") ||
		strings.HasPrefix(u.Path, "//") {
		return fallback
	}
	return path
}
