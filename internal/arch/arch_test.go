// Package arch_test compares the imports of the whole module, transitively,
// with the table in docs/architecture.md, and looks for what the style forbids
// in any file. A rule that fails here is a wall that has a hole; the wall is
// mended, or the decision is written down and the rule changed with it.
package arch_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

const module = "shanqiao"

type pkg struct {
	ImportPath string
	Standard   bool
	Imports    []string // direct
	Deps       []string // transitive
}

// listed is every package of the program that is built, without tests.
var listed = sync.OnceValues(func() ([]pkg, error) {
	cmd := exec.Command("go", "list", "-deps", "-e", "-json=ImportPath,Standard,Imports,Deps", "./...")
	cmd.Dir = "../.."
	out, err := cmd.Output()
	if err != nil {
		return nil, err
	}
	var all []pkg
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, err
		}
		if p.ImportPath == module || strings.HasPrefix(p.ImportPath, module+"/") {
			p.ImportPath = strings.TrimPrefix(p.ImportPath, module+"/")
			p.Imports, p.Deps = trim(p.Imports), trim(p.Deps)
			all = append(all, p)
		}
	}
})

func trim(paths []string) []string {
	out := make([]string, len(paths))
	for i, path := range paths {
		out[i] = strings.TrimPrefix(path, module+"/")
	}
	return out
}

// A rule says which packages may not reach which, directly or through others.
// A pattern ending in /... covers the folder and all below it.
type rule struct {
	name   string
	from   []string
	never  []string
	except []string // of never
	direct bool     // only the import itself; what is imported may go on
}

var (
	named = []string{ // packages through which a person could be known
		"needs/household", "needs/declaration", "needs/consent", "needs/assessment", "needs/outcome",
		"needs/introduction", "needs/chain", "needs/note",
	}
	shared = []string{"needs", "needs/deid"} // what the halves may both know
)

var rules = []rule{
	{name: "internal is plumbing and knows nothing of the product",
		from: []string{"internal/..."}, never: []string{"needs/...", "charities/...", "matcher/...", "workers/...", "portal/...", "cmd/..."}},
	{name: "the records half does not know the exchange half",
		from: []string{"needs/..."}, never: []string{"charities/...", "matcher/...", "workers/...", "portal/...", "cmd/..."}},
	{name: "the exchange half knows of the records half only the card",
		from: []string{"charities/..."}, never: []string{"needs/..."}, except: shared},
	{name: "the exchange half does not look up",
		from: []string{"charities/..."}, never: []string{"matcher/...", "workers/...", "portal/...", "cmd/..."}},
	{name: "the matcher sees cards and offers, never a household",
		from: []string{"matcher/..."}, never: append([]string{"workers/...", "portal/...", "cmd/...", "needs/gate/..."}, named...)},
	{name: "rule, score and assign are pure",
		from: []string{"matcher/rule/...", "matcher/score/...", "matcher/assign/..."}, never: []string{"internal/pg"}},
	{name: "rule, score and assign take no context and ask no network",
		from:  []string{"matcher/rule/...", "matcher/score/...", "matcher/assign/..."},
		never: []string{"context", "net", "net/http", "database/sql", "os"}, direct: true},
	{name: "a charity's page cannot reach a household",
		from: []string{"portal/charity/...", "portal/public/..."}, never: []string{"needs/household/...", "needs/declaration/...", "needs/consent/...", "needs/gate/..."}},
	{name: "what is searched and shown as a card cannot reach a household",
		from: []string{"needs/index/...", "needs/card/...", "needs/deid/..."}, never: append([]string{"needs/gate/..."}, named...)},
	{name: "an introduction holds a sealed contact without knowing households",
		from: []string{"needs/introduction/..."}, never: []string{"needs/household/..."}},
	{name: "a page cannot run a job",
		from: []string{"portal/..."}, never: []string{"workers/...", "cmd/..."}},
	{name: "a job cannot render a page",
		from: []string{"workers/..."}, never: []string{"portal/...", "cmd/..."}},
	{name: "tests' tools stay in tests",
		from:   []string{"..."},
		never:  []string{"internal/pgtest", "internal/redistest", "testing"},
		direct: true},
}

// tools are packages made for tests; no program imports them.
func tool(path string) bool {
	return strings.HasSuffix(path, "test") && path != "internal/arch"
}

func covers(patterns []string, path string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		folder, below := strings.CutSuffix(pattern, "...")
		folder = strings.TrimSuffix(folder, "/")
		return path == folder || (below && (folder == "" || strings.HasPrefix(path, folder+"/")))
	})
}

