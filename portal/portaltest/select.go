package portaltest

import (
	"strings"

	"golang.org/x/net/html"
)

// All finds elements by a plain selector: names, .classes, #ids and [attributes]
// (with or without =value), and a blank for "somewhere inside".
func (p *Page) All(selector string) []*html.Node { return find(p.Doc, selector) }

// Text is the words of the first element that a selector finds, or "".
func (p *Page) Text(selector string) string {
	if found := p.All(selector); len(found) > 0 {
		return words(found[0])
	}
	return ""
}

// Texts is the words of each element that a selector finds.
func (p *Page) Texts(selector string) []string {
	var all []string
	for _, n := range p.All(selector) {
		all = append(all, words(n))
	}
	return all
}

// Links is the address of each link that a selector finds.
func (p *Page) Links(selector string) []string {
	var all []string
	for _, n := range p.All(selector) {
		all = append(all, attr(n, "href"))
	}
	return all
}

func find(root *html.Node, selector string) []*html.Node {
	found := []*html.Node{root}
	for part := range strings.FieldsSeq(selector) {
		var next []*html.Node
		seen := map[*html.Node]bool{}
		for _, n := range found {
			for d := range n.Descendants() {
				if d.Type == html.ElementNode && !seen[d] && is(d, part) {
					seen[d] = true
					next = append(next, d)
				}
			}
		}
		found = next
	}
	return found
}

// is compares an element with one part of a selector, "a.button[href]".
func is(n *html.Node, part string) bool {
	for part != "" {
		end := len(part)
		if i := strings.IndexAny(part[1:], ".#["); i >= 0 {
			end = i + 1
		}
		piece := part[:end]
		part = part[end:]
		ok := false
		switch piece[0] {
		case '.':
			ok = strings.Contains(" "+attr(n, "class")+" ", " "+piece[1:]+" ")
		case '#':
			ok = attr(n, "id") == piece[1:]
		case '[':
			name, value, valued := strings.Cut(strings.Trim(piece, "[]"), "=")
			ok = has(n, name) && (!valued || attr(n, name) == value)
		default:
			ok = n.Data == piece
		}
		if !ok {
			return false
		}
	}
	return true
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

// words is the text of an element with its blanks made single, and without the
// marks that only keep a line from ending.
func words(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data + " ")
		}
	}
	return strings.Join(strings.Fields(strings.ReplaceAll(b.String(), "\u2060", "")), " ")
}
