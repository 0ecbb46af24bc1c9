package projectpage

import (
	"testing"

	"shanqiao/charities/project"
	"shanqiao/portal/form"
	"shanqiao/portal/html"
	"shanqiao/portal/html/htmltest"
	"shanqiao/portal/locale"
)

func TestPages(t *testing.T) {
	t.Parallel()
	l := locale.For(locale.En)
	failed := newForm(l, []form.Option{{Value: "110105", Text: "Chaoyang"}}, []form.Option{{Value: "x", Text: "善邻", Lang: "zh-CN"}})
	failed.Fail("title", locale.Say("project.title_length"))
	views := []oneView{{Title: "T", List: "Projects"}}
	for state := range project.Moves {
		v := oneView{List: "Projects", Title: "暖心浴", Lang: "zh-CN", Badge: Badge(l, state), Brand: "B", Edit: "/e", Facts: facts(l, project.Project{Plan: project.Plan{Codes: []string{"bathing"}, Areas: []string{"110105"}}})}
		for _, to := range project.Moves[state] {
			v.Buttons = append(v.Buttons, button{Action: "/" + verbs[to], Text: l.T("project.button." + string(to) + "." + string(state))})
		}
		views = append(views, v)
	}
	htmltest.Pages(t, "project",
		htmltest.Of(listPage, listView{Name: "Projects"}, listView{Name: "Projects", Lines: []Line{{Href: "/x", Title: "暖心浴", Lang: "zh-CN", Badge: html.Badge{Text: "Draft"}, Note: "n"}}}),
		htmltest.Of(onePage, views...),
		htmltest.Of(editPage, editView{Form: newForm(l, nil, nil), BackText: "Projects", New: true}, editView{Form: failed, BackText: "A project"}),
	)
}
