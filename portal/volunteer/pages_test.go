package volunteer

import (
	"testing"

	"shanqiao/portal/html"
	"shanqiao/portal/html/htmltest"
)

func TestPages(t *testing.T) {
	t.Parallel()
	lines := []line{{Href: "/v/claims/x", Title: "A need", Badge: html.Badge{Text: "Under way"}, Note: "n"}}
	htmltest.Pages(t, "volunteer",
		htmltest.Of(homePage, homeView{Empty: html.Empty{Text: "none"}},
			homeView{Facts: []html.Fact{{Label: "l", Value: "v"}}, Expired: "over", Open: lines, Ended: lines}))
}
