package locale

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// catalogue reads the files of a language, one map for each file.
func catalogue(t *testing.T, l Language) map[string]map[string]string {
	t.Helper()
	names, err := fs.Glob(files, string(l)+"/*.json")
	require.NoError(t, err)
	all := map[string]map[string]string{}
	for _, name := range names {
		raw, err := files.ReadFile(name)
		require.NoError(t, err)
		var words map[string]string
		require.NoError(t, json.Unmarshal(raw, &words), name)
		all[filepath.Base(name)] = words
	}
	return all
}

var placeholder = regexp.MustCompile(`\{[a-z_]+\}`)

// han is where an English page may say something in Chinese, marked as such.
var han = map[string]bool{"layout.other_name": true, "entry.settings.language.zh": true}

func TestCatalogues(t *testing.T) {
	t.Parallel()
	zh, en := catalogue(t, Zh), catalogue(t, En)

	t.Run("both languages have the same files and keys", func(t *testing.T) {
		t.Parallel()
		require.ElementsMatch(t, slices.Collect(maps.Keys(zh)), slices.Collect(maps.Keys(en)))
		for name := range zh {
			require.ElementsMatch(t, slices.Collect(maps.Keys(zh[name])), slices.Collect(maps.Keys(en[name])), name)
		}
	})

	t.Run("both languages have the same placeholders", func(t *testing.T) {
		t.Parallel()
		for name := range zh {
			for key := range zh[name] {
				a, b := placeholder.FindAllString(zh[name][key], -1), placeholder.FindAllString(en[name][key], -1)
				require.ElementsMatch(t, slices.Compact(slices.Sorted(slices.Values(a))), slices.Compact(slices.Sorted(slices.Values(b))), key)
			}
		}
	})

	t.Run("no key is in two files", func(t *testing.T) {
		t.Parallel()
		home := map[string]string{}
		for name, words := range zh {
			for key := range words {
				require.Empty(t, home[key], "%s is in %s and %s", key, home[key], name)
				home[key] = name
			}
		}
	})

	t.Run("every sentence is plain text in its own language", func(t *testing.T) {
		t.Parallel()
		for l, all := range map[Language]map[string]map[string]string{Zh: zh, En: en} {
			for name, words := range all {
				for key, text := range words {
					what := fmt.Sprintf("%s/%s %s", l, name, key)
					require.NotEmpty(t, strings.TrimSpace(text), what)
					require.NotRegexp(t, `[<>]`, text, what)
					require.NotRegexp(t, `[{}]`, placeholder.ReplaceAllString(text, ""), what)
					require.NotRegexp(t, `["'`+"`"+`´]`, text, "%s: quotes are “ ” and an apostrophe is ’", what)
					if l == En && !han[key] {
						require.NotRegexp(t, `\p{Han}`, text, what)
					}
				}
			}
		}
	})

	t.Run("the files are sorted, so that two changes do not collide", func(t *testing.T) {
		t.Parallel()
		names, err := fs.Glob(files, "*/*.json")
		require.NoError(t, err)
		line := regexp.MustCompile(`(?m)^\s*"([^"]+)":`)
		for _, name := range names {
			raw, err := files.ReadFile(name)
			require.NoError(t, err)
			var keys []string
			for _, m := range line.FindAllStringSubmatch(string(raw), -1) {
				keys = append(keys, m[1])
			}
			require.True(t, slices.IsSorted(keys), "%s: keys are not sorted", name)
			require.Len(t, slices.Compact(keys), len(keys), "%s: a key twice", name)
		}
	})
}

var (
	// action is what a template says between its braces, where quotes pair up.
	action  = regexp.MustCompile(`\{\{[^}]*\}\}`)
	literal = regexp.MustCompile("\"((?:[^\"\\\\\n]|\\\\.)*)\"|`([^`]*)`")
	// prefixed is the beginning of a key that goes on with a code.
	prefixed = regexp.MustCompile(`^[a-z][a-z0-9_.]*[._]$`)
	named    = regexp.MustCompile(`form\.Named\("([^"]+)"\)`)
	// asked are the places where a string is surely a key.
	asked = regexp.MustCompile(`(?:\.T\(|locale\.Say\(|\bsay\(|fault\.New\(fault\.\w+, |\bt )"([a-z][a-z0-9_]*\.[a-z0-9_.]*[a-z0-9])"(?:[,)} ]|$)`)
)

// sources reads every Go file that is no test and every template of the product.
func sources(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	root := os.DirFS("../..")
	require.NoError(t, fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && name != "." && strings.HasPrefix(entry.Name(), ".") {
			return fs.SkipDir
		}
		if entry.IsDir() || strings.HasSuffix(name, "_test.go") || filepath.Ext(name) != ".go" && filepath.Ext(name) != ".html" {
			return nil
		}
		raw, err := fs.ReadFile(root, name)
		all[name] = string(raw)
		return err
	}))
	require.NotEmpty(t, all)
	return all
}

// TestKeys compares the keys with the sources: a key that nobody asks for is
// dead, and one that is asked for and missing would show on a page.
func TestKeys(t *testing.T) {
	t.Parallel()
	words := For(Zh).words
	whole, prefixes := map[string]bool{}, []string{}
	var missing, unused []string
	for name, text := range sources(t) {
		if filepath.Ext(name) == ".html" {
			text = strings.Join(action.FindAllString(text, -1), "\n")
		}
		for _, m := range literal.FindAllStringSubmatch(text, -1) {
			whole[m[1]] = true
			if prefixed.MatchString(m[1]) {
				prefixes = append(prefixes, m[1])
			}
		}
		for _, m := range named.FindAllStringSubmatch(text, -1) {
			prefixes = append(prefixes, m[1]+".")
		}
		for _, m := range asked.FindAllStringSubmatch(text, -1) {
			if _, ok := words[m[1]]; !ok {
				missing = append(missing, m[1]+" in "+name)
			}
		}
	}
	for key := range words {
		used := whole[key] || slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(key, p) })
		if !used {
			unused = append(unused, key)
		}
	}
	require.Empty(t, missing, "asked for and not there")
	require.Empty(t, unused, "there and not asked for")
}
