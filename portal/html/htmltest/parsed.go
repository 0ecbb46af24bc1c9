package htmltest

import (
	"strings"

	xhtml "golang.org/x/net/html"
)

// parsed is what is asked of a page.
type parsed struct {
	h1       int
	title    string
	lang     string
	controls []string
	labels   map[string]bool
	ids      map[string]bool
	twice    []string
	refs     []string
	inline   []string
	text     strings.Builder
	foreign  strings.Builder // text outside of lang=zh
}

func (p *parsed) walk(n *xhtml.Node, chinese bool) {
	switch n.Type {
	case xhtml.ElementNode:
		chinese = p.element(n, chinese)
	case xhtml.TextNode:
		p.text.WriteString(n.Data + " ")
		if !chinese {
			p.foreign.WriteString(n.Data + " ")
		}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		p.walk(c, chinese)
	}
}

func (p *parsed) element(n *xhtml.Node, chinese bool) bool {
	a := map[string]string{}
	for _, at := range n.Attr {
		a[at.Key] = at.Val
		if at.Key == "style" || strings.HasPrefix(at.Key, "on") {
			p.inline = append(p.inline, n.Data+" "+at.Key)
		}
	}
	if p.ids == nil {
		p.ids, p.labels = map[string]bool{}, map[string]bool{}
	}
	if id := a["id"]; id != "" {
		if p.ids[id] {
			p.twice = append(p.twice, id)
		}
		p.ids[id] = true
	}
	if href := a["href"]; len(href) > 1 && href[0] == '#' {
		p.refs = append(p.refs, href[1:])
	}
	for _, name := range []string{"aria-describedby", "aria-labelledby"} {
		p.refs = append(p.refs, strings.Fields(a[name])...)
	}
	switch n.Data {
	case "html":
		p.lang = a["lang"]
	case "h1":
		p.h1++
	case "title":
		if n.FirstChild != nil && p.title == "" {
			p.title = n.FirstChild.Data
		}
	case "label":
		p.labels[a["for"]] = true
	case "input", "select", "textarea":
		if a["type"] != "hidden" && a["aria-label"] == "" {
			p.controls = append(p.controls, a["id"])
		}
	case "style", "script":
		if a["src"] == "" {
			p.inline = append(p.inline, n.Data)
		}
	}
	if lang, said := a["lang"]; said && n.Data != "html" {
		return strings.HasPrefix(lang, "zh")
	}
	return chinese
}

func (p *parsed) unlabelled() (none []string) {
	for _, id := range p.controls {
		if !p.labels[id] {
			none = append(none, id)
		}
	}
	return none
}

func (p *parsed) dangling() (none []string) {
	for _, id := range p.refs {
		if !p.ids[id] {
			none = append(none, id)
		}
	}
	return none
}