func TestImports(t *testing.T) {
	t.Parallel()
	all, err := listed()
	require.NoError(t, err)
	require.Greater(t, len(all), 10)
	for _, r := range rules {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			for _, p := range all {
				if !covers(r.from, p.ImportPath) || tool(p.ImportPath) {
					continue
				}
				reached := p.Deps
				if r.direct {
					reached = p.Imports
				}
				for _, dep := range reached {
					if covers(r.never, dep) && !covers(r.except, dep) {
						t.Errorf("%s reaches %s (%s)", p.ImportPath, dep, strings.Join(way(all, p.ImportPath, dep), " → "))
					}
				}
			}
		})
	}
	t.Run("no program is built with a package made for tests", func(t *testing.T) {
		t.Parallel()
		for _, p := range all {
			for _, dep := range p.Imports {
				if slices.ContainsFunc(all, func(q pkg) bool { return q.ImportPath == dep }) && tool(dep) && !tool(p.ImportPath) {
					t.Errorf("%s imports %s", p.ImportPath, dep)
				}
			}
		}
	})
}

// way is one chain of imports from one package to another, for the report.
func way(all []pkg, from, to string) []string {
	for _, p := range all {
		if p.ImportPath != from {
			continue
		}
		if slices.Contains(p.Imports, to) {
			return []string{from, to}
		}
		for _, next := range p.Imports {
			for _, q := range all {
				if q.ImportPath == next && slices.Contains(q.Deps, to) {
					return append([]string{from}, way(all, next, to)...)
				}
			}
		}
	}
	return []string{from, to}
}

// TestTheRulesCanFail breaks the table on purpose: a rule whose pattern covers
// nothing would pass for ever.
func TestTheRulesCanFail(t *testing.T) {
	t.Parallel()
	require.True(t, covers([]string{"needs/..."}, "needs"))
	require.True(t, covers([]string{"needs/..."}, "needs/household"))
	require.False(t, covers([]string{"needs/..."}, "needstest"))
	require.False(t, covers([]string{"needs"}, "needs/household"))
	all, err := listed()
	require.NoError(t, err)
	for _, r := range rules {
		require.Truef(t, slices.ContainsFunc(all, func(p pkg) bool { return covers(r.from, p.ImportPath) }),
			"%q covers no package", r.name)
	}
}

// forbidden words in files, and where they stand all the same.
var forbidden = []struct {
	why  string
	in   *regexp.Regexp // of the path
	word *regexp.Regexp
	but  *regexp.Regexp // of the path
}{
	{"a test that waits by sleeping is slow or wrong", regexp.MustCompile(`_test\.go$|test/[^/]+\.go$`),
		regexp.MustCompile(`\btime\.` + `Sleep\(`), nil},
	{"a test that skips is a test nobody runs", regexp.MustCompile(`_test\.go$|test/[^/]+\.go$`),
		regexp.MustCompile(`\b[tb]\.` + `Skip(f|Now)?\(`), nil},
	{"columns are listed, so that a new one is not read by accident", regexp.MustCompile(`\.(go|sql)$`),
		regexp.MustCompile(`(?i)\bselect\s+` + `\*`), nil},
	{"the clock is read in cmd and handed on", regexp.MustCompile(`^(needs|charities|matcher)/.*\.go$`),
		regexp.MustCompile(`\btime\.` + `Now\(\)`), regexp.MustCompile(`_test\.go$|test/[^/]+\.go$`)},
	{"the environment is read in one place", regexp.MustCompile(`^(needs|charities|matcher|portal|workers)/.*\.go$`),
		regexp.MustCompile(`\bos\.` + `(Getenv|LookupEnv)\(`), regexp.MustCompile(`_test\.go$|test/[^/]+\.go$`)},
	{"nothing is left to be done later without a name", regexp.MustCompile(`\.(go|sql)$`),
		regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME|X` + `XX)\b`), nil},
}

func TestFiles(t *testing.T) {
	t.Parallel()
	described := map[string]bool{}
	walk(t, func(path string, text []byte) {
		for _, f := range forbidden {
			if !f.in.MatchString(path) || (f.but != nil && f.but.MatchString(path)) {
				continue
			}
			for n, line := range bytes.Split(text, []byte("\n")) {
				if f.word.Match(line) {
					t.Errorf("%s:%d: %s", path, n+1, f.why)
				}
			}
		}
		if strings.HasSuffix(path, ".go") {
			file, err := parser.ParseFile(token.NewFileSet(), path, text, parser.PackageClauseOnly|parser.ParseComments)
			if err != nil {
				t.Errorf("%s: %v", path, err)
				return
			}
			folder := filepath.Dir(path)
			described[folder] = described[folder] || comment(file)
		}
	})
	for folder, ok := range described {
		if !ok {
			t.Errorf("%s: the package has no comment that says what it is responsible for", folder)
		}
	}
}

func comment(file *ast.File) bool { return file.Doc != nil && len(file.Doc.Text()) > 20 }

// walk reads every source file of the module.
func walk(t *testing.T, each func(path string, text []byte)) {
	t.Helper()
	root := "../.."
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		path, err = filepath.Rel(root, path)
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if path != "." && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "bin" || entry.Name() == "node_modules") {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, ".sql") {
			return nil
		}
		text, err := os.ReadFile(filepath.Join(root, path))
		if err == nil {
			each(path, text)
		}
		return err
	})
	require.NoError(t, err)
}
