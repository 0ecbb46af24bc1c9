package public

import (
	"testing"

	"github.com/stretchr/testify/require"

	"shanqiao/charities/project"
	"shanqiao/needs"
	"shanqiao/needs/deid"
	"shanqiao/needs/index"
	"shanqiao/portal/html"
	"shanqiao/portal/html/htmltest"
	"shanqiao/portal/locale"
)

func TestPages(t *testing.T) {
	t.Parallel()
	all, err := proses()
	require.NoError(t, err)
	require.Len(t, all, 2*3)
	for _, l := range locale.Languages {
		for _, name := range []string{"help", "privacy", "a11y"} {
			v := all[string(l)+"/"+name]
			require.NotEmpty(t, v.Title)
			require.GreaterOrEqual(t, len(v.Sections), 3, name)
			text, err := proseFiles.ReadFile("prose/" + string(l) + "/" + name + ".md")
			require.NoError(t, err)
			require.NotRegexp(t, `["'`+"`"+`]`, string(text), "%s: quotes are “ ” and an apostrophe is ’", name)
		}
	}
	en, zh := locale.For(locale.En), locale.For(locale.Zh)
	bad := newNeedsForm(en)
	bad.Fail("area", locale.Say("form.unknown_choice"))
	badDistrict := newProjectsForm(en)
	badDistrict.Fail("district", locale.Say("form.unknown_choice"))
	one := show(en, deid.Card{
		ID: "aaaaaaaaaaaaaaaaaaaaaaaaaa", SentenceEn: "Help with bathing at home, 4 visits.",
		Tuple: deid.Tuple{Area: "zone:core", Group: needs.Care, Quantity: 4, Urgency: deid.Urgent},
	})
	full := showProject(en, project.Shown{
		ID: "aaaaaaaaaaaaaaaaaaaaaaaaaa", BrandRegion: "110105", Title: "暖心助浴", Summary: "第一段\n第二段", Codes: []string{"bathing"},
		Areas: []string{"110105", "110105015"}, OrganisationName: "某某服务中心", Paused: true, Committed: project.CountOf(40), Delivered: project.CountOf(3),
	})
	htmltest.Pages(t, "public",
		htmltest.Of(frontPage, frontView{}, frontView{Figures: standing{Waiting: map[needs.Group]index.Figure{
			needs.Care: {Few: true}, needs.Goods: {N: 1315},
		}}.show(en), Source: "-"}),
		htmltest.Of(prosePage, proseView{Title: "-"}, all["en/help"]),
		htmltest.Of(needsPage, needsView{Form: newNeedsForm(en)},
			needsView{Form: bad, Empty: nothing(en, false)},
			needsView{Form: newNeedsForm(en), Found: "-", Cards: []cardView{one}, Pager: html.Pager{First: "/needs", Next: "/needs?page=2"}, Plainer: true, Degraded: true}),
		htmltest.Of(needPage, cardView{Sentence: "-"}, one),
		htmltest.Of(projectsPage, projectsView{Form: newProjectsForm(en)}, projectsView{Form: badDistrict, Projects: []projectView{full}}),
		htmltest.Of(projectPage, projectView{Title: "-"}, full),
	)
	require.Contains(t, figure(zh, index.Figure{Few: true}), "11")
}
