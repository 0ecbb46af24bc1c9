package portal

import (
	"context"
	"net/http"
	"strings"

	"shanqiao/portal/html"
	"shanqiao/portal/locale"
	"shanqiao/portal/route"
	"shanqiao/portal/session"
	"shanqiao/portal/static"
)

type sessionKey struct{}

func sessionOf(r *http.Request) *session.Session {
	who, ok := r.Context().Value(sessionKey{}).(*session.Session)
	if !ok {
		return nil
	}
	return who
}

// visit finds out who asks and in which language, and what the layout shows.
func (s *Server) visit(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := &html.Visit{
			Locale: locale.For(language(r, nil)), RequestID: recordOf(r).id, Here: r.URL.RequestURI(),
			Elder: cookie(r, "edition") == "elder", Dev: s.Dev, Site: s.Site,
		}
		ctx := html.With(r.Context(), v)
		if s.Secure {
			ctx = route.Secured(ctx)
		}
		if forMachines(r.URL.Path) {
			next.ServeHTTP(w, r.WithContext(ctx))
			return
		}
		of := s.door.Of
		if route.ByItself(r) {
			of = s.door.Unseen
		}
		who, err := of(ctx, r)
		if err != nil {
			s.fail(w, r.WithContext(ctx), err)
			return
		}
		if who != nil {
			ctx = context.WithValue(ctx, sessionKey{}, who)
			recordOf(r).role = string(who.Role)
			v.Locale = locale.For(language(r, who))
			v.SignedIn, v.Name, v.RoleKey = true, who.Name, "role."+string(who.Role)
			if !who.Temporary { // or its links would all lead to the same page
				v.Nav = links(r, navigation[who.Role])
			}
			w.Header().Set("Cache-Control", "no-store")
		}
		v.Notice = s.notice(w, r, v.Locale)
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// forMachines says that nobody need be known: files and health cost no query.
func forMachines(path string) bool {
	return strings.HasPrefix(path, static.Prefix) || path == "/livez" || path == "/readyz"
}

// links marks the line of the navigation that the page lies under.
func links(r *http.Request, all []route.Link) []html.NavLink {
	out := make([]html.NavLink, len(all))
	at, longest := -1, 0
	for i, link := range all {
		out[i] = html.NavLink{Href: link.Path, Key: link.Key}
		for _, root := range []string{link.Path, link.Also} {
			under := r.URL.Path == root || strings.HasPrefix(r.URL.Path, root+"/")
			if under && len(root) > longest {
				at, longest = i, len(root)
			}
		}
	}
	if at >= 0 {
		out[at].Current = true
	}
	return out
}

// language: what this address asks for, then the browser's choice on this site,
// then the account's, then what the browser says it reads.
func language(r *http.Request, who *session.Session) locale.Language {
	if l := locale.Language(r.URL.Query().Get("lang")); l.Valid() {
		return l
	}
	if l := locale.Language(cookie(r, "lang")); l.Valid() {
		return l
	}
	if who != nil {
		return locale.Language(who.Language)
	}
	return locale.Accept(r.Header.Get("Accept-Language"))
}

// notice takes the sentence that the page before left, and takes it once.
func (s *Server) notice(w http.ResponseWriter, r *http.Request, l *locale.Locale) string {
	key := cookie(r, route.NoticeCookie)
	if key == "" || r.Method != http.MethodGet {
		return ""
	}
	http.SetCookie(w, &http.Cookie{Name: route.NoticeCookie, Path: "/", MaxAge: -1, Secure: s.Secure, HttpOnly: true, SameSite: http.SameSiteLaxMode})
	if !l.Has(key) {
		return ""
	}
	return key
}

func cookie(r *http.Request, name string) string {
	c, err := r.Cookie(name)
	if err != nil {
		return ""
	}
	return c.Value
}
