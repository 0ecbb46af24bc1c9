package main

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/stretchr/testify/require"
)

// TestSettingsAreDocumented holds docs/settings.md against what is really asked
// of the environment, by the settings and by flags.
func TestSettingsAreDocumented(t *testing.T) {
	t.Parallel()
	asked := map[string]bool{}
	_, err := read(func(name string) string {
		asked[name] = true
		if name == "SHANQIAO_SMS_URL" {
			return "https://sms.invalid" // so that what depends on it is asked for too
		}
		return ""
	})
	require.ErrorContains(t, err, "SHANQIAO_SMS_TOKEN")
	parser, err := kong.New(&commands{})
	require.NoError(t, err)
	for _, command := range parser.Model.Leaves(false) {
		for _, flag := range command.Flags {
			for _, name := range flag.Envs {
				asked[name] = true
			}
		}
	}

	text, err := os.ReadFile("../../docs/settings.md")
	require.NoError(t, err)
	row, told := regexp.MustCompile("^\\| `([A-Z_]+)` \\|"), map[string]bool{}
	for line := range strings.Lines(string(text)) {
		if m := row.FindStringSubmatch(line); m != nil {
			told[m[1]] = true
		}
	}
	require.Equal(t, asked, told)
}
