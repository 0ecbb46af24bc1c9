package public

import (
	"embed"
	"net/http"
	"path"
	"strings"
	"sync"

	"shanqiao/portal/html"
	"shanqiao/portal/locale"
	"shanqiao/portal/route"
)

// Longer texts are files of their own, one for each language: "# " is the
// heading of the page, "## " of a section, "- " a point of a list, "> /path words"
// a link, and any other line a paragraph. Nothing else means anything in them.
//
//go:embed prose/zh/*.md prose/en/*.md
var proseFiles embed.FS

// proseView is a text as its page shows it.
type proseView struct {
	Title    string
	Sections []section
}

type section struct {
	Heading string
	Blocks  []block
}

// block is a paragraph, a list where there are points, a link where there is an address.
type block struct {
	Text   string
	Points []string
	Href   string
}

var prosePage = html.Define[proseView]("public/prose")

var proses = sync.OnceValues(func() (map[string]proseView, error) {
	all := map[string]proseView{}
	for _, l := range locale.Languages {
		entries, err := proseFiles.ReadDir(path.Join("prose", string(l)))
		if err != nil {
			return nil, err
		}
		for _, entry := range entries {
			name := path.Join(string(l), entry.Name())
			text, err := proseFiles.ReadFile(path.Join("prose", name))
			if err != nil {
				return nil, err
			}
			all[strings.TrimSuffix(name, ".md")] = read(locale.Unbroken(string(text)))
		}
	}
	return all, nil
})

// prose serves the text of that name in the reader's language.
func prose(name string) route.Public {
	return func(w http.ResponseWriter, r *http.Request) error {
		all, err := proses()
		if err != nil {
			return err
		}
		return prosePage.Write(w, r, http.StatusOK, all[path.Join(string(html.Locale(r).Language), name)])
	}
}

func read(text string) proseView {
	v := proseView{Sections: []section{{}}}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		now := &v.Sections[len(v.Sections)-1]
		last := len(now.Blocks) - 1
		switch {
		case line == "":
		case strings.HasPrefix(line, "# "):
			v.Title = line[2:]
		case strings.HasPrefix(line, "## "):
			v.Sections = append(v.Sections, section{Heading: line[3:]})
		case strings.HasPrefix(line, "- ") && last >= 0 && now.Blocks[last].Points != nil:
			now.Blocks[last].Points = append(now.Blocks[last].Points, line[2:])
		case strings.HasPrefix(line, "- "):
			now.Blocks = append(now.Blocks, block{Points: []string{line[2:]}})
		case strings.HasPrefix(line, "> "):
			href, words, _ := strings.Cut(line[2:], " ")
			now.Blocks = append(now.Blocks, block{Href: href, Text: words})
		default:
			now.Blocks = append(now.Blocks, block{Text: line})
		}
	}
	return v
}
