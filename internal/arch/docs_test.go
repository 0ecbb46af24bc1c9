package arch_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// document is a page under docs/ or beside it.
func document(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("../..", name))
	require.NoError(t, err)
	return string(text)
}

// folders are the words that a path of this repository begins with.
const folders = `(needs|charities|matcher|workers|portal|migrations|cmd|internal|docs)`

var (
	quoted = regexp.MustCompile("`(" + folders + `[a-z0-9_/]*(\.[a-z]+)?)` + "`")
	source = regexp.MustCompile(folders + `/[a-z0-9_/]+\.go`)
)

func TestArchitectureIsTrue(t *testing.T) {
	t.Parallel()
	text := document(t, "docs/architecture.md")

	t.Run("every package is told of", func(t *testing.T) {
		t.Parallel()
		all, err := listed()
		require.NoError(t, err)
		for _, p := range all {
			if p.ImportPath != "internal/arch" {
				require.Contains(t, text, "`"+p.ImportPath+"`")
			}
		}
	})

	t.Run("the import rules are those that are enforced, in their order", func(t *testing.T) {
		t.Parallel()
		_, section, ok := strings.Cut(text, "## Who may import whom\n")
		require.True(t, ok)
		section, _, _ = strings.Cut(section, "\n## ")
		var told, enforced []string
		for line := range strings.Lines(section) {
			if name, ok := strings.CutPrefix(strings.TrimSpace(line), "- "); ok {
				told = append(told, name)
			}
		}
		for _, r := range rules {
			enforced = append(enforced, r.name)
		}
		require.Equal(t, enforced, told)
	})
}

func TestDocumentsNameWhatExists(t *testing.T) {
	t.Parallel()
	decisions, err := filepath.Glob("../../docs/decisions/*.md")
	require.NoError(t, err)
	names := []string{"README.md", "CONTRIBUTING.md", "docs/architecture.md", "docs/settings.md", "docs/states.md", "docs/states-exchange.md"}
	for _, path := range decisions {
		names = append(names, strings.TrimPrefix(path, "../../"))
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := document(t, name)
			paths := source.FindAllString(text, -1)
			for _, m := range quoted.FindAllStringSubmatch(text, -1) {
				paths = append(paths, m[1])
			}
			for _, path := range paths {
				_, err := os.Stat(filepath.Join("../..", path))
				require.NoError(t, err)
			}
		})
	}
}

func TestDecisionsAreNumbered(t *testing.T) {
	t.Parallel()
	entries, err := os.ReadDir("../../docs/decisions")
	require.NoError(t, err)
	for i, e := range entries {
		require.Regexp(t, `^\d{4}-[a-z-]+\.md$`, e.Name())
		require.Equal(t, fmt.Sprintf("%04d", i+1), e.Name()[:4], "numbered without gaps")
		require.True(t, strings.HasPrefix(document(t, "docs/decisions/"+e.Name()), fmt.Sprintf("# %d. ", i+1)), e.Name())
	}
}
