package route

import (
	"context"
	"net/http"
	"net/url"
	"strings"
)

// NoticeCookie carries the key of a sentence to the next page and no further.
const NoticeCookie = "notice"

type secureKey struct{}

// Secured marks the requests of a site that is reached by https, so that no
// cookie set on the way leaves it by http.
func Secured(ctx context.Context) context.Context { return context.WithValue(ctx, secureKey{}, true) }

func secure(r *http.Request) bool { return r.Context().Value(secureKey{}) != nil }

// SeeOther ends a form that was taken: the browser goes to path, which says the
// sentence under key ("" for none) once.
func SeeOther(w http.ResponseWriter, r *http.Request, path, key string) error {
	if key != "" {
		http.SetCookie(w, &http.Cookie{
			Name: NoticeCookie, Value: key, Path: "/", MaxAge: 60,
			Secure: secure(r), HttpOnly: true, SameSite: http.SameSiteLaxMode,
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
