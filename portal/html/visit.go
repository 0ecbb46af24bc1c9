package html

import (
	"context"
	"net/http"

	"shanqiao/portal/locale"
)

// Visit is what the layout needs to know of one request. The portal's
// middleware makes it; pages read it through Of.
type Visit struct {
	Locale    *locale.Locale
	Elder     bool
	RequestID string
	Here      string // path with query, for links that come back
	SignedIn  bool
	Name      string // of the person, shown in the header to that person only
	RoleKey   string
	Nav       []NavLink
	Notice    string // key of a sentence said once
	Dev       bool
	Site      Site
}

// Amiss says that the notice tells of what did not happen, and is not to look
// like what is done.
func (v Visit) Amiss() bool {
	return v.Notice == "account.code_gone" || v.Notice == "citizen.withdraw.late"
}

// NavLink is a line of the navigation.
type NavLink struct {
	Href, Key string
	Current   bool
}

// Folded says that there are more sections than a phone has room for, so that
// there they stand behind a button.
func (v *Visit) Folded() bool { return len(v.Nav) > 3 }

// Section is the key of the section that the page lies in, "" for none.
func (v *Visit) Section() string {
	for _, link := range v.Nav {
		if link.Current {
			return link.Key
		}
	}
	return ""
}

// Site is what the deploying office fills in. What is empty is not shown:
// a record number is never invented.
type Site struct {
	Operator string // 主办单位
	Hotline  string
	Code     string // 网站标识码
	ICP      string
	Police   string // 公安备案号
}

type key struct{}

// With puts a visit into a context.
func With(ctx context.Context, v *Visit) context.Context { return context.WithValue(ctx, key{}, v) }

// Of is the visit of a request; without one, a reader of Chinese who is nobody.
func Of(r *http.Request) *Visit {
	if v, ok := r.Context().Value(key{}).(*Visit); ok {
		return v
	}
	return &Visit{Locale: locale.For(locale.Zh), Here: "/"}
}

// Locale is the language of a request, for what a view prepares.
func Locale(r *http.Request) *locale.Locale { return Of(r).Locale }
