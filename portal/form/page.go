package form

import (
	"net/url"
	"strconv"

	"shanqiao/portal/locale"
)

// PageOf is the page of a list that an address asks for, from 1, and whether
// there can be one among so many. Where there cannot, the form says NoPage.
func PageOf(q url.Values, most int) (page int, ok bool) {
	if !q.Has("page") {
		return 1, true
	}
	page, err := strconv.Atoi(q.Get("page"))
	return page, err == nil && page >= 1 && page <= most
}

// NoPage is what every list says of a page that cannot be.
var NoPage = locale.Say("form.no_page")
