// Package html turns a view into a page. A page is a template bound to the type
// of its view, so that a handler cannot pass the wrong one.
//
// Templates are parsed once for each language, with that language's words bound
// in, and a page is rendered whole before its first byte leaves: a reader never
// gets half a page. A view holds what is shown, ready to show; a template loops
// and asks "is there one?" and decides nothing.
package html

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"maps"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"

	"shanqiao/portal/locale"
	"shanqiao/portal/static"
)

//go:embed *.html */*.html
var files embed.FS

// Page is a template and the type of what it shows.
type Page[V any] struct{ name string }

var (
	defined   = map[string]bool{}
	definedMu sync.Mutex
)

// Define names a page: Define[view]("office/decide") is html/office/decide.html.
func Define[V any](name string) Page[V] {
	definedMu.Lock()
	defer definedMu.Unlock()
	if defined[name] {
		panic("html: page defined twice: " + name)
	}
	defined[name] = true
	return Page[V]{name: name}
}

// Name is the page's name.
func (p Page[V]) Name() string { return p.name }

// frame is what every template starts from: the visit, and the page's view.
type frame struct {
	*Visit
	View   any
	Failed bool // the form must be mended: the title says so first
}

// Write answers with the page. Nothing has been written when it returns an error.
func (p Page[V]) Write(w http.ResponseWriter, r *http.Request, status int, view V) error {
	body, err := p.Render(Of(r), status, view)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	if _, err = w.Write(body); err != nil {
		return nil // the reader has gone; there is nobody left to tell
	}
	return nil
}

// Render is the page as bytes.
func (p Page[V]) Render(v *Visit, status int, view V) ([]byte, error) {
	all, err := parsed()
	if err != nil {
		return nil, err
	}
	t, ok := all[v.Locale.Language][p.name]
	if !ok {
		return nil, fmt.Errorf("no template for page %s", p.name)
	}
	var b bytes.Buffer
	err = t.ExecuteTemplate(&b, "layout", frame{Visit: v, View: view, Failed: status == http.StatusUnprocessableEntity})
	return b.Bytes(), err
}

type pages map[locale.Language]map[string]*template.Template

var parsed = sync.OnceValues(parse)

// Check parses every template and compares them with the pages that are
// defined, so that a program with a broken page does not start.
func Check() error {
	all, err := parsed()
	if err != nil {
		return err
	}
	definedMu.Lock()
	defer definedMu.Unlock()
	for name := range defined {
		if _, ok := all[locale.Zh][name]; !ok {
			return fmt.Errorf("html: page %s has no template", name)
		}
	}
	return nil
}

// Templates lists the names of the templates of a folder, "office", for the test
// that each of them has a sample.
func Templates(folder string) ([]string, error) {
	all, err := parsed()
	if err != nil {
		return nil, err
	}
	var names []string
	for _, name := range slices.Sorted(maps.Keys(all[locale.Zh])) {
		if strings.HasPrefix(name, folder+"/") {
			names = append(names, name)
		}
	}
	return names, nil
}

func parse() (pages, error) {
	all := pages{}
	for _, l := range locale.Languages {
		base, err := template.New("").Funcs(words(locale.For(l))).ParseFS(files, "layout.html", "parts/*.html")
		if err != nil {
			return nil, err
		}
		all[l] = map[string]*template.Template{}
		err = fs.WalkDir(files, ".", func(file string, entry fs.DirEntry, err error) error {
			folder := path.Dir(file)
			if err != nil || entry.IsDir() || path.Ext(file) != ".html" || folder == "." || folder == "parts" {
				return err
			}
			t, err := template.Must(base.Clone()).ParseFS(files, file)
			if err != nil {
				return err
			}
			for _, part := range []string{"title", "main"} {
				if t.Lookup(part) == nil {
					return fmt.Errorf("html: %s does not define %q", file, part)
				}
			}
			all[l][strings.TrimSuffix(file, ".html")] = t
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// words are the functions of the templates of one language.
func words(l *locale.Locale) template.FuncMap {
	return template.FuncMap{
		"t":      l.T,
		"say":    l.Say,
		"has":    l.Has,
		"date":   l.Date,
		"day":    l.Day,
		"days":   l.Days,
		"time":   l.Time,
		"money":  l.Money,
		"number": func(n int) string { return l.Number(int64(n)) },
		"lang":   func() string { return string(l.Language) },
		"tag":    l.Language.Tag,
		"asset":  static.Path,
	}
}
